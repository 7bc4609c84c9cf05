import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { bundle } from '../../deploy/desktop/bundle.ts';
import { packageVersion } from '../../src/settings/config.ts';
import { entry } from '../support/cli.ts';
import { freePort } from '../support/free-port.ts';
import { type Era, eras } from '../support/mcp-client.ts';
import type { Column } from './checks.ts';
import type { ClientSession } from './client-session.ts';
import { newerNode, type PackageName, packagePath, versions } from './packages.ts';
import { connectSdk1, connectSdk2, stdioTransport, transport1, transport2 } from './sdk-clients.ts';

/** What a client is told of the service. */
export interface Reached {
  url: string;
  key: string;
  /** A folder of its own. */
  folder: string;
  onError?: ((text: string) => void) | undefined;
}

export interface TestedClient {
  name: string;
  version: string;
  era: Era;
  connect(reached: Reached): Promise<ClientSession>;
  /** See `Subject`. */
  subscribesAgain?: boolean;
  connectsAgain?: boolean;
  /** What it cannot do, and why; the check is left out. */
  limits?: Partial<Record<Column, string>>;
}

const [legacy, modern] = eras;

const named = (name: PackageName) => ({ name: `\`${name}\``, version: versions[name] });

/** A client whose standard input and output a host uses, which is SDK 2.x here. */
async function overStdio(
  era: Era,
  command: string[],
  options: Parameters<typeof stdioTransport>[1],
): Promise<ClientSession> {
  return connectSdk2(await stdioTransport(command, options), era);
}

const mcpRemote = (era: Era) => ({
  ...named('mcp-remote'),
  era,
  connect: ({ url, key, folder, onError }: Reached) =>
    overStdio(
      era,
      [
        process.execPath,
        packagePath('mcp-remote', 'dist', 'proxy.js'),
        `${url}/mcp`,
        '--header',
        `Authorization: Bearer ${key}`,
      ],
      { env: { HOME: folder, MCP_REMOTE_CONFIG_DIR: folder }, onError },
    ),
});

const passesNoNotifications = 'passes on requests and answers, and no notifications';

/** mcp-proxy before a bridge on standard input and output: HTTP on both sides. */
async function mcpProxy(era: Era, { url, key, folder }: Reached): Promise<ClientSession> {
  const port = await freePort();
  const command = [packagePath('mcp-proxy', 'dist', 'bin', 'mcp-proxy.mjs')];
  const options = ['--host', '127.0.0.1', '--port', String(port), '--server', 'stream'];
  options.push('--gracefulShutdownTimeout', '100');
  const child = spawn(
    newerNode(),
    [...command, ...options, '--', process.execPath, entry, 'stdio'],
    {
      stdio: 'ignore',
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: folder,
        DEEDBOX_URL: url,
        DEEDBOX_KEY: key,
      },
    },
  );
  const address = `http://127.0.0.1:${port}`;
  for (let isUp = false; !isUp && child.exitCode === null;) {
    isUp = await fetch(`${address}/ping`).then(
      () => true,
      () => false,
    );
  }
  const session = await connectSdk2(await transport2({ url: `${address}/mcp` }), era);
  return {
    ...session,
    async close() {
      await session.close();
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

const desktopBundle = (era: Era) => ({
  name: 'the bundle for Claude Desktop',
  version: packageVersion(),
  era,
  connect: async ({ url, key, folder }: Reached) => {
    await bundle(folder);
    const program = join(folder, 'mcpb', 'server', 'index.js');
    return overStdio(era, [newerNode(), program], {
      env: { DEEDBOX_URL: url, DEEDBOX_KEY: key },
    });
  },
});

export const clients: TestedClient[] = [
  {
    ...named('@modelcontextprotocol/sdk'),
    era: legacy,
    connectsAgain: true,
    connect: async ({ url, key }) => connectSdk1(await transport1({ url: `${url}/mcp`, key })),
  },
  ...eras.map((era) => ({
    ...named('@modelcontextprotocol/client'),
    era,
    connectsAgain: era === legacy,
    subscribesAgain: era === modern,
    connect: async ({ url, key }: Reached) =>
      connectSdk2(await transport2({ url: `${url}/mcp`, key }), era),
  })),
  mcpRemote(legacy),
  {
    ...mcpRemote(modern),
    subscribesAgain: true,
    limits: { cancel: 'does not end the request of the call, which is how this version cancels' },
  },
  {
    ...named('supergateway'),
    era: legacy,
    connectsAgain: true,
    limits: {
      subscribe: passesNoNotifications,
      progress: passesNoNotifications,
      cancel: passesNoNotifications,
      reconnect: passesNoNotifications,
    },
    connect: ({ url, key, onError }) =>
      overStdio(
        legacy,
        [
          process.execPath,
          packagePath('supergateway', 'dist', 'index.js'),
          '--streamableHttp',
          `${url}/mcp`,
          '--outputTransport',
          'stdio',
          '--oauth2Bearer',
          key,
        ],
        { onError },
      ),
  },
  ...eras.map((era) => ({
    ...named('mcp-proxy'),
    era,
    subscribesAgain: era === modern,
    connect: (reached: Reached) => mcpProxy(era, reached),
  })),
  desktopBundle(legacy),
  { ...desktopBundle(modern), subscribesAgain: true },
];
