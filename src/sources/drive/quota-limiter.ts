import { DeedboxError } from '../../errors/errors.ts';

interface Waiter {
  units: number;
  start(): void;
}

/**
 * Lets requests through at a rate and a concurrency. The rate is a token bucket of Google's quota
 * units that holds some seconds' worth. The concurrency halves when Google says that the rate is too
 * high, and grows by one for each round of requests that went well (additive increase,
 * multiplicative decrease, as TCP does).
 */
export class QuotaLimiter {
  readonly #unitsPerMillisecond: number;
  readonly #capacity: number;
  readonly #maxConcurrency: number;
  #concurrency: number;
  #running = 0;
  #units: number;
  #refilledAt = performance.now();
  #pausedUntil = 0;
  #halvedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #waiters: Waiter[] = [];

  constructor(options: { unitsPerMinute: number; concurrency: number }) {
    this.#unitsPerMillisecond = options.unitsPerMinute / 60_000;
    this.#capacity = options.unitsPerMinute / 12;
    this.#units = this.#capacity;
    this.#maxConcurrency = options.concurrency;
    this.#concurrency = Math.min(4, options.concurrency);
  }

  /** How many requests may run at once now. */
  get concurrency(): number {
    return Math.floor(this.#concurrency);
  }

  /** Waits for a turn. Whoever got one calls `leave`. Throws `cancelled`. */
  async acquire(units: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) throw cancelledError();
    await new Promise<void>((resolve, reject) => {
      const waiter: Waiter = {
        units: Math.min(units, this.#capacity),
        start: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      const onAbort = () => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        reject(cancelledError());
        this.#dispatch();
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiters.push(waiter);
      this.#dispatch();
    });
  }

  release(): void {
    this.#running -= 1;
    this.#dispatch();
  }

  onSuccess(): void {
    this.#concurrency = Math.min(this.#maxConcurrency, this.#concurrency + 1 / this.#concurrency);
  }

  /**
   * Google said that there are too many requests. Those that were under way together count once.
   * @param sentAt when the refused request was sent, as `performance.now()` tells it
   * @param pauseMs milliseconds in which nothing at all is sent
   */
  onRateLimited(sentAt: number, pauseMs: number): void {
    const now = performance.now();
    this.#pausedUntil = Math.max(this.#pausedUntil, now + pauseMs);
    if (sentAt < this.#halvedAt) return;
    this.#halvedAt = now;
    this.#concurrency = Math.max(1, this.#concurrency / 2);
  }

  #dispatch(): void {
    clearTimeout(this.#timer);
    const now = performance.now();
    const refilled = this.#units + (now - this.#refilledAt) * this.#unitsPerMillisecond;
    this.#units = Math.min(this.#capacity, refilled);
    this.#refilledAt = now;
    for (let next = this.#waiters[0]; next; next = this.#waiters[0]) {
      if (this.#running >= this.concurrency) return;
      const refillMs = (next.units - this.#units) / this.#unitsPerMillisecond;
      const waitMs = Math.max(refillMs, this.#pausedUntil - now);
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#dispatch(), Math.ceil(waitMs));
        return;
      }
      this.#waiters.shift();
      this.#units -= next.units;
      this.#running += 1;
      next.start();
    }
  }
}

export function cancelledError(): DeedboxError {
  return new DeedboxError('cancelled', 'Asking Google Drive was cancelled.');
}
