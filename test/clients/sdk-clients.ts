import type { Readable } from 'node:stream';
import type { Client as Client2, Transport } from '@modelcontextprotocol/client';
import type { StdioServerParameters } from '@modelcontextprotocol/client/stdio';
import type { Era } from '../support/mcp-client.ts';
import {
  type ClientSession,
  type CommonClient,
  commonCalls,
  toolAnswer,
} from './client-session.ts';
import { loadPackage } from './packages.ts';

const clientInfo = { name: 'deedbox-clients', version: '1.0.0' };
/** Milliseconds after which a client gives up a request. */
const requestTimeoutMs = 15_000;

/** How either SDK is told where the service is and who asks. */
export interface HttpTarget {
  url: string;
  key?: string;
  /** An OAuth client provider, in place of a key. */
  authProvider?: unknown;
}

/** The parts of `@modelcontextprotocol/sdk` 1.x that are used; the package is not one of Deedbox's. */
interface Client1 extends CommonClient {
  connect(transport: unknown): Promise<void>;
  callTool(
    params: object,
    schema: undefined,
    options: object,
  ): Promise<Parameters<typeof toolAnswer>[0]>;
  subscribeResource(params: { uri: string }): Promise<unknown>;
  setNotificationHandler(
    schema: unknown,
    handler: (message: { params: { uri: string } }) => void,
  ): void;
}

export interface HttpTransport {
  /** @param callback the parameters with which the user comes back from the identity provider */
  finishAuth(callback: URLSearchParams): Promise<void>;
}

type TransportClass = new (url: URL, options: object) => HttpTransport;
type Transport1Class = new (
  url: URL,
  options: object,
) => { finishAuth(code: string | URLSearchParams): Promise<void> };

const transportOptions = ({ key, authProvider }: HttpTarget) => ({
  ...(key !== undefined && { requestInit: { headers: { authorization: `Bearer ${key}` } } }),
  ...(authProvider !== undefined && { authProvider }),
});

/** The transport of SDK 1.x over HTTP. */
export async function transport1(target: HttpTarget): Promise<HttpTransport> {
  const module = await loadPackage<{ StreamableHTTPClientTransport: Transport1Class }>(
    '@modelcontextprotocol/sdk',
    'dist/esm/client/streamableHttp.js',
  );
  const options = transportOptions(target);
  const transport = new module.StreamableHTTPClientTransport(new URL(target.url), options);
  const finishAuth = transport.finishAuth.bind(transport);
  return Object.assign(transport, {
    finishAuth: (callback: URLSearchParams) => finishAuth(callback.get('code') ?? ''),
  });
}

export async function connectSdk1(transport: unknown): Promise<ClientSession> {
  const sdk = '@modelcontextprotocol/sdk';
  const { Client } = await loadPackage<{ Client: new (info: object) => Client1 }>(
    sdk,
    'dist/esm/client/index.js',
  );
  const { ResourceUpdatedNotificationSchema: schema } = await loadPackage<{
    ResourceUpdatedNotificationSchema: unknown;
  }>(sdk, 'dist/esm/types.js');
  const client = new Client(clientInfo);
  const updates: string[] = [];
  client.setNotificationHandler(schema, ({ params }) => void updates.push(params.uri));
  await client.connect(transport);
  return {
    ...commonCalls(client),
    protocolVersion: () => (transport as { protocolVersion?: string }).protocolVersion,
    updates,
    async call(name, args, options = {}) {
      const timeouts = { timeout: requestTimeoutMs, ...options };
      return toolAnswer(await client.callTool({ name, arguments: args }, undefined, timeouts));
    },
    async subscribe(uri) {
      await client.subscribeResource({ uri });
    },
  };
}

/** The transport of SDK 2.x over HTTP. */
export async function transport2(target: HttpTarget): Promise<HttpTransport> {
  const module = await loadPackage<{ StreamableHTTPClientTransport: TransportClass }>(
    '@modelcontextprotocol/client',
    'dist/index.mjs',
  );
  return new module.StreamableHTTPClientTransport(new URL(target.url), transportOptions(target));
}

/**
 * A process whose standard input and output speak the protocol.
 * @param options.onError called with what it writes to standard error
 */
export async function stdioTransport(
  command: string[],
  options: { env?: Record<string, string>; onError?: ((text: string) => void) | undefined } = {},
): Promise<unknown> {
  const { StdioClientTransport } = await loadPackage<{
    StdioClientTransport: new (parameters: StdioServerParameters) => { stderr: Readable };
  }>('@modelcontextprotocol/client', 'dist/stdio.mjs');
  const [program, ...args] = command;
  const env = { PATH: process.env['PATH'] ?? '', ...options.env };
  const transport = new StdioClientTransport({ command: program!, args, env, stderr: 'pipe' });
  transport.stderr.on('data', (chunk: Buffer) => options.onError?.(chunk.toString()));
  return transport;
}

/** @param era the newest version that it speaks */
export async function connectSdk2(transport: unknown, era: Era): Promise<ClientSession> {
  const { Client } = await loadPackage<{ Client: typeof Client2 }>(
    '@modelcontextprotocol/client',
    'dist/index.mjs',
  );
  const client = new Client(clientInfo, {
    versionNegotiation: { mode: era === '2025-11-25' ? 'legacy' : 'auto' },
  });
  const updates: string[] = [];
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
    updates.push(params.uri);
  });
  await client.connect(transport as Transport);
  return {
    ...commonCalls(client),
    protocolVersion: () => client.getNegotiatedProtocolVersion(),
    updates,
    async call(name, args, options = {}) {
      const timeouts = { timeout: requestTimeoutMs, ...options };
      return toolAnswer(await client.callTool({ name, arguments: args }, timeouts));
    },
    async subscribe(uri) {
      if (era === '2025-11-25') await client.subscribeResource({ uri });
      else await client.listen({ resourceSubscriptions: [uri] });
    },
  };
}
