import { setTimeout as delay } from 'node:timers/promises';
import type { Queue, QueueCounts } from './queue.ts';

/** Milliseconds after which whoever only looks is told that the queue does not answer. */
const patience = 2000;

/** The counts of a queue, or that it cannot be reached, soon in either case; throws nothing. */
export async function promptCounts(
  queue: Pick<Queue, 'counts'>,
): Promise<QueueCounts | 'unreachable'> {
  const early = new AbortController();
  const late = delay(patience, 'unreachable' as const, { signal: early.signal });
  late.catch(() => {});
  const counted = queue.counts().catch(() => 'unreachable' as const);
  return Promise.race([counted, late]).finally(() => early.abort());
}
