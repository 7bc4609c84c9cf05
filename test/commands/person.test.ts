import { execFile } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openReader } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { entry, temporaryFolder } from '../support/cli.ts';
import { connectStdio, eras } from '../support/mcp-client.ts';
import { Office } from '../support/shared-office.ts';

const office = new Office(5, 6);
const person = office.people[0]!;
const data = temporaryFolder(afterAll);
let groups: string;

beforeAll(async () => {
  groups = office.writeGroups(temporaryFolder(afterAll));
  const reader = await openReader(readConfig({ DEEDBOX_DATA: data }));
  await office.write(reader, 40);
  await reader.close();
}, 60_000);

/** The built command line with some of the environment. */
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

const hiddenFrom = (email: string) => {
  const readable = office.readableBy(email);
  return { readable, hidden: office.papers.filter((paper) => !readable.includes(paper)) };
};

describe('deedbox --as', () => {
  it('shows what a person would see: search, clauses, export, status', async () => {
    const { readable, hidden } = hiddenFrom(person);
    expect(readable.length).toBeGreaterThan(0);
    expect(hidden.length).toBeGreaterThan(0);
    const as = ['--as', person.toUpperCase()];
    const listed = await run({}, 'search', '--limit', '50', '--json', ...as);
    expect(JSON.parse(listed.stdout)).toMatchObject({ total: readable.length });
    const exported = await run({}, 'export', ...as);
    const ids = exported.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { document_id: string }).document_id);
    expect(ids.sort()).toEqual(readable.map(({ documentId }) => documentId).sort());
    for (const format of ['ics']) {
      const { stdout } = await run({}, 'export', '--format', format, ...as);
      for (const { word } of hidden) expect(stdout.toLowerCase()).not.toContain(word);
      expect(stdout.toLowerCase()).toContain(readable[0]!.word);
    }
    const status = await run({}, 'status', '--json', ...as);
    expect(JSON.parse(status.stdout)).toEqual({
      found: readable.length,
      documents: readable.length,
      passages: readable.length * 3,
      files: { pending: 0, indexed: readable.length, failed: 0, ignored: 0 },
      failures: {},
    });
    const refused = await run({}, 'clauses', hidden[0]!.documentId, ...as);
    const unknown = await run({}, 'clauses', 'Abcdefghij0123456789', ...as);
    expect(refused.code).toBe(2);
    expect(refused.stderr.replace(hidden[0]!.documentId, 'ID')).toBe(
      unknown.stderr.replace('Abcdefghij0123456789', 'ID'),
    );
  });

  it('nobody, or something that is no address, is refused', async () => {
    const { code, stdout, stderr } = await run({}, 'search', '--as', '');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('DEEDBOX_PERSON');
    for (const [wrong, setting] of [
      [{ DEEDBOX_PERSON: '' }, 'DEEDBOX_PERSON'],
      [{ DEEDBOX_PERSON: 'ann@' }, 'DEEDBOX_PERSON'],
      [{ DEEDBOX_GROUPS: 'directory' }, 'DEEDBOX_GROUPS_ADMIN'],
      [{ DEEDBOX_GROUPS: 'ldap' }, 'DEEDBOX_GROUPS'],
      [
        { DEEDBOX_GROUPS: 'directory', DEEDBOX_GROUPS_ADMIN: person, DEEDBOX_GROUPS_FILE: 'x' },
        'not both',
      ],
    ] as [Record<string, string>, string][]) {
      expect(() => readConfig(wrong)).toThrow(setting);
    }
    expect(readConfig({ DEEDBOX_PERSON: ' Ann@Firm.Example ' }).asker).toEqual({
      email: 'ann@firm.example',
    });
  });
});

describe.each(eras)('DEEDBOX_PERSON over %s', (era) => {
  it('is for whom `deedbox stdio` answers', async () => {
    const env = { DEEDBOX_PERSON: person, DEEDBOX_GROUPS_FILE: groups };
    const { client } = await connectStdio(era, { args: ['--data', data], env });
    const { structuredContent } = await client.callTool({
      name: 'search_documents',
      arguments: {},
    });
    expect(structuredContent).toMatchObject({ total: hiddenFrom(person).readable.length });
  });
});

it('a file of groups that is wrong opens nothing', async () => {
  const { stdout, stderr } = await run(
    { DEEDBOX_GROUPS_FILE: path.join(data, 'nowhere.csv') },
    'search',
    '--json',
    '--as',
    person,
  );
  expect(stderr).toMatch(/nowhere\.csv.*cannot be read/);
  const alone = office.papers.filter(({ readers }) =>
    readers.some(
      (reader) =>
        reader === 'anyone' ||
        reader === `user:${person}` ||
        reader === `domain:${person.split('@')[1]}`,
    ),
  );
  expect(JSON.parse(stdout)).toMatchObject({ total: alone.length });
});

it('a bridge does not take a person upon itself', async () => {
  const { client } = await connectStdio('2025-11-25', {
    env: { DEEDBOX_PERSON: person, DEEDBOX_URL: 'http://127.0.0.1:9' },
  });
  expect(client.getInstructions()).toContain('DEEDBOX_PERSON');
});
