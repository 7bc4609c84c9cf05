import type { Logger } from 'pino';
import type { Config } from '../settings/config.ts';
import { DeedboxError } from '../errors/errors.ts';
import { bridgeStdio } from '../mcp/bridge.ts';
import { environmentNames } from '../mcp/bridge-settings.ts';

/** A bridge that ignored the person would answer with what others may read. */
function personNotSupported(): DeedboxError {
  return new DeedboxError(
    'invalid_configuration',
    'DEEDBOX_PERSON has no effect with DEEDBOX_URL: the service at that address determines the person.',
    { hint: 'Set DEEDBOX_PERSON where that service is started, and remove it here.' },
  );
}

/**
 * Serves standard input and output from the service at `url`. It opens no data folder and needs no
 * native module, so the bundle for Claude Desktop contains only this.
 * @param names how its settings are called where the user finds them
 * @throws DeedboxError `invalid_configuration` where a person is configured
 */
export async function bridge(
  url: string,
  { principal, access, authorityFile }: Config,
  log: Logger,
  names = environmentNames,
): Promise<void> {
  if (principal !== 'unrestricted') throw personNotSupported();
  const { key, allowHttp } = access;
  await bridgeStdio({ url, key, allowHttp, authorityFile, names, log });
}
