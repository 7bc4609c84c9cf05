import type { Logger } from 'pino';
import type { Config } from '../settings/config.ts';
import { DeedboxError } from '../errors/errors.ts';
import { bridgeStdio } from '../mcp/bridge.ts';

/** A bridge that took no notice of the person would answer with what others may read. */
function personNotSupported(): DeedboxError {
  return new DeedboxError(
    'invalid_configuration',
    'DEEDBOX_PERSON has no meaning beside DEEDBOX_URL: the service at that address decides who asks.',
    { hint: 'Set DEEDBOX_PERSON where that service is started, and not here.' },
  );
}

/**
 * Serves standard input and output from the service at `url`. It opens no data and needs no native
 * module, which is why the bundle for Claude Desktop can consist of it.
 */
export async function bridge(
  url: string,
  { principal, access }: Config,
  log: Logger,
): Promise<void> {
  if (principal !== 'unrestricted') throw personNotSupported();
  const { key, allowHttp } = access;
  await bridgeStdio({ url, key, allowHttp, log });
}
