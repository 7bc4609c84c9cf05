import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Asker } from '../access/asker.ts';
import type { Scope } from '../access/caller.ts';
import { DeedboxError } from '../errors.ts';
import type { Answering, Disclosing, Origin } from './answered.ts';
import { bridgeConfiguration } from './desktop-configuration.ts';
import { firstQuestions, homePage } from './home-page.ts';
import { send, sendJson } from './http-replies.ts';
import type { McpServices } from './services.ts';

export interface CallerPagesOptions {
  services: (asker: Asker, scopes: readonly Scope[]) => Promise<McpServices>;
  /** What `/metrics` tells to admins, and to whoever has its key. */
  metrics?: { page(sessions: number): Promise<{ type: string; text: string }>; key?: string };
  /** Questions to try, for the page at `/`. */
  questions?: (services: McpServices) => Promise<Disclosing<string[]>>;
  /** What makes Claude Desktop use this service, for the same page; a bridge to it by default. */
  desktop?: (url: string) => string;
  answered?: Answering;
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
}

const reads = ({ method }: IncomingMessage) => method === 'GET' || method === 'HEAD';

/** Whether a request brings exactly this key. */
function isBearer({ headers }: IncomingMessage, key: string | undefined): boolean {
  if (key === undefined) return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${key}`));
}

/** The state of things at `/health`, the figures at `/metrics`, and a page for people at `/`. */
export class CallerPages {
  readonly #options: CallerPagesOptions;
  readonly #sessions: () => number;

  /** @param sessions how many are open */
  constructor(options: CallerPagesOptions, sessions: () => number) {
    this.#options = options;
    this.#sessions = sessions;
  }

  /** Answers one who brings the key to the figures, which opens nothing else; false for others. */
  async answerScraper(path: string, { request, response }: Exchange): Promise<boolean> {
    const { metrics } = this.#options;
    if (path !== '/metrics' || !reads(request) || !isBearer(request, metrics?.key)) return false;
    await this.#metrics(response);
    return true;
  }

  /**
   * Answers one who was let in.
   * @param url the address that is shown to people
   */
  async answer(
    path: string,
    { request, response }: Exchange,
    { origin, url }: { origin: Origin; url: string },
  ): Promise<void> {
    const { caller } = origin;
    const hasMetrics = this.#options.metrics !== undefined;
    if (hasMetrics && path === '/metrics' && reads(request)) {
      if (caller.scopes.includes('documents:sync')) return this.#metrics(response);
      throw new DeedboxError('forbidden', 'The figures are for admins.', {
        hint: 'Use a key with the role admin, or the one in DEEDBOX_METRICS_KEY.',
      });
    }
    const known = path === '/health' || path === '/';
    if (!known) return send(response, 404, 'text/plain', 'Not found. The protocol is at /mcp.\n');
    if (!reads(request)) {
      return send(response, 405, 'text/plain', 'Only GET is answered here.\n');
    }
    const services = await this.#options.services(caller.asker, caller.scopes);
    if (path === '/health') return sendJson(response, 200, await this.#health(services));
    await this.#home(services, response, { origin, url });
  }

  async #health({ library, syncs }: McpServices): Promise<object> {
    const [{ documents }, { files }, queue] = await Promise.all([
      library.size(),
      library.files(),
      syncs.jobs(),
    ]);
    return { ok: true, documents, files, queue, sessions: this.#sessions() };
  }

  async #home(
    services: McpServices,
    response: ServerResponse,
    { origin, url }: { origin: Origin; url: string },
  ): Promise<void> {
    const { answered, questions: suggest, desktop = bridgeConfiguration } = this.#options;
    const began = performance.now();
    const suggested = await suggest?.(services);
    const { answer: questions, disclosed } = suggested ?? { answer: firstQuestions, disclosed: [] };
    const [{ documents }, state] = [await services.library.size(), await services.library.files()];
    const milliseconds = performance.now() - began;
    await answered?.({ event: 'page', name: '/', milliseconds, disclosed, origin });
    const page = homePage({ url, desktop: desktop(url), questions, documents, ...state });
    send(response, 200, 'text/html', page);
  }

  async #metrics(response: ServerResponse): Promise<void> {
    const { type, text } = await this.#options.metrics!.page(this.#sessions());
    response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' });
    response.end(text);
  }
}
