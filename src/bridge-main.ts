import { bridge } from './commands/bridge.ts';
import { readConfig } from './settings/config.ts';
import { asDeedboxError, DeedboxError } from './errors/errors.ts';
import { openLog } from './observability/log.ts';
import { serveOfflineStdio } from './mcp/offline-fallback.ts';

/** What the bundle for Claude Desktop starts: `deedbox stdio` as a bridge, and nothing else. */

const hint =
  'Correct it in the settings of Claude Desktop, under Extensions, Deedbox, and switch it off and on.';

/** The address to call, with the rest of the settings. Throws `invalid_configuration`. */
function readSettings() {
  const config = readConfig();
  if (config.serviceUrl !== undefined) return { url: config.serviceUrl, config };
  throw new DeedboxError('invalid_configuration', 'The address of the Deedbox service is missing.');
}

try {
  const { url, config } = readSettings();
  await bridge(url, config, openLog(config.log));
} catch (error) {
  // who uses Claude Desktop does not see its log
  const { code, message, cause } = asDeedboxError(error);
  const failure = new DeedboxError(code, message, { hint, cause });
  const log = openLog();
  log.error({ err: failure }, 'no service is called');
  await serveOfflineStdio(failure, log);
}
