import type { Logger } from 'pino';
import { Authenticator } from '../access/authenticator.ts';
import { IdentityProvider } from '../access/identity-provider.ts';
import { TokenVerifier } from '../access/token-verifier.ts';
import type { Config } from '../settings/config.ts';

/**
 * The authenticator, as configured. The identity provider is first contacted for the first token. Throws
 * `invalid_configuration` for a provider whose address is not safe.
 */
export function openAuthenticator(
  { dataFolder, principal, access }: Config,
  log: Logger,
): Authenticator {
  const { oidc } = access;
  const tokenVerifier = oidc && new TokenVerifier(oidc, new IdentityProvider(oidc, {}, log));
  return new Authenticator({ dataFolder, principal, tokenVerifier, log });
}
