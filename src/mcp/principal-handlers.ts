import { toNodeHandler } from '@modelcontextprotocol/node';
import {
  type AuthInfo,
  createMcpHandler,
  isLegacyRequest,
  type McpHttpHandler,
} from '@modelcontextprotocol/server';
import type { Logger } from 'pino';
import type { Principal } from '../access/principal.ts';
import type { Caller, Scope } from '../access/caller.ts';
import { DeedboxError } from '../errors/errors.ts';
import { auditNotifications } from './audit-events.ts';
import { ResourceNotifier, type Subscriber } from './resource-notifier.ts';
import { parseSubscriptionRequest, Subscriptions } from './subscriptions.ts';
import { onResponseEnd } from './response-end.ts';
import { InFlightCalls } from './in-flight-calls.ts';
import { createMcpServer, type McpOptions } from './server.ts';
import type { McpServices, ServicesFactory } from './services.ts';
import { type SessionLimits, Sessions } from './sessions.ts';

/** Questions are small; a larger body is answered 413. */
const maxRequestBodySize = 1024 * 1024;

/** Those who ask, beyond whom the face of one that has been idle for longest is closed. */
const maxPrincipals = 500;

export interface PrincipalHandlerOptions extends Omit<
  McpOptions,
  'notifier' | 'calls' | 'requestSignal'
> {
  /** The services for one who asks and may do that, made anew for each question; see `OpenServices`. */
  services: (principal: Principal, scopes: readonly Scope[]) => Promise<McpServices>;
  /** Whether one who was let in would be let in still. */
  revalidate: (caller: Caller) => boolean;
  limits: SessionLimits & {
    /** Sessions of all who ask; 2,000 where it is left out. */
    maxSessionsTotal?: number;
    /** Milliseconds between two looks whether those with sessions and streams would be let in still. */
    revalidateMs: number;
  };
}

const defaultMaxSessionsTotal = 2000;

type PrincipalHandler = Awaited<ReturnType<typeof openPrincipalHandler>>;

/** What the protocol's own code has to tell of messages that are none, or of clients that have gone. */
const clientErrorLogger = (log: Logger | undefined) => (err: unknown) =>
  log?.debug({ err }, 'trouble with a client');

/**
 * The protocol in both eras for one who asks: one request a server for 2026-07-28, sessions for those
 * before it. Sessions, subscriptions and notices are this one's own.
 */
async function openPrincipalHandler(
  open: ServicesFactory,
  caller: Caller,
  { limits, ...options }: PrincipalHandlerOptions,
  hasCapacity: () => boolean,
) {
  const { log } = options;
  const onerror = clientErrorLogger(log);
  const notifier = new ResourceNotifier(
    open,
    auditNotifications(options.auditSink, { caller }),
    log,
  );
  notifier.attach(await open());
  const calls = new InFlightCalls();
  const create = (request?: Request) =>
    createMcpServer(open, { ...options, notifier, calls, requestSignal: request?.signal });
  const handler: McpHttpHandler = createMcpHandler(({ requestInfo }) => create(requestInfo), {
    legacy: 'reject',
    maxRequestBodySize,
    onerror,
  });
  const sessions = new Sessions(create, limits, hasCapacity, log);
  const subscriber: Subscriber = {
    uris: new Set(),
    notifyListChanged: () => handler.notify.resourcesChanged(),
    notifyUpdated: (uri) => handler.notify.resourceUpdated(uri),
  };
  const subscriptions = new Subscriptions(subscriber);

  async function dispatch(request: Request, authInfo: AuthInfo | undefined): Promise<Response> {
    const body: unknown =
      request.method === 'POST'
        ? await request
            .clone()
            .json()
            .catch(() => undefined)
        : undefined;
    if (await isLegacyRequest(request, body))
      return sessions.fetch(request, { parsedBody: body, authInfo });
    const subscriptionRequest = parseSubscriptionRequest(body);
    if (!subscriptionRequest) return handler.fetch(request, { parsedBody: body, authInfo });
    await Promise.all(subscriptionRequest.uris.map((uri) => notifier.recordState(uri)));
    subscriptions.add(request, subscriptionRequest.uris);
    notifier.subscribe(subscriber);
    const response = await handler.fetch(request, { parsedBody: body, authInfo });
    return onResponseEnd(response, request.signal, () => {
      subscriptions.delete(request);
      if (subscriptions.count === 0) notifier.unsubscribe(subscriber);
    });
  }

  let openRequestCount = 0;
  async function fetch(
    request: Request,
    { authInfo }: { authInfo?: AuthInfo } = {},
  ): Promise<Response> {
    openRequestCount += 1;
    try {
      return await dispatch(request, authInfo);
    } finally {
      openRequestCount -= 1;
    }
  }

  return {
    handle: toNodeHandler({ fetch }, { maxRequestBodySize, onerror }),
    sessions,
    listeners: subscriptions,
    get isIdle() {
      return openRequestCount === 0 && sessions.count === 0 && subscriptions.count === 0;
    },
    async close() {
      notifier.close();
      await Promise.all([handler.close(), sessions.close()]);
      await calls.drain();
    },
  };
}

