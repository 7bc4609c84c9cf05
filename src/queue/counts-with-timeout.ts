import { setTimeout as delay } from 'node:timers/promises';
import type { Queue, QueueCounts } from './queue.ts';

/** Milliseconds after which the queue counts as unreachable for a status query. */
const timeoutMs = 2000;

/** The counts of a queue, or `unreachable` after two seconds or an error; never rejects. */
export async function countsWithTimeout(
  queue: Pick<Queue, 'counts'>,
): Promise<QueueCounts | 'unreachable'> {
  const controller = new AbortController();
  const timeout = delay(timeoutMs, 'unreachable' as const, { signal: controller.signal });
  timeout.catch(() => {});
  const counted = queue.counts().catch(() => 'unreachable' as const);
  return Promise.race([counted, timeout]).finally(() => controller.abort());
}
