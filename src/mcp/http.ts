import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { hostHeaderValidation, originValidation } from '@modelcontextprotocol/node';
import { DeedboxError } from '../errors/errors.ts';
import { toAuthInfo } from './audit-events.ts';
import { AuthenticatedRoutes, type AuthenticatedRouteOptions } from './authenticated-routes.ts';
import { allowedHostNames, resolveBindAddress, localUrl } from './http-addresses.ts';
import { AuthMiddleware, type AuthMiddlewareOptions } from './auth-middleware.ts';
import { type HttpLimits, defaultLimits } from './http-limits.ts';
import { type Challenge, sendError } from './http-responses.ts';
import { type PrincipalHandlerOptions, PrincipalHandlers } from './principal-handlers.ts';
import { servePublicRoutes } from './public-routes.ts';
import { ResourceMetadata } from './resource-metadata.ts';
import type { SessionLimits } from './sessions.ts';
import { FairScheduler } from './fair-scheduler.ts';

export interface HttpOptions
  extends
    Omit<PrincipalHandlerOptions, 'limits' | 'revalidate' | 'shutdownSignal' | 'scheduler'>,
    Omit<AuthenticatedRouteOptions, 'services' | 'auditSink'>,
    Pick<AuthMiddlewareOptions, 'authenticator' | 'trustedProxies'> {
  /** One that is not this machine's own takes credentials and a public address. */
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** The address that clients use, without a slash at the end; the service's own where it is left out. */
  publicUrl?: string;
  limits?: Partial<HttpLimits & SessionLimits>;
  /** Throws when no question could be answered now. */
  ready?: () => Promise<unknown>;
}

export interface HttpService {
  /** e.g. `http://127.0.0.1:7331`, without a slash at the end; the protocol is at `/mcp` under it. */
  url: string;
  /** Lets calls that run end, for as long as `limits.drain` says, then ends every connection. */
  close(): Promise<void>;
}

/**
 * Milliseconds that a connection without a request is kept: longer than proxies and clients keep theirs,
 * else one of them sends its next request into a connection that is being closed.
 */
const keepAliveTimeoutMs = 75_000;
/** Looks, so many milliseconds apart, in a row that find nothing running before connections are closed. */
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
 * Serves the protocol at `/mcp`, the state of things at `/health`, figures at `/metrics` and a page for
 * people at `/`; and for those who have no credential `/health/live` and `/health/ready`, which say yes or
 * no, and where to sign in. Requests whose Host or Origin is neither this machine nor the public address
 * are refused with 403.
 * @throws DeedboxError `invalid_configuration` for an address that others can reach where nobody could be
 *   told from another, or a port that cannot be opened
 */
export async function serveHttp(options: HttpOptions): Promise<HttpService> {
  const { authenticator, publicUrl, log, ready } = options;
  const { hasCredentials } = authenticator;
  const host = resolveBindAddress({ host: options.host, hasCredentials, publicUrl });
  const limits = { ...defaultLimits, ...options.limits };
  const authMiddleware = new AuthMiddleware({ ...options, limits });
  const hostNames = allowedHostNames(host, publicUrl);
  const [hostAllowed, originAllowed] = [
    hostHeaderValidation(hostNames),
    originValidation(hostNames),
  ];
  const shutdown = new AbortController();
  const handlers = new PrincipalHandlers({
    ...options,
    limits,
    shutdownSignal: shutdown.signal,
    scheduler: new FairScheduler(),
    revalidate: (caller) => authenticator.revalidate(caller),
  });
  const routes = new AuthenticatedRoutes(options, () => handlers.sessionCount);
  const scopePrefix = authenticator.tokenVerifier?.settings.scopePrefix ?? '';
  let url = '';
  let metadata: ResourceMetadata | undefined;
  /** Answers under way to what was asked; among them are those streams that POST opens. */
  const pendingResponses = new Set<ServerResponse>();

  const challenge = (): Challenge => ({
    requiredScopes: [`${scopePrefix}documents:read`],
    resourceMetadataUrl: metadata?.url,
  });

  async function handleRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!hostAllowed(request, response) || !originAllowed(request, response)) return;
    const { method, url: requestUrl = '/' } = request;
    const path = requestUrl.split('?')[0]!;
    const state = { ready, isClosing: shutdown.signal.aborted, metadata };
    const isRead = method === 'GET' || method === 'HEAD';
    if (isRead && (await servePublicRoutes(path, response, state))) return;
    if (shutdown.signal.aborted) {
      throw new DeedboxError('not_ready', 'Deedbox is shutting down.', { retryable: true });
    }
    if (method !== 'GET' || path !== '/mcp') {
      // before anything is waited for, so that nothing that was begun is closed
      pendingResponses.add(response);
      response.once('close', () => pendingResponses.delete(response));
    }
    if (await routes.serveMetrics(path, { request, response })) return;
    const identity = await authMiddleware.authenticate(request, response);
    if (path === '/mcp') {
      const auth = toAuthInfo(identity, { resourceMetadataUrl: metadata?.url, scopePrefix });
      return (await handlers.handlerFor(identity.caller)).handle(
        Object.assign(request, { auth }),
        response,
      );
    }
    await routes.serve(path, { request, response }, { identity, url: publicUrl ?? url });
  }

  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: Math.min(limits.headersTimeoutMs / 2, 5000),
    },
    (request, response) => {
      if (shutdown.signal.aborted) response.setHeader('connection', 'close');
      handleRequest(request, response).catch((error: unknown) => {
        if (response.headersSent) response.destroy();
        else sendError(response, error, { challenge: challenge(), log });
      });
    },
  );
  try {
    server.listen(options.port, host);
    await once(server, 'listening');
  } catch (error) {
    await handlers.close();
    throw toListenError(error as NodeJS.ErrnoException, host, options.port);
  }
  url = localUrl(host, (server.address() as AddressInfo).port);
  if (authenticator.tokenVerifier)
    metadata = new ResourceMetadata(authenticator.tokenVerifier.settings, publicUrl ?? url);

  /** Who comes meanwhile is told so, rather than cut off where the system has queued them. */
  async function drain(): Promise<void> {
    const deadline = Date.now() + limits.drainTimeoutMs;
    for (let idleCount = 0; idleCount < idlePolls && Date.now() < deadline;) {
      await delay(pollMs);
      idleCount = pendingResponses.size > handlers.subscriptionCount ? 0 : idleCount + 1;
    }
  }

  return {
    url,
    async close() {
      shutdown.abort();
      await drain();
      const closed = once(server, 'close');
      server.close();
      await handlers.close();
      server.closeIdleConnections();
      // the last answers are on their way; a stream that nobody reads is cut
      await Promise.race([closed, delay(1000, undefined, { ref: false })]);
      server.closeAllConnections();
      await closed;
    },
  };
}
