import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DocumentSummary } from '../../src/search/response-schemas.ts';
import {
  deedbox,
  root,
  sampleFiles,
  samples,
  startDeedbox,
  temporaryFolder,
  waitForOutput,
} from '../support/cli.ts';
import { isLong } from '../support/long.ts';
import { sampleWorkspace } from '../support/sample-workspace.ts';

/** A folder with copies of three samples, and a data folder that does not exist yet. */
function createFixture() {
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
  it.runIf(isLong)(
    'ingests only what changed, detects renames and removals, and reports failed files',
    async () => {
      const { folder, names, data } = createFixture();
      const ingest = () => deedbox('ingest', folder, '--json', '--data', data);

      const first = await ingest();
      expect(first).toMatchObject({ code: 0 });
      expect(counts(first.stdout)).toMatchObject({ found: 3, indexed: 3, failed: 0 });

      expect(counts((await ingest()).stdout)).toMatchObject({ found: 3, indexed: 0, unchanged: 3 });

      const before = JSON.parse((await deedbox('search', '--json', '--data', data)).stdout);
      renameSync(join(folder, names[0]!), join(folder, 'sub', 'moved.pdf'));
      rmSync(join(folder, names[1]!));
      writeFileSync(join(folder, 'broken.pdf'), '%PDF-1.7 and then nothing of the kind');
      writeFileSync(join(folder, '.hidden'), 'ignored');
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
      expect(status.stdout).toMatch(/^Failed: +1 corrupt\n {4}broken\.pdf: .*\(1 attempt\)$/m);
      expect(status.stdout).toMatch(/^Ignored: +1 hidden\n {4}\.hidden: hidden$/m);
      const statusJson = JSON.parse((await deedbox('status', '--json', '--data', data)).stdout);
      expect(statusJson).toMatchObject({
        failures: { corrupt: 1 },
        failed_files: [{ file_name: 'broken.pdf', reason: 'corrupt', attempts: 1 }],
        more_failed_files: 0,
        ignored: { hidden: 1 },
        ignored_files: [{ file_name: '.hidden', folder: '', reason: 'hidden' }],
        more_ignored_files: 0,
      });
      const rerun = await deedbox('read', 'BROKEN.pdf', 'moved.pdf', '--data', data);
      expect(rerun.code).toBe(1);
      expect(rerun.stdout).toContain('2 files found: 1 indexed, 0 unchanged, 1 failed, 0 ignored');
      const unknown = await deedbox('read', 'nowhere.pdf', '--data', data);
      expect(unknown).toMatchObject({ code: 2, stdout: '' });
      expect(unknown.stderr).toContain('No file is called "nowhere.pdf".');
      expect((await deedbox('read', '.hidden', '--data', data)).stderr).toContain(
        'The file is ignored',
      );
      expect((await deedbox('verify', '--data', data)).stdout).toContain(
        'No problem found: 2 documents',
      );
      expect((await deedbox('forget', folder, '--data', data)).code).toBe(0);
      expect(JSON.parse((await deedbox('search', '--json', '--data', data)).stdout).total).toBe(0);
    },
  );

  it.runIf(isLong)('removes no document when the folder is missing or empty', async () => {
    const { folder, data } = createFixture();
    await deedbox('ingest', folder, '--json', '--data', data);
    renameSync(folder, `${folder}-unplugged`);
    for (const message of [/does not exist/, /empty/]) {
      const run = await deedbox('ingest', '--json', '--data', data);
      expect(run.code).toBe(1);
      const status = JSON.parse(run.stdout);
      expect(status).toMatchObject({ state: 'failed', removed: 0 });
      expect(status.detail).toMatch(message);
      expect(status.detail).toContain(` ${folder} `);
      const statusJson = await deedbox('status', '--data', data);
      expect(statusJson.code).toBe(1);
      expect(statusJson.stdout).toMatch(/^Last sync: failed, /m);
      expect(statusJson.stdout).toContain(status.detail);
      expect(JSON.parse((await deedbox('search', '--json', '--data', data)).stdout).total).toBe(3);
      mkdirSync(folder, { recursive: true });
    }
  });
});

describe('adding and removing folders', () => {
  it.runIf(isLong)(
    'ingests nothing again when a parent folder is added, and removes a folder that no longer exists',
    async () => {
      const { folder, data } = createFixture();
      await deedbox('ingest', folder, '--json', '--data', data);
      const outer = join(folder, '..', 'all');
      mkdirSync(outer);
      renameSync(folder, join(outer, 'contracts'));
      expect((await deedbox('forget', `${folder}/`, '--data', data)).stdout).toContain('3 files');
      await deedbox('ingest', join(outer, 'contracts'), '--json', '--data', data);
      const run = await deedbox('ingest', outer, '--json', '--data', data);
      expect(counts(run.stdout)).toMatchObject({ found: 3, indexed: 0, unchanged: 3, removed: 0 });
    },
  );
});

