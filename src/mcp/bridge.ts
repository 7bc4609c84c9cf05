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
import {
  type BridgeTarget,
  toBridgeError,
  mcpEndpoint,
  unreachableError,
  insecureUrlError,
} from './bridge-errors.ts';
import type { SettingNames } from './bridge-settings.ts';
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
/** Begins the ids of the requests with which the bridge subscribes again. */
const subscriptionRequestPrefix = 'deedbox-bridge-subscription-';

/** The stream of notifications is opened again until it works, or the client has gone. */
const reconnectionOptions = {
  initialReconnectionDelay: 1000,
  reconnectionDelayGrowFactor: 1.5,
  maxReconnectionDelay: 30_000,
  maxRetries: Infinity,
};

export interface BridgeOptions {
  url: string;
  /** Sent with every request. */
  key?: string;
  /** Whether a service elsewhere may be called without encryption. */
  allowHttp: boolean;
  /** The file of certificates that Node.js was given. */
  authorityFile?: string | undefined;
  /** How its settings are called where the user finds them. */
  names: SettingNames;
  log: Logger;
}

/** Whether the service knows the session of a request no more, as after a restart. */
const isSessionUnknown = (error: unknown) => error instanceof SdkHttpError && error.status === 404;

const uriOf = ({ params }: JSONRPCRequest) => String(params?.['uri']);

/** Forwards messages between a client on stdio and a service on HTTP, in either protocol version. */
class Bridge {
  readonly #options: BridgeOptions;
  readonly #client = new StdioServerTransport();
  readonly #target: BridgeTarget;
  /** Another one for each session, so that no stream of an earlier session is opened again. */
  #service: StreamableHTTPClientTransport;
  readonly #formerServices: StreamableHTTPClientTransport[] = [];
  readonly #pending = new Map<RequestId, PendingRequest>();
  /** The client's handshake, to repeat it when the service was restarted and lost the session. */
  #handshake: JSONRPCRequest | undefined;
  #renewal: Promise<void> | undefined;
  #onRenewed: ((response: JSONRPCMessage) => void) | undefined;
  /** Whether the service has opened a session. */
  #hasSession = false;
  /** To which the client is subscribed in its session. */
  readonly #subscribedUris = new Set<string>();
  /** Whether the bridge answered the client's handshake in place of the service. */
  #isOffline = false;
  /** Set where nothing may be sent to the service. */
  readonly #insecureUrl: DeedboxError | undefined;
  #clientClosed = false;

  constructor(options: BridgeOptions) {
    const { url, key, authorityFile, names } = options;
    this.#options = options;
    this.#target = { url, hasKey: key !== undefined, authorityFile, names };
    this.#insecureUrl = insecureUrlError(options);
    this.#service = this.#createService();
  }

  /** Resolves when the client has gone. */
  async run(): Promise<void> {
    const { log } = this.#options;
    if (this.#insecureUrl) log.error({ err: this.#insecureUrl }, 'nothing is sent to the service');
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
    await Promise.all([this.#service, ...this.#formerServices].map((service) => service.close()));
  }

  #createService(): StreamableHTTPClientTransport {
    const { url, key, log } = this.#options;
    const service = new StreamableHTTPClientTransport(mcpEndpoint(url), {
      ...(key !== undefined && { requestInit: { headers: { authorization: `Bearer ${key}` } } }),
      reconnectionOptions,
      reconnectionScheduler: (reconnect, delayMs) => {
        const timer = setTimeout(() => {
          if (service === this.#service) reconnect();
        }, delayMs);
        return () => clearTimeout(timer);
      },
    });
    service.onmessage = (message) => this.#fromService(message);
    service.onerror = (err) => {
      // a request that failed reports it
      log.debug({ err }, 'service transport error');
      if (service === this.#service && isSessionUnknown(err)) void this.#renewLostSession();
    };
    return service;
  }

  async #renewLostSession(): Promise<void> {
    if (!this.#hasSession) return;
    await this.#renewOnce().catch(() => {}); // the stream is tried again, which leads here
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
    if (request.method === 'resources/unsubscribe') this.#subscribedUris.delete(uriOf(request));
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
        onRequestStreamEnd: () => this.#failRequest(pending, unreachableError(this.#target)),
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
    return toBridgeError(error, this.#target);
  }

  /** Sends a message; opens a session that the service no longer knows again, once. */
  async #deliver(
    message: JSONRPCMessage,
    options: { requestSignal?: AbortSignal; onRequestStreamEnd?: () => void } = {},
  ): Promise<void> {
    try {
      await this.#send(message, options);
    } catch (error) {
      if (!isSessionUnknown(error) || !this.#handshake || message === this.#handshake) throw error;
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

  /** Opens a session with the handshake of the client, which learns that anything may have changed. */
  async #renew(handshake: JSONRPCRequest): Promise<void> {
    if (this.#insecureUrl) throw this.#insecureUrl;
    const service = this.#createService();
    await service.start();
    const response = new Promise<JSONRPCMessage>((resolve, reject) => {
      this.#onRenewed = resolve;
      service
        .send(
          { ...handshake, id: renewalRequestId },
          { onRequestStreamEnd: () => reject(unreachableError(this.#target)) },
        )
        .catch(reject);
    });
    this.#updateProtocolVersion(await response, service);
    await service.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    this.#formerServices.push(this.#service);
    this.#service = service;
    if (this.#hasSession) await this.#subscribeAgain();
    this.#hasSession = true;
  }

  async #subscribeAgain(): Promise<void> {
    const [, , resourcesChanged] = listChangedNotifications;
    this.#toClient(resourcesChanged!);
    for (const [index, uri] of [...this.#subscribedUris].entries()) {
      const id = `${subscriptionRequestPrefix}${index}`;
      const request = {
        jsonrpc: '2.0' as const,
        id,
        method: 'resources/subscribe',
        params: { uri },
      };
      await this.#service.send(request).catch(() => {}); // onerror reports it
      const method = 'notifications/resources/updated';
      this.#toClient({ jsonrpc: '2.0', method, params: { uri } });
    }
  }

  #updateProtocolVersion(message: JSONRPCMessage, service = this.#service): void {
    if (!isJSONRPCResultResponse(message)) return;
    const version = message.result['protocolVersion'];
    if (typeof version === 'string') service.setProtocolVersion(version);
  }

  #fromService(message: JSONRPCMessage): void {
    if (isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message)) {
      if (message.id === renewalRequestId) return this.#onRenewed?.(message);
      if (String(message.id).startsWith(subscriptionRequestPrefix)) return;
      if (message.id === this.#handshake?.id) {
        this.#updateProtocolVersion(message);
        this.#hasSession ||= isJSONRPCResultResponse(message);
      }
      if (message.id !== undefined) this.#noteAnswer(message.id, isJSONRPCResultResponse(message));
    }
    this.#toClient(message);
  }

  #noteAnswer(id: RequestId, isResult: boolean): void {
    const request = this.#pending.get(id)?.request;
    this.#pending.delete(id);
    if (isResult && request?.method === 'resources/subscribe') {
      this.#subscribedUris.add(uriOf(request));
    }
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
