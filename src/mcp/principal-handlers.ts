import type { IncomingMessage, ServerResponse } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import {
  createMcpHandler,
  isLegacyRequest,
  type McpHttpHandler,
  type McpServer,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server';
import type { Caller } from '../access/principal.ts';
import { DeedboxError } from '../errors/errors.ts';
import type { AuditSink } from '../request/audit-event.ts';
import { RequestContext } from '../request/context.ts';
import type { CallQueue } from './call-queue.ts';
import { errorResponse, rateLimitResponse } from './error-responses.ts';
import { protocolFailure } from './failures.ts';
import { limitKey, type RequestLimiter } from './http-limits.ts';
import { InFlightCalls } from './in-flight-calls.ts';
import {
  headerProblem,
  isCall,
  isSessionSubscription,
  maxRequestBodyBytes,
  messageProblem,
  requestIdOf,
} from './message-limits.ts';
import { RateLimitError } from './rate-limit-error.ts';
import type { RequestAuthInfo } from './request-auth.ts';
import { ResourceNotifier } from './resource-notifier.ts';
import { requireResourceUris } from './resource-uris.ts';
import { onResponseEnd } from './response-end.ts';
import { createMcpServer, type McpOptions } from './server.ts';
import type { McpServices, ServicesFactory } from './services.ts';
import { type SessionLimits, Sessions } from './sessions.ts';
import { ListenSubscriptions, parseSubscriptionRequest } from './subscriptions.ts';

/** Callers with a handler; beyond it, the handler that has been idle for longest is closed. */
const maxPrincipals = 500;

const defaultMaxSessionsTotal = 2000;

export interface PrincipalHandlerOptions extends Omit<
  McpOptions,
  'notifier' | 'calls' | 'requestSignal' | 'callQueue'
> {
  services: ServicesFactory;
  callQueue: CallQueue;
  limiter: RequestLimiter;
  /** Called with each request that was rejected because of a limit. */
  onLimitReached: (error: RateLimitError) => void;
  /** Whether the credential of a caller is still valid. */
  revalidate: (caller: Caller) => boolean;
  auditSink?: AuditSink | undefined;
  limits: SessionLimits & {
    /** Sessions of all callers; 2,000 where it is left out. */
    maxSessionsTotal?: number;
    /** Milliseconds between two checks whether the credentials of callers are still valid. */
    revalidateMs: number;
    maxSubscriptions: number;
  };
}

/**
 * The protocol in both versions for one caller: a server for each request for 2026-07-28, sessions for
 * those before it. Sessions, subscriptions and notifications are this caller's own.
 */
class PrincipalHandler {
  readonly sessions: Sessions;
  readonly #caller: Caller;
  readonly #context: RequestContext;
  readonly #options: PrincipalHandlerOptions;
  readonly #notifier: ResourceNotifier;
  readonly #stateless: McpHttpHandler;
  readonly #calls = new InFlightCalls();
  readonly #subscriptions: ListenSubscriptions;
  readonly #nodeOptions: { maxRequestBodySize: number; onerror: (error: Error) => void };
  #openRequestCount = 0;

  /** @param hasCapacity whether there is room for one more session among those of all callers */
  constructor(caller: Caller, options: PrincipalHandlerOptions, hasCapacity: () => boolean) {
    const { log, auditSink, limits } = options;
    this.#caller = caller;
    this.#options = options;
    this.#context = new RequestContext({ caller, from: { transport: 'http' }, auditSink });
    const openServices = (context: RequestContext) => this.#openServices(context);
    const { maxSubscriptions } = limits;
    this.#notifier = new ResourceNotifier(openServices, this.#context, { log, maxSubscriptions });
    const onerror = (err: Error) => log?.debug({ err }, 'client transport error');
    this.#nodeOptions = { maxRequestBodySize: maxRequestBodyBytes, onerror };
    this.#stateless = createMcpHandler(({ requestInfo }) => this.#createServer(requestInfo), {
      legacy: 'reject',
      ...this.#nodeOptions,
    });
    this.sessions = new Sessions(() => this.#createServer(), limits, hasCapacity, log);
    this.#subscriptions = new ListenSubscriptions({
      notifyListChanged: () => this.#stateless.notify.resourcesChanged(),
      notifyUpdated: (uri) => this.#stateless.notify.resourceUpdated(uri),
    });
  }

  /** Rejects where the services cannot be opened. */
  static async open(
    ...args: ConstructorParameters<typeof PrincipalHandler>
  ): Promise<PrincipalHandler> {
    const handler = new PrincipalHandler(...args);
    try {
      handler.#notifier.attach(await handler.#openServices(handler.#context));
      return handler;
    } catch (error) {
      await handler.close();
      throw error;
    }
  }

  get subscriptionCount(): number {
    return this.#subscriptions.count;
  }

  get isIdle(): boolean {
    return (
      this.#openRequestCount === 0 && this.sessions.count === 0 && this.#subscriptions.count === 0
    );
  }

  /** Answers one HTTP request of the caller. */
  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    authInfo: RequestAuthInfo,
  ): Promise<void> {
    this.#openRequestCount += 1;
    try {
      const fetch = (webRequest: Request) => this.#dispatch(webRequest, authInfo);
      await toNodeHandler({ fetch }, this.#nodeOptions)(request, response);
    } finally {
      this.#openRequestCount -= 1;
    }
  }

  async close(): Promise<void> {
    this.#notifier.close();
    await Promise.all([this.#stateless.close(), this.sessions.close()]);
    await this.#calls.drain();
  }

  /** Hands a request to its session, or to a server of its own, unless a limit forbids it. */
  async #dispatch(request: Request, authInfo: RequestAuthInfo): Promise<Response> {
    const text = request.method === 'POST' ? await request.text() : undefined;
    const body: unknown = text === undefined ? undefined : parseJson(text);
    if (text !== undefined && body === undefined) {
      const message = 'Parse error: the body is not JSON.';
      return errorResponse(400, { code: ProtocolErrorCode.ParseError, message });
    }
    const id = requestIdOf(body);
    const problem = headerProblem(request.headers) ?? messageProblem(body, text?.length ?? 0);
    if (problem) return errorResponse(400, problem, { id });
    try {
      if (isCall(body)) this.#requireTurn(authInfo.context);
      if (isSessionSubscription(body)) this.#notifier.requireCapacity(1);
      const options = { parsedBody: body, authInfo };
      if (await isLegacyRequest(request, body)) return await this.sessions.fetch(request, options);
      return await this.#fetchStateless(request, options);
    } catch (error) {
      if (!(error instanceof RateLimitError)) throw error;
      this.#options.onLimitReached(error);
      return rateLimitResponse(error, id);
    }
  }

  /** @throws RateLimitError for a caller who makes too many calls, or has too many that wait */
  #requireTurn(context: RequestContext): void {
    const { limiter, callQueue } = this.#options;
    const key = limitKey(context);
    callQueue.requireCapacity(key);
    limiter.takeCall(key);
  }

  /** Answers a request of 2026-07-28. Its subscriptions end with its stream. */
  async #fetchStateless(
    request: Request,
    options: { parsedBody: unknown; authInfo: RequestAuthInfo },
  ): Promise<Response> {
    const requested = parseSubscriptionRequest(options.parsedBody);
    if (!requested) return this.#stateless.fetch(request, options);
    const { callQueue, extension, log } = this.#options;
    const { id, uris } = requested;
    try {
      requireResourceUris(uris, extension?.resourceUris);
      this.#notifier.requireCapacity(uris.length);
      this.#subscriptions.add(request, uris);
      this.#notifier.subscribe(this.#subscriptions);
      await callQueue.answer(
        limitKey(options.authInfo.context),
        async () => {},
        () => this.#notifier.recordStates(uris),
      );
      const response = await this.#stateless.fetch(request, options);
      return onResponseEnd(response, request.signal, () => this.#unsubscribe(request));
    } catch (error) {
      this.#unsubscribe(request);
      if (error instanceof RateLimitError) throw error;
      return errorResponse(400, protocolFailure(error, 'subscriptions/listen', log), { id });
    }
  }

  async #openServices(context: RequestContext): Promise<McpServices> {
    // notifications come without a request that would be authenticated
    if (this.#options.revalidate(this.#caller)) return this.#options.services(context);
    throw new DeedboxError('unauthenticated', 'The key is no longer valid.');
  }

  #unsubscribe(request: Request): void {
    this.#subscriptions.delete(request);
    if (this.#subscriptions.count === 0) this.#notifier.unsubscribe(this.#subscriptions);
    else this.#notifier.forgetStates();
  }

  /** @param request the only one that the server answers; undefined for the server of a session */
  #createServer(request?: Request): McpServer {
    return createMcpServer((context) => this.#openServices(context), this.#context, {
      ...this.#options,
      notifier: this.#notifier,
      calls: this.#calls,
      requestSignal: request?.signal,
    });
  }
}

