import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { pdf, pdfBomb, slowPdf } from './fixtures.ts';
import { refusalOf, workbench } from './workbench.ts';
import { isLong } from '../support/long.ts';

const sentence = 'Either party may terminate this Agreement upon thirty days notice.';

describe('memory', () => {
  const bench = workbench({ memoryLimit: 640 * 1024 * 1024 });

  it.runIf(isLong)(
    'runs out for a PDF that inflates to gigabytes, which fails alone',
    async () => {
      const bomb = pdfBomb(1024);
      expect(bomb.length).toBeLessThan(20_000);
      const good = await pdf([`1. ${sentence}`, `2. ${sentence}`]);
      const others = [1, 2].map((n) => bench.extract(`good-${n}.pdf`, good));
      const refused = await bench.refusal('bomb.pdf', bomb);
      expect(refused).toMatchObject({ code: 'too_large', retryable: false });
      expect(refused.message).toMatch(/memory allowed for one file/);
      expect((await Promise.all(others)).map((read) => read.pages.length)).toEqual([2, 2]);
      expect((await bench.extract('after.pdf', good)).pages).toHaveLength(2);
    },
    180_000,
  );
});

describe('memory that earlier files left taken', () => {
  const bench = workbench();

  it('is not held against a file, which is then read by a process of its own', async () => {
    const long = await pdf(Array.from({ length: 400 }, (_, n) => `${n}. ${sentence}`));
    await bench.extract('first.txt', sentence);
    const reading = bench.extract('long.pdf', long);
    await pause(150);
    spawnSync('pkill', ['-KILL', '-P', String(process.pid)]);
    expect((await reading).pages).toHaveLength(400);
  });
});

describe('a parser killed by somebody else', () => {
  const bench = workbench();

  it('says nothing of the file, which is tried again', async () => {
    const reading = bench.refusal('slow.pdf', slowPdf());
    await pause(2_000);
    spawnSync('pkill', ['-KILL', '-P', String(process.pid)]);
    const refused = await reading;
    expect(refused).toMatchObject({ code: 'too_large', retryable: true });
    expect(refused.message).toContain('killed');
  });
});

describe('time', () => {
  const bench = workbench({ timeLimit: 400 });

  it('runs out for a PDF that keeps its parser busy, which fails alone', async () => {
    const good = `${sentence}\n`.repeat(20);
    const [refused, ...others] = await Promise.all([
      bench.refusal('slow.pdf', slowPdf()),
      ...Array.from({ length: 6 }, (_, i) => bench.extract(`good-${i}.txt`, good)),
    ]);
    expect(refused).toMatchObject({ code: 'timed_out', retryable: false });
    expect(others.map((read) => read.text)).toEqual(Array(6).fill(good));
  });
});

describe('cancelling', () => {
  const bench = workbench();

  it('ends a file at work at once, one that waits before it starts, and disturbs no other', async () => {
    const slow = slowPdf();
    const working = new AbortController();
    const waiting = new AbortController();
    const first = refusalOf(bench.extract('a.pdf', slow, working.signal));
    const second = refusalOf(bench.extract('b.pdf', slow, working.signal));
    const third = refusalOf(bench.extract('c.txt', sentence, waiting.signal));
    const fourth = bench.extract('d.txt', sentence);
    await pause(300);
    waiting.abort();
    expect(await third).toMatchObject({ code: 'cancelled' });
    working.abort();
    expect(await first).toMatchObject({ code: 'cancelled' });
    expect(await second).toMatchObject({ code: 'cancelled' });
    expect((await fourth).text).toBe(sentence);
    const late = bench.extract('e.txt', sentence, AbortSignal.abort());
    expect(await refusalOf(late)).toMatchObject({ code: 'cancelled' });
  });
});

describe('closing', () => {
  const bench = workbench();

  it('cancels what is being read and what waits, and takes nothing more', async () => {
    const slow = slowPdf();
    const reading = [1, 2, 3, 4].map((n) => refusalOf(bench.extract(`${n}.pdf`, slow)));
    await pause(300);
    await bench.extractor.close();
    const codes = (await Promise.all(reading)).map((refused) => refused.code);
    expect(codes).toEqual(Array(4).fill('cancelled'));
    expect(await bench.refusal('late.txt', sentence)).toMatchObject({ code: 'cancelled' });
  });
});

describe.skipIf(!existsSync('/proc/self/task'))('a parser process', () => {
  const bench = workbench();
  let owner: ChildProcess | undefined;
  afterEach(() => owner?.kill('SIGKILL'));

  it('in the middle of a file dies with its parent, however the parent dies', async () => {
    const path = await bench.write('slow.pdf', slowPdf());
    const program = fileURLToPath(new URL('./read-one.ts', import.meta.url));
    owner = spawn(process.execPath, ['--import', 'tsx', program, path], { stdio: 'ignore' });
    const parser = await until(() => childrenOf(owner?.pid)[0]);
    await until(() => busy(parser));
    owner.kill('SIGKILL');
    await until(() => !existsSync(`/proc/${parser}`));
  });
});

async function until<T>(found: () => T | undefined | false): Promise<T> {
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

/** Whether a process has used more processor time than loading takes. */
function busy(pid: string): boolean {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) > 200;
}
