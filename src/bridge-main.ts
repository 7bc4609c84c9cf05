import { bridge } from './commands/bridge.ts';
import { readConfig } from './settings/config.ts';
import { asDeedboxError, DeedboxError } from './errors/errors.ts';
import { openLog } from './observability/log.ts';
import { bundleNames, withFieldNames } from './mcp/bridge-settings.ts';
import { serveOfflineStdio } from './mcp/offline-fallback.ts';

/** The entry point of the bundle for Claude Desktop: only the bridge of `deedbox stdio`. */

const { howToChange } = bundleNames;

/**
 * The address of the service, and the configuration.
 * @throws DeedboxError `invalid_configuration`
 */
function readSettings() {
  const config = readConfig();
  if (config.serviceUrl !== undefined) return { url: config.serviceUrl, config };
  throw new DeedboxError('invalid_configuration', `${bundleNames.address} is empty.`);
}

try {
  const { url, config } = readSettings();
  await bridge(url, config, openLog(config.log), bundleNames);
} catch (error) {
  // users of Claude Desktop do not see its log, so tool calls answer with the error
  const { code, message, cause } = asDeedboxError(error);
  const hint = howToChange;
  const failure = new DeedboxError(code, withFieldNames(message), { hint, cause });
  const log = openLog();
  log.error({ err: failure }, 'the bridge cannot start');
  await serveOfflineStdio(failure, log);
}
