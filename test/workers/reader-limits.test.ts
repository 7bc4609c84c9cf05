import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { pdf, pdfBomb, slowPdf } from '../extract/fixtures.ts';
import { readingErrorOf, readerFixture } from '../support/document-reader.ts';
import { isLong } from '../support/long.ts';

const sentence = 'Either party may terminate this Agreement upon thirty days notice.';

describe('memory', () => {
  const fixture = readerFixture({ memoryLimitBytes: 640 * 1024 * 1024 });

  it.runIf(isLong)(
    'runs out for a PDF that inflates to gigabytes, and no other file fails',
    async () => {
      const bomb = pdfBomb(1024);
      expect(bomb.length).toBeLessThan(20_000);
      const good = await pdf([`1. ${sentence}`, `2. ${sentence}`]);
      const others = [1, 2].map((n) => fixture.read(`good-${n}.pdf`, good));
      const error = await fixture.readingError('bomb.pdf', bomb);
      expect(error).toMatchObject({ code: 'too_large', retryable: false });
      expect(error.message).toMatch(/memory allowed for one file/);
      expect((await Promise.all(others)).map((read) => read.pages.length)).toEqual([2, 2]);
      expect((await fixture.read('after.pdf', good)).pages).toHaveLength(2);
    },
    180_000,
  );
});

describe('memory that earlier files left allocated', () => {
  const fixture = readerFixture();

  it.runIf(isLong)('does not fail a file, which is read again in a new process', async () => {
    const long = await pdf(Array.from({ length: 400 }, (_, n) => `${n}. ${sentence}`));
    await fixture.read('first.txt', sentence);
    const reading = fixture.read('long.pdf', long);
    await pause(150);
    spawnSync('pkill', ['-KILL', '-P', String(process.pid)]);
    expect((await reading).pages).toHaveLength(400);
  });
});

describe.skipIf(process.platform === 'win32')('a reader killed from outside', () => {
  const fixture = readerFixture();

  it('gives a retryable error', async () => {
    // A named pipe: opening it for writing waits until the reader has opened it for reading.
    const path = await fixture.write('a.txt', '');
    await rm(path);
    spawnSync('mkfifo', [path]);
    const reading = readingErrorOf(fixture.readPath(path, 'a.txt'));
    const writer = await open(path, 'w');
    spawnSync('pkill', ['-KILL', '-P', String(process.pid)]);
    const error = await reading;
    await writer.close();
    expect(error).toMatchObject({ code: 'too_large', retryable: true });
    expect(error.message).toContain('killed');
  });
});

describe('time', () => {
  const fixture = readerFixture({ timeLimitMs: 400 });

  it('runs out for a PDF that keeps its reader busy, and no other file fails', async () => {
    const good = `${sentence}\n`.repeat(20);
    const [error, ...others] = await Promise.all([
      fixture.readingError('slow.pdf', slowPdf()),
      ...Array.from({ length: 6 }, (_, i) => fixture.read(`good-${i}.txt`, good)),
    ]);
    expect(error).toMatchObject({ code: 'timed_out', retryable: false });
    expect(others.map((read) => read.text)).toEqual(Array(6).fill(good));
  });
});

describe('cancelling', () => {
  const fixture = readerFixture();

  it('stops a running file at once and a waiting one before it starts, and no other file fails', async () => {
    const slow = slowPdf();
    const working = new AbortController();
    const waiting = new AbortController();
    const first = readingErrorOf(fixture.read('a.pdf', slow, working.signal));
    const second = readingErrorOf(fixture.read('b.pdf', slow, working.signal));
    const third = readingErrorOf(fixture.read('c.txt', sentence, waiting.signal));
    const fourth = fixture.read('d.txt', sentence);
    await pause(300);
    waiting.abort();
    expect(await third).toMatchObject({ code: 'cancelled' });
    working.abort();
    expect(await first).toMatchObject({ code: 'cancelled' });
    expect(await second).toMatchObject({ code: 'cancelled' });
    expect((await fourth).text).toBe(sentence);
    const late = fixture.read('e.txt', sentence, AbortSignal.abort());
    expect(await readingErrorOf(late)).toMatchObject({ code: 'cancelled' });
  });
});

describe('closing', () => {
  const fixture = readerFixture();

  it('cancels running and waiting files and accepts no more', async () => {
    const slow = slowPdf();
    const reading = [1, 2, 3, 4].map((n) => readingErrorOf(fixture.read(`${n}.pdf`, slow)));
    await pause(300);
    await fixture.close();
    const codes = (await Promise.all(reading)).map((error) => error.code);
    expect(codes).toEqual(Array(4).fill('cancelled'));
    expect(await fixture.readingError('late.txt', sentence)).toMatchObject({
      code: 'cancelled',
    });
  });
});

describe.skipIf(!existsSync('/proc/self/task'))('a reader process', () => {
  const fixture = readerFixture();
  let owner: ChildProcess | undefined;
  afterEach(() => owner?.kill('SIGKILL'));

  it.runIf(isLong)(
    'in the middle of a file dies with its parent, however the parent dies',
    async () => {
      const path = await fixture.write('slow.pdf', slowPdf());
      const program = fileURLToPath(new URL('./read-one.ts', import.meta.url));
      owner = spawn(process.execPath, ['--import', 'tsx', program, path], { stdio: 'ignore' });
      const child = await waitUntil(() => childrenOf(owner?.pid)[0]);
      await waitUntil(() => isBusy(child));
      owner.kill('SIGKILL');
      await waitUntil(() => !existsSync(`/proc/${child}`));
    },
  );
});

async function waitUntil<T>(found: () => T | undefined | false): Promise<T> {
  for (;;) {
    const value = found();
    if (value) return value;
    await pause(20);
  }
}

function childrenOf(pid: number | undefined): string[] {
  return (
    readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
      // the owner also runs programs that find out how isolated a reader can be
      .filter((child) => commandOf(child).includes('reader-child'))
  );
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // it has ended
  }
}

/** Whether a process has used more processor time than starting takes. */
function isBusy(pid: string): boolean {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) > 400;
}
