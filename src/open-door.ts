import type { Logger } from 'pino';
import { Door } from './access/door.ts';
import { IdentityProvider } from './access/identity-provider.ts';
import { Tokens } from './access/tokens.ts';
import type { Config } from './config.ts';

/**
 * Who is let in, as configured. Nothing is asked of the identity provider before somebody comes with a
 * token. Throws `invalid_configuration` for a provider whose address is not safe.
 */
export function openDoor({ dataFolder, asker, access }: Config, log: Logger): Door {
  const { oidc } = access;
  const tokens = oidc && new Tokens(oidc, new IdentityProvider(oidc, {}, log));
  return new Door({ dataFolder, asker, tokens, log });
}
