import { existsSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { DeedboxError } from '../errors.ts';
import { keyPrefix } from './api-key.ts';
import type { Asker } from './asker.ts';
import { type Caller, localCaller } from './caller.ts';
import { keyFileName } from './key-file.ts';
import { Keys } from './keys.ts';
import type { Tokens } from './tokens.ts';

export interface DoorOptions {
  /** The folder in which keys are kept. */
  dataFolder: string;
  /** What checks tokens, where an identity provider is configured. */
  tokens?: Tokens;
  /** Who it is that asks as long as nobody must sign in. */
  asker: Asker;
  log?: Logger;
}

/**
 * Decides who is let in. Until a key is made or an identity provider configured the door is open, which
 * is right on one's own machine alone; from then on every request needs a credential.
 */
export class Door {
  readonly #options: DoorOptions;
  #keys: Keys | undefined;

  constructor(options: DoorOptions) {
    this.#options = options;
  }

  get tokens(): Tokens | undefined {
    return this.#options.tokens;
  }

  /** Whether everybody is let in. Throws `storage_error` when it cannot be known. */
  get isOpen(): boolean {
    return !this.tokens && !this.#openKeys()?.exist;
  }

  /** Whether anybody can be let in by a credential. Throws `storage_error`. */
  get hasCredentials(): boolean {
    return this.tokens !== undefined || this.#openKeys()?.usable === true;
  }

  /**
   * Who calls, by the header Authorization of their request.
   * @throws DeedboxError `unauthenticated`; `forbidden` for one who may not even read; `not_ready` or
   *   `storage_error` when it cannot be found out
   */
  async admit({ headers }: { headers: IncomingHttpHeaders }): Promise<Caller> {
    if (this.isOpen) return localCaller(this.#options.asker);
    const credential = bearerOf(headers.authorization);
    const caller = credential.startsWith(keyPrefix)
      ? this.#byKey(credential)
      : await this.#byToken(credential);
    if (caller.scopes.includes('documents:read')) return caller;
    throw new DeedboxError('forbidden', 'The token lacks the scope documents:read.', {
      hint: 'Sign in again and allow it.',
    });
  }

  /** Whether one who was let in would be let in still; a token counts until it ends. */
  isStillAdmitted(caller: Caller): boolean {
    if (caller.by === 'none') return this.isOpen;
    return caller.by !== 'key' || this.#openKeys()?.isValid(caller) === true;
  }

  close(): void {
    this.#keys?.close();
    this.#keys = undefined;
  }

  #byKey(key: string): Caller {
    const keys = this.#openKeys();
    if (keys) return keys.caller(key);
    throw new DeedboxError('unauthenticated', 'There are no keys here.', {
      hint: 'Sign in with the identity provider of the firm.',
    });
  }

  async #byToken(token: string): Promise<Caller> {
    if (this.tokens) return this.tokens.caller(token);
    throw new DeedboxError(
      'unauthenticated',
      'This is not a key of Deedbox: one begins with dbx_.',
      {
        hint: 'Ask whoever looks after Deedbox for a key.',
      },
    );
  }

  /** The first key may be made while the service runs. */
  #openKeys(): Keys | undefined {
    const { dataFolder, log } = this.#options;
    if (!this.#keys && existsSync(join(dataFolder, keyFileName))) {
      this.#keys = new Keys(dataFolder, undefined, log);
    }
    return this.#keys;
  }
}

function bearerOf(authorization: string | undefined): string {
  if (authorization === undefined || authorization === '') {
    throw new DeedboxError('unauthenticated', 'A key or a token is needed here.', {
      hint: 'Send it in the header Authorization: Bearer …; for Claude Desktop, set DEEDBOX_KEY.',
    });
  }
  const found = /^bearer +([A-Za-z0-9._~+/=-]+) *$/i.exec(authorization);
  if (found) return found[1]!;
  throw new DeedboxError(
    'unauthenticated',
    'The header Authorization is not "Bearer" and a credential.',
    {
      hint: 'Send it as Authorization: Bearer …',
    },
  );
}
