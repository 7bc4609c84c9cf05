import type { IncomingMessage } from 'node:http';
import type { Accounts } from './accounts.ts';
import { revoke, token } from './api-oauth.ts';
import { exchange, impersonate } from './api-workload.ts';
import type { DriveModel } from './drive-model.ts';

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
      token(accounts, model, url, new URLSearchParams(body));
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
