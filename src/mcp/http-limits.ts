import { DeedboxError } from '../errors/errors.ts';

/** What one caller may take, and all together; `sessions` and `idle` are those of `SessionLimits`. */
export interface HttpLimits {
  /** Requests of one caller, in the long run. */
  requestsPerMinute: number;
  /** Requests of one caller at once after a pause. */
  burst: number;
  /** Refused sign-ins from one address, in the long run, and at once after a pause. */
  authFailuresPerMinute: number;
  /** Requests of one caller that are open at once; a stream is open as long as it lasts. */
  maxOpenPerCaller: number;
  maxOpenTotal: number;
  /** Milliseconds in which the head of a request must have come. */
  headersTimeoutMs: number;
  /** Milliseconds in which the whole of a request must have come. */
  requestTimeoutMs: number;
  /** Milliseconds between two looks whether those with open streams would still be let in. */
  revalidateMs: number;
  /** Milliseconds that calls which run have left when the service closes. */
  drainTimeoutMs: number;
}

export const defaultLimits: HttpLimits = {
  requestsPerMinute: 600,
  burst: 120,
  authFailuresPerMinute: 30,
  maxOpenPerCaller: 100,
  maxOpenTotal: 1000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  revalidateMs: 2000,
  drainTimeoutMs: 10_000,
};

/** A request that came too soon or is one too many. */
export class RateLimitError extends DeedboxError {
  readonly status: 429 | 503;
  /** Seconds. */
  readonly retryAfterSeconds: number;

  constructor(status: 429 | 503, message: string, retryAfterSeconds: number) {
    super('not_ready', message, { retryable: true, hint: `Try again in ${retryAfterSeconds} s.` });
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Accounts that are kept; beyond it, the one that was used least lately is forgotten. */
const maxBuckets = 10_000;

/** A token bucket for each caller, or address, which fills at an even pace. */
export class TokenBuckets {
  readonly #refillPerSecond: number;
  readonly #capacity: number;
  /** The one used last stands last. */
  readonly #buckets = new Map<string, { tokens: number; updatedAt: number }>();

  constructor(perMinute: number, capacity: number) {
    this.#refillPerSecond = perMinute / 60;
    this.#capacity = capacity;
  }

  /** Seconds until another request is let through; 0 where this one is. */
  take(id: string): number {
    const now = performance.now() / 1000;
    const bucket = this.#buckets.get(id) ?? { tokens: this.#capacity, updatedAt: now };
    const tokens = Math.min(
      this.#capacity,
      bucket.tokens + (now - bucket.updatedAt) * this.#refillPerSecond,
    );
    const isAllowed = tokens >= 1;
    this.#buckets.delete(id);
    if (this.#buckets.size >= maxBuckets) {
      const [oldest] = this.#buckets.keys();
      this.#buckets.delete(oldest!);
    }
    this.#buckets.set(id, { tokens: isAllowed ? tokens - 1 : tokens, updatedAt: now });
    return isAllowed ? 0 : Math.ceil((1 - tokens) / this.#refillPerSecond);
  }
}

/** Counts what callers do, and refuses what is too much. */
export class ConcurrencyLimiter {
  readonly #limits: HttpLimits;
  readonly #tokenBuckets: TokenBuckets;
  readonly #openPerCaller = new Map<string, number>();
  #openTotal = 0;

  constructor(limits: HttpLimits) {
    this.#limits = limits;
    this.#tokenBuckets = new TokenBuckets(limits.requestsPerMinute, limits.burst);
  }

  /**
   * Lets one request through; the returned function is called when it has been answered.
   * @param id the caller; undefined for one on this machine of whom no account is kept
   * @throws TooMany
   */
  acquire(id: string | undefined): () => void {
    if (this.#openTotal >= this.#limits.maxOpenTotal) {
      throw new RateLimitError(503, 'Deedbox has as many requests open as it can serve.', 5);
    }
    if (id !== undefined) this.#acquireForCaller(id);
    this.#openTotal += 1;
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      this.#openTotal -= 1;
      if (id === undefined) return;
      const open = this.#openPerCaller.get(id)! - 1;
      if (open === 0) this.#openPerCaller.delete(id);
      else this.#openPerCaller.set(id, open);
    };
  }

  #acquireForCaller(id: string): void {
    const open = this.#openPerCaller.get(id) ?? 0;
    if (open >= this.#limits.maxOpenPerCaller) {
      throw new RateLimitError(429, 'Too many of your requests and streams are open at once.', 5);
    }
    const waitSeconds = this.#tokenBuckets.take(id);
    if (waitSeconds > 0)
      throw new RateLimitError(429, 'You ask more often than is allowed.', waitSeconds);
    this.#openPerCaller.set(id, open + 1);
  }
}
