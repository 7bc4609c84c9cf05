import { spawn } from 'node:child_process';
import {
  appendFileSync,
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listAuditFiles, chainHeadFile } from '../../src/audit/files.ts';
import { nextLine } from '../../src/audit/line.ts';
import { AuditLog } from '../../src/audit/log.ts';
import { auditLines, verifyAudit } from '../../src/audit/verify.ts';
import { temporaryFolder } from '../support/cli.ts';

/** A log of several files, on two days. */
async function writtenLog(lines = 30) {
  const folder = join(temporaryFolder(), 'audit');
  let now = Date.parse('2026-03-01T20:00:00Z');
  const log = new AuditLog({ folder, maxBytes: 3000, now: () => new Date(now) });
  for (let line = 0; line < lines; line += 1) {
    now += 600_000;
    await log.append({ event: 'tool', name: 'search_passages', line, note: 'é█'.repeat(line % 9) });
  }
  await log.close();
  return folder;
}

/** All lines with the file that each stands in. */
function linesOf(folder: string) {
  return listAuditFiles(folder).flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((text, index) => ({ file, text, line: index + 1 })),
  );
}

/** Writes lines back into their files; a file without any is gone. */
function writeBack(folder: string, lines: { file: string; text: string }[]): void {
  for (const file of listAuditFiles(folder)) {
    const own = lines.filter((line) => line.file === file);
    if (own.length === 0) rmSync(join(folder, file));
    else writeFileSync(join(folder, file), own.map(({ text }) => `${text}\n`).join(''));
  }
}

function copyOf(folder: string): string {
  const copy = join(temporaryFolder(), 'audit');
  cpSync(folder, copy, { recursive: true });
  return copy;
}

describe('an intact log', () => {
  it('is valid over several files, and begins a new one each day', async () => {
    const folder = await writtenLog();
    const check = verifyAudit(folder);
    expect(check).toMatchObject({ lines: 30, sealed: 0, unfinished: false });
    expect(check.problem).toBeUndefined();
    expect(check.files).toBeGreaterThan(2);
    expect(listAuditFiles(folder).some((name) => name.startsWith('2026-03-01'))).toBe(true);
    expect(listAuditFiles(folder).some((name) => name.startsWith('2026-03-02'))).toBe(true);
    expect([...auditLines(folder)].map((line) => line['line'])).toEqual([...Array(30).keys()]);
  });

  it('has no file and no folder before the first line', () => {
    expect(verifyAudit(join(temporaryFolder(), 'audit'))).toMatchObject({ files: 0, lines: 0 });
  });

  it('is valid without its oldest files only with the option for archived files', async () => {
    const folder = await writtenLog();
    rmSync(join(folder, listAuditFiles(folder)[0]!));
    expect(verifyAudit(folder).problem).toMatchObject({ file: listAuditFiles(folder)[0], line: 1 });
    expect(verifyAudit(folder, { archived: true }).problem).toBeUndefined();
  });
});

