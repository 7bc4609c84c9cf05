import type { RequestContext } from '../request/context.ts';
import { networkPrefix } from './client-address.ts';
import { maxRequestBodyBytes } from './message-limits.ts';
import { type LimitName, RateLimitError } from './rate-limit-error.ts';
import { TokenBuckets } from './token-buckets.ts';

/** Limits for one caller, and for all together; those of sessions are in `SessionLimits`. */
export interface HttpLimits {
  /** Requests of one caller, on average. */
  requestsPerMinute: number;
  /** Requests of one caller at once after a pause. */
  burst: number;
  /**
   * Calls of tools, resources, prompts, completions and subscriptions of one caller, on average; as many
   * as requests where it is left out. A fifth of them at once after a pause.
   */
  callsPerMinute?: number | undefined;
  /** Bytes that one caller sends, on average, and at once after a pause. */
  receivedBytesPerMinute: number;
  /** Bytes that are sent to one caller, on average, and at once after a pause. */
  sentBytesPerMinute: number;
  /** Calls of one caller that wait for their turn or run. */
  maxPendingCalls: number;
  /** Resources that one caller is subscribed to, on all connections together. */
  maxSubscriptions: number;
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

const mebibyte = 2 ** 20;

export const defaultLimits: HttpLimits = {
  requestsPerMinute: 600,
  burst: 120,
  receivedBytesPerMinute: 50 * mebibyte,
  sentBytesPerMinute: 500 * mebibyte,
  maxPendingCalls: 100,
  maxSubscriptions: 1000,
  authFailuresPerMinute: 30,
  maxOpenPerCaller: 100,
  maxOpenTotal: 1000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  revalidateMs: 2000,
  drainTimeoutMs: 10_000,
};

/** Bytes of the bodies of requests that are open at once, of one caller and of all together. */
const maxOpenBodyBytes = { perCaller: 8 * mebibyte, total: 64 * mebibyte };

/** Requests, or calls, of a caller at once after a pause. */
const burstOf = (perMinute: number) => Math.max(20, Math.ceil(perMinute / 5));

/**
 * By what the limits of a caller are counted: the key or the person of a token; where nobody signs in,
 * the address of the client.
 */
export function limitKey({ caller, from }: RequestContext): string {
  if (caller.authMethod !== 'none' || from.address === undefined) return caller.id;
  return `address:${networkPrefix(from.address)}`;
}

/** What is open of one caller, or of all. */
interface OpenRequests {
  count: number;
  bodyBytes: number;
}

/** Limits requests: in time and at once for each caller, at once for all. */
export class RequestLimiter {
  readonly #limits: HttpLimits;
  readonly #requests: TokenBuckets;
  readonly #calls: TokenBuckets;
  readonly #receivedBytes: TokenBuckets;
  readonly #sentBytes: TokenBuckets;
  readonly #openPerCaller = new Map<string, OpenRequests>();
  readonly #openTotal: OpenRequests = { count: 0, bodyBytes: 0 };

  constructor(limits: HttpLimits) {
    const { requestsPerMinute, burst, callsPerMinute } = limits;
    const { receivedBytesPerMinute: received, sentBytesPerMinute: sent } = limits;
    this.#limits = limits;
    this.#requests = new TokenBuckets(requestsPerMinute, burst);
    this.#calls =
      callsPerMinute === undefined
        ? new TokenBuckets(requestsPerMinute, burst)
        : new TokenBuckets(callsPerMinute, burstOf(callsPerMinute));
    this.#receivedBytes = new TokenBuckets(received, received);
    this.#sentBytes = new TokenBuckets(sent, sent);
  }

