import { userInfo } from 'node:os';
import type { Logger } from 'pino';
import { principalKey } from '../access/principal.ts';
import { localCaller } from '../access/caller.ts';
import { auditFolder } from '../audit/files.ts';
import { AuditLog } from '../audit/log.ts';
import type { AuditRecord } from '../audit/record.ts';
import type { Config } from '../settings/config.ts';
import type { AuditEvent, AuditSink } from '../mcp/audit-events.ts';

/** Longer addresses of resources are none that exist. */
const maxNameLength = 200;

function osUser(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined; // a container may have users without a name
  }
}

function toAuditRecord(auditEvent: AuditEvent, { principal, audit }: Config): AuditRecord {
  const { event, name, milliseconds, error, disclosed, identity, session } = auditEvent;
  const caller = identity?.caller ?? localCaller(principal);
  const person = caller.principal === 'unrestricted' ? undefined : principalKey(caller.principal);
  const user = identity ? undefined : osUser();
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
    from: {
      transport: identity ? 'http' : event === 'command' ? 'command_line' : 'stdio',
      ...(identity?.address !== undefined && { address: identity.address }),
      ...(session !== undefined && { session }),
    },
    outcome: error ?? 'ok',
    milliseconds: Math.round(milliseconds),
    disclosed,
    ...(audit.queries && auditEvent.arguments !== undefined && { arguments: auditEvent.arguments }),
  };
}

/**
 * What writes down each answer before the client has it, as configured. Where the log is required and
 * cannot be written, it throws, and the answer is kept back; else the log of the service says so.
 */
export function openAuditSink(
  config: Config,
  serviceLog: Logger,
): {
  auditSink: AuditSink | undefined;
  close(): Promise<void>;
} {
  const { mode, maxBytes } = config.audit;
  if (mode === 'off') return { auditSink: undefined, close: async () => {} };
  const auditLog = new AuditLog({ folder: auditFolder(config.dataFolder), maxBytes });
  return {
    async auditSink(auditEvent) {
      try {
        await auditLog.append({ ...toAuditRecord(auditEvent, config) });
      } catch (error) {
        if (mode === 'required') throw error;
        serviceLog.error({ err: error }, 'an answer was given that is not in the audit log');
      }
    },
    close: () => auditLog.close(),
  };
}
