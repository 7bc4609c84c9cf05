import { DeedboxError } from '../../errors.ts';

interface Waiting {
  units: number;
  start(): void;
}

/**
 * Lets requests through at a rate and a concurrency. The rate is a token bucket of Google's quota
 * units that holds some seconds' worth. The concurrency halves when Google says that the rate is too
 * high, and grows by one for each round of requests that went well (additive increase,
 * multiplicative decrease, as TCP does).
 */
export class Limiter {
  readonly #unitsPerMillisecond: number;
  readonly #capacity: number;
  readonly #most: number;
  #concurrency: number;
  #running = 0;
  #units: number;
  #filledAt = performance.now();
  #pausedUntil = 0;
  #halvedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #waiting: Waiting[] = [];

  constructor(options: { unitsPerMinute: number; concurrency: number }) {
    this.#unitsPerMillisecond = options.unitsPerMinute / 60_000;
    this.#capacity = options.unitsPerMinute / 12;
    this.#units = this.#capacity;
    this.#most = options.concurrency;
    this.#concurrency = Math.min(4, options.concurrency);
  }

  /** How many requests may run at once now. */
  get concurrency(): number {
    return Math.floor(this.#concurrency);
  }

  /** Waits for a turn. Whoever got one calls `leave`. Throws `cancelled`. */
  async enter(units: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) throw cancelled();
    await new Promise<void>((resolve, reject) => {
      const waiting: Waiting = {
        units: Math.min(units, this.#capacity),
        start: () => {
          signal?.removeEventListener('abort', give);
          resolve();
        },
      };
      const give = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(cancelled());
        this.#next();
      };
      signal?.addEventListener('abort', give, { once: true });
      this.#waiting.push(waiting);
      this.#next();
    });
  }

  leave(): void {
    this.#running -= 1;
    this.#next();
  }

  wentWell(): void {
    this.#concurrency = Math.min(this.#most, this.#concurrency + 1 / this.#concurrency);
  }

  /**
   * Google said that there are too many requests. Those that were under way together count once.
   * @param since when the refused request was sent, as `performance.now()` tells it
   * @param pause milliseconds in which nothing at all is sent
   */
  tooMany(since: number, pause: number): void {
    const now = performance.now();
    this.#pausedUntil = Math.max(this.#pausedUntil, now + pause);
    if (since < this.#halvedAt) return;
    this.#halvedAt = now;
    this.#concurrency = Math.max(1, this.#concurrency / 2);
  }

  #next(): void {
    clearTimeout(this.#timer);
    const now = performance.now();
    const filled = this.#units + (now - this.#filledAt) * this.#unitsPerMillisecond;
    this.#units = Math.min(this.#capacity, filled);
    this.#filledAt = now;
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      if (this.#running >= this.concurrency) return;
      const missing = (first.units - this.#units) / this.#unitsPerMillisecond;
      const wait = Math.max(missing, this.#pausedUntil - now);
      if (wait > 0) {
        this.#timer = setTimeout(() => this.#next(), Math.ceil(wait));
        return;
      }
      this.#waiting.shift();
      this.#units -= first.units;
      this.#running += 1;
      first.start();
    }
  }
}

export function cancelled(): DeedboxError {
  return new DeedboxError('cancelled', 'Asking Google Drive was cancelled.');
}
