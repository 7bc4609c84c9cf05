import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../support/cli.ts';

/** The clients from the npm registry; each version is what the table in docs/clients.md is about. */
export const versions = {
  '@modelcontextprotocol/sdk': '1.32.2',
  '@modelcontextprotocol/client': '2.4.0',
  '@modelcontextprotocol/inspector': '2.12.0',
  'mcp-remote': '0.15.1',
  supergateway: '4.0.0',
  'mcp-proxy': '6.7.19',
  'oidc-provider': '9.13.3',
} as const;
export type PackageName = keyof typeof versions;

/** The Inspector and mcp-proxy need a newer Node.js than Deedbox does. */
const nodePackage = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const nodeVersion = '22.23.3';

const folder = join(root, 'node_modules', '.cache', 'deedbox-clients');

/** Installs the clients beside those of package.json, unless they are there. No script of theirs runs. */
export function installClients(): void {
  const manifest = JSON.stringify({
    private: true,
    dependencies: { ...versions, [nodePackage]: nodeVersion },
  });
  const installed = join(folder, 'installed.json');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === manifest) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), manifest);
  execFileSync(
    'npm',
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  writeFileSync(installed, manifest);
}

/** A file of an installed package. */
export const packagePath = (name: PackageName, ...path: string[]) =>
  join(folder, 'node_modules', name, ...path);

/** A module of an installed package. */
export const loadPackage = async <T>(name: PackageName, ...path: string[]): Promise<T> =>
  (await import(pathToFileURL(packagePath(name, ...path)).href)) as T;

/** The newer Node.js. */
export const newerNode = () => join(folder, 'node_modules', nodePackage, 'bin', 'node');
