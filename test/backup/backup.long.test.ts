import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { KeyStore } from '../../src/access/key-store.ts';
import { restore } from '../../src/backup/restore.ts';
import { databaseName, openSqliteStore } from '../../src/store/sqlite.ts';
import { startWorker } from '../../workers/worker.ts';
import { unfiltered } from '../contract/store-samples.ts';
import { openStore } from '../store/temporary-stores.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { deedbox, temporaryFolder } from '../support/cli.ts';
import { sampleWorkspace } from '../support/sample-workspace.ts';
import { contract, openFixture } from '../workers/fixture.ts';

const questions = [
  ['search', 'Which law governs?', '--limit', '20'],
  ['search', 'Who may terminate for convenience, and when?'],
  ['search', '--documents', 'services', '--limit', '50'],
];

/** What the built command line answers from a data folder, whole: ids, citations, scores, notes. */
async function answersOf(data: string): Promise<string[]> {
  const answers: string[] = [];
  for (const question of questions) {
    const { code, stdout, stderr } = await deedbox(...question, '--json', '--data', data);
    expect(code, stderr).toBe(0);
    answers.push(stdout);
  }
  return answers;
}

/** Every file below a folder, by its path in it. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => name.replaceAll('\\', '/'))
    .sort();
}

describe('the sample contracts', () => {
  let data: string;
  let backup: string;

  beforeAll(async () => {
    data = await sampleWorkspace();
    const keys = new KeyStore(data);
    keys.create({ name: 'ann-laptop', role: 'reader' });
    keys.create({ name: 'bob-laptop', role: 'admin' });
    keys.close();
    await deedbox('search', 'termination', '--data', data); // a line of the audit log
    const instanceId = join(data, 'instance-id');
    writeFileSync(instanceId, 'of the original alone');
    backup = join(temporaryFolder(onFileFinished), 'of-today');
    process.umask(0o022);
    const run = await deedbox('backup', backup, '--data', data);
    rmSync(instanceId);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/^\S+ holds \d+ documents in \d+ files/);
  });

  it('are answered the same from another path', async () => {
    const restored = join(temporaryFolder(), 'elsewhere', 'data');
    const run = await deedbox('restore', backup, '--data', restored);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(join(restored, 'instance-id'))).toBe(false);
    expect(statSync(restored).mode & 0o777).toBe(0o700);
    for (const name of filesIn(restored)) {
      expect(statSync(join(restored, name)).mode & 0o077, name).toBe(0);
    }
    expect(await answersOf(restored)).toEqual(await answersOf(data));
    expect((await deedbox('verify', '--data', restored)).stdout).toContain('No problem found');
    const audit = await deedbox('audit', 'verify', '--data', restored);
    expect(audit.code).toBe(0);
    expect((await deedbox('audit', 'show', '--data', restored)).stdout).toContain('"restore"');
  });

  it('lie in a folder for their owner alone, without what belongs to the original', () => {
    expect(statSync(backup).mode & 0o777).toBe(0o700);
    const names = filesIn(backup);
    for (const name of names) expect(statSync(join(backup, name)).mode & 0o777, name).toBe(0o600);
    const kinds =
      /^(deedbox\.db|keys\.db|manifest\.json|vectors-.*\.seg|audit\/(head\.db|.*\.jsonl))$/;
    expect(names.filter((name) => !kinds.test(name))).toEqual([]);
    const manifest = JSON.parse(readFileSync(join(backup, 'manifest.json'), 'utf8'));
    const listed = manifest.files.map(({ name }: { name: string }) => name);
    expect(new Set([...listed, 'manifest.json'])).toEqual(new Set(names));
  });

  it('have keys that are revoked unless they are to be kept', async () => {
    const [closed, kept] = [join(temporaryFolder(), 'a'), join(temporaryFolder(), 'b')];
    const run = await deedbox('restore', backup, '--data', closed);
    expect(run.stdout).toContain('2 keys were revoked');
    const keys = new KeyStore(closed);
    expect([keys.hasAnyKey, keys.hasUsableKey]).toEqual([true, false]); // still asks for one
    keys.close();
    const runWithKeys = await deedbox('restore', backup, '--keys', '--data', kept);
    expect(runWithKeys.stdout).toMatch(
      /`deedbox key revoke ID`:\n {2}\S+ {2}"ann-laptop", reader\n/,
    );
    const keptKeys = new KeyStore(kept);
    expect(keptKeys.hasUsableKey).toBe(true);
    keptKeys.close();
  });

  it('are not written over anything, or into the data folder', async () => {
    const wrong: [string, string][] = [
      [backup, 'exists already'],
      [join(backup, 'none', 'here'), 'does not exist'],
      [join(data, 'backup'), 'cannot lie in the data folder'],
    ];
    for (const [target, message] of wrong) {
      const run = await deedbox('backup', target, '--data', data);
      expect(run.code).toBe(2);
      expect(run.stderr).toContain(message);
    }
    if (process.geteuid?.() !== 0) {
      const locked = temporaryFolder();
      chmodSync(locked, 0o500);
      const run = await deedbox('backup', join(locked, 'x'), '--data', data);
      expect(run.stderr).toContain('cannot be written');
    }
  });

  it('are not restored from what is damaged, newer or no backup', async () => {
    const manifest = JSON.parse(readFileSync(join(backup, 'manifest.json'), 'utf8'));
    const write = (copy: string, change: object) =>
      writeFileSync(join(copy, 'manifest.json'), JSON.stringify({ ...manifest, ...change }));
    const [file] = manifest.files;
    const flip = (copy: string) => {
      const bytes = readFileSync(join(copy, databaseName));
      bytes[bytes.length >> 1]! ^= 1;
      writeFileSync(join(copy, databaseName), bytes);
    };
    const damage: [(copy: string) => void, string][] = [
      [flip, `${databaseName} has another checksum`],
      [(copy) => writeFileSync(join(copy, databaseName), ''), `${databaseName} has another size`],
      [(copy) => write(copy, { documents: 1 }), 'does not hold what its manifest says'],
      [(copy) => write(copy, { schema: 999, version: '9.0.0' }), 'made by Deedbox 9.0.0'],
      [(copy) => write(copy, { format: 2 }), 'is not a backup of Deedbox'],
      [(copy) => write(copy, { files: [{ ...file, name: '../evil' }] }), 'is not a backup'],
      [(copy) => write(copy, { files: [{ ...file, name: 'vectors-1.seg' }] }), 'is missing'],
      [(copy) => writeFileSync(join(copy, 'manifest.json'), '{'), 'missing or damaged'],
    ];
    for (const [harm, message] of damage) {
      const copy = join(temporaryFolder(), 'copy');
      cpSync(backup, copy, { recursive: true });
      harm(copy);
      const target = join(temporaryFolder(), 'data');
      await expect(restore(copy, target, { keepKeys: false }), message).rejects.toThrow(message);
      expect(existsSync(target) ? readdirSync(target) : []).toEqual([]);
    }
    const empty = await deedbox('restore', temporaryFolder(), '--data', temporaryFolder());
    expect(empty).toMatchObject({ code: 2, stdout: '' });
    expect(empty.stderr).toContain('is not a backup of Deedbox');
    expect(empty.stderr).toContain('Name the folder that `deedbox backup` made.');
  });

  it('are restored only into an empty folder', async () => {
    const run = await deedbox('restore', backup, '--data', data);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('is not empty');
    const target = temporaryFolder();
    mkdirSync(join(target, 'restore.partial')); // of a restore that was killed
    expect((await deedbox('restore', backup, '--data', target)).code).toBe(0);
    expect(existsSync(join(target, 'restore.partial'))).toBe(false);
  });
});

it('a backup that is made while files are read is whole, and the next sync reads the rest', async () => {
  const { contracts, data, services, request, store, source, waitUntil } = await openFixture();
  for (let number = 0; number < 24; number += 1) {
    const text = `${contract(`Aldermoor${number} Inc.`)}\n${'The parties agree as follows. '.repeat(500)}`;
    writeFileSync(join(contracts, `contract ${number}.txt`), text);
  }
  const worker = startWorker(services, { concurrency: 1 });
  await request();
  const backup = join(temporaryFolder(), 'backup');
  await waitUntil(({ indexed }) => indexed > 2);
  expect(await deedbox('backup', backup, '--data', data)).toMatchObject({ code: 0, stderr: '' });
  await worker.drained();
  await worker.stop();
  const restored = join(temporaryFolder(), 'data');
  expect((await deedbox('restore', backup, '--data', restored)).code).toBe(0);
  const copy = await openStore(restored);
  expect(await copy.verify()).toEqual([]);
  expect(await copy.sync()).toMatchObject({ state: 'failed' });
  expect(await copy.sources()).toEqual([source]);
  const listed = await copy
    .scopedTo('unrestricted')
    .documents(unfiltered, { sort: 'title', limit: 100 });
  expect(listed.total).toBeLessThan(24); // it was made meanwhile
  for (const { documentId, revision } of listed.documents) {
    const original = await store.scopedTo('unrestricted').text(documentId);
    expect(original).toMatchObject({ revision });
    expect(await copy.scopedTo('unrestricted').text(documentId)).toEqual(original);
  }
  await copy.close();
  const sync = await deedbox('ingest', '--json', '--data', restored);
  expect(JSON.parse(sync.stdout)).toMatchObject({ state: 'done', found: 24, failed: 0 });
  const whole = await openSqliteStore({ folder: restored });
  expect((await whole.status()).documents).toBe(24);
  await whole.close();
});
