import { setTimeout as sleep } from 'node:timers/promises';
import { DeedboxError } from '../../errors/errors.ts';
import {
  toDeedboxError,
  isRetryable,
  isRateLimit,
  type ApiError,
  parseApiError,
} from './errors.ts';
import type { DriveLimits } from './settings.ts';
import type { GoogleClient, SignIn } from './sign-in.ts';

interface Waiter {
  units: number;
  start(): void;
}

/**
 * Limits the rate and the concurrency of requests. The rate limit is a token bucket of Google's quota
 * units with a capacity of five seconds. The concurrency halves when Google reports a rate limit, and
 * grows by one for each round of successful requests (additive increase, multiplicative decrease, as
 * in TCP).
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

  /** Requests that may run at once now. */
  get concurrency(): number {
    return Math.floor(this.#concurrency);
  }

  /** Waits until a request may be sent. `release` must be called after it. Throws `cancelled`. */
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
   * Google reported a rate limit. Requests that were in flight together count once.
   * @param sentAt when the rejected request was sent, by `performance.now()`
   * @param pauseMs milliseconds in which no request is sent
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

function cancelledError(): DeedboxError {
  return new DeedboxError('cancelled', 'The request to Google Drive was cancelled.');
}

/** Google's quota units of each kind of request. */
export const quotaUnits = { list: 100, get: 5, download: 200 };

/** What a request is sent with. */
export interface RequestContext {
  auth: GoogleClient;
  /** Aborted when the request is cancelled, or receives no byte for too long. */
  signal: AbortSignal;
  /** To be called when bytes arrive. The number of attempts then starts again. */
  reportProgress: () => void;
}

/** A connection that ended in the middle of a response. */
export class InterruptedError extends Error {}

/** The longest waits between two attempts, in milliseconds: for a backoff, and for `Retry-After`. */
const maxBackoffMs = 64_000;
const maxRetryAfterMs = 10 * 60_000;

/**
 * Sends every request to Google: within the limits of the rate and the concurrency, with a time limit,
 * and again with exponential backoff and full jitter after rate limits, 429, 5xx and network errors.
 */
export class RequestExecutor {
  readonly #signIn: SignIn;
  readonly #limits: DriveLimits;
  readonly #limiter: QuotaLimiter;
  #auth: GoogleClient;

  constructor(signIn: SignIn, limits: DriveLimits) {
    this.#signIn = signIn;
    this.#limits = limits;
    this.#limiter = new QuotaLimiter(limits);
    this.#auth = signIn.client();
  }

  /**
   * Runs one request. It may be sent several times, so it must be idempotent.
   * @param cost in Google's quota units
   * @throws DeedboxError with what to do; `source_error` (retryable) after the last attempt
   */
  async run<T>(
    cost: number,
    send: (context: RequestContext) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    let isRenewed = false;
    for (let attempt = 1; ; attempt++) {
      await this.#limiter.acquire(cost, signal);
      const auth = this.#auth;
      const sentAt = performance.now();
      let hasProgress = false;
      let waitMs: number;
      try {
        const result = await this.#sendOnce(auth, send, signal, () => (hasProgress = true));
        this.#limiter.onSuccess();
        return result;
      } catch (error) {
        if (error instanceof DeedboxError) throw error;
        if (signal?.aborted) throw cancelledError();
        const apiError = toApiError(error, this.#signIn.kind);
        if (isStaleCredential(apiError) && !isRenewed) {
          isRenewed = true;
          // another request may have renewed it meanwhile
          if (this.#auth === auth) this.#auth = this.#signIn.client();
          continue;
        }
        if (hasProgress) attempt = 1;
        waitMs = this.#backoffMs(apiError, attempt);
        const isExhausted = attempt >= this.#limits.maxAttempts || waitMs > maxRetryAfterMs;
        if (isRateLimit(apiError)) this.#limiter.onRateLimited(sentAt, isExhausted ? 0 : waitMs);
        if (!isRetryable(apiError) || isExhausted)
          throw toDeedboxError(apiError, this.#signIn.kind, error);
      } finally {
        this.#limiter.release();
      }
      await sleep(waitMs, undefined, { signal }).catch(() => Promise.reject(cancelledError()));
    }
  }

  async #sendOnce<T>(
    auth: GoogleClient,
    send: (context: RequestContext) => Promise<T>,
    signal: AbortSignal | undefined,
    onProgress: () => void,
  ): Promise<T> {
    const controller = new AbortController();
    const abort = () => controller.abort();
    const timer = setTimeout(abort, this.#limits.idleTimeoutMs);
    signal?.addEventListener('abort', abort, { once: true });
    const reportProgress = () => {
      timer.refresh();
      onProgress();
    };
    try {
      return await send({ auth, signal: controller.signal, reportProgress });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Full jitter: a random wait up to a bound that doubles, and at least `Retry-After`. */
  #backoffMs(apiError: ApiError, attempt: number): number {
    const backoffCapMs = Math.min(maxBackoffMs, this.#limits.initialBackoffMs * 2 ** (attempt - 1));
    return Math.max(Math.random() * backoffCapMs, apiError.retryAfterMs ?? 0);
  }
}

/** A revoked token, or a sign-in that may have been replaced. */
function isStaleCredential({ status, reason, isAuthError }: ApiError): boolean {
  return isAuthError ? reason === 'invalid_grant' : status === 401;
}

function toApiError(error: unknown, kind: SignIn['kind']): ApiError {
  if (error instanceof InterruptedError) return { message: error.message, isAuthError: false };
  const apiError = parseApiError(error);
  if (apiError) return apiError;
  if (kind === 'workload identity') throw missingSubjectToken(error);
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code !== 'string' || !code.startsWith('ERR_OSSL')) throw error;
  throw new DeedboxError('not_signed_in', 'The private key in the key file is damaged.', {
    hint: 'Download the key again, and leave its file as Google wrote it.',
    cause: error,
  });
}

function missingSubjectToken(cause: unknown): DeedboxError {
  const message = 'The subject token of workload identity could not be read.';
  const hint =
    'Check that the `credential_source` of its configuration exists, holds a token, and is readable ' +
    'for the user that runs Deedbox.';
  return new DeedboxError('not_signed_in', message, { hint, cause });
}
