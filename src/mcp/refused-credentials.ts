import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { TokenBuckets } from './token-buckets.ts';

/** Credentials that are remembered as refused, as hashes, and for how many milliseconds. */
const maxRemembered = 10_000;
const rememberedMs = 60 * 60_000;

/**
 * Counts the credentials that were refused from each address. The same one counts once: a client that sends
 * it again guesses nothing, and must hear each time why it was refused.
 */
export class RefusedCredentials {
  readonly #buckets: TokenBuckets;
  readonly #remembered = new LRUCache<string, true>({ max: maxRemembered, ttl: rememberedMs });

  constructor(perMinute: number) {
    this.#buckets = new TokenBuckets(perMinute, perMinute);
  }

  /**
   * Counts a refused credential.
   * @param address the network that it came from
   * @returns the seconds to wait, 0 where it is within the limit; and whether it was refused before
   */
  count(address: string, credential: string): { waitSeconds: number; isRepeated: boolean } {
    if (this.remember(address, credential)) return { waitSeconds: 0, isRepeated: true };
    const waitSeconds = this.#buckets.take(address);
    // it is counted when there is room for it
    if (waitSeconds > 0) this.#remembered.delete(hashOf(address, credential));
    return { waitSeconds, isRepeated: false };
  }

  /** Whether a credential was refused from this address before; remembers it without counting it. */
  remember(address: string, credential: string): boolean {
    const hash = hashOf(address, credential);
    const isRemembered = this.#remembered.has(hash);
    this.#remembered.set(hash, true);
    return isRemembered;
  }
}

const hashOf = (address: string, credential: string) =>
  createHash('sha256').update(`${address}\0${credential}`).digest('base64url');
