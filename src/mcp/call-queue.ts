import { setImmediate as nextTurn } from 'node:timers/promises';
import { FairQueue } from '../domain/fair-queue.ts';

/**
 * Turns of the event loop before a call begins. libuv accepts one new connection in each turn (since
 * 1.45): with one turn, a hundred connections that arrive at once would wait for a hundred answers.
 */
const eventLoopTurns = 16;

/**
 * Runs a few calls at once, callers in turn, and leaves one place to others. What a call does outside of
 * the index is work of the one thread that also reads what clients send: a hundred that ran concurrently would
 * all end last, and no request would be read in the meantime. So each begins in a turn of the event
 * loop of its own.
 */
export class CallQueue {
  readonly #maxConcurrent: number;
  readonly #waiting: FairQueue<() => void>;
  #running = 0;

  /** @param maxConcurrent calls at once; of one caller, one less, but one at least */
  constructor(maxConcurrent = 4) {
    this.#maxConcurrent = maxConcurrent;
    this.#waiting = new FairQueue(Math.max(1, maxConcurrent - 1));
  }

  /** @param caller the id of whom the call is for */
  async run<T>(caller: string, task: () => Promise<T>): Promise<T> {
    await new Promise<void>((resolve) => {
      this.#waiting.add(caller, resolve);
      this.#startNext();
    });
    try {
      for (let turn = 0; turn < eventLoopTurns; turn += 1) await nextTurn();
      return await task();
    } finally {
      this.#running -= 1;
      this.#waiting.end(caller);
      this.#startNext();
    }
  }

  #startNext(): void {
    while (this.#running < this.#maxConcurrent) {
      const start = this.#waiting.take();
      if (!start) return;
      this.#running += 1;
      start();
    }
  }
}
