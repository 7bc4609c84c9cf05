import { randomUUID } from 'node:crypto';
import {
  type HandleRequestOptions,
  isInitializeRequest,
  isJSONRPCNotification,
  isJSONRPCRequest,
  type McpServer,
  ProtocolErrorCode,
  SUPPORTED_PROTOCOL_VERSIONS,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import type { Logger } from 'pino';
import { errorResponse } from './error-responses.ts';
import { cancelledRequestId } from './message-limits.ts';
import { RateLimitError } from './rate-limit-error.ts';
import { onResponseEnd } from './response-end.ts';
import { SessionEvents } from './session-events.ts';

/** Passes what the service sends by itself to the events of the session, and leaves the rest to the SDK. */
class SessionTransport extends WebStandardStreamableHTTPServerTransport {
  readonly events = new SessionEvents();

  override async send(
    ...[message, options]: Parameters<WebStandardStreamableHTTPServerTransport['send']>
  ): Promise<void> {
    const isOfItself = isJSONRPCNotification(message) || isJSONRPCRequest(message);
    if (!isOfItself || options?.relatedRequestId !== undefined) {
      return super.send(message, options);
    }
    this.events.publish(message);
  }

  override async handleRequest(
    ...[request, options]: Parameters<WebStandardStreamableHTTPServerTransport['handleRequest']>
  ): Promise<Response> {
    const { method, headers } = request;
    const version = headers.get('mcp-protocol-version');
    const isStream =
      method === 'GET' &&
      this.sessionId !== undefined &&
      headers.get('accept')?.includes('text/event-stream') &&
      (version === null || SUPPORTED_PROTOCOL_VERSIONS.includes(version));
    if (!isStream) return super.handleRequest(request, options);
    const lastEventId = headers.get('last-event-id');
    return this.events.open({ sessionId: this.sessionId!, lastEventId, version });
  }

  override async close(): Promise<void> {
    this.events.close();
    await super.close();
  }
}

interface Session {
  server: McpServer;
  transport: SessionTransport;
  /** Requests and streams that are open now. */
  openRequests: number;
  lastUsedAt: number;
  cancellations: number;
  /** Ids of its requests that are open. The SDK never ends the first of two with the same id. */
  openIds: Set<string | number>;
}

export interface SessionLimits {
  /** Sessions of one caller; 100 where it is left out. */
  maxSessionsPerCaller?: number;
  /** Milliseconds after which an unused session is closed; 30 minutes where it is left out. */
  idleTimeoutMs?: number;
  /**
   * Requests that the client of one session may cancel; 1,000 where it is left out. The SDK remembers each
   * until the session ends. Beyond them the session is closed, and the client initializes again.
   */
  maxCancellations?: number;
}

const sessionNotFound = () =>
  errorResponse(404, { code: -32_001, message: 'Session not found: initialize again.' });

/** The sessions of one caller, of the protocol up to 2025-11-25. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();
  readonly #createServer: () => McpServer;
  readonly #hasCapacity: () => boolean;
  readonly #maxSessions: number;
  readonly #idleTimeoutMs: number;
  readonly #maxCancellations: number;
  readonly #sweepTimer: NodeJS.Timeout;
  readonly #log: Logger | undefined;

  /** @param hasCapacity whether all callers together may have one more session; it may close one */
  constructor(
    create: () => McpServer,
    limits: SessionLimits,
    hasCapacity: () => boolean,
    log?: Logger,
  ) {
    this.#log = log;
    this.#createServer = create;
    this.#hasCapacity = hasCapacity;
    this.#maxSessions = limits.maxSessionsPerCaller ?? 100;
    this.#idleTimeoutMs = limits.idleTimeoutMs ?? 30 * 60_000;
    this.#maxCancellations = limits.maxCancellations ?? 1000;
    this.#sweepTimer = setInterval(
      () => this.#evictExpired(),
      Math.min(this.#idleTimeoutMs, 60_000),
    ).unref();
  }

  get count(): number {
    return this.#sessions.size;
  }

  /** When the session that has been idle for longest was last used; undefined when none is idle. */
  get idleSince(): number | undefined {
    return this.#longestIdle()?.lastUsedAt;
  }

  /**
   * Answers one request of a session; opens a session for an initialize request.
   * @throws RateLimitError where one more session would be too many
   */
  async fetch(request: Request, options: HandleRequestOptions): Promise<Response> {
    const sessionId = request.headers.get('mcp-session-id');
    const session =
      sessionId === null ? await this.#open(options.parsedBody) : this.#sessions.get(sessionId);
    if (session instanceof Response) return session;
    if (!session) return sessionNotFound();
    const cancelledId = cancelledRequestId(options.parsedBody);
    if (cancelledId !== undefined && (session.cancellations += 1) > this.#maxCancellations) {
      this.#closeSession(session);
      return sessionNotFound();
    }
    const id = isJSONRPCRequest(options.parsedBody) ? options.parsedBody.id : null;
    if (id !== null && session.openIds.has(id)) {
      const message = 'Another request with this id is not answered yet.';
      return errorResponse(400, { code: ProtocolErrorCode.InvalidRequest, message }, { id });
    }
    session.openRequests += 1;
    session.lastUsedAt = Date.now();
    if (id !== null) session.openIds.add(id);
    const release = () => {
      if (id !== null) session.openIds.delete(id);
      session.openRequests -= 1;
      session.lastUsedAt = Date.now();
    };
    try {
      const response = await session.transport.handleRequest(request, options);
      // a cancelled request is not answered: its stream would stay open
      if (cancelledId !== undefined) session.transport.closeSSEStream(cancelledId);
      return onResponseEnd(response, request.signal, release);
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Closes the session that has been idle for longest; false when all of them are in use. */
  evictIdle(): boolean {
    const longestIdle = this.#longestIdle();
    if (longestIdle) this.#closeSession(longestIdle);
    return longestIdle !== undefined;
  }

  async close(): Promise<void> {
    clearInterval(this.#sweepTimer);
    await Promise.all([...this.#sessions.values()].map(({ server }) => server.close()));
    this.#sessions.clear();
  }

  async #open(body: unknown): Promise<Session | Response> {
    if (!isInitializeRequest(body)) {
      const message = 'Bad Request: initialize first, then send the Mcp-Session-Id.';
      return errorResponse(400, { code: -32_000, message });
    }
    const isFull = this.#sessions.size >= this.#maxSessions && !this.evictIdle();
    if (isFull) {
      throw new RateLimitError({
        limit: 'sessions',
        status: 429,
        message: `More than ${this.#maxSessions} of your sessions would be open.`,
        retryAfterSeconds: 5,
        setting: 'DEEDBOX_SESSIONS_PER_CALLER',
      });
    }
    if (!this.#hasCapacity()) {
      throw new RateLimitError({
        limit: 'sessions_total',
        status: 503,
        message: 'Deedbox has as many sessions open as it can serve.',
        retryAfterSeconds: 5,
        setting: 'DEEDBOX_SESSIONS',
      });
    }
    const server = this.#createServer();
    const transport = new SessionTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => {
        this.#sessions.set(id, session);
      },
    });
    const session: Session = {
      server,
      transport,
      openRequests: 0,
      lastUsedAt: Date.now(),
      cancellations: 0,
      openIds: new Set(),
    };
    await server.connect(transport);
    const onClose = server.server.onclose;
    server.server.onclose = () => {
      if (transport.sessionId !== undefined) this.#sessions.delete(transport.sessionId);
      onClose?.();
    };
    return session;
  }

  #evictExpired(): void {
    const expiredBefore = Date.now() - this.#idleTimeoutMs;
    for (const session of this.#sessions.values()) {
      if (session.openRequests === 0 && session.lastUsedAt < expiredBefore)
        this.#closeSession(session);
    }
  }

  #longestIdle(): Session | undefined {
    const idleSessions = [...this.#sessions.values()].filter(
      ({ openRequests }) => openRequests === 0,
    );
    return idleSessions.sort((a, b) => a.lastUsedAt - b.lastUsedAt)[0];
  }

  #closeSession(session: Session): void {
    if (session.transport.sessionId !== undefined) {
      this.#sessions.delete(session.transport.sessionId);
    }
    session.server.close().catch((err: unknown) => {
      this.#log?.error({ err }, 'closing a session failed');
    });
  }
}
