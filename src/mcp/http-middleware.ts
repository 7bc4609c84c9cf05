import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Authenticator } from '../access/authenticator.ts';
import type { Caller } from '../access/principal.ts';
import { showHidden } from '../encode/visible.ts';
import { asDeedboxError, DeedboxError } from '../errors/errors.ts';
import type { AuditSink } from '../request/audit-event.ts';
import { RequestContext } from '../request/context.ts';
import { networkPrefix } from './client-address.ts';
import { limitKey, type RequestLimiter } from './http-limits.ts';
import { anyOrigin, sendJson } from './http-responses.ts';
import { type HttpRoutes, isReadRequest, servePublicRoute } from './http-routes.ts';
import type { PrincipalHandlers } from './principal-handlers.ts';
import { RateLimitError } from './rate-limit-error.ts';
import type { RefusedCredentials } from './refused-credentials.ts';
import { RequestAuthInfo } from './request-auth.ts';
import type { ResourceMetadata } from './resource-metadata.ts';
import { announcedBodyBytes, onTransferred } from './transferred-bytes.ts';
import { transportHint, unservedAnswer, unservedPath } from './unserved-paths.ts';

/** What the steps of all requests share. */
export interface HttpState {
  /** Each answers a request from a page of another name with 403, and returns false. */
  hostChecks: ((request: IncomingMessage, response: ServerResponse) => boolean)[];
  /** Rejects when the service cannot answer questions. */
  ready?: (() => Promise<unknown>) | undefined;
  shutdownSignal: AbortSignal;
  /** Responses under way, among them the streams that a POST opens. */
  pendingResponses: Set<ServerResponse>;
  authenticator: Pick<Authenticator, 'authenticate'>;
  /** The address of the client, behind trusted proxies too; undefined where it is unknown. */
  resolveAddress: (request: IncomingMessage) => string | undefined;
  refusedCredentials: RefusedCredentials;
  limiter: RequestLimiter;
  routes: HttpRoutes;
  handlers: PrincipalHandlers;
  /** The address of the service that clients use, without a slash at the end. */
  url: string;
  /** Of a service with an identity provider. */
  metadata?: ResourceMetadata | undefined;
  scopePrefix: string;
  auditSink?: AuditSink | undefined;
  /** Called with each request that was rejected because of a limit. */
  onLimitReached: (error: RateLimitError) => void;
  log?: Logger | undefined;
}

/** One HTTP request, and what the steps have found out about it. */
export interface HttpExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The path of the request, without its query. */
  readonly path: string;
  /** Set by `authenticate`. */
  context?: RequestContext;
}

/** Returns true where it has answered the request; else the next step follows. */
export type HttpStep = (state: HttpState, exchange: HttpExchange) => boolean | Promise<boolean>;

/** Rejects requests whose Host or Origin is neither this machine nor the public address. */
export function checkHost({ hostChecks }: HttpState, { request, response }: HttpExchange): boolean {
  return !hostChecks.every((isAllowed) => isAllowed(request, response));
}

/** Serves what needs no authentication, and rejects all else while the service closes. */
export async function servePublicRoutes(
  state: HttpState,
  { request, response, path }: HttpExchange,
): Promise<boolean> {
  const { ready, metadata, routes, shutdownSignal, pendingResponses } = state;
  const isClosing = shutdownSignal.aborted;
  const publicState = { ready, metadata, isClosing };
  if (isReadRequest(request) && (await servePublicRoute(path, response, publicState))) return true;
  const unserved = unservedPath(path);
  if (unserved) {
    const refusal = await refusalOf(state, request);
    const about = { url: state.url, hasProvider: metadata !== undefined, refusal };
    sendJson(response, 404, unservedAnswer(unserved, about), anyOrigin);
    return true;
  }
  if (shutdownSignal.aborted) {
    throw new DeedboxError('not_ready', 'Deedbox is shutting down.', { retryable: true });
  }
  if (request.method !== 'GET' || path !== '/mcp') {
    // before the first asynchronous step, so that closing waits for every request that was accepted
    pendingResponses.add(response);
    response.once('close', () => pendingResponses.delete(response));
  }
  return routes.serveMetricsWithKey(path, request, response);
}

/**
 * Finds out who calls, and makes the context of the request.
 * @throws DeedboxError as `Authenticator.authenticate`; RateLimitError for an address from which too
 *   many credentials were refused
 */
export async function authenticate(state: HttpState, exchange: HttpExchange): Promise<boolean> {
  const { request, response } = exchange;
  const address = state.resolveAddress(request);
  const caller = await authenticateCaller(state, request, address);
  const clientGone = new AbortController();
  response.once('close', () => clientGone.abort());
  exchange.context = new RequestContext({
    caller,
    from: { transport: 'http', ...(address !== undefined && { address }) },
    signal: clientGone.signal,
    auditSink: state.auditSink,
  });
  closeOnExpiry(caller, response);
  return false;
}

