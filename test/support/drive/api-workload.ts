import type { Accounts } from './accounts.ts';
import { apiError, ApiError, oauthError } from './errors.ts';

/** Scope of the token that a workload gets for its own, with which it may become a service account. */
const cloudPlatform = 'https://www.googleapis.com/auth/cloud-platform';

/**
 * POST /v1/token, as sts.googleapis.com has it: a token of another identity provider for one of
 * Google's (RFC 8693). Which tokens are known is set in `accounts.workloads`.
 */
export function exchange(accounts: Accounts, form: URLSearchParams): unknown {
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
export function impersonate(
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
