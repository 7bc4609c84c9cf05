import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { onTestFinished } from 'vitest';
import { entry } from './cli.ts';
import { isLong } from './long.ts';

/** The supported protocol versions: one with a handshake, one stateless. */
export const eras = ['2025-11-25', '2026-07-28'] as const;
export type Era = (typeof eras)[number];

/** For tests that start processes, which behave the same in each version: the newest, and all in long runs. */
export const erasOfProcesses = isLong ? eras : (['2026-07-28'] as const);

/** The message that opens a connection of the version with a handshake, for tests without the client. */
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

/** Nothing of the environment that would configure Deedbox otherwise than a test says. */
function inheritedEnvironment(): Record<string, string> {
  const names = ['PATH', 'HOME', 'DEEDBOX_WORKERS'];
  return Object.fromEntries(
    names.map((name) => [name, process.env[name] ?? '']).filter(([, value]) => value !== ''),
  );
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
    env: { ...inheritedEnvironment(), ...env },
    stderr: 'ignore',
  });
  const client = newClient(era);
  await client.connect(transport);
  cleanUp(() => client.close());
  return { client, transport };
}
