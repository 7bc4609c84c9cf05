import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from '../../workers/worker.ts';
import { asDeedboxError } from '../errors/errors.ts';
import type { Queue } from '../queue/queue.ts';

const pollMs = 5000;
/** Time without an answer after which the queue counts as lost. */
const timeoutMs = 60_000;

/**
 * Gives a signal that is aborted with the reason when jobs cannot be expected to finish: this process's
 * worker has stopped by itself, or the queue does not answer for a minute. `stop()` ends the watch.
 */
export function watchWorker(worker: Worker, queue: Queue): { signal: AbortSignal; stop(): void } {
  const failure = new AbortController();
  const watchController = new AbortController();
  void worker.stopped.then((reason) => failure.abort(reason));
  const watch = async () => {
    let lastResponseAt = Date.now();
    while (!watchController.signal.aborted) {
      try {
        await queue.counts();
        lastResponseAt = Date.now();
      } catch (error) {
        if (Date.now() - lastResponseAt > timeoutMs) return failure.abort(asDeedboxError(error));
      }
      await sleep(pollMs, undefined, { signal: watchController.signal }).catch(() => {});
    }
  };
  void watch();
  return { signal: failure.signal, stop: () => watchController.abort() };
}
