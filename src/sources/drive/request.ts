import { setTimeout as sleep } from 'node:timers/promises';
import { DeedboxError } from '../../errors.ts';
import { explained } from './errors.ts';
import { cancelled, Limiter } from './limiter.ts';
import { isPassing, isRateLimit, type Refusal, refusalOf } from './refusal.ts';
import type { DriveLimits } from './settings.ts';
import type { GoogleClient, SignIn } from './sign-in.ts';

/** Google's quota units of each kind of request. */
export const units = { list: 100, get: 5, download: 200 };

/** What a request is given to send itself with. */
export interface Sending {
  auth: GoogleClient;
  /** Ends the request, when it was cancelled or nothing has come for too long. */
  signal: AbortSignal;
  /** Says that bytes came, which also counts as progress: the tries begin anew. */
  alive: () => void;
}

/** A connection that broke off while an answer was coming. */
export class Interrupted extends Error {}

/** The longest wait between two tries, in milliseconds; nobody waits longer for `Retry-After`. */
const longestBackoff = 64_000;
const longestPause = 10 * 60_000;

/**
 * All that is sent to Google goes through here: at the rate and concurrency that the limiter allows,
 * each request under a time limit, and tried again with exponential backoff and full jitter on rate
 * limits, 429, 5xx and network errors.
 */
export class Requests {
  readonly #signIn: SignIn;
  readonly #limits: DriveLimits;
  readonly #limiter: Limiter;
  #auth: GoogleClient;

  constructor(signIn: SignIn, limits: DriveLimits) {
    this.#signIn = signIn;
    this.#limits = limits;
    this.#limiter = new Limiter(limits);
    this.#auth = signIn.client();
  }

  /**
   * Runs one request. It may be sent several times, so it must be one that only reads.
   * @param cost what it takes of Google's quota
   * @throws DeedboxError with what to do; `source_error` (retryable) when the tries are used up
   */
  async run<T>(
    cost: number,
    send: (sending: Sending) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    let renewed = false;
    for (let attempt = 1; ; attempt++) {
      await this.#limiter.enter(cost, signal);
      const auth = this.#auth;
      const since = performance.now();
      let progress = false;
      let wait: number;
      try {
        const result = await this.#sendOnce(auth, send, signal, () => (progress = true));
        this.#limiter.wentWell();
        return result;
      } catch (error) {
        if (error instanceof DeedboxError) throw error;
        if (signal?.aborted) throw cancelled();
        const refusal = asRefusal(error, this.#signIn.kind);
        if (isOfOldSignIn(refusal) && !renewed) {
          renewed = true;
          // another request may have renewed it meanwhile
          if (this.#auth === auth) this.#auth = this.#signIn.client();
          continue;
        }
        if (progress) attempt = 1;
        wait = this.#waitAfter(refusal, attempt);
        const givenUp = attempt >= this.#limits.attempts || wait > longestPause;
        if (isRateLimit(refusal)) this.#limiter.tooMany(since, givenUp ? 0 : wait);
        if (!isPassing(refusal) || givenUp) throw explained(refusal, this.#signIn.kind, error);
      } finally {
        this.#limiter.leave();
      }
      await sleep(wait, undefined, { signal }).catch(() => Promise.reject(cancelled()));
    }
  }

  async #sendOnce<T>(
    auth: GoogleClient,
    send: (sending: Sending) => Promise<T>,
    signal: AbortSignal | undefined,
    onProgress: () => void,
  ): Promise<T> {
    const ended = new AbortController();
    const end = () => ended.abort();
    const timer = setTimeout(end, this.#limits.silence);
    signal?.addEventListener('abort', end, { once: true });
    const alive = () => {
      timer.refresh();
      onProgress();
    };
    try {
      return await send({ auth, signal: ended.signal, alive });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
    }
  }

  /** Full jitter: anything from nothing up to a bound that doubles; never less than Google asks for. */
  #waitAfter(refusal: Refusal, attempt: number): number {
    const bound = Math.min(longestBackoff, this.#limits.firstBackoff * 2 ** (attempt - 1));
    return Math.max(Math.random() * bound, refusal.retryAfter ?? 0);
  }
}

/** A token that was taken back, or a sign-in that another may have taken the place of. */
function isOfOldSignIn({ status, reason, ofSignIn }: Refusal): boolean {
  return ofSignIn ? reason === 'invalid_grant' : status === 401;
}

function asRefusal(error: unknown, kind: SignIn['kind']): Refusal {
  if (error instanceof Interrupted) return { message: error.message, ofSignIn: false };
  const refusal = refusalOf(error);
  if (refusal) return refusal;
  if (kind === 'workload identity') throw noSubjectToken(error);
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code !== 'string' || !code.startsWith('ERR_OSSL')) throw error;
  throw new DeedboxError('not_signed_in', 'The private key in the key file is damaged.', {
    hint: 'Download the key anew; its file must stay as Google wrote it.',
    cause: error,
  });
}

function noSubjectToken(cause: unknown): DeedboxError {
  const message = 'The token that workload identity begins with cannot be had.';
  const hint =
    'Check that what `credential_source` names in its configuration is there, holds a token, and is ' +
    'readable for the user that runs Deedbox.';
  return new DeedboxError('not_signed_in', message, { hint, cause });
}