  /**
   * Takes a place for one request; call the returned function once when it has ended.
   * @param id the caller, as `limitKey` has it
   * @param bodyBytes of the body of the request; undefined where its client does not say
   * @throws RateLimitError
   */
  acquire(id: string, bodyBytes?: number): () => void {
    // a longer body is rejected before it is read
    const heldBytes = Math.min(bodyBytes ?? maxRequestBodyBytes, maxRequestBodyBytes);
    this.#requireCapacity(heldBytes);
    const open = this.#openPerCaller.get(id) ?? { count: 0, bodyBytes: 0 };
    this.#requireCapacityOfCaller(id, open, heldBytes);
    this.#openPerCaller.set(id, open);
    for (const counts of [open, this.#openTotal]) {
      counts.count += 1;
      counts.bodyBytes += heldBytes;
    }
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      for (const counts of [open, this.#openTotal]) {
        counts.count -= 1;
        counts.bodyBytes -= heldBytes;
      }
      if (open.count === 0) this.#openPerCaller.delete(id);
    };
  }

  /** @throws RateLimitError for a caller with too many calls */
  takeCall(id: string): void {
    const { callsPerMinute, requestsPerMinute } = this.#limits;
    this.#requireTokens('calls', this.#calls.take(id), {
      message: `You make more calls than ${callsPerMinute ?? requestsPerMinute} a minute.`,
      setting: 'DEEDBOX_CALLS_PER_MINUTE',
    });
  }

  /** Counts what a request cost, which is known when it has come and was answered. */
  charge(id: string, bytes: { received?: number; sent?: number }): void {
    this.#receivedBytes.charge(id, bytes.received ?? 0);
    this.#sentBytes.charge(id, bytes.sent ?? 0);
  }

  #requireCapacity(bodyBytes: number): void {
    const { count, bodyBytes: openBytes } = this.#openTotal;
    const isFull = count >= this.#limits.maxOpenTotal;
    if (!isFull && openBytes + bodyBytes <= maxOpenBodyBytes.total) return;
    throw new RateLimitError({
      limit: isFull ? 'open_requests_total' : 'open_bodies_total',
      status: 503,
      message: 'Deedbox has as many requests open as it can serve.',
      retryAfterSeconds: 5,
    });
  }

  #requireCapacityOfCaller(id: string, open: OpenRequests, bodyBytes: number): void {
    const { maxOpenPerCaller, requestsPerMinute } = this.#limits;
    if (open.count >= maxOpenPerCaller) {
      throw new RateLimitError({
        limit: 'open_requests',
        status: 429,
        message: `More than ${maxOpenPerCaller} of your requests and streams would be open at once.`,
        retryAfterSeconds: 5,
        setting: 'DEEDBOX_OPEN_REQUESTS',
      });
    }
    if (open.bodyBytes + bodyBytes > maxOpenBodyBytes.perCaller) {
      throw new RateLimitError({
        limit: 'open_bodies',
        status: 429,
        message: `Your open requests have bodies of more than ${maxOpenBodyBytes.perCaller} bytes together.`,
        retryAfterSeconds: 5,
      });
    }
    this.#requireTokens('received_bytes', this.#receivedBytes.secondsOverdrawn(id), {
      message: `You send more than ${this.#limits.receivedBytesPerMinute} bytes a minute.`,
      setting: 'DEEDBOX_RECEIVED_MB_PER_MINUTE',
    });
    this.#requireTokens('sent_bytes', this.#sentBytes.secondsOverdrawn(id), {
      message: `You are sent more than ${this.#limits.sentBytesPerMinute} bytes a minute.`,
      setting: 'DEEDBOX_SENT_MB_PER_MINUTE',
    });
    this.#requireTokens('requests', this.#requests.take(id), {
      message: `You send more requests than ${requestsPerMinute} a minute.`,
      setting: 'DEEDBOX_REQUESTS_PER_MINUTE',
    });
  }

  #requireTokens(
    limit: LimitName,
    waitSeconds: number,
    reason: { message: string; setting: string },
  ): void {
    if (waitSeconds === 0) return;
    throw new RateLimitError({ limit, status: 429, retryAfterSeconds: waitSeconds, ...reason });
  }
}
