import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { hostHeaderValidation, originValidation } from '@modelcontextprotocol/node';
import { DeedboxError } from '../errors.ts';
import { authInfoOf } from './answered.ts';
import { CallerPages, type CallerPagesOptions } from './caller-pages.ts';
import { allowedNames, bindAddress, localUrl } from './http-addresses.ts';
import { Entrance, type EntranceOptions } from './http-entrance.ts';
import { type HttpLimits, usualLimits } from './http-limits.ts';
import { type Challenge, sendFailure } from './http-replies.ts';
import { type FaceOptions, ProtocolFaces } from './protocol-faces.ts';
import { answerAnybody } from './public-pages.ts';
import { ResourceMetadata } from './resource-metadata.ts';
import type { SessionLimits } from './sessions.ts';
import { Turns } from './turns.ts';

export interface HttpOptions
  extends
    Omit<FaceOptions, 'limits' | 'isStillAdmitted' | 'closing' | 'turns'>,
    Omit<CallerPagesOptions, 'services' | 'answered'>,
    Pick<EntranceOptions, 'door' | 'trustedProxies'> {
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
const keptAlive = 75_000;
/** Looks, so many milliseconds apart, in a row that find nothing running before connections are closed. */
const quietLooks = 5;
const lookEvery = 20;

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

/**
 * Serves the protocol at `/mcp`, the state of things at `/health`, figures at `/metrics` and a page for
 * people at `/`; and for those who have no credential `/health/live` and `/health/ready`, which say yes or
 * no, and where to sign in. Requests whose Host or Origin is neither this machine nor the public address
 * are refused with 403.
 * @throws DeedboxError `invalid_configuration` for an address that others can reach where nobody could be
 *   told from another, or a port that cannot be opened
 */
export async function serveHttp(options: HttpOptions): Promise<HttpService> {
  const { door, publicUrl, log, ready } = options;
  const { hasCredentials } = door;
  const host = bindAddress({ host: options.host, hasCredentials, publicUrl });
  const limits = { ...usualLimits, ...options.limits };
  const entrance = new Entrance({ ...options, limits });
  const names = allowedNames(host, publicUrl);
  const [hostAllowed, originAllowed] = [hostHeaderValidation(names), originValidation(names)];
  const closing = new AbortController();
  const faces = new ProtocolFaces({
    ...options,
    limits,
    closing: closing.signal,
    turns: new Turns(),
    isStillAdmitted: (caller) => door.isStillAdmitted(caller),
  });
  const pages = new CallerPages(options, () => faces.sessions);
  const scopePrefix = door.tokens?.settings.scopePrefix ?? '';
  let url = '';
  let metadata: ResourceMetadata | undefined;
  /** Answers under way to what was asked; among them are those streams that POST opens. */
  const exchanges = new Set<ServerResponse>();

  const challenge = (): Challenge => ({
    requiredScopes: [`${scopePrefix}documents:read`],
    resourceMetadataUrl: metadata?.url,
  });

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!hostAllowed(request, response) || !originAllowed(request, response)) return;
    const { method, url: asked = '/' } = request;
    const path = asked.split('?')[0]!;
    const state = { ready, isClosing: closing.signal.aborted, metadata };
    const reads = method === 'GET' || method === 'HEAD';
    if (reads && (await answerAnybody(path, response, state))) return;
    if (closing.signal.aborted) {
      throw new DeedboxError('not_ready', 'Deedbox is shutting down.', { retryable: true });
    }
    if (method !== 'GET' || path !== '/mcp') {
      // before anything is waited for, so that nothing that was begun is closed
      exchanges.add(response);
      response.once('close', () => exchanges.delete(response));
    }
    if (await pages.answerScraper(path, { request, response })) return;
    const origin = await entrance.admit(request, response);
    if (path === '/mcp') {
      const auth = authInfoOf(origin, { resourceMetadataUrl: metadata?.url, scopePrefix });
      return (await faces.of(origin.caller)).handle(Object.assign(request, { auth }), response);
    }
    await pages.answer(path, { request, response }, { origin, url: publicUrl ?? url });
  }

  const server = createServer(
    {
      headersTimeout: limits.headTime,
      requestTimeout: limits.requestTime,
      keepAliveTimeout: keptAlive,
      connectionsCheckingInterval: Math.min(limits.headTime / 2, 5000),
    },
    (request, response) => {
      if (closing.signal.aborted) response.setHeader('connection', 'close');
      route(request, response).catch((error: unknown) => {
        if (response.headersSent) response.destroy();
        else sendFailure(response, error, { challenge: challenge(), log });
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

  /** Who comes meanwhile is told so, rather than cut off where the system has queued them. */
  async function drain(): Promise<void> {
    const end = Date.now() + limits.drain;
    for (let quiet = 0; quiet < quietLooks && Date.now() < end;) {
      await delay(lookEvery);
      quiet = exchanges.size > faces.listening ? 0 : quiet + 1;
    }
  }

  return {
    url,
    async close() {
      closing.abort();
      await drain();
      const closed = once(server, 'close');
      server.close();
      await faces.close();
      server.closeIdleConnections();
      // the last answers are on their way; a stream that nobody reads is cut
      await Promise.race([closed, delay(1000, undefined, { ref: false })]);
      server.closeAllConnections();
      await closed;
    },
  };
}
