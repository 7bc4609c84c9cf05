import { copyFileSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentSummary } from '../../src/search/answers.ts';
import { deedbox, samples, startDeedbox, temporaryFolder, untilSaid } from '../support/cli.ts';

const sampleFiles = readdirSync(samples, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name));

/** A folder of a few samples that the test may change, and a data folder. */
function workplace() {
  const base = temporaryFolder();
  const folder = join(base, 'contracts');
  mkdirSync(join(folder, 'sub'), { recursive: true });
  const names = sampleFiles.slice(0, 3).map((file, i) => {
    const name = `${i} ${file.split('/').at(-1)}`;
    copyFileSync(file, join(folder, name));
    return name;
  });
  return { folder, names, data: join(base, 'data') };
}

const counts = (stdout: string) => {
  const { found, indexed, unchanged, failed, ignored, removed } = JSON.parse(stdout);
  return { found, indexed, unchanged, failed, ignored, removed };
};

describe('deedbox ingest', () => {
  it('reads only what changed, follows renames and removals, and reports what it could not read', async () => {
    const { folder, names, data } = workplace();
    const ingest = () => deedbox('ingest', folder, '--json', '--data', data);

    const first = await ingest();
    expect(first).toMatchObject({ code: 0 });
    expect(counts(first.stdout)).toMatchObject({ found: 3, indexed: 3, failed: 0 });

    expect(counts((await ingest()).stdout)).toMatchObject({ found: 3, indexed: 0, unchanged: 3 });

    const before = JSON.parse((await deedbox('search', '--json', '--data', data)).stdout);
    renameSync(join(folder, names[0]!), join(folder, 'sub', 'moved.pdf'));
    rmSync(join(folder, names[1]!));
    writeFileSync(join(folder, 'broken.pdf'), '%PDF-1.7 and then nothing of the kind');
    writeFileSync(join(folder, '.hidden'), 'not for anyone');
    const changed = await ingest();
    expect(changed.code).toBe(1);
    expect(counts(changed.stdout)).toEqual({
      found: 4,
      indexed: 0,
      unchanged: 2,
      failed: 1,
      ignored: 1,
      removed: 1,
    });

    const after = JSON.parse((await deedbox('search', '--json', '--data', data)).stdout);
    expect(after.total).toBe(2);
    const moved = after.documents.find((d: DocumentSummary) => d.file_name === 'moved.pdf');
    const original = before.documents.find((d: DocumentSummary) => d.file_name === names[0]);
    expect(moved).toMatchObject({ folder: 'sub', document_id: original.document_id });

    const status = await deedbox('status', '--data', data);
    expect(status.code).toBe(1);
    expect(status.stdout).toContain('4 found = 2 indexed + 1 failed + 1 ignored');
    expect(status.stdout).toContain('broken.pdf');
    expect((await deedbox('verify', '--data', data)).stdout).toContain('All is well: 2 documents');
    expect((await deedbox('forget', folder, '--data', data)).code).toBe(0);
    expect(JSON.parse((await deedbox('search', '--json', '--data', data)).stdout).total).toBe(0);
  });

  it('never prunes when the folder itself is gone, or all that was in it', async () => {
    const { folder, data } = workplace();
    await deedbox('ingest', folder, '--json', '--data', data);
    renameSync(folder, `${folder}-unplugged`);
    for (const said of [/not there/, /empty/]) {
      const run = await deedbox('ingest', '--json', '--data', data);
      expect(run.code).toBe(1);
      const status = JSON.parse(run.stdout);
      expect(status).toMatchObject({ state: 'failed', removed: 0 });
      expect(status.detail).toMatch(said);
      expect(JSON.parse((await deedbox('search', '--json', '--data', data)).stdout).total).toBe(3);
      mkdirSync(folder, { recursive: true });
    }
  });
});

describe('with the samples', () => {
  const base = temporaryFolder(afterAll);
  const data = join(base, 'data');

  beforeAll(async () => {
    expect((await deedbox('ingest', samples, '--data', data)).code).toBe(0);
  });

  it('search quotes a passage with its page', async () => {
    const { stdout } = await deedbox('search', 'Which law governs?', '--data', data);
    expect(stdout).toMatch(/— page \d/);
    expect(stdout.toLowerCase()).toContain('law');
  });

  it('clauses takes a file name', async () => {
    const { stdout } = await deedbox('search', '--json', '--data', data);
    const [{ file_name: name }] = JSON.parse(stdout).documents;
    const run = await deedbox('clauses', name, '--type', 'governing_law', '--json', '--data', data);
    expect(JSON.parse(run.stdout).documents[0].clauses[0].clause_type).toBe('governing_law');
  });

  it('export writes the register as JSON lines, CSV and a calendar', async () => {
    const lines = (await deedbox('export', '--data', data)).stdout.trim().split('\n');
    expect(lines).toHaveLength(sampleFiles.length);
    for (const line of lines) {
      const { clauses } = JSON.parse(line);
      expect(clauses.every((clause: { confidence: number }) => clause.confidence >= 0.5)).toBe(
        true,
      );
    }
    const csv = (await deedbox('export', '--format', 'csv', '--data', data)).stdout;
    expect(csv.split('\r\n')[0]).toContain('document_id,title,document_type,parties');
    expect(csv.trim().split('\r\n').length).toBeGreaterThanOrEqual(sampleFiles.length + 1);
    const ics = (await deedbox('export', '--format', 'ics', '--data', data)).stdout;
    expect(ics).toMatch(/^BEGIN:VCALENDAR/);
    expect(ics).toContain('BEGIN:VEVENT');
  });

  it('says what is wrong with a wrong call, and exits with 2', async () => {
    const wrong: [string[], RegExp][] = [
      [['ingest', '/no/such/folder'], /no folder or file/],
      [['search', 'x', '--status', 'gone'], /status/],
      [['clauses', 'no such contract'], /not the id/],
      [['start', '--port', '99999'], /DEEDBOX_PORT/],
      [['start', '--host', '0.0.0.0'], /127\.0\.0\.1/],
      [['bogus'], /unknown command/],
    ];
    for (const [args, said] of wrong) {
      const run = await deedbox(...args, '--data', data);
      expect(run.code, args.join(' ')).toBe(2);
      expect(run.stderr).toMatch(said);
      expect(run.stderr).not.toMatch(/\n\s+at /);
    }
  });

  it('start serves, prints what to do next, and ends on SIGTERM', async () => {
    const child = startDeedbox('start', samples, '--port', '0', '--data', data);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const said = await untilSaid(child, /claude mcp add/);
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)![0];
    expect(said).toContain('"mcpServers"');
    const health = await fetch(new URL('/health', url));
    expect(await health.json()).toMatchObject({ ok: true, documents: sampleFiles.length });
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});
