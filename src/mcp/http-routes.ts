import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { MissingScopeError } from '../access/missing-scope-error.ts';
import { DeedboxError } from '../errors/errors.ts';
import type { RequestContext } from '../request/context.ts';
import { bridgeConfiguration } from './desktop-configuration.ts';
import type { CallQueue } from './call-queue.ts';
import { exampleQuestions, homePage } from './home-page.ts';
import { limitKey } from './http-limits.ts';
import { anyOrigin, send, sendJson } from './http-responses.ts';
import type { PrincipalHandlers } from './principal-handlers.ts';
import type { ResourceMetadata } from './resource-metadata.ts';
import type { McpServices, ServicesFactory } from './services.ts';
import { transportHint } from './unserved-paths.ts';

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
    sendJson(response, 200, metadata.document, anyOrigin);
  } else return false;
  return true;
}

export interface RouteOptions {
  services: ServicesFactory;
  /**
   * The metrics at `/metrics`, for admins who may read everything and for requests with `key`.
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

/** Why a caller may not read the metrics; undefined where they may. */
function metricsRefusal({ scopes, principal }: RequestContext): DeedboxError | undefined {
  if (!scopes.includes('documents:sync')) {
    return new MissingScopeError(
      'The metrics are for admins.',
      'Use a key with the role admin and `--everything`, or the one in DEEDBOX_METRICS_KEY.',
    );
  }
  if (principal === 'unrestricted') return undefined;
  return new DeedboxError(
    'forbidden',
    'The metrics count all contracts, and your key or token reads those of one person.',
    { hint: 'Use an admin key with `--everything`, or the one in DEEDBOX_METRICS_KEY.' },
  );
}

/** Status at `/health`, metrics at `/metrics`, and a page for people at `/`. */
export class HttpRoutes {
  readonly #options: RouteOptions;
  readonly #handlers: Pick<PrincipalHandlers, 'sessionCount' | 'sessionCountOf'>;
  readonly #callQueue: CallQueue;

  constructor(
    options: RouteOptions,
    shared: {
      handlers: Pick<PrincipalHandlers, 'sessionCount' | 'sessionCountOf'>;
      callQueue: CallQueue;
    },
  ) {
    this.#options = options;
    this.#handlers = shared.handlers;
    this.#callQueue = shared.callQueue;
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
   * @throws DeedboxError `forbidden` for metrics without the scope of admins, or for a person
   */
  async serve(
    { path, url }: { path: string; url: string },
    request: IncomingMessage,
    response: ServerResponse,
    context: RequestContext,
  ): Promise<void> {
    if (this.#options.metrics && path === '/metrics' && isReadRequest(request)) {
      const refusal = metricsRefusal(context);
      if (refusal) throw refusal;
      return this.#sendMetrics(response);
    }
    if (path !== '/health' && path !== '/')
      return send(response, 404, 'text/plain', `Not found. ${transportHint(url)}\n`);
    if (!isReadRequest(request)) {
      const message = `Only GET is supported here. ${transportHint(url)}\n`;
      return send(response, 405, 'text/plain', message, { allow: 'GET, HEAD' });
    }
    const inTurn = <T>(run: (services: McpServices) => Promise<T>) =>
      this.#callQueue.answer(limitKey(context), () => this.#options.services(context), run);
    if (path === '/health') {
      const report = await inTurn((services) => this.#healthReport(services, context));
      return sendJson(response, 200, report);
    }
    const page = await context.audited({ event: 'page', name: '/' }, () =>
      inTurn((services) => this.#renderHomePage(services, url)),
    );
    send(response, 200, 'text/html', page);
  }

  /** A person gets figures of their own alone. */
  async #healthReport(
    { scopedIndex, syncs }: McpServices,
    { principal, caller }: RequestContext,
  ): Promise<object> {
    const [{ documents }, { files }] = await Promise.all([scopedIndex.size(), scopedIndex.files()]);
    const queue = await syncs.jobs();
    const sessions =
      principal === 'unrestricted'
        ? this.#handlers.sessionCount
        : this.#handlers.sessionCountOf(caller);
    return { ok: true, documents, files, queue, sessions };
  }

  async #renderHomePage(services: McpServices, url: string): Promise<string> {
    const { suggestQuestions, desktopConfig = bridgeConfiguration } = this.#options;
    await services.requireFreshPermissions();
    const questions = (await suggestQuestions?.(services)) ?? exampleQuestions;
    const { documents } = await services.scopedIndex.size();
    const { files, failures, unread } = await services.scopedIndex.files();
    return homePage({
      url,
      desktopConfig: desktopConfig(url),
      questions,
      documents,
      files,
      failures,
      unread,
    });
  }

  async #sendMetrics(response: ServerResponse): Promise<void> {
    const { type, text } = await this.#options.metrics!.render(this.#handlers.sessionCount);
    response.writeHead(200, { 'content-type': type });
    response.end(text);
  }
}
