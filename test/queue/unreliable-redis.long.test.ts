import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { hasRedis, TestRedis } from '../support/redis.ts';
import {
  waitUntilIdle,
  ingestJob,
  keysOf,
  many,
  open,
  startWorkers,
} from '../support/redis-queue.ts';

describe.skipIf(!hasRedis)('an unreliable Redis', () => {
  const requestTimeoutMs = 600;

  it('makes requests fail after a timeout when it is down, and work starts once it is up', async () => {
    const own = await TestRedis.prepare(onTestFinished);
    const outages: string[] = [];
    const queue = open(own.url, {
      requestTimeoutMs,
      onOutage: (outage) => void outages.push(outage),
    });
    const ran: string[] = [];
    startWorkers(queue, async ({ key }) => void ran.push(key));
    for (const request of [
      () => queue.add([ingestJob('lost')]),
      () => queue.counts(),
      () => queue.cancel('ingest', ['x']),
      () => queue.schedule(ingestJob('x'), undefined),
    ]) {
      const began = Date.now();
      await expect(request()).rejects.toMatchObject({
        code: 'not_ready',
        retryable: true,
        hint: expect.stringContaining('REDIS_URL'),
      });
      expect(Date.now() - began).toBeLessThan(requestTimeoutMs + 500);
    }
    expect(outages).toEqual(['begun']);
    const waiting = open(own.url).add([ingestJob('x')]);
    await own.start();
    await waiting;
    await vi.waitFor(() => expect(ran).toEqual(['x']), { timeout: 10_000 });
    expect(outages).toEqual(['begun', 'ended']);
  });

  it('loses no job when it is killed and restarted', async () => {
    const own = await TestRedis.start(onTestFinished, ['--appendfsync', 'always']);
    const jobs = many(600);
    const runs: string[] = [];
    const queues = [open(own.url), open(own.url)];
    await queues[0]!.add(jobs);
    for (const queue of queues) {
      startWorkers(
        queue,
        async ({ key }) => {
          runs.push(key);
          await sleep(10);
        },
        4,
      );
    }
    await vi.waitFor(() => expect(runs.length).toBeGreaterThan(50), { timeout: 20_000 });
    await own.kill();
    const counted = queues[0]!.counts();
    const added = queues[1]!.add([ingestJob('meanwhile')]);
    await sleep(300);
    await own.start();
    expect((await counted).waiting).toBeGreaterThan(0);
    await added;
    await waitUntilIdle(queues[0]!);
    expect([...new Set(runs)].sort()).toEqual([...keysOf(jobs), 'meanwhile'].sort());
    // Only jobs that ran when Redis was killed may run again.
    expect(runs.length - jobs.length - 1).toBeLessThanOrEqual(8);
    expect(await queues[0]!.counts()).toMatchObject({ failed: 0 });
  });

  it('does not block requests or a stop when it hangs', async () => {
    const own = await TestRedis.start(onTestFinished);
    const queue = open(own.url, { requestTimeoutMs });
    await queue.add([ingestJob('x')]);
    let begun = false;
    const workers = startWorkers(queue, async ({ signal }) => {
      begun = true;
      await once(signal, 'abort');
      throw signal.reason;
    });
    await vi.waitFor(() => expect(begun).toBe(true), { timeout: 20_000 });
    own.signal('SIGSTOP');
    await expect(queue.counts()).rejects.toMatchObject({ code: 'not_ready' });
    const began = Date.now();
    await workers.stop(0);
    await queue.close();
    expect(Date.now() - began).toBeLessThan(10_000);
    own.signal('SIGCONT');
    const ran: string[] = [];
    const later = open(own.url);
    startWorkers(later, async ({ key }) => void ran.push(key));
    await waitUntilIdle(later);
    expect(ran).toEqual(['x']);
  });

  it('reports that it accepts no more jobs, and continues by itself once it does', async () => {
    const own = await TestRedis.start(onTestFinished);
    const queue = open(own.url, { requestTimeoutMs });
    await queue.add(many(20));
    const limit = (bytes: string) =>
      own.runCommand((client) => client.config('SET', 'maxmemory', bytes));
    await limit('1mb');
    await expect(queue.add([ingestJob('late')])).rejects.toMatchObject({
      code: 'storage_error',
      retryable: true,
      hint: expect.stringContaining('maxmemory'),
    });
    const ran = new Set<string>();
    startWorkers(queue, async ({ key }) => void ran.add(key), 4);
    await sleep(500);
    await limit('0');
    await queue.add([ingestJob('late')]);
    await waitUntilIdle(queue);
    expect([...ran].sort()).toEqual([...keysOf(many(20)), 'late'].sort());
  });

  it.each([
    [['--maxmemory-policy', 'allkeys-lru'], 'deedbox', 'noeviction'],
    [['--requirepass', 'secret'], 'deedbox', 'REDIS_URL'],
  ])('is refused with %s', async (settings, instanceId, hint) => {
    const own = await TestRedis.start(onTestFinished, settings);
    const queue = open(own.url, { requestTimeoutMs, instanceId });
    await expect(queue.counts()).rejects.toMatchObject({
      code: 'invalid_configuration',
      hint: expect.stringContaining(hint),
    });
  });

  it('is rejected for a second data folder, and causes a warning without an append-only file', async () => {
    const own = await TestRedis.start(onTestFinished, ['--appendonly', 'no']);
    const warnings: unknown[] = [];
    const first = open(own.url, { onError: (warning) => void warnings.push(warning) });
    await first.counts();
    expect(warnings).toEqual([
      expect.objectContaining({ hint: expect.stringContaining('appendonly') }),
    ]);
    await expect(open(own.url, { instanceId: 'other' }).counts()).rejects.toMatchObject({
      code: 'invalid_configuration',
      hint: expect.stringContaining('6379/1'),
    });
    await open(`${own.url}/1`, { instanceId: 'other' }).counts();
  });
});
