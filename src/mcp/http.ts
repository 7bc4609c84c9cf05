import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { hostHeaderValidation, originValidation } from '@modelcontextprotocol/node';
import type { Authenticator } from '../access/authenticator.ts';
import { DeedboxError } from '../errors/errors.ts';
import { clientAddressResolver } from './client-address.ts';
import { rejectAmbiguous } from './http-headers.ts';
import { allowedHostNames, localUrl, resolveBindAddress } from './http-addresses.ts';
import { RequestLimiter, defaultLimits, type HttpLimits } from './http-limits.ts';
import {
  authenticate,
  checkHost,
  type HttpExchange,
  type HttpState,
  type HttpStep,
  limit,
  servePublicRoutes,
  serveRoutes,
  dispatch,
} from './http-middleware.ts';
import { sendError, setSecurityHeaders } from './http-responses.ts';
import { HttpRoutes, type RouteOptions } from './http-routes.ts';
import { type PrincipalHandlerOptions, PrincipalHandlers } from './principal-handlers.ts';
import { type LimitName, RateLimitError } from './rate-limit-error.ts';
import { RefusedCredentials } from './refused-credentials.ts';
import { ResourceMetadata } from './resource-metadata.ts';
import { CallQueue } from './call-queue.ts';
import type { SessionLimits } from './sessions.ts';

/**
 * The steps between the socket and the answer, in order; the first that answers a request is the last.
 * `dispatch` hands a message of the protocol to the SDK, which calls back for a tool call: `callSteps` run
 * for it, and `callTool` audits its result.
 */
const middleware: readonly HttpStep[] = [
  rejectAmbiguous,
  checkHost,
  servePublicRoutes,
  authenticate,
  limit,
  serveRoutes,
  dispatch,
];

export interface HttpOptions
  extends
    Omit<
      PrincipalHandlerOptions,
      'limits' | 'revalidate' | 'shutdownSignal' | 'callQueue' | 'limiter' | 'onLimitReached'
    >,
    Omit<RouteOptions, 'services'> {
  /** An address that others can reach takes credentials and a public address. */
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** The address that clients use, without a slash at the end; the service's own where it is left out. */
  publicUrl?: string | undefined;
  /** Decides who calls. */
  authenticator: Pick<
    Authenticator,
    'authDisabled' | 'hasCredentials' | 'authenticate' | 'revalidate' | 'tokenVerifier'
  >;
  /** Addresses and networks of the proxies whose X-Forwarded-For is trusted. */
  trustedProxies?: readonly string[];
  limits?: Partial<HttpLimits & SessionLimits>;
  /** Counts the requests that were rejected because of a limit. */
  onLimitReached?: (limit: LimitName) => void;
  /** Rejects when the service cannot answer questions. */
  ready?: () => Promise<unknown>;
}

export interface HttpService {
  /** e.g. `http://127.0.0.1:7331`, without a slash at the end; the protocol is at `/mcp` under it. */
  url: string;
  /** Waits for calls that run, for `limits.drainTimeoutMs` at most, then closes every connection. */
  close(): Promise<void>;
}

/**
 * Milliseconds that an idle connection is kept open: longer than proxies and clients keep theirs, else
 * one of them sends its next request into a connection that is being closed.
 */
const keepAliveTimeoutMs = 75_000;
/** Connections of all clients, also of those that send nothing; one more is closed at once. */
const maxConnections = 5000;
/** Polls in a row that must find nothing running before connections are closed. */
const idlePolls = 5;
const pollMs = 20;

function toListenError(error: NodeJS.ErrnoException, host: string, port: number): DeedboxError {
  const reason =
    error.code === 'EADDRINUSE'
      ? `Port ${port} on ${host} is in use; Deedbox may be running already.`
      : error.code === 'EACCES'
        ? `This user may not open port ${port}.`
        : `Deedbox cannot listen on ${host}, port ${port}.`;
  return new DeedboxError('invalid_configuration', reason, {
    hint: 'Set DEEDBOX_PORT to another port, or stop what uses this one.',
    cause: error,
  });
}

/**
 * Serves the protocol at `/mcp`, the status at `/health`, metrics at `/metrics` and a page for people at
 * `/`; and without authentication `/health/live`, `/health/ready` and where to sign in.
 * @throws DeedboxError `invalid_configuration` for an address that others can reach without credentials
 *   to authenticate them, or for a port that cannot be opened
 */
