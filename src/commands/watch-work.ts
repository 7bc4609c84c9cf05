import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from '../../workers/worker.ts';
import { asDeedboxError } from '../errors.ts';
import type { Queue } from '../queue/queue.ts';

/** Milliseconds between two looks at the queue. */
const lookEvery = 5000;
/** A queue that has not answered for so long is given up, in milliseconds. */
const patience = 60_000;

/**
 * A signal that is aborted, with the reason, when what somebody waits for cannot come: this process's
 * worker takes no more jobs, or the queue does not answer. `stop()` ends the watching.
 */
export function watchWork(worker: Worker, queue: Queue): { signal: AbortSignal; stop(): void } {
  const over = new AbortController();
  const watching = new AbortController();
  void worker.retired.then((reason) => over.abort(reason));
  const watch = async () => {
    let answered = Date.now();
    while (!watching.signal.aborted) {
      try {
        await queue.counts();
        answered = Date.now();
      } catch (error) {
        if (Date.now() - answered > patience) return over.abort(asDeedboxError(error));
      }
      await sleep(lookEvery, undefined, { signal: watching.signal }).catch(() => {});
    }
  };
  void watch();
  return { signal: over.signal, stop: () => watching.abort() };
}
