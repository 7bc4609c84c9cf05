import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Turns of the event loop before a call begins. libuv accepts one new connection in each turn (since
 * 1.45): with one turn, a hundred connections that arrive at once would wait for a hundred answers.
 */
const eventLoopTurns = 16;

/**
 * Runs a few calls at once, first come, first served. A call is work of the one thread that also reads
 * what clients send: a hundred that ran concurrently would all end last, and no request would be read
 * in the meantime. So each begins in a turn of the event loop of its own.
 */
export class CallQueue {
  readonly #maxConcurrent: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

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
