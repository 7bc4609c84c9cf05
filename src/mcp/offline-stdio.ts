import { isJSONRPCRequest } from '@modelcontextprotocol/client';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import type { Logger } from 'pino';
import type { DeedboxError } from '../errors/errors.ts';
import { offlineResponse } from './offline-fallback.ts';

/** Tells a client on stdin and stdout what is wrong, whatever it asks; resolves when stdin ends. */
export async function serveOfflineStdio(failure: DeedboxError, log: Logger): Promise<void> {
  const client = new StdioServerTransport();
  const clientClosed = new Promise<void>((resolve) => {
    client.onclose = resolve;
  });
  client.onmessage = (message) => {
    if (!isJSONRPCRequest(message)) return;
    client.send(offlineResponse(message, failure)).catch((err: unknown) => {
      log.warn({ err }, 'the client could not be answered');
    });
  };
  client.onerror = (err) => log.warn({ err }, 'trouble with the client');
  await client.start();
  await clientClosed;
}
