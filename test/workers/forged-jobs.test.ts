import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Queue as BullQueue } from 'bullmq';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openBullmqQueue } from '../../src/queue/bullmq.ts';
import type { Queue } from '../../src/queue/queue.ts';
import { requestSync } from '../../src/sync/syncs.ts';
import { startWorker } from '../../workers/worker.ts';
import { hasRedis, TestRedis } from '../support/redis.ts';
import { contract, openFixture } from './fixture.ts';

interface ForgedJob {
  kind: string;
  key: string;
  payload: unknown;
  priority?: number;
}

type Fixture = Awaited<ReturnType<typeof openFixture>>;

/** Puts jobs into a queue by hand, as whoever can write to it may. */
type Forge = (jobs: ForgedJob[]) => Promise<void>;

interface ForgeableQueue {
  queue: Queue;
  forge: Forge;
  reports: unknown[];
}

/** A text for each payload; one that is text already is left as it is, so that it need not be JSON. */
const encode = (payload: unknown) =>
  typeof payload === 'string' ? payload : JSON.stringify(payload);

function embeddedQueue({ data, queue }: Fixture): Promise<ForgeableQueue> {
  const db = new Database(join(data, 'queue.db'));
  onTestFinished(() => void db.close());
  const insert = db.prepare(
    `INSERT OR REPLACE INTO jobs (kind, key, payload, priority, state)
     VALUES (@kind, @key, @payload, @priority, 'waiting')`,
  );
  const forge = async (jobs: ForgedJob[]) => {
    for (const { payload, priority = 0, ...job } of jobs)
      insert.run({ ...job, priority, payload: encode(payload) });
  };
  return Promise.resolve({ queue, forge, reports: [] });
}

async function redisQueue(): Promise<ForgeableQueue> {
  const redis = await TestRedis.start(onTestFinished);
  const url = redis.freshUrl();
  const reports: unknown[] = [];
  const onError = (error: unknown) => void reports.push(error);
  const retry = { maxAttempts: 3, baseDelayMs: 10, maxDelayMs: 50 };
  const queue = openBullmqQueue({ url, instanceId: 'forged', retry, onError });
  const client = new Redis(url, { maxRetriesPerRequest: null });
  onTestFinished(async () => {
    await queue.close();
    client.disconnect();
  });
  const forge = async (jobs: ForgedJob[]) => {
    for (const { kind, key, payload, priority = 0 } of jobs) {
      await client.hset(
        `deedbox:pending:${kind}`,
        key,
        `{"id":"forged","payload":${encode(payload)}}`,
      );
      const bull = new BullQueue(kind, { connection: client, prefix: 'deedbox' });
      await bull.add(key, {}, { priority: priority + 1, removeOnComplete: true });
      // and with the payload in the job itself
      if (typeof payload !== 'string')
        await bull.add(`${key}-2`, { payload }, { removeOnComplete: true });
    }
  };
  return { queue, forge, reports };
}

const queues: [string, (fixture: Fixture) => Promise<ForgeableQueue>][] = [
  ['queue.db', embeddedQueue],
  ...(hasRedis ? [['Redis', redisQueue] as [string, typeof redisQueue]] : []),
];

