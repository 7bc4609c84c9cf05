import { setTimeout as delay } from 'node:timers/promises';
import type { Queue, QueueCounts } from './queue.ts';

/** Milliseconds after which whoever only looks is told that the queue does not answer. */
const timeoutMs = 2000;

/** The counts of a queue, or that it cannot be reached, soon in either case; throws nothing. */
export async function countsWithTimeout(
  queue: Pick<Queue, 'counts'>,
): Promise<QueueCounts | 'unreachable'> {
  const controller = new AbortController();
  const timeout = delay(timeoutMs, 'unreachable' as const, { signal: controller.signal });
  timeout.catch(() => {});
  const counted = queue.counts().catch(() => 'unreachable' as const);
  return Promise.race([counted, timeout]).finally(() => controller.abort());
}
