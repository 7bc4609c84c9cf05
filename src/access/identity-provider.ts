import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';
import type { Logger } from 'pino';
import * as z from 'zod/v4';
import { DeedboxError } from '../errors/errors.ts';

export interface ProviderSettings {
  /** Exactly as tokens name it in `iss`. */
  issuer: string;
  /** The URL of its keys; found by discovery where it is left out. */
  jwksUrl?: string;
}

export interface ProviderTimings {
  /** Milliseconds after a successful request for keys before an unknown key causes another. */
  cooldownMs: number;
  /** Milliseconds after which the keys are requested again in any case. */
  maxAgeMs: number;
  /** Milliseconds after a failed request in which none is sent. */
  retryDelayMs: number;
  /** Milliseconds in which the provider must answer. */
  timeoutMs: number;
}

const defaultTimings: ProviderTimings = {
  cooldownMs: 30_000,
  maxAgeMs: 600_000,
  retryDelayMs: 5_000,
  timeoutMs: 5_000,
};
/** Of a document of the provider. */
const maxDocumentCharacters = 1024 * 1024;

const providerMetadata = z.object({ issuer: z.string(), jwks_uri: z.url() });

function isLocal({ hostname }: URL): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

/** An attacker who can change a response of the provider in transit could sign in as anyone. */
function requireSecureUrl(address: string, label: string): URL {
  const url = new URL(address);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLocal(url))) return url;
  throw new DeedboxError(
    'invalid_configuration',
    `${label} is not an https:// address: ${address}`,
    {
      hint: 'Correct DEEDBOX_OIDC_ISSUER or DEEDBOX_OIDC_JWKS_URL.',
    },
  );
}

/** OpenID Connect Discovery 1.0, section 4, and RFC 8414, section 3. */
function discoveryUrls(issuer: URL): string[] {
  const path = issuer.pathname.replace(/\/$/, '');
  return [
    `${issuer.origin}${path}/.well-known/openid-configuration`,
    `${issuer.origin}/.well-known/oauth-authorization-server${path}`,
  ];
}

/** The signing keys of the organisation's identity provider, requested when they are first needed. */
export class IdentityProvider {
  readonly #settings: ProviderSettings;
  readonly #timings: ProviderTimings;
  readonly #log: Logger | undefined;
  #keySet: Promise<JWTVerifyGetKey> | undefined;
  #failedAt = 0;

  /** Throws `invalid_configuration` for an address that is neither https:// nor on this machine. */
  constructor(settings: ProviderSettings, timings: Partial<ProviderTimings> = {}, log?: Logger) {
    this.#settings = settings;
    this.#log = log;
    this.#timings = { ...defaultTimings, ...timings };
    requireSecureUrl(settings.issuer, 'The issuer');
    if (settings.jwksUrl !== undefined)
      requireSecureUrl(settings.jwksUrl, 'The address of the keys');
  }

  /**
   * The key that signed a token. Keys are cached; an unknown one causes one more request, and no other
   * before the cooldown is over, so that forged tokens do not flood the provider.
   * @throws DeedboxError `not_ready` when the provider cannot be reached; JOSEError for an unknown key
   */
  readonly getKey: JWTVerifyGetKey = async (header, token) => {
    this.#keySet ??= this.#loadKeySet().catch((error: unknown) => {
      this.#keySet = undefined;
      throw error;
    });
    return (await this.#keySet)(header, token);
  };

  async #loadKeySet(): Promise<JWTVerifyGetKey> {
    const address = this.#settings.jwksUrl ?? (await this.#discover());
    return createRemoteJWKSet(requireSecureUrl(address, 'The address of the keys'), {
      cooldownDuration: this.#timings.cooldownMs,
      cacheMaxAge: this.#timings.maxAgeMs,
      [customFetch]: (url) => this.#fetchJson(url),
    });
  }

  async #discover(): Promise<string> {
    // an attempt that is not made must not prolong the delay
    if (this.#isInRetryDelay()) throw this.#unreachableError();
    const { issuer } = this.#settings;
    const failures: unknown[] = [];
    for (const address of discoveryUrls(new URL(issuer))) {
      try {
        const found = providerMetadata.parse(await (await this.#fetchJson(address, false)).json());
        if (found.issuer === issuer) return found.jwks_uri;
        failures.push(new Error(`${address} is of another issuer: ${found.issuer}`));
      } catch (error) {
        failures.push(error);
      }
    }
    this.#failedAt = Date.now();
    throw this.#unreachableError(new AggregateError(failures, failures.map(String).join('; ')));
  }

  async #fetchJson(address: string, startsRetryDelay = true): Promise<Response> {
    if (this.#isInRetryDelay()) throw this.#unreachableError();
    try {
      const signal = AbortSignal.timeout(this.#timings.timeoutMs);
      const response = await fetch(address, { redirect: 'error', signal });
      const text = await response.text();
      if (response.status !== 200) throw new Error(`${address} answered ${response.status}`);
      if (text.length > maxDocumentCharacters) throw new Error(`${address} answered with too much`);
      JSON.parse(text);
      return new Response(text);
    } catch (error) {
      if (startsRetryDelay) this.#failedAt = Date.now();
      throw this.#unreachableError(error);
    }
  }

  #isInRetryDelay(): boolean {
    return Date.now() - this.#failedAt < this.#timings.retryDelayMs;
  }

  #unreachableError(cause?: unknown): DeedboxError {
    if (cause !== undefined) {
      this.#log?.warn({ err: cause }, 'the identity provider could not be reached');
    }
    return new DeedboxError(
      'not_ready',
      'The identity provider cannot be reached for its keys now, so tokens cannot be checked.',
      { retryable: true, hint: 'Try again in a moment.', cause },
    );
  }
}
