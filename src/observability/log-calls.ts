import type { Logger } from 'pino';
import type { AuditEvent } from '../request/audit-event.ts';

/**
 * Logs one call over HTTP: the tool, the caller, the duration and the code of the error. URIs of
 * resources are left out: clients can make them up.
 */
export function logCall(
  log: Logger,
  { event, name, milliseconds, error, caller, from }: AuditEvent,
): void {
  log.info(
    {
      event,
      ...((event === 'tool' || event === 'prompt') && { name }),
      caller: caller.id,
      address: from.address,
      ms: Math.round(milliseconds * 10) / 10,
      ...(error !== undefined && { error }),
    },
    'answered',
  );
}
