import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';
import type { Logger } from 'pino';
import * as z from 'zod/v4';
import { connectionProblem } from '../errors/connection-errors.ts';
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
/** Of a document of the provider, once it is decompressed. */
const maxDocumentBytes = 1024 * 1024;
/** A provider has a few keys, and one or two more while it replaces them. */
const maxKeys = 100;

const providerMetadata = z.object({ issuer: z.string(), jwks_uri: z.url() });
const keySetDocument = z.looseObject({ keys: z.array(z.unknown()).max(maxKeys) });

/**
 * The body of a response. Stops to read, and closes the connection, once it is too large: nothing that
 * another server sends may fill the memory.
 */
async function readText({ body, url }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  // leaving the loop cancels the stream
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > maxDocumentBytes)
      throw providerError(`${url} answers with more than ${maxDocumentBytes} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

const providerError = (reason: string, hint?: string, cause?: unknown) =>
  new DeedboxError('not_ready', `${reason}.`, {
    retryable: true,
    hint: hint ?? 'Check DEEDBOX_OIDC_ISSUER and DEEDBOX_OIDC_JWKS_URL.',
    cause,
  });

/** Why the document at an address could not be read, in words for the log. */
function toProviderError(error: unknown, address: string): DeedboxError {
  if (error instanceof DeedboxError) return error;
  const problem = connectionProblem(error);
  if (!problem) return providerError(`${address} answers with something else`, undefined, error);
  const hint =
    problem.kind === 'certificate'
      ? 'Set NODE_EXTRA_CA_CERTS to a PEM file with the certificate of your authority, and restart the service.'
      : undefined;
  return providerError(`${address} cannot be read: ${problem.reason}`, hint, error);
}

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
      [customFetch]: async (url) =>
        Response.json(await this.#fetchDocument(url, keySetDocument, { startsRetryDelay: true })),
    });
  }

  async #discover(): Promise<string> {
    // an attempt that is not made must not prolong the delay
    if (this.#isInRetryDelay()) throw this.#unreachableError();
    const { issuer } = this.#settings;
    const failures: DeedboxError[] = [];
    for (const address of discoveryUrls(new URL(issuer))) {
      try {
        const options = { startsRetryDelay: false };
        const found = await this.#fetchDocument(address, providerMetadata, options);
        if (found.issuer === issuer) return found.jwks_uri;
        failures.push(
          providerError(`${address} is of another issuer: ${found.issuer.slice(0, 200)}`),
        );
      } catch (error) {
        failures.push(toProviderError(error, address));
      }
    }
    this.#failedAt = Date.now();
    const reasons = failures.map(({ message }) => message.replace(/\.$/, '')).join('; ');
    throw this.#unreachableError(providerError(reasons, failures[0]?.hint));
  }

  async #fetchDocument<T extends z.ZodType>(
    address: string,
    schema: T,
    { startsRetryDelay }: { startsRetryDelay: boolean },
  ): Promise<z.output<T>> {
    if (this.#isInRetryDelay()) throw this.#unreachableError();
    // Of the whole response, so that one that comes slowly ends too. Not AbortSignal.timeout, which Node 20
    // may collect while the body is read.
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), this.#timings.timeoutMs);
    try {
      const { signal } = controller;
      const response = await fetch(address, { redirect: 'error', signal });
      if (response.status !== 200) {
        await response.body?.cancel();
        throw providerError(`${address} answers ${response.status}`);
      }
      return schema.parse(JSON.parse(await readText(response)));
    } catch (error) {
      if (startsRetryDelay) this.#failedAt = Date.now();
      if (!startsRetryDelay) throw toProviderError(error, address);
      throw this.#unreachableError(toProviderError(error, address));
    } finally {
      clearTimeout(timer);
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
