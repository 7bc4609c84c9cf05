import { LRUCache } from 'lru-cache';

/** Beyond it, the bucket that was used least recently is dropped. */
const maxBuckets = 10_000;

interface Bucket {
  tokens: number;
  updatedAt: number;
}

/**
 * A token bucket for each caller or address. Tokens come back at an even pace up to the capacity, which
 * a new bucket has.
 */
export class TokenBuckets {
  readonly #refillPerSecond: number;
  readonly #capacity: number;
  readonly #buckets = new LRUCache<string, Bucket>({ max: maxBuckets });

  /** @param capacity tokens of a full bucket */
  constructor(perMinute: number, capacity: number) {
    this.#refillPerSecond = perMinute / 60;
    this.#capacity = capacity;
  }

  /** Seconds until the next request is allowed; 0 where this one is, which takes a token. */
  take(id: string): number {
    const bucket = this.#refill(id);
    if (bucket.tokens < 1) return this.#secondsUntil(bucket, 1);
    bucket.tokens -= 1;
    return 0;
  }

  /** Seconds until the bucket is no longer overdrawn; 0 where it is not. */
  secondsOverdrawn(id: string): number {
    const bucket = this.#refill(id);
    return bucket.tokens >= 0 ? 0 : this.#secondsUntil(bucket, 0);
  }

  /** Takes tokens for a cost that is known only now, also where that overdraws the bucket. */
  charge(id: string, amount: number): void {
    this.#refill(id).tokens -= amount;
  }

  #refill(id: string): Bucket {
    const now = performance.now() / 1000;
    const bucket = this.#buckets.get(id) ?? { tokens: this.#capacity, updatedAt: now };
    bucket.tokens = Math.min(
      this.#capacity,
      bucket.tokens + (now - bucket.updatedAt) * this.#refillPerSecond,
    );
    bucket.updatedAt = now;
    this.#buckets.set(id, bucket);
    return bucket;
  }

  #secondsUntil({ tokens }: Bucket, wanted: number): number {
    return Math.max(1, Math.ceil((wanted - tokens) / this.#refillPerSecond));
  }
}
