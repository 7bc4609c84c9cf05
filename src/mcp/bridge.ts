import { setTimeout as delay } from 'node:timers/promises';
import {
  isInitializeRequest,
  isJSONRPCErrorResponse,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  type JSONRPCRequest,
  PROTOCOL_VERSION_META_KEY,
  SdkHttpError,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { DeedboxError } from '../errors.ts';

type Id = string | number;

interface Pending {
  method: string;
  abort: AbortController;
  /** In 2026-07-28 a request is cancelled by giving up its stream, not by a notification. */
  modern: boolean;
}

/** Milliseconds in which a running service answers its health check. */
const healthPatience = 5_000;
/** Milliseconds in which a running service answers any call; sync_documents takes the longest. */
const closingPatience = 30_000;
const renewal = 'deedbox-bridge-renewal';

function endpoint(url: string): URL {
  const address = new URL(url);
  if (address.pathname === '/') address.pathname = '/mcp';
  return address;
}

function unreachable(url: string, cause?: unknown): DeedboxError {
  return new DeedboxError('not_ready', `No Deedbox service answers at ${url}.`, {
    hint: 'Start it with `deedbox start`, or correct DEEDBOX_URL.',
    retryable: true,
    cause,
  });
}

async function requireService(url: string): Promise<void> {
  let answer: Response;
  try {
    answer = await fetch(new URL('/health', url), { signal: AbortSignal.timeout(healthPatience) });
    await answer.body?.cancel();
  } catch (error) {
    throw unreachable(url, error);
  }
  if (!answer.ok) throw unreachable(url);
}

function isModern(request: JSONRPCRequest): boolean {
  const meta = (request.params as { _meta?: Record<string, unknown> } | undefined)?._meta;
  return meta?.[PROTOCOL_VERSION_META_KEY] !== undefined;
}

/** Carries messages between a client on stdio and a service on HTTP, in whatever era they speak. */
class Bridge {
  readonly #url: string;
  readonly #client = new StdioServerTransport();
  readonly #service: StreamableHTTPClientTransport;
  readonly #pending = new Map<Id, Pending>();
  /** The client's handshake, to repeat it when the service was restarted and forgot the session. */
  #handshake: JSONRPCRequest | undefined;
  #renewing: Promise<void> | undefined;
  #renewed: (() => void) | undefined;
  #gone = false;

  constructor(url: string) {
    this.#url = url;
    this.#service = new StreamableHTTPClientTransport(endpoint(url));
  }

  /** Resolves when the client has gone. */
  async run(): Promise<void> {
    this.#service.onmessage = (message) => this.#fromService(message);
    this.#service.onerror = (error) => console.error('deedbox stdio:', error.message);
    await this.#service.start();
    const gone = new Promise<void>((resolve) => {
      this.#client.onclose = resolve;
    });
    this.#client.onmessage = (message) => void this.#fromClient(message);
    this.#client.onerror = (error) => console.error('deedbox stdio:', error.message);
    await this.#client.start();
    await gone;
    this.#gone = true;
    await this.#callsAnswered();
    await this.#service.terminateSession().catch(() => {});
    await this.#service.close();
  }

  /** A client that closes has cancelled nothing, but to end a stream of 2026-07-28 is to cancel. */
  async #callsAnswered(): Promise<void> {
    const end = Date.now() + closingPatience;
    const waits = ({ method, modern }: Pending) => modern && method === 'tools/call';
    while ([...this.#pending.values()].some(waits) && Date.now() < end) await delay(50);
  }

  async #fromClient(message: JSONRPCMessage): Promise<void> {
    if (isJSONRPCRequest(message)) return this.#request(message);
    if (isJSONRPCNotification(message) && message.method === 'notifications/cancelled') {
      const id = (message.params as { requestId?: Id } | undefined)?.requestId;
      const pending = id === undefined ? undefined : this.#pending.get(id);
      if (id !== undefined && pending?.modern) {
        this.#pending.delete(id);
        pending.abort.abort();
        return;
      }
    }
    await this.#deliver(message).catch(() => {}); // told by onerror; a notification has no answer
  }

  async #request(request: JSONRPCRequest): Promise<void> {
    if (isInitializeRequest(request)) this.#handshake = request;
    const { id, method } = request;
    const pending = { method, abort: new AbortController(), modern: isModern(request) };
    this.#pending.set(id, pending);
    const lost = () => this.#lost(id, pending);
    try {
      await this.#deliver(request, {
        requestSignal: pending.abort.signal,
        onRequestStreamEnd: lost,
      });
    } catch {
      lost();
    }
  }

  /** Sends; a session that the service no longer knows is opened again, once. */
  async #deliver(
    message: JSONRPCMessage,
    options: { requestSignal?: AbortSignal; onRequestStreamEnd?: () => void } = {},
  ): Promise<void> {
    try {
      await this.#service.send(message, options);
    } catch (error) {
      const forgotten = error instanceof SdkHttpError && error.status === 404;
      if (!forgotten || !this.#handshake || message === this.#handshake) throw error;
      this.#renewing ??= this.#renew(this.#handshake).finally(() => {
        this.#renewing = undefined;
      });
      await this.#renewing;
      await this.#service.send(message, options);
    }
  }

  async #renew(handshake: JSONRPCRequest): Promise<void> {
    const answered = new Promise<void>((resolve) => {
      this.#renewed = resolve;
    });
    await this.#service.send({ ...handshake, id: renewal });
    await answered;
    await this.#service.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  }

  #fromService(message: JSONRPCMessage): void {
    if (isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message)) {
      if (message.id === renewal) return this.#renewed?.();
      if (isJSONRPCResultResponse(message) && message.id === this.#handshake?.id) {
        const version = message.result['protocolVersion'];
        if (typeof version === 'string') this.#service.setProtocolVersion(version);
      }
      if (message.id !== undefined) this.#pending.delete(message.id);
    }
    this.#toClient(message);
  }

  /** Answers a request that will get no answer from the service. */
  #lost(id: Id, pending: Pending): void {
    if (this.#pending.get(id) !== pending) return;
    this.#pending.delete(id);
    const failure = unreachable(this.#url);
    this.#toClient({
      jsonrpc: '2.0',
      id,
      error: { code: -32_603, message: `${failure.message} ${failure.hint}` },
    });
  }

  #toClient(message: JSONRPCMessage): void {
    if (this.#gone) return;
    this.#client.send(message).catch((error: unknown) => {
      console.error('deedbox stdio:', error);
    });
  }
}

/**
 * Serves the client on stdin and stdout from the Deedbox service at `url`, and resolves when stdin
 * ends. Progress, cancellation and notices pass in both directions.
 * @throws DeedboxError `not_ready` when no service answers there
 */
export async function bridgeStdio(url: string): Promise<void> {
  await requireService(url);
  await new Bridge(url).run();
}
