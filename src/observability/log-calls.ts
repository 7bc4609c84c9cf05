import type { Logger } from 'pino';
import type { AuditEvent } from '../mcp/audit-events.ts';

/**
 * Writes one answer over HTTP into the ordinary log: which tool, for whom, how long, and the code of the
 * error. Addresses of resources are left out, as anybody can make one up.
 */
export function logCall(
  log: Logger,
  { event, name, milliseconds, error, identity }: AuditEvent,
): void {
  log.info(
    {
      event,
      ...((event === 'tool' || event === 'prompt') && { name }),
      caller: identity?.caller.id,
      address: identity?.address,
      ms: Math.round(milliseconds * 10) / 10,
      ...(error !== undefined && { error }),
    },
    'answered',
  );
}
