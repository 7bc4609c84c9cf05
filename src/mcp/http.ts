import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { hostHeaderValidation, originValidation } from '@modelcontextprotocol/node';
import type { Caller } from '../access/caller.ts';
import type { Door } from '../access/door.ts';
import { DeedboxError } from '../errors.ts';
import { type Answering, authInfoOf } from './answered.ts';
import { clientAddress } from './client-address.ts';
import { bridgeConfiguration } from './desktop-configuration.ts';
import { firstQuestions, homePage } from './home-page.ts';
import { allowedNames, bindAddress, localUrl } from './http-addresses.ts';
import { type HttpLimits, Turnstile, usualLimits } from './http-limits.ts';
import { type Challenge, send, sendFailure, sendJson } from './http-replies.ts';
import { type FaceOptions, ProtocolFaces } from './protocol-faces.ts';
import { ResourceMetadata } from './resource-metadata.ts';
import type { McpServices } from './services.ts';
import type { SessionLimits } from './sessions.ts';

export interface HttpOptions extends Omit<FaceOptions, 'limits' | 'isStillAdmitted'> {
  /** Who calls, of each request. This alone decides it. */
  door: Pick<Door, 'isOpen' | 'hasCredentials' | 'admit' | 'isStillAdmitted' | 'tokens'>;
  /** One that is not this machine's own takes credentials and a public address. */
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** The address that clients use, without a slash at the end; the service's own where it is left out. */
  publicUrl?: string;
  /** Addresses and networks of proxies whose word on the client's address is taken. */
  trustedProxies?: readonly string[];
  limits?: Partial<HttpLimits & SessionLimits>;
  /** Throws when no question could be answered now. */
  ready?: () => Promise<unknown>;
  /** What `/metrics` tells to admins, and to whoever has its key. */
  metrics?: { page(sessions: number): Promise<{ type: string; text: string }>; key?: string };
  /** Questions to try, for the page at `/`. */
  questions?: (services: McpServices) => Promise<string[]>;
  /** What makes Claude Desktop use this service, for the same page; a bridge to it by default. */
  desktop?: (url: string) => string;
  /** Is told of whatever is asked, with what was disclosed to whom. */
  answered?: Answering;
}

export interface HttpService {
  /** e.g. `http://127.0.0.1:7331`, without a slash at the end; the protocol is at `/mcp` under it. */
  url: string;
  /** Lets calls that run end, for as long as `limits.drain` says, then ends every connection. */
  close(): Promise<void>;
}

/** Seconds that a stream outlives the credential that opened it, so that a call that runs can end. */
const grace = 60;
const longestTimer = 2 ** 31 - 1;
/**
 * Milliseconds that a connection without a request is kept: longer than proxies and clients keep theirs,
 * else one of them sends its next request into a connection that is being closed.
 */
const keptAlive = 75_000;
/** Milliseconds in which one finds out whether questions can be answered. */
const readyPatience = 3000;

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

async function health({ library, syncs }: McpServices, sessions: number): Promise<object> {
  const [{ documents }, { files }, queue] = await Promise.all([
    library.size(),
    library.files(),
    syncs.jobs(),
  ]);
  return { ok: true, documents, files, queue, sessions };
}

