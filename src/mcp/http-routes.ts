import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { DeedboxError } from '../errors/errors.ts';
import type { RequestContext } from '../request/context.ts';
import { bridgeConfiguration } from './desktop-configuration.ts';
import { exampleQuestions, homePage } from './home-page.ts';
import { send, sendJson } from './http-responses.ts';
import type { ResourceMetadata } from './resource-metadata.ts';
import type { McpServices, ServicesFactory } from './services.ts';

/** Milliseconds in which the readiness check must succeed. */
const readyTimeoutMs = 3000;

export const isReadRequest = ({ method }: IncomingMessage) => method === 'GET' || method === 'HEAD';

export interface PublicRouteState {
  /** Rejects when the service cannot answer questions. */
  ready?: (() => Promise<unknown>) | undefined;
  isClosing: boolean;
  metadata?: ResourceMetadata | undefined;
}

async function isReady({ isClosing, ready }: PublicRouteState): Promise<boolean> {
  if (isClosing) return false;
  const readiness = (ready?.() ?? Promise.resolve()).then(
    () => true,
    () => false,
  );
  return Promise.race([readiness, delay(readyTimeoutMs, false, { ref: false })]);
}

/**
 * The routes without authentication: whether this process is live (`/health/live`), whether it can
 * answer questions (`/health/ready`), and where to sign in (RFC 9728). False for any other path.
 */
export async function servePublicRoute(
  path: string,
  response: ServerResponse,
  state: PublicRouteState,
): Promise<boolean> {
  const { metadata } = state;
  if (path === '/health/live') sendJson(response, 200, { status: 'live' });
  else if (path === '/health/ready') {
    const isServiceReady = await isReady(state);
    sendJson(response, isServiceReady ? 200 : 503, {
      status: isServiceReady ? 'ready' : 'not_ready',
    });
  } else if (metadata?.isAt(path)) {
    sendJson(response, 200, metadata.document, { 'access-control-allow-origin': '*' });
  } else return false;
  return true;
}

export interface RouteOptions {
  services: ServicesFactory;
  /**
   * The metrics at `/metrics`, for admins and for requests with `key`.
   * @param sessions how many are open
   */
  metrics?: { render(sessions: number): Promise<{ type: string; text: string }>; key?: string };
  /** Questions to try, for the page at `/`. */
  suggestQuestions?: (services: McpServices) => Promise<string[]>;
  /** The configuration of Claude Desktop for this service, for the same page; a bridge by default. */
  desktopConfig?: (url: string) => string;
}

/** Whether a request has exactly this key. */
function hasBearerKey({ headers }: IncomingMessage, key: string | undefined): boolean {
  if (key === undefined) return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${key}`));
}

/** Status at `/health`, metrics at `/metrics`, and a page for people at `/`. */
export class HttpRoutes {
  readonly #options: RouteOptions;
  readonly #countSessions: () => number;

  /** @param countSessions how many are open */
  constructor(options: RouteOptions, countSessions: () => number) {
    this.#options = options;
    this.#countSessions = countSessions;
  }

  /** Serves the metrics to a request with their own key; false for any other request. */
  async serveMetricsWithKey(
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<boolean> {
    const { metrics } = this.#options;
    if (path !== '/metrics' || !isReadRequest(request) || !hasBearerKey(request, metrics?.key))
      return false;
    await this.#sendMetrics(response);
    return true;
  }

  /**
   * Serves an authenticated request.
   * @param target.url the address of the service that is shown to people
   * @throws DeedboxError `forbidden` for metrics without the scope of admins
   */
  async serve(
    { path, url }: { path: string; url: string },
    request: IncomingMessage,
    response: ServerResponse,
    context: RequestContext,
  ): Promise<void> {
    if (this.#options.metrics && path === '/metrics' && isReadRequest(request)) {
      if (context.scopes.includes('documents:sync')) return this.#sendMetrics(response);
      throw new DeedboxError('forbidden', 'The metrics are for admins.', {
        hint: 'Use a key with the role admin, or the one in DEEDBOX_METRICS_KEY.',
      });
    }
    if (path !== '/health' && path !== '/')
      return send(response, 404, 'text/plain', 'Not found. The protocol is at /mcp.\n');
    if (!isReadRequest(request)) {
      return send(response, 405, 'text/plain', 'Only GET is supported here.\n');
    }
    const services = await this.#options.services(context);
    if (path === '/health') return sendJson(response, 200, await this.#healthReport(services));
    const page = await context.audited({ event: 'page', name: '/' }, () =>
      this.#renderHomePage(services, url),
    );
    send(response, 200, 'text/html', page);
  }

  async #healthReport({ scopedIndex, syncs }: McpServices): Promise<object> {
    const [{ documents }, { files }, queue] = await Promise.all([
      scopedIndex.size(),
      scopedIndex.files(),
      syncs.jobs(),
    ]);
    return { ok: true, documents, files, queue, sessions: this.#countSessions() };
  }

  async #renderHomePage(services: McpServices, url: string): Promise<string> {
    const { suggestQuestions, desktopConfig = bridgeConfiguration } = this.#options;
    await services.requireFreshPermissions();
    const questions = (await suggestQuestions?.(services)) ?? exampleQuestions;
    const { documents } = await services.scopedIndex.size();
    const { files, failures } = await services.scopedIndex.files();
    return homePage({
      url,
      desktopConfig: desktopConfig(url),
      questions,
      documents,
      files,
      failures,
    });
  }

  async #sendMetrics(response: ServerResponse): Promise<void> {
    const { type, text } = await this.#options.metrics!.render(this.#countSessions());
    response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' });
    response.end(text);
  }
}
