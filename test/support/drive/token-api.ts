import { createHash, createVerify, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Accounts, Authorisation } from './accounts.ts';
import type { DriveModel } from './drive-model.ts';
import { ApiError, oauthError, apiError } from './errors.ts';

interface PostRequest {
  request: IncomingMessage;
  params: URLSearchParams;
  body: string;
}

type PostHandler = (
  drive: { accounts: Accounts; model: DriveModel; url: string },
  post: PostRequest,
) => unknown;

/** What is done with a POST to this address of the accounts servers; undefined where there is none. */
export function postRouteOf(path: string): PostHandler | undefined {
  if (path === '/token')
    return ({ accounts, model, url }, { body }) =>
      issueToken(accounts, model, url, new URLSearchParams(body));
  if (path === '/revoke')
    return ({ accounts }, { body, params }) =>
      revoke(accounts, new URLSearchParams(body).get('token') ?? params.get('token') ?? '');
  if (path === '/v1/token')
    return ({ accounts }, { body }) => exchange(accounts, new URLSearchParams(body));
  const account = /^\/v1\/projects\/-\/serviceAccounts\/([^/:]+):generateAccessToken$/.exec(path);
  if (!account?.[1]) return undefined;
  const email = decodeURIComponent(account[1]);
  return ({ accounts }, { request, body }) => {
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    return impersonate(accounts, email, bearer, body);
  };
}

/** Google's token addresses, any of which an assertion may be meant for. */
const audiences = [
  'https://oauth2.googleapis.com/token',
  'https://www.googleapis.com/oauth2/v4/token',
  'https://accounts.google.com/o/oauth2/token',
];
const clockSkew = 300;

/** POST /token, with a form as RFC 6749 and RFC 7523 have it. */
function issueToken(accounts: Accounts, model: DriveModel, baseUrl: string, form: URLSearchParams) {
  switch (form.get('grant_type')) {
    case 'urn:ietf:params:oauth:grant-type:jwt-bearer':
      return answer(accounts, fromAssertion(accounts, model, baseUrl, form.get('assertion') ?? ''));
    case 'authorization_code':
      return fromCode(accounts, form);
    case 'refresh_token': {
      checkClient(accounts, form);
      const known = accounts.refreshTokens.get(form.get('refresh_token') ?? '');
      if (!known || known.clientId !== form.get('client_id'))
        throw oauthError(400, 'invalid_grant', 'Token has been expired or revoked.');
      return answer(accounts, known);
    }
    default:
      throw oauthError(400, 'unsupported_grant_type', 'Invalid grant_type.');
  }
}

function answer(accounts: Accounts, authorisation: Authorisation, refreshToken?: string) {
  const { token: accessToken, expiresIn } = accounts.issueAccessToken(authorisation);
  return {
    access_token: accessToken,
    expires_in: expiresIn,
    ...(refreshToken && { refresh_token: refreshToken }),
    scope: authorisation.scopes.join(' '),
    token_type: 'Bearer',
  };
}

/** Who a service account's signed assertion lets it be: itself, or the user it names. */
function fromAssertion(accounts: Accounts, model: DriveModel, baseUrl: string, assertion: string) {
  const [head = '', body = '', signature = ''] = assertion.split('.');
  const header = parse(head);
  const claims = parse(body);
  const account = accounts.serviceAccounts.get(String(claims['iss']).toLowerCase());
  if (!account) throw oauthError(400, 'invalid_grant', 'Invalid grant: account not found');
  const verify = createVerify('RSA-SHA256').update(`${head}.${body}`);
  const isSigned = verify.verify(account.publicKey, signature, 'base64url');
  if (header['alg'] !== 'RS256' || !isSigned)
    throw oauthError(400, 'invalid_grant', 'Invalid JWT Signature.');
  const now = Date.now() / 1000;
  const [issued, expires] = [Number(claims['iat']), Number(claims['exp'])];
  if (!(issued <= now + clockSkew && expires > now - clockSkew && expires - issued <= 3600))
    throw oauthError(
      400,
      'invalid_grant',
      'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
    );
  if (![...audiences, `${baseUrl}/token`].includes(String(claims['aud'])))
    throw oauthError(400, 'invalid_grant', 'Invalid JWT: Failed audience check.');
  const scopes = String(claims['scope'] ?? '')
    .split(' ')
    .filter((codeValue) => codeValue !== '');
  if (scopes.length === 0) throw oauthError(400, 'invalid_scope', 'Empty or missing scope.');
  const subject = claims['sub'] === undefined ? undefined : String(claims['sub']).toLowerCase();
  if (subject !== undefined && subject !== account.email) {
    if (!scopes.every((scope) => account.delegated.has(scope)))
      throw oauthError(
        401,
        'unauthorized_client',
        'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.',
      );
    if (!model.people.users.has(subject))
      throw oauthError(400, 'invalid_grant', 'Invalid email or User ID');
  }
  return { email: subject ?? account.email, scopes, clientId: account.clientId };
}

function parse(part: string): Partial<Record<string, string | number>> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, string | number>;
  } catch {
    throw oauthError(400, 'invalid_grant', 'Invalid JWT: it cannot be read.');
  }
}

