import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Turns of the event loop before an answer begins. In each, libuv takes one new connection and no more
 * (since 1.45), so with one turn a hundred that come at once would wait for a hundred answers to be heard.
 */
const turnsBetween = 16;

/**
 * Lets a few questions be answered at once, first come, first served. An answer is work of the one thread
 * that also reads what clients send: a hundred of them that take turns with each other would all end last,
 * and nobody would be heard meanwhile. So each begins in a turn of the event loop of its own.
 */
export class Turns {
  readonly #most: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** @param most questions at once */
  constructor(most = 2) {
    this.#most = most;
  }

  async take<T>(answer: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#most) await new Promise<void>((go) => this.#waiting.push(go));
    else this.#running += 1;
    try {
      for (let turn = 0; turn < turnsBetween; turn += 1) await nextTurn();
      return await answer();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