describe('detects tampering', () => {
  it('where a line is removed, or two are exchanged', async () => {
    const folder = await writtenLog();
    const lines = linesOf(folder);
    const lineIndex = fc.nat({ max: lines.length - 1 });
    await fc.assert(
      fc.asyncProperty(lineIndex, lineIndex, async (a, b) => {
        const copy = copyOf(folder);
        const [first, second] = [Math.min(a, b), Math.max(a, b)];
        const changed = lines.map((line) => ({ ...line }));
        if (first === second) changed.splice(first, 1);
        else {
          changed[first]!.text = lines[second]!.text;
          changed[second]!.text = lines[first]!.text;
        }
        writeBack(copy, changed);
        expect(verifyAudit(copy).problem).toMatchObject({ seq: first + 1 });
      }),
      { numRuns: 40, seed: 5 },
    );
  });

  it('where any byte of a line is changed, also its line break', async () => {
    const folder = await writtenLog();
    const lines = linesOf(folder);
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: lines.length - 1 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (index, offset, change) => {
          const copy = copyOf(folder);
          const { file, line } = lines[index]!;
          const path = join(copy, file);
          const bytes = readFileSync(path);
          const before = lines.filter((other) => other.file === file && other.line < line);
          const size = (text: string) => Buffer.byteLength(text) + 1;
          const start = before.reduce((sum, { text }) => sum + size(text), 0);
          const position = start + (offset % size(lines[index]!.text));
          bytes[position] = bytes[position]! ^ change;
          writeFileSync(path, bytes);
          expect(verifyAudit(copy).problem).toMatchObject({ file, line, seq: index + 1 });
        },
      ),
      { numRuns: 80, seed: 6 },
    );
  });

  it('where the end is cut off, the head is missing, or the whole log is rewritten', async () => {
    const folder = await writtenLog();
    const lines = linesOf(folder);
    const last = verifyAudit(folder).last!;
    for (const count of [1, 2, 7, 29, 30]) {
      const copy = copyOf(folder);
      writeBack(copy, lines.slice(0, -count));
      expect(verifyAudit(copy).problem).toMatchObject({ seq: 31 - count });
    }
    const copy = copyOf(folder);
    for (const end of ['', '-wal', '-shm'])
      rmSync(join(copy, chainHeadFile + end), { force: true });
    expect(verifyAudit(copy).problem?.what).toContain('head.db is missing');
    writeFileSync(join(copy, chainHeadFile), 'no database, and long enough to be one'.repeat(20));
    expect(verifyAudit(copy).problem?.what).toContain('head.db is damaged');
    rmSync(join(copy, chainHeadFile));
    // and stays so when more is written
    const log = new AuditLog({ folder: copy, maxBytes: 3000 });
    await log.append({ event: 'tool' });
    await log.close();
    expect(verifyAudit(copy).problem).toMatchObject({ seq: 31 });
    // a forger of the whole log cannot change a hash that was noted elsewhere
    const forged = await writtenLog(31);
    expect(verifyAudit(forged).problem).toBeUndefined();
    expect(verifyAudit(forged, { noted: { ...last, hash: 'f'.repeat(64) } }).problem?.seq).toBe(30);
    expect(verifyAudit(forged, { noted: { ...last, seq: 99 } }).problem).toBeDefined();
  });

  it('where a whole file is removed', async () => {
    const folder = await writtenLog();
    const files = listAuditFiles(folder);
    expect(files.length).toBeGreaterThan(2);
    const firstOf = (at: number) => linesOf(folder).findIndex(({ file }) => file === files[at]) + 1;
    for (const at of [0, 1, files.length - 1]) {
      const copy = copyOf(folder);
      rmSync(join(copy, files[at]!));
      expect(verifyAudit(copy).problem, `file ${at}`).toMatchObject({ seq: firstOf(at) });
    }
    const copy = copyOf(folder);
    for (const file of files) rmSync(join(copy, file));
    expect(verifyAudit(copy).problem).toMatchObject({ seq: 1 });
  });

  it('where an older copy, or none, replaces it, only with a noted line', async () => {
    const folder = await writtenLog();
    const older = copyOf(folder);
    const log = new AuditLog({ folder, maxBytes: 3000 });
    await log.append({ event: 'tool' });
    await log.close();
    const noted = verifyAudit(folder).last!;
    expect(verifyAudit(folder, { noted }).problem).toBeUndefined();
    const withoutLast = join(temporaryFolder(), 'audit');
    for (const restore of [older, withoutLast]) {
      expect(verifyAudit(restore).problem).toBeUndefined();
      expect(verifyAudit(restore, { noted }).problem?.what).toContain(
        'line 31, whose hash was noted',
      );
    }
    // what is written after a line was noted takes nothing from it
    const after = new AuditLog({ folder, maxBytes: 3000 });
    await after.append({ event: 'tool' });
    await after.close();
    expect(verifyAudit(folder, { noted }).problem).toBeUndefined();
  });

  it('also when lines follow it', async () => {
    const folder = await writtenLog();
    const lines = linesOf(folder);
    writeBack(folder, lines.slice(0, -2));
    const log = new AuditLog({ folder, maxBytes: 3000 });
    await log.append({ event: 'tool' });
    await log.close();
    expect(verifyAudit(folder).problem).toMatchObject({ seq: 29 });
  });
});

