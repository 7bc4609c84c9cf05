import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/server';
import {
  serveStdio as serveConnection,
  StdioServerTransport,
} from '@modelcontextprotocol/server/stdio';
import { noteNotices } from './answered.ts';
import { ChangeFeed } from './change-feed.ts';
import { listenRequest, Listeners } from './listening.ts';
import { RunningCalls } from './running-calls.ts';
import { createMcpServer, watcherOf, type McpOptions } from './server.ts';
import type { OpenServices } from './services.ts';

/**
 * A transport that lets `seen` look at what comes in. The SDK keeps subscriptions of 2026-07-28 to
 * itself on stdio, and somebody must watch the documents that they name.
 */
class ObservedTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #inner = new StdioServerTransport();
  readonly #seen: (message: JSONRPCMessage) => void;
  readonly #ended: () => void;

  constructor(seen: (message: JSONRPCMessage) => void, ended: () => void) {
    this.#seen = seen;
    this.#ended = ended;
  }

  async start(): Promise<void> {
    this.#inner.onmessage = (message) => {
      this.#seen(message);
      this.onmessage?.(message);
    };
    this.#inner.onerror = (error) => this.onerror?.(error);
    this.#inner.onclose = () => {
      this.onclose?.();
      this.#ended();
    };
    await this.#inner.start();
  }

  send(message: JSONRPCMessage): Promise<void> {
    return this.#inner.send(message);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

/**
 * Serves one client over this process's stdin and stdout, and resolves when stdin has ended and no
 * tool runs any more. Nothing but the protocol is written to stdout. The caller closes the services,
 * if they were opened, and ends the process.
 */
export async function serveStdio(services: OpenServices, options: McpOptions = {}): Promise<void> {
  const { log } = options;
  const onerror = (err: unknown) => log?.warn({ err }, 'trouble with the client');
  const feed = new ChangeFeed(services, noteNotices(options.answered), log);
  const open: OpenServices = async () => {
    const opened = await services();
    feed.attach(opened);
    return opened;
  };
  const calls = new RunningCalls();
  let listeners: Listeners | undefined;

  async function seen(message: JSONRPCMessage): Promise<void> {
    const asked = listenRequest(message);
    if (asked) {
      await open();
      await Promise.all(asked.uris.map((uri) => feed.remember(uri)));
      listeners?.add(asked.id, asked.uris);
    } else if ('method' in message && message.method === 'notifications/cancelled') {
      listeners?.delete((message.params as { requestId?: unknown } | undefined)?.requestId);
    }
  }

  await new Promise<void>((ended) => {
    const transport = new ObservedTransport((message) => void seen(message).catch(onerror), ended);
    serveConnection(
      ({ era }) => {
        const server = createMcpServer(open, { ...options, feed, calls });
        if (era === 'modern') {
          const watcher = watcherOf(server);
          listeners = new Listeners(watcher);
          feed.watch(watcher);
        }
        return server;
      },
      { transport, onerror },
    );
  });
  feed.close();
  await calls.settled();
}
