import { setImmediate as nextTurn } from 'node:timers/promises';
import { FairQueue } from '../domain/fair-queue.ts';
import { RateLimitError } from './rate-limit-error.ts';

/**
 * Turns of the event loop before a call begins. libuv accepts one new connection in each turn (since
 * 1.45): with one turn, a hundred connections that arrive at once would wait for a hundred answers.
 */
const eventLoopTurns = 16;

export interface CallQueueOptions {
  /** Calls that run at once; of one caller, one less, but one at least. */
  maxConcurrent?: number;
  /** Calls of one caller that wait or run. */
  maxPending?: number;
}

/**
 * Runs a few calls at once, callers in turn, and leaves one place to others. What a call does outside of
 * the index is work of the one thread that also reads what clients send: a hundred that ran concurrently would
 * all end last, and no request would be read in the meantime. So each begins in a turn of the event
 * loop of its own.
 */
export class CallQueue {
  readonly #maxConcurrent: number;
  readonly #maxPending: number;
  readonly #waiting: FairQueue<() => void>;
  readonly #pending = new Map<string, number>();
  #running = 0;

  constructor({ maxConcurrent = 4, maxPending = 100 }: CallQueueOptions = {}) {
    this.#maxConcurrent = maxConcurrent;
    this.#maxPending = maxPending;
    this.#waiting = new FairQueue(Math.max(1, maxConcurrent - 1));
  }

  /** @throws RateLimitError where one more call of the caller would be too many */
  requireCapacity(caller: string): void {
    if ((this.#pending.get(caller) ?? 0) < this.#maxPending) return;
    throw new RateLimitError({
      limit: 'pending_calls',
      status: 429,
      message: `More than ${this.#maxPending} of your calls would wait for an answer at once.`,
      retryAfterSeconds: 5,
      setting: 'DEEDBOX_PENDING_CALLS',
    });
  }

  /**
   * Counts a call as pending until `answer` is settled, turns or not.
   * @throws RateLimitError as `requireCapacity`
   */
  async count<T>(caller: string, answer: () => Promise<T>): Promise<T> {
    this.requireCapacity(caller);
    this.#pending.set(caller, (this.#pending.get(caller) ?? 0) + 1);
    try {
      return await answer();
    } finally {
      const pending = this.#pending.get(caller)! - 1;
      if (pending === 0) this.#pending.delete(caller);
      else this.#pending.set(caller, pending);
    }
  }

  /**
   * Prepares a call at once, and answers it in its turn: to open services may take long.
   * @throws RateLimitError as `requireCapacity`
   */
  async answer<Services, T>(
    caller: string,
    open: () => Promise<Services>,
    task: (services: Services) => Promise<T>,
  ): Promise<T> {
    return this.count(caller, async () => {
      const services = await open();
      return this.run(caller, () => task(services));
    });
  }

  /** @param caller by whom turns are taken, as `limitKey` has it */
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