describe('concurrent and killed processes', () => {
  const writer = join(import.meta.dirname, 'writer-process.ts');
  const startWriter = (folder: string, name: string, count: number) => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', writer, folder, name, String(count)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let lineCount = 0;
    child.stdout.on(
      'data',
      (chunk: Buffer) => (lineCount += chunk.toString().split('\n').length - 1),
    );
    const ended = new Promise((resolve) => child.once('exit', resolve));
    return { child, ended, lineCount: () => lineCount };
  };

  it('write one valid chain', async () => {
    const folder = join(temporaryFolder(), 'audit');
    const writers = ['a', 'b', 'c'].map((name) => startWriter(folder, name, 60));
    await Promise.all(writers.map(({ ended }) => ended));
    const check = verifyAudit(folder);
    expect(check.problem).toBeUndefined();
    expect(check.lines).toBe(180);
    for (const name of ['a', 'b', 'c']) {
      const own = [...auditLines(folder)].filter((line) => line['writer'] === name);
      expect(own.map((line) => line['line'])).toEqual([...Array(60).keys()]);
    }
  }, 30_000);

  it('leave a valid log when they are killed while they write, without losing an acknowledged line', async () => {
    const folder = join(temporaryFolder(), 'audit');
    const reportedLines: Record<string, number> = {};
    for (const [index, wait] of [40, 90, 150].entries()) {
      const { child, ended, lineCount } = startWriter(folder, String(index), 100_000);
      while (lineCount() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      await new Promise((resolve) => setTimeout(resolve, wait));
      child.kill('SIGKILL');
      await ended;
      reportedLines[index] = lineCount();
      expect(verifyAudit(folder).problem).toBeUndefined();
    }
    for (const [name, count] of Object.entries(reportedLines)) {
      const own = [...auditLines(folder)].filter((line) => line['writer'] === name);
      expect(own.length).toBeGreaterThanOrEqual(count);
    }
  }, 30_000);

  it('close off a torn tail, wherever it was cut', async () => {
    const folder = await writtenLog(10);
    const log = new AuditLog({
      folder,
      maxBytes: 1e6,
      now: () => new Date('2026-03-02T23:00:00Z'),
    });
    await log.append({ event: 'tool' });
    const last = () => join(folder, listAuditFiles(folder).at(-1)!);
    const next = () => nextLine(verifyAudit(folder).last!, new Date(), { event: 'tool' }).text;
    const cuts = [1, 10, 150, -1, undefined];
    for (const cut of cuts) {
      appendFileSync(last(), next().slice(0, cut));
      expect(verifyAudit(folder)).toMatchObject({ unfinished: true });
      expect(verifyAudit(folder).problem).toBeUndefined();
      await log.append({ event: 'tool' });
    }
    // the last was whole but for its line break, and counts; a machine that lost power may leave anything
    appendFileSync(last(), Buffer.from('\0\0\n\0{"seq"\n\0'));
    await log.append({ event: 'tool' });
    await log.close();
    const check = verifyAudit(folder);
    expect(check.problem).toBeUndefined();
    expect(check).toMatchObject({ sealed: cuts.length, unfinished: false });
    // a seal excuses nothing else
    const text = readFileSync(last(), 'latin1');
    writeFileSync(last(), text.replace('{"seq"\n', '{"sEq"\n'), 'latin1');
    expect(verifyAudit(folder).problem).toBeDefined();
  });
});

it.skipIf(process.geteuid?.() !== 0)(
  'gives what root writes to the owner of the data folder',
  async () => {
    const data = temporaryFolder();
    chownSync(data, 12_345, 12_346);
    const folder = join(data, 'audit');
    const log = new AuditLog({ folder, maxBytes: 3000 });
    await log.append({ event: 'command' });
    const created = [folder, ...readdirSync(folder).map((name) => join(folder, name))];
    expect(created.length).toBeGreaterThan(2);
    for (const path of created)
      expect(statSync(path), path).toMatchObject({ uid: 12_345, gid: 12_346 });
    await log.close();
  },
);

describe('a log that cannot be written', () => {
  it('rejects every waiting append, and writes again once it can', async () => {
    const folder = join(temporaryFolder(), 'audit');
    writeFileSync(folder, 'a file where the folder should be');
    const log = new AuditLog({ folder, maxBytes: 3000 });
    const results = await Promise.allSettled([
      log.append({ event: 'a' }),
      log.append({ event: 'b' }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    rmSync(folder);
    mkdirSync(folder);
    await log.append({ event: 'c' });
    await log.close();
    expect(verifyAudit(folder)).toMatchObject({ lines: 1 });
  });
});
