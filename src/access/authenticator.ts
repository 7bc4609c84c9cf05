import { existsSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { DeedboxError } from '../errors/errors.ts';
import { keyPrefix } from './api-key.ts';
import type { Principal } from './principal.ts';
import { type Caller, localCaller } from './principal.ts';
import { keyDatabaseName } from './key-database.ts';
import { KeyStore } from './key-store.ts';
import type { TokenVerifier } from './token-verifier.ts';

export interface AuthenticatorOptions {
  /** The folder in which keys are kept. */
  dataFolder: string;
  /** What checks tokens, where an identity provider is configured. */
  tokenVerifier?: TokenVerifier;
  /** Who it is that asks as long as nobody must sign in. */
  principal: Principal;
  log?: Logger;
}

/**
 * Decides who is let in. Until a key is made or an identity provider configured the door is open, which
 * is right on one's own machine alone; from then on every request needs a credential.
 */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  #keyStore: KeyStore | undefined;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  get tokenVerifier(): TokenVerifier | undefined {
    return this.#options.tokenVerifier;
  }

  /** Whether everybody is let in. Throws `storage_error` when it cannot be known. */
  get authDisabled(): boolean {
    return !this.tokenVerifier && !this.#openKeyStore()?.hasAnyKey;
  }

  /** Whether anybody can be let in by a credential. Throws `storage_error`. */
  get hasCredentials(): boolean {
    return this.tokenVerifier !== undefined || this.#openKeyStore()?.hasUsableKey === true;
  }

  /**
   * Who calls, by the header Authorization of their request.
   * @throws DeedboxError `unauthenticated`; `forbidden` for one who may not even read; `not_ready` or
   *   `storage_error` when it cannot be found out
   */
  async authenticate({ headers }: { headers: IncomingHttpHeaders }): Promise<Caller> {
    if (this.authDisabled) return localCaller(this.#options.principal);
    const credential = parseBearerCredential(headers.authorization);
    const caller = credential.startsWith(keyPrefix)
      ? this.#authenticateKey(credential)
      : await this.#authenticateToken(credential);
    if (caller.scopes.includes('documents:read')) return caller;
    throw new DeedboxError('forbidden', 'The token lacks the scope documents:read.', {
      hint: 'Sign in again and allow it.',
    });
  }

  /** Whether one who was let in would be let in still; a token counts until it ends. */
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
    throw new DeedboxError('unauthenticated', 'There are no keys here.', {
      hint: 'Sign in with the identity provider of the firm.',
    });
  }

  async #authenticateToken(token: string): Promise<Caller> {
    if (this.tokenVerifier) return this.tokenVerifier.verify(token);
    throw new DeedboxError(
      'unauthenticated',
      'This is not a key of Deedbox: one begins with dbx_.',
      {
        hint: 'Ask whoever looks after Deedbox for a key.',
      },
    );
  }

  /** The first key may be made while the service runs. */
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
    throw new DeedboxError('unauthenticated', 'A key or a token is needed here.', {
      hint: 'Send it in the header Authorization: Bearer …; for Claude Desktop, set DEEDBOX_KEY.',
    });
  }
  const match = /^bearer +([A-Za-z0-9._~+/=-]+) *$/i.exec(authorization);
  if (match) return match[1]!;
  throw new DeedboxError(
    'unauthenticated',
    'The header Authorization is not "Bearer" and a credential.',
    {
      hint: 'Send it as Authorization: Bearer …',
    },
  );
}
