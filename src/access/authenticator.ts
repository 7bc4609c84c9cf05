import { existsSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { keyPrefix } from './api-key.ts';
import { MissingScopeError } from './missing-scope-error.ts';
import type { Principal } from './principal.ts';
import { type Caller, localCaller } from './principal.ts';
import { keyDatabaseName } from './key-database.ts';
import { KeyStore } from './key-store.ts';
import { unauthenticatedError } from './unauthenticated-error.ts';
import type { TokenVerifier } from './token-verifier.ts';

export interface AuthenticatorOptions {
  /** The folder of the key database. */
  dataFolder: string;
  /** Present where an identity provider is configured. */
  tokenVerifier?: TokenVerifier;
  /** The principal of every request while authentication is disabled. */
  principal: Principal;
  log?: Logger;
}

/**
 * Authenticates requests. While there is neither a key nor an identity provider, authentication is
 * disabled, which is safe only on a loopback address; from then on every request needs a credential.
 */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  #keyStore: KeyStore | undefined;
  /** Authentication stays enabled in this process, whatever becomes of the file of keys. */
  #wasEnabled = false;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  get tokenVerifier(): TokenVerifier | undefined {
    return this.#options.tokenVerifier;
  }

  /** Whether requests need no credential. Throws `storage_error` where keys cannot be read. */
  get authDisabled(): boolean {
    this.#wasEnabled ||= this.tokenVerifier !== undefined || !!this.#openKeyStore()?.hasAnyKey;
    return !this.#wasEnabled;
  }

  /** Whether any credential can be valid. Throws `storage_error` where keys cannot be read. */
  get hasCredentials(): boolean {
    return this.tokenVerifier !== undefined || this.#openKeyStore()?.hasUsableKey === true;
  }

  /**
   * The caller, by the header Authorization of the request.
   * @throws DeedboxError `unauthenticated`; `forbidden` for a caller who may not even read, a
   *   MissingScopeError where another token could; `not_ready` or `storage_error` where the credential
   *   cannot be checked
   */
  async authenticate({ headers }: { headers: IncomingHttpHeaders }): Promise<Caller> {
    if (this.authDisabled) return localCaller(this.#options.principal);
    const credential = parseBearerCredential(headers.authorization);
    const caller = credential.startsWith(keyPrefix)
      ? this.#authenticateKey(credential)
      : await this.#authenticateToken(credential);
    if (caller.scopes.includes('documents:read')) return caller;
    throw new MissingScopeError(
      'The token lacks the scope documents:read.',
      'Sign in again and allow it.',
    );
  }

  /** Whether a caller would still be authenticated. Streams that a token opened end by themselves when it expires. */
  revalidate(caller: Caller): boolean {
    if (caller.authMethod === 'none') return this.authDisabled;
    return caller.authMethod !== 'key' || this.#openKeyStore()?.isValid(caller) === true;
  }

  close(): void {
    this.#keyStore?.close();
    this.#keyStore = undefined;
  }

  #authenticateKey(key: string): Caller {
    const keyStore = this.#openKeyStore();
    if (keyStore) return keyStore.authenticate(key);
    throw unauthenticatedError(
      'This service has no keys.',
      'Sign in with the identity provider of your organisation.',
    );
  }

  async #authenticateToken(token: string): Promise<Caller> {
    if (this.tokenVerifier) return this.tokenVerifier.verify(token);
    throw unauthenticatedError(
      'This is not a key of Deedbox: one begins with dbx_.',
      'Ask your Deedbox administrator for a key.',
    );
  }

  /** Opened late: the first key may be created while the service runs. */
  #openKeyStore(): KeyStore | undefined {
    const { dataFolder, log } = this.#options;
    if (!this.#keyStore && existsSync(join(dataFolder, keyDatabaseName))) {
      this.#keyStore = new KeyStore(dataFolder, undefined, log);
    }
    return this.#keyStore;
  }
}

function parseBearerCredential(authorization: string | undefined): string {
  if (authorization === undefined || authorization === '') {
    throw unauthenticatedError(
      'A key or a token is needed here.',
      'Send it in the header Authorization: Bearer …; for Claude Desktop, set DEEDBOX_KEY.',
    );
  }
  const match = /^bearer +([A-Za-z0-9._~+/=-]+) *$/i.exec(authorization);
  if (match) return match[1]!;
  throw unauthenticatedError(
    'The header Authorization is not "Bearer" and a credential.',
    'Send it as Authorization: Bearer …',
  );
}
