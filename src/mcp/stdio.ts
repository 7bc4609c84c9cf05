import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/server';
import {
  serveStdio as serveConnection,
  StdioServerTransport,
} from '@modelcontextprotocol/server/stdio';
import type { RequestContext } from '../request/context.ts';
import { ResourceNotifier } from './resource-notifier.ts';
import { InFlightCalls } from './in-flight-calls.ts';
import { createMcpServer, notificationsTo, type McpOptions } from './server.ts';
import type { ServicesFactory } from './services.ts';
import { ListenSubscriptions, parseSubscriptionRequest } from './subscriptions.ts';

/**
 * A transport that reports incoming messages to `onMessage`. On stdio the SDK does not expose the
 * subscriptions of 2026-07-28, whose documents the notifier must know.
 */
class ObservedTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #transport = new StdioServerTransport();
  readonly #onMessage: (message: JSONRPCMessage) => void;
  readonly #onEnd: () => void;

  constructor(onMessage: (message: JSONRPCMessage) => void, onEnd: () => void) {
    this.#onMessage = onMessage;
    this.#onEnd = onEnd;
  }

  async start(): Promise<void> {
    this.#transport.onmessage = (message) => {
      this.#onMessage(message);
      this.onmessage?.(message);
    };
    this.#transport.onerror = (error) => this.onerror?.(error);
    this.#transport.onclose = () => {
      this.onclose?.();
      this.#onEnd();
    };
    await this.#transport.start();
  }

  send(message: JSONRPCMessage): Promise<void> {
    return this.#transport.send(message);
  }

  close(): Promise<void> {
    return this.#transport.close();
  }
}

/**
 * Serves one client over this process's stdin and stdout, and resolves when stdin has ended and no
 * tool runs any more. Nothing but the protocol is written to stdout. The caller closes the services,
 * if they were opened, and ends the process.
 * @param context of the connection; each call derives its own from it
 */
export async function serveStdio(
  services: ServicesFactory,
  context: RequestContext,
  options: McpOptions = {},
): Promise<void> {
  const { log } = options;
  const onerror = (err: unknown) => log?.warn({ err }, 'client transport error');
  const notifier = new ResourceNotifier(services, context, { log });
  const open: ServicesFactory = async (callContext) => {
    const opened = await services(callContext);
    notifier.attach(opened);
    return opened;
  };
  const calls = new InFlightCalls();
  let subscriptions: ListenSubscriptions | undefined;

  async function trackSubscriptions(message: JSONRPCMessage): Promise<void> {
    const subscriptionRequest = parseSubscriptionRequest(message);
    if (subscriptionRequest) {
      const { id, uris } = subscriptionRequest;
      await open(context);
      notifier.requireCapacity(uris.length);
      subscriptions?.add(id, uris);
      await notifier.recordStates(uris);
    } else if ('method' in message && message.method === 'notifications/cancelled') {
      subscriptions?.delete((message.params as { requestId?: unknown } | undefined)?.requestId);
    }
  }

  await new Promise<void>((onEnd) => {
    const transport = new ObservedTransport(
      (message) => void trackSubscriptions(message).catch(onerror),
      onEnd,
    );
    serveConnection(
      ({ era }) => {
        const server = createMcpServer(open, context, { ...options, notifier, calls });
        if (era === 'modern') {
          subscriptions = new ListenSubscriptions(notificationsTo(server));
          notifier.subscribe(subscriptions);
        }
        return server;
      },
      { transport, onerror },
    );
  });
  notifier.close();
  await calls.drain();
}