/** Undefined for a text that is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface HandlerEntry {
  caller: Caller;
  opening: Promise<PrincipalHandler>;
  handler?: PrincipalHandler;
}

/**
 * A handler of the protocol for each caller, so that no session, subscription or notification of one
 * can reach another: the session of another caller is an unknown one.
 */
export class PrincipalHandlers {
  readonly #options: PrincipalHandlerOptions;
  /** By the id of the caller; the one that was used last stands last. */
  readonly #entries = new Map<string, HandlerEntry>();
  readonly #revalidationTimer: NodeJS.Timeout;
  readonly #onCloseError: (err: unknown) => void;

  constructor(options: PrincipalHandlerOptions) {
    this.#options = options;
    this.#onCloseError = (err) => options.log?.error({ err }, 'closing a handler failed');
    this.#revalidationTimer = setInterval(
      () => this.#evictRevoked(),
      options.limits.revalidateMs,
    ).unref();
  }

  /** Sessions of all callers. */
  get sessionCount(): number {
    return this.#openHandlers.reduce((sum, { sessions }) => sum + sessions.count, 0);
  }

  /** Sessions of one caller. */
  sessionCountOf({ id }: Caller): number {
    return this.#entries.get(id)?.handler?.sessions.count ?? 0;
  }

  /** Streams of subscriptions (2026-07-28) of all callers. */
  get subscriptionCount(): number {
    return this.#openHandlers.reduce((sum, { subscriptionCount }) => sum + subscriptionCount, 0);
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

  async close(): Promise<void> {
    clearInterval(this.#revalidationTimer);
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map((entry) => this.#closeEntry(entry)));
  }

  get #openHandlers(): PrincipalHandler[] {
    return [...this.#entries.values()].flatMap(({ handler }) => handler ?? []);
  }

  #createEntry(caller: Caller): HandlerEntry {
    this.#evictIdle();
    const maxSessions = this.#options.limits.maxSessionsTotal ?? defaultMaxSessionsTotal;
    const hasCapacity = () => this.sessionCount < maxSessions || this.#evictIdleSession();
    return { caller, opening: PrincipalHandler.open(caller, this.#options, hasCapacity) };
  }

  /** Closes the session, of any caller, that has been idle for longest; false when all are in use. */
  #evictIdleSession(): boolean {
    const idleSinceOf = (handler: PrincipalHandler) => handler.sessions.idleSince ?? Infinity;
    const [longestIdle] = this.#openHandlers.sort((a, b) => idleSinceOf(a) - idleSinceOf(b));
    return longestIdle?.sessions.evictIdle() ?? false;
  }

  /** Closes the handlers of callers whose credential is no longer valid. */
  #evictRevoked(): void {
    for (const [id, entry] of this.#entries) {
      if (this.#revalidate(entry.caller)) continue;
      this.#entries.delete(id);
      void this.#closeEntry(entry);
    }
  }

  /** Also one that is still opening; one that could not be opened needs no closing. */
  async #closeEntry({ opening }: HandlerEntry): Promise<void> {
    const handler = await opening.catch(() => undefined);
    await handler?.close().catch(this.#onCloseError);
  }

  #revalidate(caller: Caller): boolean {
    try {
      return this.#options.revalidate(caller);
    } catch (err) {
      this.#options.log?.error({ err }, 'credentials could not be checked; sessions are closed');
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
