import { execFile } from 'node:child_process';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openSearchEngine } from '../../src/composition/app.ts';
import { readConfig } from '../../src/settings/config.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { entry, temporaryFolder } from '../support/cli.ts';
import { connectStdio, eras } from '../support/mcp-client.ts';
import { PermissionModel } from '../support/permission-model.ts';

const permissionModel = new PermissionModel(5, 6);
const person = permissionModel.people[0]!;
const data = temporaryFolder(onFileFinished);
let groups: string;

beforeAll(async () => {
  groups = permissionModel.writeGroups(temporaryFolder(onFileFinished));
  const engine = await openSearchEngine(readConfig({ DEEDBOX_DATA: data }));
  await permissionModel.write(engine, 40);
  await engine.close();
}, 60_000);

/** Runs the built command line with these settings. */
const run = (env: Record<string, string>, ...args: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      [entry, '--data', data, ...args],
      { env: { ...process.env, DEEDBOX_GROUPS_FILE: groups, ...env } },
      (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr }),
    );
  });

const visibility = (email: string) => {
  const visible = permissionModel.contractsReadableBy(email);
  return {
    readable: visible,
    hidden: permissionModel.contracts.filter((paper) => !visible.includes(paper)),
  };
};

describe('deedbox --as', () => {
  it('limits search, clauses, export and status to what the person may read', async () => {
    const { readable: visible, hidden } = visibility(person);
    expect(visible.length).toBeGreaterThan(0);
    expect(hidden.length).toBeGreaterThan(0);
    const as = ['--as', person.toUpperCase()];
    const searchResult = await run({}, 'search', '--limit', '50', '--json', ...as);
    expect(JSON.parse(searchResult.stdout)).toMatchObject({ total: visible.length });
    const exported = await run({}, 'export', ...as);
    const ids = exported.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { document_id: string }).document_id);
    expect(ids.sort()).toEqual(visible.map(({ documentId }) => documentId).sort());
    for (const format of ['ics']) {
      const { stdout } = await run({}, 'export', '--format', format, ...as);
      for (const { word } of hidden) expect(stdout.toLowerCase()).not.toContain(word);
      expect(stdout.toLowerCase()).toContain(visible[0]!.word);
    }
    const status = await run({}, 'status', '--json', ...as);
    expect(JSON.parse(status.stdout)).toEqual({
      found: visible.length,
      documents: visible.length,
      passages: visible.length * 3,
      files: { pending: 0, indexed: visible.length, failed: 0, ignored: 0 },
      failures: {},
      unread: { documents: 0, pages: 0, parts: 0 },
      read_in_part: [],
    });
    const hiddenResult = await run({}, 'clauses', hidden[0]!.documentId, ...as);
    const unknown = await run({}, 'clauses', 'Abcdefghij0123456789', ...as);
    expect(hiddenResult.code).toBe(2);
    expect(hiddenResult.stderr.replace(hidden[0]!.documentId, 'ID')).toBe(
      unknown.stderr.replace('Abcdefghij0123456789', 'ID'),
    );
  });

  it('rejects an empty person and an invalid address', async () => {
    const { code, stdout, stderr } = await run({}, 'search', '--as', '');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('DEEDBOX_PERSON');
    for (const [wrong, setting] of [
      [{ DEEDBOX_PERSON: '' }, 'DEEDBOX_PERSON'],
      [{ DEEDBOX_PERSON: 'ann@' }, 'DEEDBOX_PERSON'],
      [{ DEEDBOX_PERSON: ' ann@firm.example ' }, 'DEEDBOX_PERSON'],
      [{ DEEDBOX_GROUPS: 'directory' }, 'DEEDBOX_GROUPS_ADMIN'],
      [{ DEEDBOX_GROUPS: 'ldap' }, 'DEEDBOX_GROUPS'],
      [
        { DEEDBOX_GROUPS: 'directory', DEEDBOX_GROUPS_ADMIN: person, DEEDBOX_GROUPS_FILE: 'x' },
        'not both',
      ],
    ] as [Record<string, string>, string][]) {
      expect(() => readConfig(wrong)).toThrow(setting);
    }
    expect(readConfig({ DEEDBOX_PERSON: 'Ann@Firm.Example' }).principal).toEqual({
      email: 'ann@firm.example',
    });
  });
});

describe.each(eras)('DEEDBOX_PERSON over %s', (era) => {
  it('limits the answers of `deedbox stdio`', async () => {
    const env = { DEEDBOX_PERSON: person, DEEDBOX_GROUPS_FILE: groups };
    const { client } = await connectStdio(era, { args: ['--data', data], env });
    const { structuredContent } = await client.callTool({
      name: 'search_documents',
      arguments: {},
    });
    expect(structuredContent).toMatchObject({ total: visibility(person).readable.length });
  });
});

it('a groups file that cannot be read grants no access', async () => {
  const { stdout, stderr } = await run(
    { DEEDBOX_GROUPS_FILE: path.join(data, 'nowhere.csv') },
    'search',
    '--json',
    '--as',
    person,
  );
  expect(stderr).toMatch(/nowhere\.csv.*cannot be read/);
  const withoutGroups = permissionModel.contracts.filter(({ aclEntries }) =>
    aclEntries.some(
      (aclEntry) =>
        aclEntry === 'anyone' ||
        aclEntry === `user:${person}` ||
        aclEntry === `domain:${person.split('@')[1]}`,
    ),
  );
  expect(JSON.parse(stdout)).toMatchObject({ total: withoutGroups.length });
});

it('a bridge rejects DEEDBOX_PERSON', async () => {
  const { client } = await connectStdio('2025-11-25', {
    env: { DEEDBOX_PERSON: person, DEEDBOX_URL: 'http://127.0.0.1:9' },
  });
  expect(client.getInstructions()).toContain('DEEDBOX_PERSON');
});
