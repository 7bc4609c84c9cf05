import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { DeedboxError } from '../../src/errors/errors.ts';
import { PendingRequests } from '../../src/queue/bullmq-pending-requests.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { hasRedis, TestRedis } from '../support/redis.ts';
import { waitUntilIdle, ingestJob, many, open, startWorkers } from '../support/redis-queue.ts';
import { queueContract } from './queue.ts';

/** All keys of a database with their values. */
async function contentOf(client: Redis): Promise<string> {
  const commands: Record<string, (key: string) => Promise<unknown>> = {
    string: (key) => client.get(key),
    hash: (key) => client.hgetall(key),
    list: (key) => client.lrange(key, 0, -1),
    set: (key) => client.smembers(key),
    zset: (key) => client.zrange(key, '0', '-1'),
    stream: (key) => client.xrange(key, '-', '+'),
  };
  const content: unknown[] = [];
  for (const key of await client.keys('*')) {
    content.push(key, await commands[await client.type(key)]!(key));
  }
  return JSON.stringify(content);
}

let redis: TestRedis;
beforeAll(async () => {
  if (hasRedis) redis = await TestRedis.start(onFileFinished);
});

describe.skipIf(!hasRedis)('queue in Redis', () => {
  queueContract(async () => ({ implementation: 'bullmq', url: redis.freshUrl() }));

  it('adds one job each time when two processes have the same schedule', async () => {
    const url = redis.freshUrl();
    const queues = [open(url), open(url)];
    const ran: number[] = [];
    for (const queue of queues) {
      startWorkers(queue, async () => void ran.push(Math.round(Date.now() / 1000)));
      await queue.schedule(ingestJob('x'), { pattern: '* * * * * *', timeZone: 'UTC' });
    }
    await vi.waitFor(() => expect(ran.length).toBeGreaterThan(2), { timeout: 6000 });
    await queues[0]!.schedule(ingestJob('x'), undefined);
    expect(new Set(ran).size).toBe(ran.length);
  });

  it('has nothing of jobs that are over after a purge', async () => {
    const url = redis.freshUrl();
    const queue = open(url);
    const keys = ['/zylkvorn/fails.txt', '/zylkvorn/read.txt', '/zylkvorn/waits.txt'];
    await queue.add(keys.slice(0, 2).map((key) => ingestJob(key)));
    const workers = startWorkers(queue, async ({ key }) => {
      if (key.includes('fails')) throw new DeedboxError('corrupt', `${key} is damaged.`);
    });
    await waitUntilIdle(queue);
    await workers.stop();
    await queue.add([ingestJob(keys[2]!)]);
    const client = new Redis(url);
    onTestFinished(() => client.disconnect());
    expect(await contentOf(client)).toContain('zylkvorn');
    await queue.cancel('ingest', keys);
    expect(await queue.purge('ingest', keys)).toBe(true);
    expect(await contentOf(client)).not.toContain('zylkvorn');
  });

  it('runs an urgent job ahead of a backlog', async () => {
    const queue = open(redis.freshUrl());
    await queue.add(many(300));
    const ran: string[] = [];
    startWorkers(
      queue,
      async ({ key }) => {
        ran.push(key);
        if (ran.length === 10) await queue.add([ingestJob('now', 0), ingestJob('f299', 0)]);
        await sleep(1);
      },
      2,
    );
    await vi.waitFor(() => expect(ran.length).toBeGreaterThan(30), 20_000);
    expect(ran.indexOf('now')).toBeLessThan(16);
    expect(ran.indexOf('f299')).toBeLessThan(16);
  });

  it('keeps a rate limit that all workers share', async () => {
    const url = redis.freshUrl();
    const jobs = many(20);
    const begun: number[] = [];
    const queues = [open(url, { filesPerMinute: 600 }), open(url, { filesPerMinute: 600 })];
    await queues[0]!.add(jobs);
    for (const queue of queues) startWorkers(queue, async () => void begun.push(Date.now()), 4);
    await waitUntilIdle(queues[0]!);
    expect(begun).toHaveLength(20);
    const seconds = (begun.at(-1)! - begun[0]!) / 1000;
    expect(seconds).toBeGreaterThan(0.9);
    expect(seconds).toBeLessThan(6);
  });

  it('aborts a run that has lost its lock, and ignores its outcome', async () => {
    const url = redis.freshUrl();
    const queue = open(url);
    await queue.add([ingestJob('x')]);
    const runs: unknown[] = [];
    startWorkers(queue, async ({ signal }) => {
      runs.push('begun');
      if (runs.length > 1) return;
      await redis.runCommand(async (client) => client.del(await client.keys('*:lock')), url);
      await once(signal, 'abort');
      runs.push(signal.reason);
      throw signal.reason;
    });
    await waitUntilIdle(queue);
    expect(runs.slice(0, 2)).toEqual(['begun', expect.objectContaining({ code: 'cancelled' })]);
    expect(runs[2]).toBe('begun');
    expect(await queue.counts()).toEqual({ waiting: 0, active: 0, failed: 0 });
  });

  it('delays a job that stalled repeatedly', async () => {
    const url = redis.freshUrl();
    const queue = open(url);
    await queue.add([ingestJob('unlucky', 0), ingestJob('other')]);
    await redis.runCommand(async (client) => {
      const [unlucky = ''] = await client.zrange('deedbox:ingest:prioritized', '0', '0');
      await client.hset(`deedbox:ingest:${unlucky}`, 'stc', '6');
    }, url);
    const ran: [string, number][] = [];
    startWorkers(queue, async ({ key, attempt }) => void ran.push([key, attempt]));
    await waitUntilIdle(queue);
    expect(ran).toEqual([
      ['other', 1],
      ['unlucky', 1],
    ]);
  });

  it('fails a job whose stored payload is invalid', async () => {
    const url = redis.freshUrl();
    const queue = open(url);
    await queue.add([ingestJob('x')]);
    const old = JSON.stringify({ id: 'i', payload: { old: true } });
    await redis.runCommand((client) => client.hset('deedbox:pending:ingest', 'x', old), url);
    startWorkers(queue, async () => expect.unreachable());
    await waitUntilIdle(queue);
    expect(await queue.counts()).toMatchObject({ failed: 1 });
  });

  it('does not consume a request that a newer one has replaced', async () => {
    await redis.runCommand(async (client) => {
      const pending = new PendingRequests(client, 'deedbox');
      await pending.put('ingest', [{ key: 'x', id: 'first', payload: 1 }]);
      const first = (await pending.peek('ingest', 'x'))!;
      await pending.put('ingest', [{ key: 'x', id: 'second', payload: 1 }]);
      await pending.consume('ingest', 'x', first);
      const second = (await pending.peek('ingest', 'x'))!;
      expect(JSON.parse(second)).toEqual({ id: 'second', payload: 1 });
      await pending.consume('ingest', 'x', second);
      expect(await pending.peek('ingest', 'x')).toBeUndefined();
    }, redis.freshUrl());
  });

  it('deletes failures after a week', async () => {
    const url = redis.freshUrl();
    const queue = open(url);
    const weekAgo = Date.now() - 8 * 24 * 3600_000;
    const failed = 'deedbox:failed:ingest';
    await redis.runCommand(
      (client) => client.zadd(failed, String(weekAgo), 'x', String(Date.now()), 'y'),
      url,
    );
    expect(await queue.counts()).toMatchObject({ failed: 1 });
  });
});
