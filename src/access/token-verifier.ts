import { decodeProtectedHeader, errors, jwtVerify, type JWTPayload } from 'jose';
import type { SignatureAlgorithm } from '../settings/access.ts';
import { parseEmailAddress } from '../domain/email-address.ts';
import { DeedboxError } from '../errors/errors.ts';
import { type Caller, type Scope, scopes } from './principal.ts';
import type { IdentityProvider } from './identity-provider.ts';
import { unauthenticatedError } from './unauthenticated-error.ts';

export interface TokenSettings {
  issuer: string;
  /** The audience that tokens must have. */
  audience: string;
  algorithms: readonly SignatureAlgorithm[];
  /** Seconds by which the clocks of provider and service may differ. */
  clockSkewSeconds: number;
  /** The claim with the person's email address. */
  emailClaim: string;
  /** Whether addresses may have letters beyond ASCII. */
  internationalAddresses?: boolean;
  /** The prefix of scopes at the provider, such as `api://deedbox/`. */
  scopePrefix: string;
}

/** Values of `typ` of access tokens; other JWTs, such as logout tokens, are rejected. */
const accessTokenTypes = ['jwt', 'at+jwt', 'application/at+jwt'];

const signInAgainHint = 'Sign in again.';
const contactAdminHint = 'Ask the administrator of the identity provider or of Deedbox.';

/** Why a token was rejected, in words that quote nothing of it. */
function tokenError(error: unknown): DeedboxError {
  if (error instanceof DeedboxError) return error;
  if (error instanceof errors.JWTExpired) {
    return unauthenticatedError('The token has expired.', signInAgainHint, error);
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    const reasons: Record<string, string> = {
      aud: 'The token is for another service.',
      iss: 'The token is from another issuer.',
      nbf: 'The token is not valid yet.',
      exp: 'The token has no expiry.',
    };
    return unauthenticatedError(
      reasons[error.claim] ?? 'The token has an invalid claim.',
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

/** Scopes as in RFC 8693 (`scope`, separated by spaces) or as other providers have them (`scp`). */
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
 * The email address of a token. One that the provider has not verified may be someone else's: where the
 * claim is `email`, the token must state that it was verified.
 * @throws DeedboxError `forbidden`: the token is valid, and signing in again would bring the same one
 */
function emailFromClaims(payload: JWTPayload, settings: TokenSettings): string {
  const { emailClaim: claim, internationalAddresses: international } = settings;
  const email = parseEmailAddress(payload[claim], { international });
  if (email === undefined) {
    throw new DeedboxError(
      'forbidden',
      `The token does not name a person by an email address in "${claim}".`,
      { hint: contactAdminHint },
    );
  }
  const verified = payload['email_verified'];
  if (claim === 'email' && verified !== true && verified !== 'true') {
    throw new DeedboxError(
      'forbidden',
      'The identity provider does not say that your email address is verified.',
      { hint: 'Have it verified there, and sign in again; or have another claim configured.' },
    );
  }
  return email;
}

/** Verifies access tokens of the organisation's identity provider, as a resource server of OAuth 2.1. */
export class TokenVerifier {
  readonly settings: TokenSettings;
  readonly #provider: IdentityProvider;

  constructor(settings: TokenSettings, provider: IdentityProvider) {
    this.settings = settings;
    this.#provider = provider;
  }

  /**
   * The caller of a request with this token. Its signature, issuer, audience and times are checked (RFC
   * 9068, section 4). A token that is bound to a key of the client (RFC 7800) is rejected, for the proof
   * of that key is not checked.
   * @throws DeedboxError `unauthenticated`; `forbidden` for a valid token that names no person by a verified
   *   address; `not_ready` when the provider cannot be reached
   */
  async verify(token: string): Promise<Caller> {
    const { issuer, audience, algorithms, clockSkewSeconds, scopePrefix } = this.settings;
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
    const email = emailFromClaims(payload, this.settings);
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