describe('export', () => {
  it.runIf(isLong)('writes valid CSV for a file name with line breaks and quotes', async () => {
    const { folder, names, data } = createFixture();
    renameSync(join(folder, names[0]!), join(folder, 'two\nlines, "quoted".pdf'));
    await deedbox('ingest', folder, '--json', '--data', data);
    const output = join(folder, '..', 'register.csv');
    const run = await deedbox('export', '--format', 'csv', '--output', output, '--data', data);
    expect(run).toMatchObject({ code: 0, stdout: '' });
    const csv = readFileSync(output, 'utf8');
    expect(csv.startsWith('\uFEFF"document_id","title",')).toBe(true);
    expect(csv).toContain(',"two\\u{A}lines, ""quoted"".pdf",');
    expect(csv.split('\r\n')).toHaveLength(1 + 3 + 1);
    expect((await deedbox('export', '--format', 'csv', '--data', data)).stdout).toBe(csv);
  });

  it.runIf(isLong)('reports why the output file cannot be written', async () => {
    const data = await sampleWorkspace();
    const folder = temporaryFolder();
    const wrong: [string, RegExp][] = [
      [join(folder, 'nowhere', 'x.csv'), /x\.csv cannot be written: its folder does not exist/],
      [folder, /cannot be written: it is a folder/],
    ];
    if (existsSync('/dev/full')) wrong.push(['/dev/full', /the disk is full/]);
    for (const [output, message] of wrong) {
      for (const format of output === folder ? ['csv'] : ['jsonl', 'ics']) {
        const run = await deedbox('export', '--format', format, '--output', output, '--data', data);
        expect(run.code).toBe(2);
        expect(run.stderr).toMatch(message);
        expect(run.stderr).not.toMatch(/\n\s+at /);
      }
    }
  });
});

describe('without a data folder', () => {
  it('commands report it and create none', async () => {
    const data = join(temporaryFolder(), 'data');
    for (const args of [['status'], ['verify'], ['export'], ['search', 'law'], ['clauses', 'x']]) {
      const run = await deedbox(...args, '--data', data);
      expect(run, args[0]).toMatchObject({ code: 2, stdout: '' });
      expect(run.stderr).toContain(`There is no data in ${data} yet`);
      expect(run.stderr).toContain('`deedbox ingest PATH`');
      expect(existsSync(data)).toBe(false);
    }
  });
});

describe('with the samples', () => {
  let data: string;

  beforeAll(async () => {
    data = await sampleWorkspace();
  });

  it('search prints a passage with its page', async () => {
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

  it('search prints how many contracts it shows', async () => {
    const firstLine = async (...args: string[]) =>
      (await deedbox('search', ...args, '--data', data)).stdout.split('\n')[0];
    const all = sampleFiles.length;
    expect(await firstLine()).toBe(`10 of ${all} contracts; --limit 50 shows more`);
    expect(await firstLine('--limit', '50')).toBe(`${all} contracts`);
    expect(await firstLine('Pintail Ridge', '--documents', '--limit', '1')).toMatch(
      /^1 (of|contract)/,
    );
    const whole = await deedbox('search', '--documents', '--limit', '50', '--data', data);
    expect(whole.stdout).not.toContain('undefined');
  });

  it('prints its version', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(await deedbox('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
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
    expect(csv.split('\r\n')[0]).toContain('"document_id","title","document_type","parties"');
    expect(csv.trim().split('\r\n').length).toBeGreaterThanOrEqual(sampleFiles.length + 1);
    const ics = (await deedbox('export', '--format', 'ics', '--data', data)).stdout;
    expect(ics).toMatch(/^BEGIN:VCALENDAR/);
    expect(ics).toContain('BEGIN:VEVENT');
  });

  it.runIf(isLong)('reports an invalid call, and exits with 2', async () => {
    const wrong: [string[], RegExp][] = [
      [['ingest', '/no/such/folder'], /no folder or file/],
      [['search', 'x', '--status', 'gone'], /--status: /],
      [['search', '--type', 'contrat'], /--type: .*"nda"/],
      [['search', 'x', '--expires-from', 'June'], /--expires-from: /],
      [['search', 'x', '--has', 'nosuch'], /--has: /],
      [['search', '--documents', '--limit', '51'], /--limit: /],
      [['clauses', 'Pintail', '--type', 'nosuch'], /not the id.*\n.*Software License - Pintail/],
      [['clauses', 'nosuch.pdf'], /not the id.*\n\s*`deedbox search` without a query lists/],
      [['start', '--port', '99999'], /DEEDBOX_PORT/],
      [['start', '--host', '0.0.0.0'], /127\.0\.0\.1/],
      [['bogus'], /unknown command/],
      [['sync', '/no/such/folder'], /no folder or file/],
    ];
    for (const [args, message] of wrong) {
      const run = await deedbox(...args, '--data', data);
      expect(run.code, args.join(' ')).toBe(2);
      expect(run.stderr).toMatch(message);
      expect(run.stderr).not.toMatch(/\n\s+at /);
    }
  });

  it('start serves, prints the next steps, and ends on SIGTERM', async () => {
    const child = startDeedbox('start', samples, '--port', '0', '--data', data);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const output = await waitForOutput(child, /claude mcp add/);
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)![0];
    expect(output).toContain('"mcpServers"');
    const health = await fetch(new URL('/health', url));
    expect(await health.json()).toMatchObject({ ok: true, documents: sampleFiles.length });
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});
