import { decodeProtectedHeader, errors, jwtVerify, type JWTPayload } from 'jose';
import type { SignatureAlgorithm } from '../settings/access.ts';
import { emailAddress } from '../domain/email-address.ts';
import { DeedboxError } from '../errors/errors.ts';
import { type Caller, type Scope, scopes } from './principal.ts';
import type { IdentityProvider } from './identity-provider.ts';

export interface TokenSettings {
  issuer: string;
  /** For whom tokens must be made. */
  audience: string;
  algorithms: readonly SignatureAlgorithm[];
  /** Seconds by which the clocks of provider and service may differ. */
  clockSkewSeconds: number;
  /** The claim that holds the person's email address. */
  emailClaim: string;
  /** What the provider writes before the names of the scopes, as in `api://deedbox/documents:read`. */
  scopePrefix: string;
}

/** JWTs that are something else than a token to ask with, such as one to sign out with. */
const accessTokenTypes = ['jwt', 'at+jwt', 'application/at+jwt'];

function unauthenticatedError(message: string, hint: string, cause?: unknown): DeedboxError {
  return new DeedboxError('unauthenticated', message, { hint, cause });
}

const signInAgainHint = 'Sign in again.';
const contactAdminHint = 'Tell whoever looks after the identity provider or Deedbox.';

/** What is wrong with a token, in words that name nothing of it. */
function tokenError(error: unknown): DeedboxError {
  if (error instanceof DeedboxError) return error;
  if (error instanceof errors.JWTExpired) {
    return unauthenticatedError('The token has expired.', signInAgainHint, error);
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    const reasons: Record<string, string> = {
      aud: 'The token was made for another service.',
      iss: 'The token is from another issuer.',
      nbf: 'The token is not valid yet.',
      exp: 'The token does not say until when it is valid.',
    };
    return unauthenticatedError(
      reasons[error.claim] ?? 'The token is not as it must be.',
      contactAdminHint,
      error,
    );
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return unauthenticatedError(
      'The token is signed in a way that is not accepted.',
      contactAdminHint,
      error,
    );
  }
  if (error instanceof errors.JWKSInvalid) {
    return new DeedboxError('not_ready', 'The keys of the identity provider cannot be read.', {
      retryable: true,
      hint: contactAdminHint,
      cause: error,
    });
  }
  if (error instanceof errors.JOSEError || error instanceof TypeError) {
    return unauthenticatedError(
      'The token is not one of this identity provider.',
      signInAgainHint,
      error,
    );
  }
  throw error;
}

/** The scopes of RFC 8693 (`scope`, words in a text) and of others (`scp`, a text or a list). */
function scopesFromClaims(payload: JWTPayload, prefix: string): Scope[] {
  const grantedScopes = ['scope', 'scp'].flatMap((claim) => {
    const value = payload[claim];
    if (typeof value === 'string') return value.split(' ');
    return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
  });
  return scopes.filter(
    (scope) => grantedScopes.includes(scope) || grantedScopes.includes(prefix + scope),
  );
}

/**
 * The person of a token. An address that the provider has not verified may be anybody's: where the claim
 * is `email`, the token must say that it has been.
 */
function emailFromClaims(payload: JWTPayload, claim: string): string {
  const parsed = emailAddress.safeParse(payload[claim]);
  if (!parsed.success) {
    throw unauthenticatedError(
      `The token does not name a person by an email address in "${claim}".`,
      contactAdminHint,
    );
  }
  const verified = payload['email_verified'];
  if (claim === 'email' && verified !== true && verified !== 'true') {
    throw unauthenticatedError(
      'The identity provider does not say that the email address is verified.',
      'Verify it there, or have another claim configured.',
    );
  }
  return parsed.data;
}

/** Access tokens of the firm's identity provider: this service is a resource server of OAuth 2.1. */
export class TokenVerifier {
  readonly settings: TokenSettings;
  readonly #provider: IdentityProvider;

  constructor(settings: TokenSettings, provider: IdentityProvider) {
    this.settings = settings;
    this.#provider = provider;
  }

  /**
   * Who calls with this token. Its signature, issuer, audience and times are checked (RFC 9068, section
   * 4); a token that is bound to a key of the client (RFC 7800) is refused, for that key is not asked for.
   * @throws DeedboxError `unauthenticated`, or `not_ready` when the provider cannot be asked
   */
  async verify(token: string): Promise<Caller> {
    const { issuer, audience, algorithms, clockSkewSeconds, emailClaim, scopePrefix } =
      this.settings;
    let payload: JWTPayload;
    try {
      const { typ } = decodeProtectedHeader(token);
      if (typ !== undefined && !accessTokenTypes.includes(typ.toLowerCase())) {
        throw unauthenticatedError('The token is not an access token.', contactAdminHint);
      }
      ({ payload } = await jwtVerify(token, this.#provider.getKey, {
        issuer,
        audience,
        algorithms: [...algorithms],
        clockTolerance: clockSkewSeconds,
        requiredClaims: ['exp'],
      }));
    } catch (error) {
      throw tokenError(error);
    }
    if (payload['cnf'] !== undefined) {
      throw unauthenticatedError(
        'The token is bound to a key of its client, which is not supported.',
        contactAdminHint,
      );
    }
    const email = emailFromClaims(payload, emailClaim);
    return {
      id: `person:${email}`,
      name: email,
      principal: { email },
      scopes: scopesFromClaims(payload, scopePrefix),
      expiresAt: payload.exp! + clockSkewSeconds,
      authMethod: 'token',
    };
  }
}
