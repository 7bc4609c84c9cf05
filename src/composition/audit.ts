import { userInfo } from 'node:os';
import type { Logger } from 'pino';
import { principalKey } from '../access/principal.ts';
import { auditFolder } from '../audit/files.ts';
import { AuditLog } from '../audit/log.ts';
import type { AuditRecord } from '../audit/record.ts';
import type { Config } from '../settings/config.ts';
import type { AuditEvent, AuditSink } from '../request/audit-event.ts';

/** Characters; no existing resource has a longer URI. */
const maxNameLength = 200;

/** Who runs this process. */
export function osUser(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined; // a container may have users without a name
  }
}

function toAuditRecord(auditEvent: AuditEvent, includeArguments: boolean): AuditRecord {
  const { event, name, milliseconds, error, disclosed, caller, from } = auditEvent;
  const person = caller.principal === 'unrestricted' ? undefined : principalKey(caller.principal);
  const user = from.transport === 'http' ? undefined : osUser();
  return {
    event,
    name: name.slice(0, maxNameLength),
    who: {
      by: caller.authMethod,
      id: caller.id,
      name: caller.name,
      ...(person !== undefined && { person }),
      ...(user !== undefined && { os_user: user }),
    },
    from,
    outcome: error ?? 'ok',
    milliseconds: Math.round(milliseconds),
    disclosed,
    ...(includeArguments &&
      auditEvent.arguments !== undefined && { arguments: auditEvent.arguments }),
  };
}

/**
 * Opens the audit log as configured. The sink resolves when the event is on the disk. Where the log is
 * required (by default for callers who sign in) and cannot be written, it rejects and the answer is not
 * sent; else the log of the service says so.
 */
export function openAuditSink(
  config: Config,
  serviceLog: Logger,
): {
  auditSink: AuditSink | undefined;
  close(): Promise<void>;
} {
  const { mode, maxBytes, retentionDays } = config.audit;
  if (mode === 'off') return { auditSink: undefined, close: async () => {} };
  const folder = auditFolder(config.dataFolder);
  const auditLog = new AuditLog({ folder, maxBytes, retentionDays });
  const isRequired = ({ caller }: AuditEvent) =>
    mode === 'required' || (mode === undefined && caller.authMethod !== 'none');
  return {
    async auditSink(auditEvent) {
      try {
        await auditLog.append({ ...toAuditRecord(auditEvent, config.audit.queries) });
      } catch (error) {
        if (isRequired(auditEvent)) throw error;
        serviceLog.error({ err: error }, 'an answer was given that is not in the audit log');
      }
    },
    close: () => auditLog.close(),
  };
}
