import { join } from 'node:path';
import { packageRoot } from '../settings/config.ts';

/**
 * The entry for Claude Desktop's configuration file, as JSON: `deedbox stdio` of this installation,
 * by the same Node that runs it now, for which the native modules were compiled.
 */
export function desktopConfiguration(options: { args?: string[]; env?: object }): string {
  const deedbox = {
    command: process.execPath,
    args: [join(packageRoot(), 'dist', 'src', 'main.js'), 'stdio', ...(options.args ?? [])],
    ...(options.env ? { env: options.env } : {}),
  };
  return JSON.stringify({ mcpServers: { deedbox } }, null, 2);
}

/** A bridge to the service at `url`, with a placeholder for the key where it needs one. */
export function bridgeConfiguration(url: string, authDisabled = true): string {
  const key = authDisabled ? {} : { DEEDBOX_KEY: 'dbx_… (deedbox key create)' };
  return desktopConfiguration({ env: { DEEDBOX_URL: url, ...key } });
}
