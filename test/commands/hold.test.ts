import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { add, type AddOptions } from '../../src/commands/hold.ts';
import { readConfig } from '../../src/settings/config.ts';
import { deedbox, temporaryFolder } from '../support/cli.ts';
import { encodingsOf, filesWith } from '../support/data-folder-bytes.ts';
import { contract, openFixture } from '../workers/fixture.ts';
import { isLong } from '../support/long.ts';

it.runIf(isLong)(
  'a hold keeps a contract whose file is removed, says so everywhere, and lets it go at last',
  async () => {
    const { contracts, data, sync, record } = await openFixture();
    writeFileSync(join(contracts, 'held.txt'), contract('Zylkvorn Holdings Inc.'));
    writeFileSync(join(contracts, 'other.txt'), contract('Aldermoor Inc.'));
    await sync();
    const { documentId } = (await record('held.txt'))!;
    const run = (...args: string[]) => deedbox(...args, '--data', data);
    const reason = 'Claim of Harrow Lane, matter 14';
    const added = await run(
      'hold',
      'add',
      '--party',
      'Zylkvorn',
      '--reason',
      reason,
      '--by',
      'Ann',
    );
    expect(added).toMatchObject({
      code: 0,
      stdout: 'Hold 1: 1 documents are on hold.\n',
      stderr: '',
    });
    rmSync(join(contracts, 'held.txt'));
    const status = await sync();
    expect(status).toMatchObject({ state: 'done', removed: 0 });
    expect(status.notes).toEqual([
      '1 documents have left their source and stay in the index: they are on hold. `deedbox hold list` shows them.',
    ]);
    expect((await sync()).notes).toBeUndefined();

    const today = new Date().toISOString().slice(0, 10);
    const found = JSON.parse((await run('search', 'Zylkvorn', '--documents', '--json')).stdout);
    const summary = found.documents.find(
      (one: { file_name: string }) => one.file_name === 'held.txt',
    );
    expect(summary).toMatchObject({ document_id: documentId, file_gone_since: today });
    for (const args of [
      ['search', 'Zylkvorn law'],
      ['search', 'Zylkvorn', '--documents'],
      ['clauses', documentId!],
    ]) {
      const { stdout } = await run(...args);
      expect(stdout, args.join(' ')).toContain('On legal hold, while the file is gone');
      expect(stdout).toContain(`("held.txt") since ${today}`);
    }
    expect((await run('status')).stdout).toMatch(
      /^On hold: +1 holds; 1 documents whose files are gone/m,
    );
    const listed = await run('hold', 'list');
    expect(listed.stdout).toContain(
      `1  party Zylkvorn: 1 documents, 1 without a file; ${reason} (Ann, `,
    );
    expect(listed.stdout).toContain(`${documentId}  held.txt: its file is gone since ${today}`);
    const reread = await run('read', 'held.txt');
    expect(reread.stderr).toContain(`The file has left its source on ${today}`);
    expect((await run('reindex')).stderr).toContain('1 documents on hold have left their sources');

    const forgotten = await run('forget', contracts);
    expect(forgotten.stdout).toContain('1 files left the index');
    expect((await run('verify')).stdout).toContain('No problem found: 1 documents');
    const released = await run('hold', 'release', '1');
    expect(released).toMatchObject({ code: 0, stderr: '' });
    expect(released.stdout).toContain('Hold 1 has ended; 1 documents left the index.');
    expect(filesWith(data, [...encodingsOf('ylkvorn'), ...encodingsOf('held.txt')])).toEqual([]);
    const log = (await run('audit', 'show')).stdout;
    for (const name of ['hold add 1', 'hold list', 'hold release 1']) {
      expect(log).toContain(`"name":"${name}"`);
    }
    expect((await run('hold', 'list')).stdout).toBe('There is no hold.\n');
  },
);

it('forget says what stays on hold', async () => {
  const { contracts, data, sync } = await openFixture();
  writeFileSync(join(contracts, 'held.txt'), contract('Zylkvorn Holdings Inc.'));
  await sync();
  const run = (...args: string[]) => deedbox(...args, '--data', data);
  await run('hold', 'add', '--party', 'Zylkvorn Holdings', '--reason', 'a claim');
  const forgotten = await run('forget', contracts);
  expect(forgotten.code).toBe(1);
  expect(forgotten.stdout).toContain('0 files left the index');
  expect(forgotten.stderr).toContain('1 documents stay in the index: they are on hold.');
});

it('refuses what is no hold', async () => {
  const data = temporaryFolder();
  const config = readConfig({ DEEDBOX_DATA: data });
  const wrong: [Partial<AddOptions>, string][] = [
    [{}, 'Name one document, folder or party.'],
    [{ party: 'A', folder: 'b' }, 'Name one document'],
    [{ party: '...' }, 'is not the name of a party'],
    [{ folder: '//' }, 'The folder is empty.'],
    [{ party: 'Acme', reason: ' ' }, '--reason must be a line'],
    [{ party: 'Acme', reason: 'a\u202Eb' }, '--reason must be a line'],
    [{ party: 'Acme' }, 'There is no data'],
  ];
  for (const [options, message] of wrong) {
    await expect(add(config, { reason: 'x', json: false, ...options })).rejects.toThrow(message);
  }
  const release = await deedbox('hold', 'release', 'x', '--data', data);
  expect(release).toMatchObject({ code: 2, stdout: '' });
  expect(release.stderr).toContain('It must be the number of a hold');
});
