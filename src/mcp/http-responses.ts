import type { ServerResponse } from 'node:http';
import { OAuthErrorCode } from '@modelcontextprotocol/server';
import type { Logger } from 'pino';
import { MissingScopeError } from '../access/missing-scope-error.ts';
import { showHidden } from '../encode/visible.ts';
import { asDeedboxError } from '../errors/errors.ts';
import { failureText } from './failures.ts';
import { RateLimitError } from './rate-limit-error.ts';

/**
 * Of every response, whatever it is opened in: nothing in it runs, loads or is framed, and nothing stores it.
 * A response may replace single ones.
 */
const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** For documents that pages of any origin may read. */
export const anyOrigin = { 'access-control-allow-origin': '*' };

export function setSecurityHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
}

export function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    ...headers,
  });
  response.end(body);
}

export const sendJson = (
  response: ServerResponse,
  status: number,
  body: object,
  headers?: Record<string, string>,
) => send(response, status, 'application/json', JSON.stringify(body), headers);

/** What a client must know to authenticate (RFC 6750, RFC 9728). */
export interface Challenge {
  /** Where tokens are accepted: the scopes to register and ask for, and where the metadata are. */
  tokens?: { scopes: readonly string[]; resourceMetadataUrl: string } | undefined;
  /** Whether the request had a credential in the form that is accepted, rather than none or another. */
  hasCredential: boolean;
}

/** A value between quotation marks (RFC 9110, section 5.6.4), in the characters of a header. */
const quotedString = (text: string) =>
  `"${text.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, '\\$&')}"`;

/** WWW-Authenticate. A request without a credential gets no error code (RFC 6750, section 3.1). */
function challengeHeader(
  { tokens }: Challenge,
  error: { error?: string; error_description?: string } = {},
): string {
  const parameters = {
    realm: 'Deedbox',
    ...error,
    ...(tokens && {
      scope: tokens.scopes.join(' '),
      resource_metadata: tokens.resourceMetadataUrl,
    }),
  };
  const parts = Object.entries(parameters).map(([name, value]) => `${name}=${quotedString(value)}`);
  return `Bearer ${parts.join(', ')}`;
}

/**
 * Answers a request that failed before it reached the protocol: 401 as in OAuth, and 403 where a token with
 * more scopes would do; another 403 without a challenge; 429 with the time to wait; all else 503. The body is that of an OAuth error. Details for administrators go to the log.
 */
export function sendError(
  response: ServerResponse,
  error: unknown,
  { challenge, log }: { challenge: Challenge; log?: Logger },
): void {
  if (error instanceof RateLimitError) {
    const body = {
      error: 'too_many_requests',
      error_description: `${error.message} ${error.hint}`,
    };
    return sendJson(response, error.status, body, {
      'retry-after': String(error.retryAfterSeconds),
    });
  }
  const { code, message, hint } = asDeedboxError(error);
  const description = showHidden(hint === undefined ? message : `${message} ${hint}`);
  if (code === 'forbidden' && !(error instanceof MissingScopeError)) {
    // without a challenge: a client would sign in again, and get the same
    return sendJson(response, 403, { error: 'access_denied', error_description: description });
  }
  if (code === 'unauthenticated' || code === 'forbidden') {
    const oauthCode =
      code === 'forbidden' ? OAuthErrorCode.InsufficientScope : OAuthErrorCode.InvalidToken;
    const body = challenge.hasCredential
      ? { error: oauthCode, error_description: description }
      : { error_description: description };
    const header = challengeHeader(challenge, challenge.hasCredential ? body : {});
    const status = code === 'forbidden' ? 403 : 401;
    return sendJson(response, status, body, { 'www-authenticate': header });
  }
  if (code === 'not_ready') {
    const body = { error: 'temporarily_unavailable', error_description: description };
    return sendJson(response, 503, body, { 'retry-after': '5' });
  }
  log?.error({ err: error }, 'a request failed');
  const body = { error: OAuthErrorCode.ServerError, error_description: failureText(error) };
  sendJson(response, 503, body);
}
