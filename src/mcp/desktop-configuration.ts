import { join } from 'node:path';
import { packageRoot } from '../config.ts';

/** The entry for Claude Desktop's configuration file that reaches the service at `url`, as JSON. */
export function desktopConfiguration(url: string): string {
  const server = {
    command: process.execPath,
    args: [join(packageRoot(), 'dist', 'src', 'main.js'), 'stdio'],
    env: { DEEDBOX_URL: url },
  };
  return JSON.stringify({ mcpServers: { deedbox: server } }, null, 2);
}
