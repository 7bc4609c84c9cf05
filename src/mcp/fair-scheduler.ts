import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Turns of the event loop before an answer begins. In each, libuv takes one new connection and no more
 * (since 1.45), so with one turn a hundred that come at once would wait for a hundred answers to be heard.
 */
const eventLoopTurns = 16;

/**
 * Lets a few questions be answered at once, first come, first served. An answer is work of the one thread
 * that also reads what clients send: a hundred of them that take turns with each other would all end last,
 * and nobody would be heard meanwhile. So each begins in a turn of the event loop of its own.
 */
export class FairScheduler {
  readonly #maxConcurrent: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** @param maxConcurrent questions at once */
  constructor(maxConcurrent = 2) {
    this.#maxConcurrent = maxConcurrent;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#maxConcurrent)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      for (let turn = 0; turn < eventLoopTurns; turn += 1) await nextTurn();
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