function fromCode(accounts: Accounts, form: URLSearchParams) {
  checkClient(accounts, form);
  const codeValue = form.get('code') ?? '';
  const code = accounts.codes.get(codeValue);
  if (!code || code.clientId !== form.get('client_id'))
    throw oauthError(400, 'invalid_grant', 'Malformed auth code.');
  accounts.codes.delete(codeValue);
  if (code.redirectUri !== form.get('redirect_uri'))
    throw oauthError(400, 'redirect_uri_mismatch', 'Bad Request');
  const verifier = form.get('code_verifier');
  const hash = createHash('sha256')
    .update(verifier ?? '')
    .digest('base64url');
  if (code.challenge === undefined ? verifier !== null : hash !== code.challenge)
    throw oauthError(400, 'invalid_grant', 'Invalid code verifier.');
  return answer(accounts, code, code.offline ? accounts.issueRefreshToken(code) : undefined);
}

function checkClient(accounts: Accounts, form: URLSearchParams): void {
  const client = accounts.clients.get(form.get('client_id') ?? '');
  if (!client) throw oauthError(401, 'invalid_client', 'The OAuth client was not found.');
  if (client.clientSecret !== form.get('client_secret'))
    throw oauthError(401, 'invalid_client', 'Unauthorized');
}

/**
 * GET /o/oauth2/v2/auth: the consent page, on which `consentingUser` agrees at once, or
 * refuses where nobody is. Returns where the browser is sent. Only addresses of this machine are
 * taken, as for a desktop app.
 */
export function consent(accounts: Accounts, params: URLSearchParams): string {
  const clientId = params.get('client_id') ?? '';
  if (!accounts.clients.has(clientId)) throw errorPage('Error 401: invalid_client');
  const redirectUri = params.get('redirect_uri') ?? '';
  if (!/^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(\/|$)/.test(redirectUri))
    throw errorPage('Error 400: redirect_uri_mismatch');
  if (params.get('response_type') !== 'code') throw errorPage('Error 400: invalid_request');
  const challenge = params.get('code_challenge') ?? undefined;
  if (challenge !== undefined && params.get('code_challenge_method') !== 'S256')
    throw errorPage('Error 400: invalid_request, S256 is the method supported here');
  const redirect = new URL(redirectUri);
  const state = params.get('state');
  if (state !== null) redirect.searchParams.set('state', state);
  const email = accounts.consentingUser?.toLowerCase();
  if (email === undefined) {
    redirect.searchParams.set('error', 'access_denied');
    return redirect.href;
  }
  const scopes = (params.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
  if (scopes.length === 0) throw errorPage('Error 400: invalid_request, missing scope');
  const code = `4/${randomBytes(24).toString('base64url')}`;
  const offline = params.get('access_type') === 'offline';
  accounts.codes.set(code, { email, scopes, clientId, redirectUri, offline, challenge });
  redirect.searchParams.set('code', code);
  redirect.searchParams.set('scope', scopes.join(' '));
  return redirect.href;
}

function errorPage(message: string): ApiError {
  return new ApiError(400, `<!doctype html><title>Error</title><p>${message}</p>`, {
    'Content-Type': 'text/html; charset=utf-8',
  });
}

/** POST /revoke. */
function revoke(accounts: Accounts, tokenToRevoke: string): unknown {
  if (!accounts.revoke(tokenToRevoke))
    throw oauthError(400, 'invalid_token', 'Token expired or revoked');
  return {};
}

/** Scope of the token that a workload gets for its own, with which it may become a service account. */
const cloudPlatform = 'https://www.googleapis.com/auth/cloud-platform';

/**
 * POST /v1/token, as sts.googleapis.com has it: a token of another identity provider for one of
 * Google's (RFC 8693). Which tokens are known is set in `accounts.workloads`.
 */
function exchange(accounts: Accounts, form: URLSearchParams): unknown {
  if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:token-exchange')
    throw oauthError(400, 'unsupported_grant_type', 'Invalid grant type.');
  if (!form.get('audience')?.startsWith('//iam.googleapis.com/'))
    throw oauthError(400, 'invalid_request', 'Invalid value for "audience".');
  const email = accounts.workloads.get(form.get('subject_token') ?? '');
  if (email === undefined)
    throw oauthError(400, 'invalid_grant', 'The subject token is not known or has expired.');
  const scopes = (form.get('scope') ?? cloudPlatform).split(' ');
  const { token, expiresIn } = accounts.issueAccessToken({ email, scopes, clientId: 'workload' });
  return {
    access_token: token,
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    token_type: 'Bearer',
    expires_in: expiresIn,
  };
}

/** POST /v1/projects/-/serviceAccounts/{email}:generateAccessToken, of iamcredentials. */
function impersonate(
  accounts: Accounts,
  account: string,
  bearer: string | undefined,
  body: string,
): unknown {
  const authorisation = bearer === undefined ? undefined : accounts.authorisationOf(bearer);
  if (!authorisation) throw apiError(401, 'authError', 'Invalid Credentials');
  const request = JSON.parse(body || '{}') as { scope?: string[] };
  if (authorisation.email !== account || !authorisation.scopes.includes(cloudPlatform))
    throw permissionDenied();
  const scopes = request.scope ?? [];
  const { token, expiresIn } = accounts.issueAccessToken({ ...authorisation, scopes });
  return {
    accessToken: token,
    expireTime: new Date(Date.now() + expiresIn * 1000).toISOString(),
  };
}

/** Newer APIs than Drive's give their reason in the details alone. */
function permissionDenied(): ApiError {
  const message = "Permission 'iam.serviceAccounts.getAccessToken' denied on resource";
  const details = [
    {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'IAM_PERMISSION_DENIED',
      domain: 'iam.googleapis.com',
    },
  ];
  return new ApiError(403, { error: { code: 403, message, status: 'PERMISSION_DENIED', details } });
}
