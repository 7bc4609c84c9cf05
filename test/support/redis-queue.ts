import { expect, onTestFinished, vi } from 'vitest';
import { type BullmqQueueOptions, openBullmqQueue } from '../../src/queue/bullmq.ts';
import type { Handlers, NewJob, Queue, Workers } from '../../src/queue/queue.ts';

const otherHandlers = { request: async () => {}, sync: async () => {} };
const retry = { maxAttempts: 8, baseDelayMs: 20, maxDelayMs: 200 };

export function ingestJob(key: string, priority?: number): NewJob<'ingest'> {
  return { kind: 'ingest', key, payload: { syncId: 's', fileId: key, force: false }, priority };
}

export const many = (count: number) => Array.from({ length: count }, (_, n) => ingestJob(`f${n}`));
export const keysOf = (jobs: NewJob[]) => jobs.map(({ key }) => key).sort();

/** A queue with short intervals, closed when the test is over. */
export function open(url: string, options: Partial<BullmqQueueOptions> = {}): Queue {
  const queue = openBullmqQueue({ url, instanceId: 'test', leaseMs: 1000, retry, ...options });
  onTestFinished(() => queue.close());
  return queue;
}

export function startWorkers(
  queue: Queue,
  handler: Handlers['ingest'],
  ingestConcurrency = 1,
): Workers {
  const concurrency = { request: 1, sync: 1, ingest: ingestConcurrency };
  return queue.work({ ...otherHandlers, ingest: handler }, { concurrency });
}

export const waitUntilIdle = (queue: Queue) =>
  vi.waitFor(async () => expect(await queue.counts()).toMatchObject({ waiting: 0, active: 0 }), {
    timeout: 20_000,
    interval: 20,
  });
