import { LRUCache } from 'lru-cache';
import { DeedboxError } from '../errors/errors.ts';

/** Limits for one caller, and for all together; those of sessions are in `SessionLimits`. */
export interface HttpLimits {
  /** Requests of one caller, on average. */
  requestsPerMinute: number;
  /** Requests of one caller at once after a pause. */
  burst: number;
  /** Failed authentications from one address, on average, and at once after a pause. */
  authFailuresPerMinute: number;
  /** Requests of one caller that are open at once; a stream is open as long as it lasts. */
  maxOpenPerCaller: number;
  maxOpenTotal: number;
  /** Milliseconds in which the head of a request must have come. */
  headersTimeoutMs: number;
  /** Milliseconds in which the whole of a request must have come. */
  requestTimeoutMs: number;
  /** Milliseconds between two checks whether the credentials of open sessions are still valid. */
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

/** Beyond it, the bucket that was used least recently is dropped. */
const maxBuckets = 10_000;

/**
 * A token bucket for each caller or address: a request takes one token, and tokens come back at an even
 * pace up to the capacity, which a new bucket has.
 */
export class TokenBuckets {
  readonly #refillPerSecond: number;
  readonly #capacity: number;
  readonly #buckets = new LRUCache<string, { tokens: number; updatedAt: number }>({
    max: maxBuckets,
  });

  /** @param capacity tokens of a full bucket */
  constructor(perMinute: number, capacity: number) {
    this.#refillPerSecond = perMinute / 60;
    this.#capacity = capacity;
  }

  /** Seconds until the next request is allowed; 0 where this one is, which takes a token. */
  take(id: string): number {
    const now = performance.now() / 1000;
    const bucket = this.#buckets.get(id) ?? { tokens: this.#capacity, updatedAt: now };
    const tokens = Math.min(
      this.#capacity,
      bucket.tokens + (now - bucket.updatedAt) * this.#refillPerSecond,
    );
    const isAllowed = tokens >= 1;
    this.#buckets.set(id, { tokens: isAllowed ? tokens - 1 : tokens, updatedAt: now });
    return isAllowed ? 0 : Math.ceil((1 - tokens) / this.#refillPerSecond);
  }
}

/** Limits requests: in time and at once for each caller, at once for all. */
export class RequestLimiter {
  readonly #limits: HttpLimits;
  readonly #tokenBuckets: TokenBuckets;
  readonly #openPerCaller = new Map<string, number>();
  #openTotal = 0;

  constructor(limits: HttpLimits) {
    this.#limits = limits;
    this.#tokenBuckets = new TokenBuckets(limits.requestsPerMinute, limits.burst);
  }

  /**
   * Takes a place for one request; call the returned function once when it has ended.
   * @param id the caller; undefined for one without a limit of its own, on this machine
   * @throws RateLimitError
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
      throw new RateLimitError(429, 'You send requests more often than is allowed.', waitSeconds);
    this.#openPerCaller.set(id, open + 1);
  }
}
