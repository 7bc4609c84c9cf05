import { DeedboxError } from '../errors.ts';

/** What one caller may take, and all together; `sessions` and `idle` are those of `SessionLimits`. */
export interface HttpLimits {
  /** Requests of one caller, in the long run. */
  requestsPerMinute: number;
  /** Requests of one caller at once after a pause. */
  burst: number;
  /** Refused sign-ins from one address, in the long run, and at once after a pause. */
  refusalsPerMinute: number;
  /** Requests of one caller that are open at once; a stream is open as long as it lasts. */
  openOfOne: number;
  openInAll: number;
  /** Milliseconds in which the head of a request must have come. */
  headTime: number;
  /** Milliseconds in which the whole of a request must have come. */
  requestTime: number;
  /** Milliseconds between two looks whether those with open streams would still be let in. */
  recheck: number;
  /** Milliseconds that calls which run have left when the service closes. */
  drain: number;
}

export const usualLimits: HttpLimits = {
  requestsPerMinute: 600,
  burst: 120,
  refusalsPerMinute: 30,
  openOfOne: 100,
  openInAll: 1000,
  headTime: 10_000,
  requestTime: 30_000,
  recheck: 2000,
  drain: 10_000,
};

/** A request that came too soon or is one too many. */
export class TooMany extends DeedboxError {
  readonly status: 429 | 503;
  /** Seconds. */
  readonly retryAfter: number;

  constructor(status: 429 | 503, message: string, retryAfter: number) {
    super('not_ready', message, { retryable: true, hint: `Try again in ${retryAfter} s.` });
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** Accounts that are kept; beyond it, the one that was used least lately is forgotten. */
const mostAccounts = 10_000;

/** A token bucket for each caller, or address, which fills at an even pace. */
export class Rate {
  readonly #perSecond: number;
  readonly #burst: number;
  /** The one used last stands last. */
  readonly #accounts = new Map<string, { left: number; at: number }>();

  constructor(perMinute: number, burst: number) {
    this.#perSecond = perMinute / 60;
    this.#burst = burst;
  }

  /** Seconds until another request is let through; 0 where this one is. */
  take(id: string): number {
    const at = performance.now() / 1000;
    const account = this.#accounts.get(id) ?? { left: this.#burst, at };
    const left = Math.min(this.#burst, account.left + (at - account.at) * this.#perSecond);
    const enough = left >= 1;
    this.#accounts.delete(id);
    if (this.#accounts.size >= mostAccounts) {
      const [oldest] = this.#accounts.keys();
      this.#accounts.delete(oldest!);
    }
    this.#accounts.set(id, { left: enough ? left - 1 : left, at });
    return enough ? 0 : Math.ceil((1 - left) / this.#perSecond);
  }
}

/** Counts what callers do, and refuses what is too much. */
export class Turnstile {
  readonly #limits: HttpLimits;
  readonly #rate: Rate;
  readonly #open = new Map<string, number>();
  #openInAll = 0;

  constructor(limits: HttpLimits) {
    this.#limits = limits;
    this.#rate = new Rate(limits.requestsPerMinute, limits.burst);
  }

  /**
   * Lets one request through; the returned function is called when it has been answered.
   * @param id the caller; undefined for one on this machine of whom no account is kept
   * @throws TooMany
   */
  pass(id: string | undefined): () => void {
    if (this.#openInAll >= this.#limits.openInAll) {
      throw new TooMany(503, 'Deedbox has as many requests open as it can serve.', 5);
    }
    if (id !== undefined) this.#countFor(id);
    this.#openInAll += 1;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#openInAll -= 1;
      if (id === undefined) return;
      const open = this.#open.get(id)! - 1;
      if (open === 0) this.#open.delete(id);
      else this.#open.set(id, open);
    };
  }

  #countFor(id: string): void {
    const open = this.#open.get(id) ?? 0;
    if (open >= this.#limits.openOfOne) {
      throw new TooMany(429, 'Too many of your requests and streams are open at once.', 5);
    }
    const wait = this.#rate.take(id);
    if (wait > 0) throw new TooMany(429, 'You ask more often than is allowed.', wait);
    this.#open.set(id, open + 1);
  }
}
