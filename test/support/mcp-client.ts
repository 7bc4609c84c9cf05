import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { onTestFinished } from 'vitest';
import { entry } from './cli.ts';
import { isLong } from './long.ts';

/** The eras of the protocol: with its handshake, and stateless. */
export const eras = ['2025-11-25', '2026-07-28'] as const;
export type Era = (typeof eras)[number];

/** Those of tests that start processes of their own, which do the same in each; all of them in long runs. */
export const erasOfProcesses = isLong ? eras : (['2026-07-28'] as const);

/** What opens a connection of the era with a handshake, for tests that speak without the client. */
export const initializeMessage = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'raw', version: '1' },
  },
};

type CleanUp = (close: () => Promise<void>) => void;

function newClient(era: Era): Client {
  return new Client(
    { name: 'deedbox-test', version: '1.0.0' },
    { versionNegotiation: { mode: era === '2025-11-25' ? 'legacy' : { pin: era } } },
  );
}

/** A client of a service over HTTP, closed when the test is over. */
export async function connectHttp(
  url: string,
  era: Era,
  cleanUp: CleanUp = onTestFinished,
  headers: Record<string, string> = {},
): Promise<Client> {
  const client = newClient(era);
  const transport = new StreamableHTTPClientTransport(new URL(`${url}/mcp`), {
    requestInit: { headers },
  });
  await client.connect(transport);
  cleanUp(() => client.close());
  return client;
}

/** A client that spawned the built command line, which ends when the test is over. */
export async function connectStdio(
  era: Era,
  { args = [], env = {} }: { args?: string[]; env?: Record<string, string> } = {},
  cleanUp: CleanUp = onTestFinished,
): Promise<{ client: Client; transport: StdioClientTransport }> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [entry, 'stdio', ...args],
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    stderr: 'ignore',
  });
  const client = newClient(era);
  await client.connect(transport);
  cleanUp(() => client.close());
  return { client, transport };
}
