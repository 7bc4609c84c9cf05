import type { Logger } from 'pino';
import type { Answered } from './mcp/answered.ts';

/**
 * Writes one answer over HTTP into the ordinary log: which tool, for whom, how long, and the code of the
 * error. Addresses of resources are left out, as anybody can make one up.
 */
export function logAnswer(
  log: Logger,
  { event, name, milliseconds, error, origin }: Answered,
): void {
  log.info(
    {
      event,
      ...((event === 'tool' || event === 'prompt') && { name }),
      caller: origin?.caller.id,
      address: origin?.address,
      ms: Math.round(milliseconds * 10) / 10,
      ...(error !== undefined && { error }),
    },
    'answered',
  );
}
