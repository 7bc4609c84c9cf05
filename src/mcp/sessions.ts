import { randomUUID } from 'node:crypto';
import {
  type HandleRequestOptions,
  isInitializeRequest,
  type McpServer,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import type { Logger } from 'pino';
import { whenEnded } from './response-end.ts';

interface Session {
  server: McpServer;
  transport: WebStandardStreamableHTTPServerTransport;
  /** Requests and streams that are open now. */
  busy: number;
  lastUsed: number;
}

export interface SessionLimits {
  /** Sessions at once of one who asks; 100 where it is left out. */
  sessions?: number;
  /** Milliseconds after which a session that nobody uses is closed; 30 minutes where it is left out. */
  idle?: number;
}

function refusal(status: number, code: number, message: string): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status });
}

/** The connections of clients that open with the handshake of the protocol up to 2025-11-25. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();
  readonly #create: () => McpServer;
  readonly #isRoom: () => boolean;
  readonly #limit: number;
  readonly #idle: number;
  readonly #sweep: NodeJS.Timeout;
  readonly #log: Logger | undefined;

  /** @param isRoom whether there is room among the sessions of all who ask; it may make some */
  constructor(create: () => McpServer, limits: SessionLimits, isRoom: () => boolean, log?: Logger) {
    this.#log = log;
    this.#create = create;
    this.#isRoom = isRoom;
    this.#limit = limits.sessions ?? 100;
    this.#idle = limits.idle ?? 30 * 60_000;
    this.#sweep = setInterval(() => this.#evict(), Math.min(this.#idle, 60_000)).unref();
  }

  get count(): number {
    return this.#sessions.size;
  }

  /** When the session that has been idle for longest was used last; undefined when none is idle. */
  get idleSince(): number | undefined {
    return this.#oldest()?.lastUsed;
  }

  /** Answers one request of a session, or opens a session for one that initializes. */
  async fetch(request: Request, options: HandleRequestOptions): Promise<Response> {
    const id = request.headers.get('mcp-session-id');
    const session = id === null ? await this.#open(options.parsedBody) : this.#sessions.get(id);
    if (session instanceof Response) return session;
    if (!session) return refusal(404, -32_001, 'Session not found: initialize again.');
    session.busy += 1;
    session.lastUsed = Date.now();
    const release = () => {
      session.busy -= 1;
      session.lastUsed = Date.now();
    };
    try {
      const response = await session.transport.handleRequest(request, options);
      return whenEnded(response, request.signal, release);
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Closes the session that has been idle for longest; false when all of them are in use. */
  makeRoom(): boolean {
    const oldest = this.#oldest();
    if (oldest) this.#end(oldest);
    return oldest !== undefined;
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep);
    await Promise.all([...this.#sessions.values()].map(({ server }) => server.close()));
    this.#sessions.clear();
  }

  async #open(body: unknown): Promise<Session | Response> {
    if (body === undefined) return refusal(400, -32_700, 'Parse error: the body is not JSON.');
    const messages = Array.isArray(body) ? body : [body];
    if (!messages.some((message) => isInitializeRequest(message))) {
      return refusal(400, -32_000, 'Bad Request: initialize first, then send the Mcp-Session-Id.');
    }
    const full = this.#sessions.size >= this.#limit && !this.makeRoom();
    if (full || !this.#isRoom()) {
      return refusal(503, -32_000, 'Too many sessions are open; try again later.');
    }
    const server = this.#create();
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => {
        this.#sessions.set(id, session);
      },
    });
    const session: Session = { server, transport, busy: 0, lastUsed: Date.now() };
    await server.connect(transport);
    const closed = server.server.onclose;
    server.server.onclose = () => {
      if (transport.sessionId !== undefined) this.#sessions.delete(transport.sessionId);
      closed?.();
    };
    return session;
  }

  #evict(): void {
    const before = Date.now() - this.#idle;
    for (const session of this.#sessions.values()) {
      if (session.busy === 0 && session.lastUsed < before) this.#end(session);
    }
  }

  #oldest(): Session | undefined {
    const idle = [...this.#sessions.values()].filter(({ busy }) => busy === 0);
    return idle.sort((a, b) => a.lastUsed - b.lastUsed)[0];
  }

  #end(session: Session): void {
    if (session.transport.sessionId !== undefined) {
      this.#sessions.delete(session.transport.sessionId);
    }
    session.server.close().catch((err: unknown) => {
      this.#log?.error({ err }, 'closing a session failed');
    });
  }
}