/** Whether a request brings exactly this key. */
function isBearer({ headers }: IncomingMessage, key: string | undefined): boolean {
  if (key === undefined) return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${key}`));
}

/** Ends what a credential opened when that has expired. */
function endWithCredential({ expiresAt }: Caller, response: ServerResponse): void {
  if (expiresAt === undefined) return;
  const left = (expiresAt + grace) * 1000 - Date.now();
  const timer = setTimeout(() => response.destroy(), Math.min(left, longestTimer)).unref();
  response.once('close', () => clearTimeout(timer));
}

/**
 * Serves the protocol at `/mcp`, the state of things at `/health` and a page for people at `/`; and for
 * those who have no credential `/health/live` and `/health/ready`, which say yes or no, and where to sign
 * in. Requests whose Host or Origin is neither this machine nor the public address are refused with 403.
 * @throws DeedboxError `invalid_configuration` for an address that others can reach where nobody could be
 *   told from another, or a port that cannot be opened
 */
export async function serveHttp(options: HttpOptions): Promise<HttpService> {
  const { door, publicUrl } = options;
  const { hasCredentials } = door;
  const host = bindAddress({ host: options.host, hasCredentials, publicUrl });
  const limits = { ...usualLimits, ...options.limits };
  const turnstile = new Turnstile(limits);
  const addressOf = clientAddress(options.trustedProxies ?? []);
  const names = allowedNames(host, publicUrl);
  const [hostAllowed, originAllowed] = [hostHeaderValidation(names), originValidation(names)];
  const faces = new ProtocolFaces({
    ...options,
    limits,
    isStillAdmitted: (caller) => door.isStillAdmitted(caller),
  });
  const scopePrefix = door.tokens?.settings.scopePrefix ?? '';
  let url = '';
  let metadata: ResourceMetadata | undefined;
  let closing = false;
  /** Answers under way to what was asked; among them are those streams that POST opens. */
  const exchanges = new Set<ServerResponse>();

  const challenge = (): Challenge => ({
    requiredScopes: [`${scopePrefix}documents:read`],
    resourceMetadataUrl: metadata?.url,
  });

  async function isReady(): Promise<boolean> {
    if (closing) return false;
    const checked = (options.ready?.() ?? Promise.resolve()).then(
      () => true,
      () => false,
    );
    return Promise.race([checked, delay(readyPatience, false, { ref: false })]);
  }

  /** What is told to everybody; false where it is something else that is asked for. */
  async function answerAnybody(path: string, response: ServerResponse): Promise<boolean> {
    if (path === '/health/live') sendJson(response, 200, { status: 'live' });
    else if (path === '/health/ready') {
      const ready = await isReady();
      sendJson(response, ready ? 200 : 503, { status: ready ? 'ready' : 'not_ready' });
    } else if (metadata?.isAt(path)) {
      sendJson(response, 200, metadata.document, { 'access-control-allow-origin': '*' });
    } else return false;
    return true;
  }

  async function answerPage(
    path: string,
    caller: Caller,
    { request, response }: { request: IncomingMessage; response: ServerResponse },
  ) {
    const services = await options.services(caller.asker, caller.scopes);
    if (path === '/health') return sendJson(response, 200, await health(services, faces.sessions));
    const questions = (await options.questions?.(services)) ?? firstQuestions;
    const shown = publicUrl ?? url;
    const desktop = (options.desktop ?? bridgeConfiguration)(shown);
    const [{ documents }, state] = [await services.library.size(), await services.library.files()];
    await options.answered?.({
      event: 'page',
      name: path,
      milliseconds: 0,
      disclosed: [],
      origin: { caller, address: addressOf(request) },
    });
    const page = homePage({ url: shown, desktop, questions, documents, ...state });
    send(response, 200, 'text/html', page);
  }

  async function answerMetrics(response: ServerResponse): Promise<void> {
    const { type, text } = await options.metrics!.page(faces.sessions);
    response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' });
    response.end(text);
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!hostAllowed(request, response) || !originAllowed(request, response)) return;
    const path = (request.url ?? '/').split('?')[0]!;
    const reads = request.method === 'GET' || request.method === 'HEAD';
    if (reads && (await answerAnybody(path, response))) return;
    if (closing) {
      throw new DeedboxError('not_ready', 'Deedbox is shutting down.', { retryable: true });
    }
    const wantsMetrics = reads && path === '/metrics' && options.metrics !== undefined;
    if (wantsMetrics && isBearer(request, options.metrics?.key)) return answerMetrics(response);
    const caller = await door.admit(request);
    const leave = turnstile.pass(caller.by === 'none' ? undefined : caller.id);
    response.once('close', leave);
    endWithCredential(caller, response);
    if (path === '/mcp') {
      if (request.method === 'POST') {
        exchanges.add(response);
        response.once('close', () => exchanges.delete(response));
      }
      const origin = { caller, address: addressOf(request) };
      const auth = authInfoOf(origin, { resourceMetadataUrl: metadata?.url, scopePrefix });
      return (await faces.of(caller)).handle(Object.assign(request, { auth }), response);
    }
    if (wantsMetrics) {
      if (caller.scopes.includes('documents:sync')) return answerMetrics(response);
      throw new DeedboxError('forbidden', 'The figures are for admins.', {
        hint: 'Use a key with the role admin, or the one in DEEDBOX_METRICS_KEY.',
      });
    }
    const known = path === '/health' || path === '/';
    if (!known) return send(response, 404, 'text/plain', 'Not found. The protocol is at /mcp.\n');
    if (!reads) return send(response, 405, 'text/plain', 'Only GET is answered here.\n');
    await answerPage(path, caller, { request, response });
  }

  const server = createServer(
    {
      headersTimeout: limits.headTime,
      requestTimeout: limits.requestTime,
      keepAliveTimeout: keptAlive,
      connectionsCheckingInterval: Math.min(limits.headTime / 2, 5000),
    },
    (request, response) => {
      if (closing) response.setHeader('connection', 'close');
      route(request, response).catch((error: unknown) => {
        if (response.headersSent) response.destroy();
        else sendFailure(response, error, challenge());
      });
    },
  );
  try {
    server.listen(options.port, host);
    await once(server, 'listening');
  } catch (error) {
    await faces.close();
    throw listenFailure(error as NodeJS.ErrnoException, host, options.port);
  }
  url = localUrl(host, (server.address() as AddressInfo).port);
  if (door.tokens) metadata = new ResourceMetadata(door.tokens.settings, publicUrl ?? url);

  return {
    url,
    async close() {
      closing = true;
      const closed = once(server, 'close');
      server.close();
      const end = Date.now() + limits.drain;
      while (exchanges.size > faces.listening && Date.now() < end) await delay(20);
      await faces.close();
      server.closeIdleConnections();
      // the last answers are on their way; a stream that nobody reads is cut
      await Promise.race([closed, delay(1000, undefined, { ref: false })]);
      server.closeAllConnections();
      await closed;
    },
  };
}
