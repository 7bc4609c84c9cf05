import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  localhostHostValidation,
  localhostOriginValidation,
  toNodeHandler,
} from '@modelcontextprotocol/node';
import {
  createMcpHandler,
  isLegacyRequest,
  type McpHttpHandler,
} from '@modelcontextprotocol/server';
import { asDeedboxError, DeedboxError } from '../errors.ts';
import { ChangeFeed, type Watcher } from './change-feed.ts';
import { bridgeConfiguration } from './desktop-configuration.ts';
import { firstQuestions, homePage } from './home-page.ts';
import { listenRequest, Listeners } from './listening.ts';
import { whenEnded } from './response-end.ts';
import { createMcpServer, type McpOptions } from './server.ts';
import { RunningCalls } from './running-calls.ts';
import { type McpServices, openOnce, type ServicesSource } from './services.ts';
import { type SessionLimits, Sessions } from './sessions.ts';

/** Questions are small; a larger body is answered 413. */
const maxRequestBodySize = 1024 * 1024;

export interface HttpOptions extends Omit<McpOptions, 'feed' | 'calls' | 'givenUp'> {
  services: ServicesSource;
  /** `127.0.0.1`, `::1` or `localhost`. */
  host: string;
  /** 0 takes any free port. */
  port: number;
  limits?: SessionLimits;
  /** Questions to try, for the page at `/`. */
  questions?: () => Promise<string[]>;
  /** What makes Claude Desktop use this service, for the same page; a bridge to it by default. */
  desktop?: string;
}

export interface HttpService {
  /** e.g. `http://127.0.0.1:7331`, without a slash at the end; the protocol is at `/mcp` under it. */
  url: string;
  /** Ends every connection; the services stay open. */
  close(): Promise<void>;
}

function bindAddress(host: string): string {
  if (host === 'localhost') return '127.0.0.1';
  if (host === '127.0.0.1' || host === '::1') return host;
  throw new DeedboxError(
    'invalid_configuration',
    `Deedbox does not listen on ${host}: it has no sign-in yet, so it serves this machine alone.`,
    { hint: 'Set DEEDBOX_HOST to 127.0.0.1 or ::1.' },
  );
}

function listenFailure(error: NodeJS.ErrnoException, host: string, port: number): DeedboxError {
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

function onerror(error: Error): void {
  console.error('deedbox http:', error.message);
}

/** The protocol in both eras: one request a server for 2026-07-28, sessions for those before it. */
function protocolFace(
  services: McpServices,
  feed: ChangeFeed,
  { limits, ...options }: HttpOptions,
) {
  const calls = new RunningCalls();
  const create = (request?: Request) =>
    createMcpServer(services, { ...options, feed, calls, givenUp: request?.signal });
  const handler: McpHttpHandler = createMcpHandler(({ requestInfo }) => create(requestInfo), {
    legacy: 'reject',
    maxRequestBodySize,
    onerror,
  });
  const sessions = new Sessions(create, limits);
  const watcher: Watcher = {
    uris: new Set(),
    listChanged: () => handler.notify.resourcesChanged(),
    updated: (uri) => handler.notify.resourceUpdated(uri),
  };
  const listeners = new Listeners(watcher);
  feed.watch(watcher);

  async function fetch(request: Request): Promise<Response> {
    const body: unknown =
      request.method === 'POST'
        ? await request
            .clone()
            .json()
            .catch(() => undefined)
        : undefined;
    if (await isLegacyRequest(request, body)) return sessions.fetch(request, body);
    const asked = listenRequest(body);
    if (!asked) return handler.fetch(request, { parsedBody: body });
    await Promise.all(asked.uris.map((uri) => feed.remember(uri)));
    listeners.add(request, asked.uris);
    const response = await handler.fetch(request, { parsedBody: body });
    return whenEnded(response, request.signal, () => listeners.delete(request));
  }

  return {
    handle: toNodeHandler({ fetch }, { maxRequestBodySize, onerror }),
    sessions,
    async close() {
      await Promise.all([handler.close(), sessions.close()]);
      await calls.settled();
    },
  };
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  response.end(body);
}

async function health(services: McpServices, sessions: Sessions): Promise<string> {
  const [status, queue] = await Promise.all([services.store.status(), services.queue.counts()]);
  return JSON.stringify({
    ok: true,
    documents: status.documents,
    files: status.files,
    queue,
    sessions: sessions.count,
  });
}

/**
 * Serves the protocol at `/mcp`, a health check at `/health` and a page for people at `/`, on this
 * machine alone. Requests whose Host or Origin is not this machine are refused with 403.
 * @throws DeedboxError `invalid_configuration` for another address, or a port that cannot be opened
 */
export async function serveHttp(options: HttpOptions): Promise<HttpService> {
  const host = bindAddress(options.host);
  const feed = new ChangeFeed();
  const services = await openOnce(options.services, (opened) => feed.attach(opened))();
  const face = protocolFace(services, feed, options);
  const hostAllowed = localhostHostValidation();
  const originAllowed = localhostOriginValidation();
  let url = '';

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!hostAllowed(request, response) || !originAllowed(request, response)) return;
    const path = (request.url ?? '/').split('?')[0];
    if (path === '/mcp') return face.handle(request, response);
    const known = path === '/health' || path === '/';
    if (!known) return send(response, 404, 'text/plain', 'Not found. The protocol is at /mcp.\n');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return send(response, 405, 'text/plain', 'Only GET is answered here.\n');
    }
    if (path === '/health') {
      return send(response, 200, 'application/json', await health(services, face.sessions));
    }
    const questions = (await options.questions?.()) ?? firstQuestions;
    const desktop = options.desktop ?? bridgeConfiguration(url);
    const page = homePage({ url, desktop, questions, status: await services.store.status() });
    send(response, 200, 'text/html', page);
  }

  const server = createServer((request, response) => {
    route(request, response).catch((error: unknown) => {
      console.error('deedbox http:', error);
      if (response.headersSent) response.destroy();
      else {
        const { code } = asDeedboxError(error);
        send(response, 503, 'application/json', JSON.stringify({ ok: false, error: code }));
      }
    });
  });
  try {
    server.listen(options.port, host);
    await once(server, 'listening');
  } catch (error) {
    await face.close();
    feed.close();
    throw listenFailure(error as NodeJS.ErrnoException, host, options.port);
  }
  const { port } = server.address() as AddressInfo;
  url = `http://${host === '::1' ? '[::1]' : host}:${port}`;

  return {
    url,
    async close() {
      feed.close();
      await face.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