describe.each(queues)('jobs that were put into %s by hand', (_, openQueue) => {
  /** A folder that was added, another that was not, and a log that can be read. */
  async function openForged() {
    const fixture = await openFixture();
    const { root, contracts, store } = fixture;
    const opened = await openQueue(fixture);
    const outside = join(root, 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'secret.txt'), contract('Outside Secret Inc.'));
    await writeFile(join(contracts, 'a.txt'), contract('Aldermoor Inc.'));
    const lines: string[] = [];
    const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
    const { queue } = opened;
    const request = async () => {
      const services = { store, queue, ensureWorker: () => {} };
      return (await requestSync(services, { kind: 'incremental' })).syncId;
    };
    /** Runs a worker until nothing waits any more. */
    const drain = async () => {
      const worker = startWorker({ ...fixture.services, queue, log }, { concurrency: 2 });
      await worker.drained();
      await worker.stop();
    };
    const sync = async () => {
      const syncId = await request();
      await drain();
      return fixture.status(syncId);
    };
    const state = async () => ({
      sources: await store.sources(),
      files: await store.files({}),
      texts: await fixture.texts(),
    });
    return {
      ...fixture,
      ...opened,
      outside: `folder:${outside}`,
      sync,
      request,
      drain,
      state,
      lines,
    };
  }

  it('read no source that the store does not have for the sync', async () => {
    const { forge, request, drain, state, outside, source, lines, status } = await openForged();
    const syncId = await request();
    // takes the place of the job of that sync
    const payload = { syncId, sources: [outside, source], kind: 'full' };
    await forge([{ kind: 'sync', key: 'all', payload }]);
    await drain();
    const { sources, texts } = await state();
    expect(sources).toEqual([source]);
    expect(Object.keys(texts)).toEqual(['a.txt']);
    expect(await status(syncId)).toMatchObject({ state: 'done', indexed: 1, failed: 0 });
    expect(lines.join('')).toContain('a job names sources that its sync does not have');
  });

  it('change nothing where they name what does not exist, and are finished with a line', async () => {
    const { forge, sync, drain, state, outside, queue, lines, record } = await openForged();
    expect(await sync()).toMatchObject({ state: 'done', indexed: 1 });
    const before = await state();
    const { fileId, syncId } = (await record('a.txt'))!;
    await forge([
      { kind: 'sync', key: 'x', payload: { syncId: 'sync-99', sources: [outside], kind: 'full' } },
      { kind: 'sync', key: 'y', payload: { syncId, sources: [outside], kind: 'full' } },
      { kind: 'ingest', key: 'z', payload: { syncId, fileId: 'invented', force: true } },
      { kind: 'ingest', key: fileId, payload: { syncId: 'sync-99', fileId, force: true } },
      { kind: 'ingest', key: outside, payload: { syncId, fileId: outside, force: true } },
    ]);
    await drain();
    expect(await state()).toEqual(before);
    expect(await queue.counts()).toEqual({ waiting: 0, active: 0, failed: 0 });
    expect(lines.join('')).toContain('a job names a sync that does not exist');
    expect(lines.join('')).toContain('a job names a file that is not recorded');
  });

  it('of any other form are dropped, and delay no other', async () => {
    const { forge, sync, state, queue, lines, reports } = await openForged();
    const wrong = [
      'null',
      '7',
      '[]',
      '"text"',
      '{',
      '',
      '{"__proto__":{"syncId":"s"}}',
      '{"syncId":""}',
      '{"syncId":7,"fileId":{"a":1},"force":"yes"}',
      `{"syncId":"${'s'.repeat(2 ** 21)}","fileId":"f","force":true}`,
      `{"syncId":"${'s'.repeat(300)}","fileId":"f","force":true}`,
      '['.repeat(100_000),
    ];
    const kinds = ['request', 'sync', 'ingest'];
    await forge(
      wrong.flatMap((payload, at) =>
        kinds.map((kind) => ({ kind, key: `wrong-${at}`, payload, priority: 0 })),
      ),
    );
    await forge([
      { kind: 'request', key: 'evil', payload: { kind: 'full' } },
      { kind: 'unknown', key: 'evil', payload: { syncId: 's' } },
    ]);
    expect(await sync()).toMatchObject({ state: 'done', indexed: 1 });
    const { sources, texts } = await state();
    expect(sources).toHaveLength(1);
    expect(Object.keys(texts)).toEqual(['a.txt']);
    expect(await queue.counts()).toMatchObject({ waiting: 0, active: 0 });
    expect((await queue.counts()).failed).toBeGreaterThanOrEqual(3 * (wrong.length - 1));
    expect(reports.map(String).join('') + lines.join('')).not.toContain('sss');
  });
});