interface HandlerEntry {
  caller: Caller;
  opening: Promise<PrincipalHandler>;
  handler?: PrincipalHandler;
}

/**
 * A face of the protocol for each caller, so that no session, subscription or notice of one can reach
 * another: to one, the session of another is an unknown one.
 */
export class PrincipalHandlers {
  readonly #options: PrincipalHandlerOptions;
  /** The one asked for last stands last. */
  readonly #entries = new Map<string, HandlerEntry>();
  readonly #revalidationTimer: NodeJS.Timeout;
  readonly #onCloseError: (err: unknown) => void;

  constructor(options: PrincipalHandlerOptions) {
    this.#options = options;
    this.#onCloseError = (err) => options.log?.error({ err }, 'closing what one had open failed');
    this.#revalidationTimer = setInterval(
      () => this.#evictRevoked(),
      options.limits.revalidateMs,
    ).unref();
  }

  /** Sessions of all who ask. */
  get sessionCount(): number {
    return this.#openHandlers.reduce((sum, { sessions }) => sum + sessions.count, 0);
  }

  async handlerFor(caller: Caller): Promise<PrincipalHandler> {
    const { id } = caller;
    const entry = this.#entries.get(id) ?? this.#createEntry(caller);
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    try {
      entry.handler = await entry.opening;
    } catch (error) {
      if (this.#entries.get(id) === entry) this.#entries.delete(id);
      throw error;
    }
    return entry.handler;
  }

  /** Requests that stay open to listen (2026-07-28), of all who ask. */
  get subscriptionCount(): number {
    return this.#openHandlers.reduce(
      (sum, { listeners: subscriptions }) => sum + subscriptions.count,
      0,
    );
  }

  async close(): Promise<void> {
    clearInterval(this.#revalidationTimer);
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map(async ({ opening }) => (await opening).close()));
  }

  get #openHandlers(): PrincipalHandler[] {
    return [...this.#entries.values()].flatMap(({ handler }) => handler ?? []);
  }

  #createEntry(caller: Caller): HandlerEntry {
    this.#evictIdle();
    const { services, revalidate, limits } = this.#options;
    const open = async () => {
      // also of notices, which nobody asks for at the door
      if (revalidate(caller)) return services(caller.principal, caller.scopes);
      throw new DeedboxError('unauthenticated', 'The key does not count any more.');
    };
    const maxSessions = limits.maxSessionsTotal ?? defaultMaxSessionsTotal;
    const hasCapacity = () => this.sessionCount < maxSessions || this.#evictIdleSession();
    return { caller, opening: openPrincipalHandler(open, caller, this.#options, hasCapacity) };
  }

  /** Ends the session, of whomever, that has been idle for longest; false when all are in use. */
  #evictIdleSession(): boolean {
    const idleSinceOf = (handler: PrincipalHandler) => handler.sessions.idleSince ?? Infinity;
    const [longestIdle] = this.#openHandlers.sort((a, b) => idleSinceOf(a) - idleSinceOf(b));
    return longestIdle?.sessions.evictIdle() ?? false;
  }

  /** Closes what those have open who would not be let in any more. */
  #evictRevoked(): void {
    for (const [id, { caller, handler }] of this.#entries) {
      if (this.#revalidate(caller)) continue;
      this.#entries.delete(id);
      handler?.close().catch(this.#onCloseError);
    }
  }

  #revalidate(caller: Caller): boolean {
    try {
      return this.#options.revalidate(caller);
    } catch (err) {
      this.#options.log?.error({ err }, 'it is not known who is let in still');
      return false;
    }
  }

  #evictIdle(): void {
    if (this.#entries.size < maxPrincipals) return;
    for (const [id, { handler }] of this.#entries) {
      if (!handler?.isIdle) continue;
      this.#entries.delete(id);
      handler.close().catch(this.#onCloseError);
      return;
    }
  }
}
