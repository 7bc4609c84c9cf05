import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from '../../workers/worker.ts';
import { asDeedboxError } from '../errors/errors.ts';
import type { Queue } from '../queue/queue.ts';

/** Milliseconds between two looks at the queue. */
const pollMs = 5000;
/** A queue that has not answered for so long is given up, in milliseconds. */
const timeoutMs = 60_000;

/**
 * A signal that is aborted, with the reason, when what somebody waits for cannot come: this process's
 * worker takes no more jobs, or the queue does not answer. `stop()` ends the watching.
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
