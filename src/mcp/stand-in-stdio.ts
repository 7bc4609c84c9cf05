import { isJSONRPCRequest } from '@modelcontextprotocol/client';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import type { Logger } from 'pino';
import type { DeedboxError } from '../errors.ts';
import { standInAnswer } from './stand-in.ts';

/** Tells a client on stdin and stdout what is wrong, whatever it asks; resolves when stdin ends. */
export async function standInStdio(failure: DeedboxError, log: Logger): Promise<void> {
  const client = new StdioServerTransport();
  const gone = new Promise<void>((resolve) => {
    client.onclose = resolve;
  });
  client.onmessage = (message) => {
    if (!isJSONRPCRequest(message)) return;
    client.send(standInAnswer(message, failure)).catch((err: unknown) => {
      log.warn({ err }, 'the client could not be answered');
    });
  };
  client.onerror = (err) => log.warn({ err }, 'trouble with the client');
  await client.start();
  await gone;
}
