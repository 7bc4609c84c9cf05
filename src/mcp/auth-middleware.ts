import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIPv6 } from 'node:net';
import type { Logger } from 'pino';
import type { Caller } from '../access/caller.ts';
import type { Authenticator } from '../access/authenticator.ts';
import { asDeedboxError } from '../errors/errors.ts';
import type { RequestIdentity } from './audit-events.ts';
import { clientAddressResolver } from './client-address.ts';
import {
  type HttpLimits,
  TokenBuckets,
  RateLimitError,
  ConcurrencyLimiter,
} from './http-limits.ts';

/** Seconds that a stream outlives the credential that opened it, so that a call that runs can end. */
const gracePeriodSeconds = 60;
const maxTimerMs = 2 ** 31 - 1;

/** Ends what a credential opened when that has expired. */
function closeOnExpiry({ expiresAt }: Caller, response: ServerResponse): void {
  if (expiresAt === undefined) return;
  const remainingMs = (expiresAt + gracePeriodSeconds) * 1000 - Date.now();
  const timer = setTimeout(() => response.destroy(), Math.min(remainingMs, maxTimerMs)).unref();
  response.once('close', () => clearTimeout(timer));
}

/** Who has one IPv6 address has the 2⁶⁴ beside it too: they are one. */
function networkPrefix(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('%')[0]!.split('::');
  const [first, last] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':')));
  const zeros = tail === undefined ? 0 : 8 - first!.length - last!.length;
  const groups = [...first!, ...Array.from({ length: zeros }, () => '0'), ...last!];
  const network = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return network.join(':');
}

export interface AuthMiddlewareOptions {
  /** Who calls, of each request. This alone decides it. */
  authenticator: Pick<
    Authenticator,
    'authDisabled' | 'hasCredentials' | 'authenticate' | 'revalidate' | 'tokenVerifier'
  >;
  limits: HttpLimits;
  /** Addresses and networks of proxies whose word on the client's address is taken. */
  trustedProxies?: readonly string[];
  log?: Logger;
}

/** Lets requests in: by their credential, and no more of them than the limits allow. */
export class AuthMiddleware {
  readonly #authenticator: AuthMiddlewareOptions['authenticator'];
  readonly #log: Logger | undefined;
  readonly #concurrencyLimiter: ConcurrencyLimiter;
  readonly #authFailureBuckets: TokenBuckets;
  readonly #resolveAddress: (request: IncomingMessage) => string | undefined;

  constructor({ authenticator, limits, trustedProxies, log }: AuthMiddlewareOptions) {
    this.#authenticator = authenticator;
    this.#log = log;
    this.#concurrencyLimiter = new ConcurrencyLimiter(limits);
    this.#authFailureBuckets = new TokenBuckets(
      limits.authFailuresPerMinute,
      limits.authFailuresPerMinute,
    );
    this.#resolveAddress = clientAddressResolver(trustedProxies ?? []);
  }

  /**
   * Who asks, and from where.
   * @throws DeedboxError as `Door.admit` does; TooMany for one who asks more often than is allowed, and
   *   where one credential after the other was refused to an address
   */
  async authenticate(request: IncomingMessage, response: ServerResponse): Promise<RequestIdentity> {
    const address = this.#resolveAddress(request);
    const caller = await this.#authenticateCaller(request, address);
    const release = this.#concurrencyLimiter.acquire(
      caller.authMethod === 'none' ? undefined : caller.id,
    );
    response.once('close', release);
    closeOnExpiry(caller, response);
    return { caller, ...(address !== undefined && { address }) };
  }

  async #authenticateCaller(
    request: IncomingMessage,
    address: string | undefined,
  ): Promise<Caller> {
    try {
      return await this.#authenticator.authenticate(request);
    } catch (error) {
      const { code, message: reason } = asDeedboxError(error);
      if (code !== 'unauthenticated') throw error;
      // to come without any is how clients ask where to sign in
      if (!request.headers.authorization) throw error;
      const retryAfterSeconds = this.#authFailureBuckets.take(networkPrefix(address ?? ''));
      this.#log?.[retryAfterSeconds > 0 ? 'debug' : 'warn']({ address, reason }, 'sign-in refused');
      if (retryAfterSeconds === 0) throw error;
      throw new RateLimitError(
        429,
        'Too many credentials from this address were refused.',
        retryAfterSeconds,
      );
    }
  }
}