async function authenticateCaller(
  { authenticator, refusedCredentials, log }: HttpState,
  request: IncomingMessage,
  address: string | undefined,
): Promise<Caller> {
  try {
    return await authenticator.authenticate(request);
  } catch (error) {
    const { code, message: reason } = asDeedboxError(error);
    const { authorization: credential } = request.headers;
    const network = networkPrefix(address ?? '');
    if (code === 'forbidden' && credential) {
      const isRepeated = refusedCredentials.remember(network, credential);
      log?.[isRepeated ? 'debug' : 'warn']({ address, reason }, 'access refused');
    }
    // clients send a request without a credential to learn where to sign in
    if (code !== 'unauthenticated' || !credential) throw error;
    const { waitSeconds, isRepeated } = refusedCredentials.count(network, credential);
    const level = isRepeated || waitSeconds > 0 ? 'debug' : 'warn';
    log?.[level]({ address, reason }, 'sign-in refused');
    if (waitSeconds === 0) throw error;
    throw new RateLimitError({
      limit: 'refused_sign_ins',
      status: 429,
      message: `${reason} Too many credentials from this address were refused.`,
      retryAfterSeconds: waitSeconds,
      setting: 'DEEDBOX_REFUSED_SIGN_INS_PER_MINUTE',
    });
  }
}

/**
 * Why the credential of a request is refused; undefined where it is not, or there is none. A client whose key
 * is refused tries to register itself, with the key, and shows the answer to that alone.
 */
async function refusalOf(state: HttpState, request: IncomingMessage): Promise<string | undefined> {
  if (!request.headers.authorization) return undefined;
  try {
    await authenticateCaller(state, request, state.resolveAddress(request));
    return undefined;
  } catch (error) {
    const { code, message, hint } = asDeedboxError(error);
    if (code !== 'unauthenticated') return undefined;
    return showHidden(hint === undefined ? message : `${message} ${hint}`);
  }
}

/** Seconds that a stream outlives the credential that opened it, so that a call that runs can end. */
const gracePeriodSeconds = 60;
const maxTimerMs = 2 ** 31 - 1;

/** Ends what a credential opened when it has expired. */
function closeOnExpiry({ expiresAt }: Caller, response: ServerResponse): void {
  if (expiresAt === undefined) return;
  const remainingMs = (expiresAt + gracePeriodSeconds) * 1000 - Date.now();
  const timer = setTimeout(() => response.destroy(), Math.min(remainingMs, maxTimerMs)).unref();
  response.once('close', () => clearTimeout(timer));
}

/** @throws RateLimitError for a caller with too many requests or bytes, in time or at once */
export function limit(
  { limiter }: HttpState,
  { request, response, context }: HttpExchange,
): boolean {
  if (response.destroyed) return true; // the client has gone, and `close` was emitted already
  const key = limitKey(context!);
  const release = limiter.acquire(key, announcedBodyBytes(request));
  response.once('close', release);
  onTransferred(request, response, (bytes) => limiter.charge(key, bytes));
  return false;
}

/** Serves the status, the metrics and the home page. */
export async function serveRoutes(
  { routes, url }: HttpState,
  { request, response, path, context }: HttpExchange,
): Promise<boolean> {
  if (path === '/mcp') return false;
  await routes.serve({ path, url }, request, response, context!);
  return true;
}

/**
 * Why a request is none of Streamable HTTP, which sends messages with POST, and GET and DELETE for a session
 * alone; undefined where it may be one.
 */
function methodProblem({ method, headers }: IncomingMessage): { allow: string } | undefined {
  if (method === 'POST') return undefined;
  if (method !== 'GET' && method !== 'DELETE') return { allow: 'GET, POST, DELETE' };
  return headers['mcp-session-id'] === undefined ? { allow: 'POST' } : undefined;
}

/** Hands a message of the protocol to the caller's own handler, and there to its session. */
export async function dispatch(
  { handlers, metadata, scopePrefix, url }: HttpState,
  { request, response, context }: HttpExchange,
): Promise<boolean> {
  const problem = methodProblem(request);
  if (problem) {
    const error = { code: -32_000, message: transportHint(url) };
    sendJson(response, 405, { jsonrpc: '2.0', error, id: null }, problem);
    return true;
  }
  const handler = await handlers.handlerFor(context!.caller);
  const challenge = { resourceMetadataUrl: metadata?.url, scopePrefix };
  await handler.handle(request, response, new RequestAuthInfo(context!, challenge));
  return true;
}
