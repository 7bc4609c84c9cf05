import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { DeedboxError } from '../../src/errors/errors.ts';
import type { Handlers, NewJob, Queue, RunningJob, Workers } from '../../src/queue/queue.ts';
import { openQueueAt, type QueueAddress } from './queue-child.ts';

const child = fileURLToPath(new URL('./queue-child.ts', import.meta.url));

/** Milliseconds that a child process may take to load its modules on a busy machine. */
const childStartMs = 40_000;

function ingestJob(key: string, more: Partial<NewJob<'ingest'>> = {}): NewJob<'ingest'> {
  return { kind: 'ingest', key, payload: { syncId: 's', fileId: key, force: false }, ...more };
}

const notExpected = () => Promise.reject(new Error('No such job is expected.'));
const noOther = { request: notExpected, sync: notExpected };

const retryableError = () => new DeedboxError('source_error', 'Not now.', { retryable: true });

/**
 * What every implementation of `Queue` must do. The queues at an address run a job at most three times,
 * with short delays and short poll intervals.
 */
export function queueContract(freshAddress: () => Promise<QueueAddress>): void {
  let address: QueueAddress;
  let queue: Queue;
  let children: ChildProcess[];

  beforeEach(async () => {
    address = await freshAddress();
    queue = openQueueAt(address);
    children = [];
  });
  afterEach(async () => {
    for (const process of children) process.kill('SIGKILL');
    await queue.close();
  });

  const work = (handler: Handlers['ingest'], ingestAtOnce = 1, on = queue): Workers =>
    on.work(
      { ...noOther, ingest: handler },
      { concurrency: { request: 1, sync: 1, ingest: ingestAtOnce } },
    );
  const idle = (timeout = 20_000) =>
    vi.waitFor(async () => expect(await queue.counts()).toMatchObject({ waiting: 0, active: 0 }), {
      timeout,
      interval: 10,
    });
  function start(
    mode: 'hang' | 'block' | 'work',
    file = '',
  ): { process: ChildProcess; keys: string[] } {
    const process = spawn(
      globalThis.process.execPath,
      ['--import', 'tsx', child, mode, JSON.stringify(address), file],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    children.push(process);
    const keys: string[] = [];
    createInterface({ input: process.stdout }).on('line', (key) => keys.push(key));
    return { process, keys };
  }

  describe('order', () => {
    it('runs the lowest priority number first, then the oldest', async () => {
      await queue.add([ingestJob('c', { priority: 10 }), ingestJob('d', { priority: 10 })]);
      await queue.add([ingestJob('b', { priority: 5 }), ingestJob('a', { priority: 0 })]);
      const ran: string[] = [];
      work(async ({ key }) => void ran.push(key));
      await idle();
      expect(ran).toEqual(['a', 'b', 'c', 'd']);
    });

    it('keeps the order of adding when the clock is set back', async () => {
      const clock = vi.spyOn(Date, 'now');
      await queue.add([ingestJob('first')]);
      clock.mockReturnValue(Date.now() - 86_400_000);
      await queue.add([ingestJob('second')]);
      const ran: string[] = [];
      work(async ({ key }) => void ran.push(key));
      await idle();
      clock.mockRestore();
      expect(ran).toEqual(['first', 'second']);
    });

    it('limits the concurrency of each kind', async () => {
      await queue.add(Array.from({ length: 20 }, (_, n) => ingestJob(`f${n}`)));
      let running = 0;
      let maxRunning = 0;
      work(async () => {
        maxRunning = Math.max(maxRunning, ++running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running--;
      }, 3);
      await idle();
      expect(maxRunning).toBe(3);
    });
  });

  describe('one job per key', () => {
    it('replaces the payload and the priority of a waiting job', async () => {
      await queue.add([ingestJob('x'), ingestJob('y')]);
      const payload = { syncId: 't', fileId: 'y', force: true };
      await queue.add([ingestJob('y', { payload, priority: 0 })]);
      expect(await queue.counts('ingest')).toMatchObject({ waiting: 2 });
      const ran: RunningJob<'ingest'>[] = [];
      work(async (job) => void ran.push(job));
      await idle();
      expect(ran.map((job) => job.key)).toEqual(['y', 'x']);
      expect(ran[0]!.payload).toEqual(payload);
    });

    it('runs a job again with the new payload when it is added while it runs', async () => {
      const ran: string[] = [];
      let running = 0;
      const otherRan = withResolvers();
      await queue.add([ingestJob('x')]);
      work(async ({ key, payload }) => {
        if (key === 'other') return otherRan.resolve(undefined);
        expect(++running).toBe(1);
        ran.push(payload.syncId);
        if (payload.syncId === 's') {
          await queue.add([ingestJob('x', { payload: { ...payload, syncId: 't' } })]);
          await queue.add([ingestJob('x', { payload: { ...payload, syncId: 'u' } })]);
          // the worker that is free runs this one, which was added later
          await queue.add([ingestJob('other')]);
          await otherRan.promise;
        }
        running--;
      }, 2);
      await idle();
      expect(ran).toEqual(['s', 'u']);
    });

    it('runs it again even if the run in between failed permanently', async () => {
      const ran: string[] = [];
      await queue.add([ingestJob('x')]);
      work(async ({ payload }) => {
        ran.push(payload.syncId);
        if (payload.syncId !== 's') return;
        await queue.add([ingestJob('x', { payload: { ...payload, syncId: 't' } })]);
        throw new DeedboxError('corrupt', 'Cannot be read.');
      });
      await idle();
      expect(ran).toEqual(['s', 't']);
      expect(await queue.counts()).toEqual({ waiting: 0, active: 0, failed: 0 });
    });

    it('keeps jobs of different kinds with the same key apart', async () => {
      await queue.add([ingestJob('same'), { kind: 'sync', key: 'same', payload: { syncId: 's' } }]);
      expect(await queue.counts()).toMatchObject({ waiting: 2 });
      expect(await queue.counts('sync')).toMatchObject({ waiting: 1 });
    });
  });

  describe('failure', () => {
    it('retries a retryable error, and marks the last attempt', async () => {
      const attempts: [number, boolean][] = [];
      await queue.add([ingestJob('x')]);
      work(async ({ attempt, lastAttempt }) => {
        attempts.push([attempt, lastAttempt]);
        throw retryableError();
      });
      await vi.waitFor(
        async () => expect(await queue.counts()).toMatchObject({ failed: 1 }),
        20_000,
      );
      await idle();
      expect(attempts).toEqual([
        [1, false],
        [2, false],
        [3, true],
      ]);
    });

    it('succeeds when a later attempt does', async () => {
      let runs = 0;
      await queue.add([ingestJob('x')]);
      work(async () => {
        if (++runs < 3) throw retryableError();
      });
      await idle();
      expect(runs).toBe(3);
      expect(await queue.counts()).toEqual({ waiting: 0, active: 0, failed: 0 });
    });

    it.each([
      ['a permanent error', new DeedboxError('corrupt', 'Cannot be read.')],
      ['an unexpected error', new TypeError('a bug')],
    ])('does not retry %s', async (_name, error) => {
      let runs = 0;
      await queue.add([ingestJob('x')]);
      work(async () => {
        runs++;
        throw error;
      });
      await vi.waitFor(
        async () => expect(await queue.counts()).toMatchObject({ failed: 1 }),
        20_000,
      );
      expect(runs).toBe(1);
    });

    it('runs other jobs while a job waits for its next attempt', async () => {
      const ran: string[] = [];
      await queue.add([ingestJob('bad', { priority: 0 }), ingestJob('good')]);
      work(async ({ key, attempt }) => {
        ran.push(`${key} ${attempt}`);
        if (key === 'bad') throw retryableError();
      });
      await idle();
      expect(ran[0]).toBe('bad 1');
      expect(ran).toContain('good 1');
      expect(ran.filter((run) => run === 'good 1')).toHaveLength(1);
    });

    it('clears the failure when the job is added again', async () => {
      let broken = true;
      await queue.add([ingestJob('x')]);
      work(async ({ attempt }) => {
        expect(attempt).toBe(1);
        if (broken) throw new DeedboxError('corrupt', 'Cannot be read.');
      });
      await vi.waitFor(
        async () => expect(await queue.counts()).toMatchObject({ failed: 1 }),
        20_000,
      );
      broken = false;
      await queue.add([ingestJob('x')]);
      await idle();
      expect(await queue.counts()).toEqual({ waiting: 0, active: 0, failed: 0 });
    });

    it('rejects an invalid payload together with all jobs added with it', async () => {
      const invalid = { kind: 'ingest', key: 'bad', payload: { fileId: 7 } } as unknown as NewJob;
      await expect(queue.add([ingestJob('good'), invalid])).rejects.toMatchObject({
        code: 'invalid_request',
      });
      await expect(
        queue.add([{ ...invalid, kind: 'nonsense' } as unknown as NewJob]),
      ).rejects.toMatchObject({ code: 'invalid_request' });
      expect(await queue.counts()).toEqual({ waiting: 0, active: 0, failed: 0 });
    });
  });

  describe('cancelling', () => {
    it('removes waiting jobs and reruns, and leaves running jobs alone', async () => {
      const ran: string[] = [];
      await queue.add([ingestJob('runs', { priority: 0 }), ingestJob('waits'), ingestJob('stays')]);
      work(async (job) => {
        ran.push(job.key);
        if (job.key !== 'runs') return;
        await queue.add([ingestJob('runs')]);
        await queue.cancel('ingest', ['runs', 'waits', 'never added']);
        await queue.cancel('ingest', []);
        await queue.cancel('sync', ['stays']);
        expect(job.signal.aborted).toBe(false);
      });
      await idle();
      expect(ran).toEqual(['runs', 'stays']);
    });
  });

  describe('purging', () => {
    it('removes failed jobs, all or by key, and reports those that are not over', async () => {
      await queue.add(['a', 'b', 'c'].map((key) => ingestJob(key)));
      const workers = work(() => Promise.reject(new DeedboxError('corrupt', 'It is damaged.')));
      await idle();
      await workers.stop();
      expect(await queue.counts()).toEqual({ waiting: 0, active: 0, failed: 3 });
      expect(await queue.purge('sync')).toBe(true);
      expect(await queue.purge('ingest', ['a', 'never added'])).toBe(true);
      expect(await queue.counts()).toEqual({ waiting: 0, active: 0, failed: 2 });
      await queue.add([ingestJob('waits')]);
      expect(await queue.purge('ingest')).toBe(true);
      expect(await queue.counts()).toEqual({ waiting: 1, active: 0, failed: 0 });
      expect(await queue.purge('ingest', ['waits'])).toBe(false);
      await queue.cancel('ingest', ['waits']);
      expect(await queue.purge('ingest', ['waits'])).toBe(true);
    });
  });

  describe('schedule', () => {
    it('adds a job at each time until the schedule is removed, and does not count future runs', async () => {
      const everySecond = { pattern: '* * * * * *', timeZone: 'Europe/Berlin' };
      const yearly = { pattern: '0 2 1 1 *', timeZone: 'Europe/Berlin' };
      const ran: string[] = [];
      work(async ({ key, payload }) => void ran.push(`${key} ${payload.syncId}`));
      await queue.schedule(ingestJob('other'), yearly);
      await queue.schedule(ingestJob('x'), yearly);
      await queue.schedule(ingestJob('x'), everySecond);
      expect(await queue.counts()).toEqual({ waiting: 0, active: 0, failed: 0 });
      await vi.waitFor(() => expect(ran.length).toBeGreaterThan(1), { timeout: 5000 });
      await queue.schedule(ingestJob('x'), undefined);
      await queue.schedule(ingestJob('never scheduled'), undefined);
      await idle();
      const before = ran.length;
      await queue.schedule(ingestJob('y'), everySecond);
      const ofOthers = () => ran.filter((run) => run !== 'y s');
      // the removed schedule would have added its job at the same times
      await vi.waitFor(() => expect(ran.length - ofOthers().length).toBeGreaterThan(1), {
        timeout: 5000,
      });
      await queue.schedule(ingestJob('y'), undefined);
      expect(ofOthers()).toEqual(Array.from({ length: before }, () => 'x s'));
    });

    it('rejects an invalid pattern', async () => {
      const wrong = { pattern: 'at night', timeZone: 'UTC' };
      await expect(queue.schedule(ingestJob('x'), wrong)).rejects.toMatchObject({
        code: 'invalid_configuration',
        message: expect.stringContaining('at night'),
      });
    });
  });

  describe('stopping', () => {
    it('waits for running jobs and claims no new ones', async () => {
      const ended: string[] = [];
      await queue.add([ingestJob('a'), ingestJob('b')]);
      const begun = withResolvers();
      const workers = work(async ({ key }) => {
        begun.resolve(undefined);
        await new Promise((resolve) => setTimeout(resolve, 100));
        ended.push(key);
      });
      await begun.promise;
      await workers.stop();
      expect(ended).toEqual(['a']);
      expect(await queue.counts()).toEqual({ waiting: 1, active: 0, failed: 0 });
    });

    it('aborts after the grace period, and releases the job without counting the attempt', async () => {
      await queue.add([ingestJob('x')]);
      const begun = withResolvers();
      const workers = work(async ({ signal }) => {
        begun.resolve(undefined);
        await once(signal, 'abort');
        throw signal.reason;
      });
      await begun.promise;
      await workers.stop(20);
      expect(await queue.counts()).toEqual({ waiting: 1, active: 0, failed: 0 });
      const runs: object[] = [];
      work(async ({ attempt, interrupted }) => void runs.push({ attempt, interrupted }));
      await idle();
      expect(runs).toEqual([{ attempt: 1, interrupted: 0 }]);
    });

    it('releases a job whose handler ignores the abort, and ignores its outcome', async () => {
      await queue.add([ingestJob('x')]);
      const begun = withResolvers();
      const end = withResolvers();
      const workers = work(async () => {
        begun.resolve(undefined);
        await end.promise;
      });
      await begun.promise;
      await workers.stop(0);
      end.resolve(undefined);
      await new Promise(setImmediate);
      expect(await queue.counts()).toEqual({ waiting: 1, active: 0, failed: 0 });
    });

    it('keeps waiting jobs when it is closed and opened again', async () => {
      await queue.add([ingestJob('x')]);
      await queue.close();
      queue = openQueueAt(address);
      const ran: string[] = [];
      work(async ({ key }) => void ran.push(key));
      await idle();
      expect(ran).toEqual(['x']);
    });
  });

  describe('several processes', () => {
    it('reclaims the job of a killed process without counting the attempt', async () => {
      await queue.add([ingestJob('x')]);
      const { process, keys } = start('hang');
      await vi.waitFor(() => expect(keys).toEqual(['x']), { timeout: childStartMs });
      expect(await queue.counts()).toMatchObject({ active: 1 });
      process.kill('SIGKILL');
      await once(process, 'exit');
      const runs: object[] = [];
      work(async ({ attempt, interrupted }) => void runs.push({ attempt, interrupted }));
      await idle();
      expect(runs).toEqual([{ attempt: 1, interrupted: 1 }]);
    });

    it('runs the payload that was added while the killed process ran the job', async () => {
      await queue.add([ingestJob('x')]);
      const { process, keys } = start('hang');
      await vi.waitFor(() => expect(keys).toEqual(['x']), { timeout: childStartMs });
      await queue.add([ingestJob('x', { payload: { syncId: 'new', fileId: 'x', force: true } })]);
      process.kill('SIGKILL');
      await once(process, 'exit');
      const ran: string[] = [];
      work(async ({ payload }) => void ran.push(payload.syncId));
      await idle();
      expect(ran).toEqual(['new']);
    });

    it('ignores the outcome of a run whose job was reclaimed and claimed again', async () => {
      address = { ...address, leaseMs: 1500 };
      await queue.close();
      queue = openQueueAt(address);
      const folder = mkdtempSync(join(tmpdir(), 'deedbox-queue-'));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const unblock = join(folder, 'unblock');
      await queue.add([ingestJob('x')]);
      const stalled = start('block', unblock);
      await vi.waitFor(() => expect(stalled.keys).toEqual(['x']), { timeout: childStartMs });

      const attempts: number[] = [];
      const reclaimed = withResolvers();
      const end = withResolvers();
      work(async ({ attempt }) => {
        attempts.push(attempt);
        reclaimed.resolve(undefined);
        await end.promise;
        if (attempt === 1) throw retryableError();
      });
      await reclaimed.promise;
      stalled.process.kill('SIGTERM');
      writeFileSync(unblock, '');
      await once(stalled.process, 'close');
      expect(await queue.counts()).toEqual({ waiting: 0, active: 1, failed: 0 });
      end.resolve(undefined);
      await idle();
      expect(attempts).toEqual([1, 2]);
    });

    it('runs each of 500 jobs once when two processes share them', async () => {
      const keys = Array.from({ length: 500 }, (_, n) => `f${n}`);
      const [one, two] = [start('work'), start('work')];
      await vi.waitFor(() => expect([one.keys, two.keys]).toEqual([['ready'], ['ready']]), {
        timeout: childStartMs,
      });
      await queue.add(keys.map((key) => ingestJob(key)));
      await idle();
      for (const { process } of [one, two]) {
        process.kill('SIGTERM');
        await once(process, 'close');
      }
      const [ranByOne, ranByTwo] = [one.keys.slice(1), two.keys.slice(1)];
      expect([...ranByOne, ...ranByTwo].sort()).toEqual(keys.sort());
      expect(ranByOne).not.toEqual([]);
      expect(ranByTwo).not.toEqual([]);
    });
  });
}

function withResolvers(): { promise: Promise<unknown>; resolve: (value: unknown) => void } {
  let resolve: ((value: unknown) => void) | undefined;
  const promise = new Promise((done) => (resolve = done));
  return { promise, resolve: resolve! };
}
