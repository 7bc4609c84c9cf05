import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Principal } from '../access/principal.ts';
import type { Scope } from '../access/caller.ts';
import { DeedboxError } from '../errors/errors.ts';
import type { AuditSink, WithDisclosures, RequestIdentity } from './audit-events.ts';
import { bridgeConfiguration } from './desktop-configuration.ts';
import { exampleQuestions, homePage } from './home-page.ts';
import { send, sendJson } from './http-responses.ts';
import type { McpServices } from './services.ts';

export interface AuthenticatedRouteOptions {
  services: (principal: Principal, scopes: readonly Scope[]) => Promise<McpServices>;
  /** What `/metrics` tells to admins, and to whoever has its key. */
  metrics?: { render(sessions: number): Promise<{ type: string; text: string }>; key?: string };
  /** Questions to try, for the page at `/`. */
  suggestQuestions?: (services: McpServices) => Promise<WithDisclosures<string[]>>;
  /** What makes Claude Desktop use this service, for the same page; a bridge to it by default. */
  desktopConfig?: (url: string) => string;
  auditSink?: AuditSink;
}

interface HttpExchange {
  request: IncomingMessage;
  response: ServerResponse;
}

const isReadRequest = ({ method }: IncomingMessage) => method === 'GET' || method === 'HEAD';

/** Whether a request brings exactly this key. */
function hasBearerKey({ headers }: IncomingMessage, key: string | undefined): boolean {
  if (key === undefined) return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${key}`));
}

/** The state of things at `/health`, the figures at `/metrics`, and a page for people at `/`. */
export class AuthenticatedRoutes {
  readonly #options: AuthenticatedRouteOptions;
  readonly #countSessions: () => number;

  /** @param countSessions how many are open */
  constructor(options: AuthenticatedRouteOptions, countSessions: () => number) {
    this.#options = options;
    this.#countSessions = countSessions;
  }

  /** Answers one who brings the key to the figures, which opens nothing else; false for others. */
  async serveMetrics(path: string, { request, response }: HttpExchange): Promise<boolean> {
    const { metrics } = this.#options;
    if (path !== '/metrics' || !isReadRequest(request) || !hasBearerKey(request, metrics?.key))
      return false;
    await this.#sendMetrics(response);
    return true;
  }

  /**
   * Answers one who was let in.
   * @param url the address that is shown to people
   */
  async serve(
    path: string,
    { request, response }: HttpExchange,
    { identity, url }: { identity: RequestIdentity; url: string },
  ): Promise<void> {
    const { caller } = identity;
    const hasMetrics = this.#options.metrics !== undefined;
    if (hasMetrics && path === '/metrics' && isReadRequest(request)) {
      if (caller.scopes.includes('documents:sync')) return this.#sendMetrics(response);
      throw new DeedboxError('forbidden', 'The figures are for admins.', {
        hint: 'Use a key with the role admin, or the one in DEEDBOX_METRICS_KEY.',
      });
    }
    const isKnownPath = path === '/health' || path === '/';
    if (!isKnownPath)
      return send(response, 404, 'text/plain', 'Not found. The protocol is at /mcp.\n');
    if (!isReadRequest(request)) {
      return send(response, 405, 'text/plain', 'Only GET is answered here.\n');
    }
    const services = await this.#options.services(caller.principal, caller.scopes);
    if (path === '/health') return sendJson(response, 200, await this.#healthReport(services));
    await this.#sendHomePage(services, response, { identity, url });
  }

  async #healthReport({ scopedIndex: library, syncs }: McpServices): Promise<object> {
    const [{ documents }, { files }, queue] = await Promise.all([
      library.size(),
      library.files(),
      syncs.jobs(),
    ]);
    return { ok: true, documents, files, queue, sessions: this.#countSessions() };
  }

  async #sendHomePage(
    services: McpServices,
    response: ServerResponse,
    { identity, url }: { identity: RequestIdentity; url: string },
  ): Promise<void> {
    const { auditSink, suggestQuestions, desktopConfig = bridgeConfiguration } = this.#options;
    const startedAt = performance.now();
    const suggested = await suggestQuestions?.(services);
    const { answer: questions, disclosed } = suggested ?? {
      answer: exampleQuestions,
      disclosed: [],
    };
    const [{ documents }, fileStatus] = [
      await services.scopedIndex.size(),
      await services.scopedIndex.files(),
    ];
    const milliseconds = performance.now() - startedAt;
    await auditSink?.({ event: 'page', name: '/', milliseconds, disclosed, identity });
    const page = homePage({
      url,
      desktopConfig: desktopConfig(url),
      questions,
      documents,
      ...fileStatus,
    });
    send(response, 200, 'text/html', page);
  }

  async #sendMetrics(response: ServerResponse): Promise<void> {
    const { type, text } = await this.#options.metrics!.render(this.#countSessions());
    response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' });
    response.end(text);
  }
}