export async function serveHttp(options: HttpOptions): Promise<HttpService> {
  const { authenticator, publicUrl, ready, auditSink, log } = options;
  const { hasCredentials, tokenVerifier } = authenticator;
  const host = resolveBindAddress({ host: options.host, hasCredentials, publicUrl });
  const limits = { ...defaultLimits, ...options.limits };
  const hostNames = allowedHostNames(host, publicUrl);
  const shutdown = new AbortController();
  const limiter = new RequestLimiter(limits);
  const callQueue = new CallQueue({ maxPending: limits.maxPendingCalls });
  const onLimitReached = ({ limit: name }: RateLimitError) => options.onLimitReached?.(name);
  const handlers = new PrincipalHandlers({
    ...options,
    limits,
    limiter,
    onLimitReached,
    shutdownSignal: shutdown.signal,
    callQueue,
    revalidate: (caller) => authenticator.revalidate(caller),
  });
  const state: HttpState = {
    hostChecks: [hostHeaderValidation(hostNames), originValidation(hostNames)],
    ready,
    shutdownSignal: shutdown.signal,
    pendingResponses: new Set(),
    authenticator,
    resolveAddress: clientAddressResolver(options.trustedProxies ?? []),
    refusedCredentials: new RefusedCredentials(limits.authFailuresPerMinute),
    limiter,
    onLimitReached,
    routes: new HttpRoutes(options, { handlers, callQueue }),
    handlers,
    url: '',
    scopePrefix: tokenVerifier?.settings.scopePrefix ?? '',
    auditSink,
    log,
  };

  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: Math.min(limits.headersTimeoutMs / 2, 5000),
    },
    (request, response) => void handleRequest(state, request, response),
  );
  server.maxConnections = maxConnections;
  try {
    server.listen(options.port, host);
    await once(server, 'listening');
  } catch (error) {
    await handlers.close();
    throw toListenError(error as NodeJS.ErrnoException, host, options.port);
  }
  const url = localUrl(host, (server.address() as AddressInfo).port);
  state.url = publicUrl ?? url;
  if (tokenVerifier) state.metadata = new ResourceMetadata(tokenVerifier.settings, state.url);

  return {
    url,
    async close() {
      shutdown.abort();
      await drain(state, limits.drainTimeoutMs);
      const closed = once(server, 'close');
      server.close();
      await handlers.close();
      server.closeIdleConnections();
      // the last answers are on their way; a stream whose client does not read it is cut
      await Promise.race([closed, delay(1000, undefined, { ref: false })]);
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Whether a request has a credential in the form that is accepted here. */
const isBearer = ({ headers }: IncomingMessage) => /^bearer +\S/i.test(headers.authorization ?? '');

/** Passes a request through the middleware, and answers it with an error where a step throws. */
async function handleRequest(
  state: HttpState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  setSecurityHeaders(response);
  if (state.shutdownSignal.aborted) response.setHeader('connection', 'close');
  const path = (request.url ?? '/').split('?')[0]!;
  // clients are given the address with a slash at the end, too
  const exchange: HttpExchange = { request, response, path: path === '/mcp/' ? '/mcp' : path };
  try {
    for (const step of middleware) if (await step(state, exchange)) return;
  } catch (error) {
    if (error instanceof RateLimitError) state.onLimitReached(error);
    const { metadata } = state;
    const challenge = {
      // all that the tools need: a client that registers itself may ask for no other scope later
      tokens: metadata && { scopes: metadata.scopes, resourceMetadataUrl: metadata.url },
      hasCredential: isBearer(request),
    };
    if (response.headersSent) response.destroy();
    else sendError(response, error, { challenge, log: state.log });
  }
}

/** Requests that arrive meanwhile get an error, rather than a connection that is cut. */
async function drain(
  { pendingResponses, handlers }: HttpState,
  drainTimeoutMs: number,
): Promise<void> {
  const deadline = Date.now() + drainTimeoutMs;
  for (let idleCount = 0; idleCount < idlePolls && Date.now() < deadline;) {
    await delay(pollMs);
    idleCount = pendingResponses.size > handlers.subscriptionCount ? 0 : idleCount + 1;
  }
}
