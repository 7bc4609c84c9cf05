import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { localhostHostValidation, localhostOriginValidation } from '@modelcontextprotocol/node';
import type { Asker } from '../access/asker.ts';
import { asDeedboxError, DeedboxError } from '../errors.ts';
import { bridgeConfiguration } from './desktop-configuration.ts';
import { firstQuestions, homePage } from './home-page.ts';
import { type FaceOptions, ProtocolFaces } from './protocol-faces.ts';
import type { McpServices } from './services.ts';

export interface HttpOptions extends FaceOptions {
  /** Who asks, of each request. This alone decides it: nobody signs in yet, so it is one for all. */
  asker: (request: IncomingMessage) => Asker;
  /** `127.0.0.1`, `::1` or `localhost`. */
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** Questions to try, for the page at `/`. */
  questions?: (services: McpServices) => Promise<string[]>;
  /** What makes Claude Desktop use this service, for the same page; a bridge to it by default. */
  desktop?: (url: string) => string;
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

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  response.end(body);
}

async function health({ library, syncs }: McpServices, sessions: number): Promise<string> {
  const [{ documents }, { files }, queue] = await Promise.all([
    library.size(),
    library.files(),
    syncs.jobs(),
  ]);
  return JSON.stringify({ ok: true, documents, files, queue, sessions });
}

/**
 * Serves the protocol at `/mcp`, a health check at `/health` and a page for people at `/`, on this
 * machine alone. Requests whose Host or Origin is not this machine are refused with 403.
 * @throws DeedboxError `invalid_configuration` for another address, or a port that cannot be opened
 */
export async function serveHttp(options: HttpOptions): Promise<HttpService> {
  const host = bindAddress(options.host);
  const faces = new ProtocolFaces(options);
  const hostAllowed = localhostHostValidation();
  const originAllowed = localhostOriginValidation();
  let url = '';

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!hostAllowed(request, response) || !originAllowed(request, response)) return;
    const path = (request.url ?? '/').split('?')[0];
    const asker = options.asker(request);
    if (path === '/mcp') return (await faces.of(asker)).handle(request, response);
    const known = path === '/health' || path === '/';
    if (!known) return send(response, 404, 'text/plain', 'Not found. The protocol is at /mcp.\n');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return send(response, 405, 'text/plain', 'Only GET is answered here.\n');
    }
    if (path === '/health') {
      const told = await health(await options.services(asker), faces.sessions);
      return send(response, 200, 'application/json', told);
    }
    const services = await options.services(asker);
    const questions = (await options.questions?.(services)) ?? firstQuestions;
    const desktop = (options.desktop ?? bridgeConfiguration)(url);
    const [{ documents }, state] = [await services.library.size(), await services.library.files()];
    const page = homePage({ url, desktop, questions, documents, ...state });
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
    await faces.close();
    throw listenFailure(error as NodeJS.ErrnoException, host, options.port);
  }
  const { port } = server.address() as AddressInfo;
  url = `http://${host === '::1' ? '[::1]' : host}:${port}`;

  return {
    url,
    async close() {
      await faces.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
