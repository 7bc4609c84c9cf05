import type { ServerResponse } from 'node:http';
import {
  bearerAuthChallengeResponse,
  OAuthError,
  OAuthErrorCode,
} from '@modelcontextprotocol/server';
import type { Logger } from 'pino';
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
  requiredScopes: string[];
  resourceMetadataUrl?: string;
}

/**
 * Answers a request that failed before it reached the protocol: 401 and 403 as in OAuth, 429 with the time
 * to wait, all else 503. The body is that of an OAuth error. Details for administrators go to the log.
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
  if (code === 'unauthenticated' || code === 'forbidden') {
    const oauthCode =
      code === 'forbidden' ? OAuthErrorCode.InsufficientScope : OAuthErrorCode.InvalidToken;
    const challengeResponse = bearerAuthChallengeResponse(
      new OAuthError(oauthCode, description),
      challenge,
    );
    const header = challengeResponse.headers.get('www-authenticate')!;
    const body = { error: oauthCode, error_description: description };
    return sendJson(response, challengeResponse.status, body, { 'www-authenticate': header });
  }
  if (code === 'not_ready') {
    const body = { error: 'temporarily_unavailable', error_description: description };
    return sendJson(response, 503, body, { 'retry-after': '5' });
  }
  log?.error({ err: error }, 'a request failed');
  const body = { error: OAuthErrorCode.ServerError, error_description: failureText(error) };
  sendJson(response, 503, body);
}
