import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIPv6 } from 'node:net';
import type { Logger } from 'pino';
import type { Caller } from '../access/caller.ts';
import type { Door } from '../access/door.ts';
import { asDeedboxError } from '../errors.ts';
import type { Origin } from './answered.ts';
import { clientAddress } from './client-address.ts';
import { type HttpLimits, Rate, TooMany, Turnstile } from './http-limits.ts';

/** Seconds that a stream outlives the credential that opened it, so that a call that runs can end. */
const grace = 60;
const longestTimer = 2 ** 31 - 1;

/** Ends what a credential opened when that has expired. */
function endWithCredential({ expiresAt }: Caller, response: ServerResponse): void {
  if (expiresAt === undefined) return;
  const left = (expiresAt + grace) * 1000 - Date.now();
  const timer = setTimeout(() => response.destroy(), Math.min(left, longestTimer)).unref();
  response.once('close', () => clearTimeout(timer));
}

/** Who has one IPv6 address has the 2⁶⁴ beside it too: they are one. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('%')[0]!.split('::');
  const [first, last] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':')));
  const zeros = tail === undefined ? 0 : 8 - first!.length - last!.length;
  const groups = [...first!, ...Array.from({ length: zeros }, () => '0'), ...last!];
  const network = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return network.join(':');
}

export interface EntranceOptions {
  /** Who calls, of each request. This alone decides it. */
  door: Pick<Door, 'isOpen' | 'hasCredentials' | 'admit' | 'isStillAdmitted' | 'tokens'>;
  limits: HttpLimits;
  /** Addresses and networks of proxies whose word on the client's address is taken. */
  trustedProxies?: readonly string[];
  log?: Logger;
}

/** Lets requests in: by their credential, and no more of them than the limits allow. */
export class Entrance {
  readonly #door: EntranceOptions['door'];
  readonly #log: Logger | undefined;
  readonly #turnstile: Turnstile;
  readonly #refusals: Rate;
  readonly #addressOf: (request: IncomingMessage) => string | undefined;

  constructor({ door, limits, trustedProxies, log }: EntranceOptions) {
    this.#door = door;
    this.#log = log;
    this.#turnstile = new Turnstile(limits);
    this.#refusals = new Rate(limits.refusalsPerMinute, limits.refusalsPerMinute);
    this.#addressOf = clientAddress(trustedProxies ?? []);
  }

  /**
   * Who asks, and from where.
   * @throws DeedboxError as `Door.admit` does; TooMany for one who asks more often than is allowed, and
   *   where one credential after the other was refused to an address
   */
  async admit(request: IncomingMessage, response: ServerResponse): Promise<Origin> {
    const address = this.#addressOf(request);
    const caller = await this.#callerOf(request, address);
    const leave = this.#turnstile.pass(caller.by === 'none' ? undefined : caller.id);
    response.once('close', leave);
    endWithCredential(caller, response);
    return { caller, ...(address !== undefined && { address }) };
  }

  async #callerOf(request: IncomingMessage, address: string | undefined): Promise<Caller> {
    try {
      return await this.#door.admit(request);
    } catch (error) {
      const { code, message: reason } = asDeedboxError(error);
      if (code !== 'unauthenticated') throw error;
      // to come without any is how clients ask where to sign in
      if (!request.headers.authorization) throw error;
      const wait = this.#refusals.take(networkOf(address ?? ''));
      this.#log?.[wait > 0 ? 'debug' : 'warn']({ address, reason }, 'sign-in refused');
      if (wait === 0) throw error;
      throw new TooMany(429, 'Too many credentials from this address were refused.', wait);
    }
  }
}
