import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { pdf, pdfBomb, slowPdf } from './fixtures.ts';
import { extractionErrorOf, extractorFixture } from './extractor-fixture.ts';
import { isLong } from '../support/long.ts';

const sentence = 'Either party may terminate this Agreement upon thirty days notice.';

describe('memory', () => {
  const fixture = extractorFixture({ memoryLimitBytes: 640 * 1024 * 1024 });

  it.runIf(isLong)(
    'runs out for a PDF that inflates to gigabytes, and no other file fails',
    async () => {
      const bomb = pdfBomb(1024);
      expect(bomb.length).toBeLessThan(20_000);
      const good = await pdf([`1. ${sentence}`, `2. ${sentence}`]);
      const others = [1, 2].map((n) => fixture.extract(`good-${n}.pdf`, good));
      const error = await fixture.extractionError('bomb.pdf', bomb);
      expect(error).toMatchObject({ code: 'too_large', retryable: false });
      expect(error.message).toMatch(/memory allowed for one file/);
      expect((await Promise.all(others)).map((read) => read.pages.length)).toEqual([2, 2]);
      expect((await fixture.extract('after.pdf', good)).pages).toHaveLength(2);
    },
    180_000,
  );
});

describe('memory that earlier files left allocated', () => {
  const fixture = extractorFixture();

  it('does not fail a file, which is read again in a new process', async () => {
    const long = await pdf(Array.from({ length: 400 }, (_, n) => `${n}. ${sentence}`));
    await fixture.extract('first.txt', sentence);
    const extraction = fixture.extract('long.pdf', long);
    await pause(150);
    spawnSync('pkill', ['-KILL', '-P', String(process.pid)]);
    expect((await extraction).pages).toHaveLength(400);
  });
});

describe.skipIf(process.platform === 'win32')('a parser killed from outside', () => {
  const fixture = extractorFixture();

  it('gives a retryable error', async () => {
    // A named pipe: opening it for writing waits until the parser has opened it for reading.
    const path = await fixture.write('a.txt', '');
    await rm(path);
    spawnSync('mkfifo', [path]);
    const extraction = extractionErrorOf(fixture.extractor.extract(path, { fileName: 'a.txt' }));
    const writer = await open(path, 'w');
    spawnSync('pkill', ['-KILL', '-P', String(process.pid)]);
    const error = await extraction;
    await writer.close();
    expect(error).toMatchObject({ code: 'too_large', retryable: true });
    expect(error.message).toContain('killed');
  });
});

describe('time', () => {
  const fixture = extractorFixture({ timeLimitMs: 400 });

  it('runs out for a PDF that keeps its parser busy, and no other file fails', async () => {
    const good = `${sentence}\n`.repeat(20);
    const [error, ...others] = await Promise.all([
      fixture.extractionError('slow.pdf', slowPdf()),
      ...Array.from({ length: 6 }, (_, i) => fixture.extract(`good-${i}.txt`, good)),
    ]);
    expect(error).toMatchObject({ code: 'timed_out', retryable: false });
    expect(others.map((read) => read.text)).toEqual(Array(6).fill(good));
  });
});

describe('cancelling', () => {
  const fixture = extractorFixture();

  it('stops a running file at once and a waiting one before it starts, and no other file fails', async () => {
    const slow = slowPdf();
    const working = new AbortController();
    const waiting = new AbortController();
    const first = extractionErrorOf(fixture.extract('a.pdf', slow, working.signal));
    const second = extractionErrorOf(fixture.extract('b.pdf', slow, working.signal));
    const third = extractionErrorOf(fixture.extract('c.txt', sentence, waiting.signal));
    const fourth = fixture.extract('d.txt', sentence);
    await pause(300);
    waiting.abort();
    expect(await third).toMatchObject({ code: 'cancelled' });
    working.abort();
    expect(await first).toMatchObject({ code: 'cancelled' });
    expect(await second).toMatchObject({ code: 'cancelled' });
    expect((await fourth).text).toBe(sentence);
    const late = fixture.extract('e.txt', sentence, AbortSignal.abort());
    expect(await extractionErrorOf(late)).toMatchObject({ code: 'cancelled' });
  });
});

describe('closing', () => {
  const fixture = extractorFixture();

  it('cancels running and waiting files and accepts no more', async () => {
    const slow = slowPdf();
    const extraction = [1, 2, 3, 4].map((n) =>
      extractionErrorOf(fixture.extract(`${n}.pdf`, slow)),
    );
    await pause(300);
    await fixture.extractor.close();
    const codes = (await Promise.all(extraction)).map((error) => error.code);
    expect(codes).toEqual(Array(4).fill('cancelled'));
    expect(await fixture.extractionError('late.txt', sentence)).toMatchObject({
      code: 'cancelled',
    });
  });
});

describe.skipIf(!existsSync('/proc/self/task'))('a parser process', () => {
  const fixture = extractorFixture();
  let owner: ChildProcess | undefined;
  afterEach(() => owner?.kill('SIGKILL'));

  it('in the middle of a file dies with its parent, however the parent dies', async () => {
    const path = await fixture.write('slow.pdf', slowPdf());
    const program = fileURLToPath(new URL('./extract-one.ts', import.meta.url));
    owner = spawn(process.execPath, ['--import', 'tsx', program, path], { stdio: 'ignore' });
    const parser = await waitUntil(() => childrenOf(owner?.pid)[0]);
    await waitUntil(() => isBusy(parser));
    owner.kill('SIGKILL');
    await waitUntil(() => !existsSync(`/proc/${parser}`));
  });
});

async function waitUntil<T>(found: () => T | undefined | false): Promise<T> {
  for (;;) {
    const value = found();
    if (value) return value;
    await pause(20);
  }
}

function childrenOf(pid: number | undefined): string[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean);
}

/** Whether a process has used more processor time than starting takes. */
function isBusy(pid: string): boolean {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) > 200;
}
