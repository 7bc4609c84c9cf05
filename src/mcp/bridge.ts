import { setTimeout as delay } from 'node:timers/promises';
import {
  isInitializeRequest,
  isJSONRPCErrorResponse,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  type JSONRPCRequest,
  SdkHttpError,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import type { Logger } from 'pino';
import { DeedboxError } from '../errors/errors.ts';
import { toBridgeError, mcpEndpoint, unreachableError, insecureUrlError } from './bridge-errors.ts';
import {
  reconnectedResponse,
  failureResponse,
  isStatelessRequest,
  listChangedNotifications,
  offlineResponse,
} from './offline-fallback.ts';

type RequestId = string | number;

interface PendingRequest {
  request: JSONRPCRequest;
  abort: AbortController;
  /** In 2026-07-28 a request is cancelled by closing its stream, not by a notification. */
  isStateless: boolean;
}

/** Milliseconds in which a running service answers any call; sync_documents takes longest. */
const closeTimeoutMs = 30_000;
const renewalRequestId = 'deedbox-bridge-renewal';

export interface BridgeOptions {
  url: string;
  /** Sent with every request. */
  key?: string;
  /** Whether a service elsewhere may be called without encryption. */
  allowHttp: boolean;
  log: Logger;
}

/** Forwards messages between a client on stdio and a service on HTTP, in either protocol version. */
class Bridge {
  readonly #options: BridgeOptions;
  readonly #client = new StdioServerTransport();
  readonly #service: StreamableHTTPClientTransport;
  readonly #pending = new Map<RequestId, PendingRequest>();
  /** The client's handshake, to repeat it when the service was restarted and lost the session. */
  #handshake: JSONRPCRequest | undefined;
  #renewal: Promise<void> | undefined;
  #onRenewed: ((response: JSONRPCMessage) => void) | undefined;
  /** Whether the bridge answered the client's handshake in place of the service. */
  #isOffline = false;
  /** Set where nothing may be sent to the service. */
  readonly #insecureUrl: DeedboxError | undefined;
  #clientClosed = false;

  constructor(options: BridgeOptions) {
    const { url, key } = options;
    this.#options = options;
    this.#insecureUrl = insecureUrlError(options);
    this.#service = new StreamableHTTPClientTransport(mcpEndpoint(url), {
      ...(key !== undefined && { requestInit: { headers: { authorization: `Bearer ${key}` } } }),
    });
  }

  /** Resolves when the client has gone. */
  async run(): Promise<void> {
    const { log } = this.#options;
    if (this.#insecureUrl) log.error({ err: this.#insecureUrl }, 'nothing is sent to the service');
    this.#service.onmessage = (message) => this.#fromService(message);
    // the request that failed reports it
    this.#service.onerror = (err) => log.debug({ err }, 'service transport error');
    await this.#service.start();
    const clientClosed = new Promise<void>((resolve) => {
      this.#client.onclose = resolve;
    });
    this.#client.onmessage = (message) => void this.#fromClient(message);
    this.#client.onerror = (err) => log.warn({ err }, 'client transport error');
    await this.#client.start();
    await clientClosed;
    this.#clientClosed = true;
    await this.#drainCalls();
    await this.#service.terminateSession().catch(() => {});
    await this.#service.close();
  }

  /** A client that closes cancels nothing, but closing a stream of 2026-07-28 would cancel its call. */
  async #drainCalls(): Promise<void> {
    const deadline = Date.now() + closeTimeoutMs;
    const isToolCall = ({ request, isStateless }: PendingRequest) =>
      isStateless && request.method === 'tools/call';
    while ([...this.#pending.values()].some(isToolCall) && Date.now() < deadline) await delay(50);
  }

  async #fromClient(message: JSONRPCMessage): Promise<void> {
    if (isJSONRPCRequest(message)) return this.#handleRequest(message);
    if (isJSONRPCNotification(message) && message.method === 'notifications/cancelled') {
      const id = (message.params as { requestId?: RequestId } | undefined)?.requestId;
      const pending = id === undefined ? undefined : this.#pending.get(id);
      if (id !== undefined && pending?.isStateless) {
        this.#pending.delete(id);
        pending.abort.abort();
        return;
      }
    }
    if (this.#isOffline) return; // no session could receive it
    await this.#deliver(message).catch(() => {}); // onerror reports it; a notification has no answer
  }

  async #handleRequest(request: JSONRPCRequest): Promise<void> {
    if (isInitializeRequest(request)) this.#handshake = request;
    const pending = {
      request,
      abort: new AbortController(),
      isStateless: isStatelessRequest(request),
    };
    this.#pending.set(request.id, pending);
    try {
      if (this.#isOffline && !(await this.#reconnect(request))) return;
      await this.#deliver(request, {
        requestSignal: pending.abort.signal,
        onRequestStreamEnd: () => this.#failRequest(pending, unreachableError(this.#options.url)),
      });
    } catch (error) {
      this.#failRequest(pending, this.#toError(error));
    }
  }

  /** Tries to reach the service again; false where that answered the request. */
  async #reconnect(request: JSONRPCRequest): Promise<boolean> {
    await this.#renewOnce();
    if (this.#isOffline)
      for (const notification of listChangedNotifications) this.#toClient(notification);
    this.#isOffline = false;
    const response = reconnectedResponse(request);
    if (!response) return true;
    this.#pending.delete(request.id);
    this.#toClient(response);
    return false;
  }

  #toError(error: unknown): DeedboxError {
    return toBridgeError(error, this.#options.url, this.#options.key !== undefined);
  }

  /** Sends a message; opens a session that the service no longer knows again, once. */
  async #deliver(
    message: JSONRPCMessage,
    options: { requestSignal?: AbortSignal; onRequestStreamEnd?: () => void } = {},
  ): Promise<void> {
    try {
      await this.#send(message, options);
    } catch (error) {
      const sessionExpired = error instanceof SdkHttpError && error.status === 404;
      if (!sessionExpired || !this.#handshake || message === this.#handshake) throw error;
      await this.#renewOnce();
      await this.#send(message, options);
    }
  }

  async #send(...[message, options]: Parameters<StreamableHTTPClientTransport['send']>) {
    if (this.#insecureUrl) throw this.#insecureUrl;
    await this.#service.send(message, options);
  }

  async #renewOnce(): Promise<void> {
    if (!this.#handshake) return;
    this.#renewal ??= this.#renew(this.#handshake).finally(() => {
      this.#renewal = undefined;
    });
    await this.#renewal;
  }

  async #renew(handshake: JSONRPCRequest): Promise<void> {
    const response = new Promise<JSONRPCMessage>((resolve) => {
      this.#onRenewed = resolve;
    });
    await this.#send({ ...handshake, id: renewalRequestId });
    this.#updateProtocolVersion(await response);
    await this.#send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  }

  #updateProtocolVersion(message: JSONRPCMessage): void {
    if (!isJSONRPCResultResponse(message)) return;
    const version = message.result['protocolVersion'];
    if (typeof version === 'string') this.#service.setProtocolVersion(version);
  }

  #fromService(message: JSONRPCMessage): void {
    if (isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message)) {
      if (message.id === renewalRequestId) return this.#onRenewed?.(message);
      if (message.id === this.#handshake?.id) this.#updateProtocolVersion(message);
      if (message.id !== undefined) this.#pending.delete(message.id);
    }
    this.#toClient(message);
  }

  /** Answers a request in place of the service. */
  #failRequest(pending: PendingRequest, failure: DeedboxError): void {
    const { request } = pending;
    if (this.#pending.get(request.id) !== pending) return;
    this.#pending.delete(request.id);
    const { code, message, hint } = failure;
    const { log } = this.#options;
    log.warn(
      { err: new DeedboxError(code, message, { hint }) },
      'the service did not answer a request',
    );
    log.debug({ err: failure }, 'the cause of the failed request');
    if (isInitializeRequest(request)) this.#isOffline = true;
    const needsFallback = this.#isOffline || request.method === 'server/discover';
    const respond = needsFallback ? offlineResponse : failureResponse;
    this.#toClient(respond(request, failure));
  }

  #toClient(message: JSONRPCMessage): void {
    if (this.#clientClosed) return;
    this.#client.send(message).catch((err: unknown) => {
      this.#options.log.warn({ err }, 'the client could not be answered');
    });
  }
}

/**
 * Serves the client on stdin and stdout from the Deedbox service at `url`, and resolves when stdin
 * ends. Progress, cancellation and notifications pass in both directions. While the service cannot be
 * reached or rejects the key, or nothing is sent because it would travel unencrypted, the client gets
 * the reason as an answer, and each of its requests tries again.
 */
export async function bridgeStdio(options: BridgeOptions): Promise<void> {
  await new Bridge(options).run();
}
