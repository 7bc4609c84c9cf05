import { userInfo } from 'node:os';
import type { Logger } from 'pino';
import { askerKey } from './access/asker.ts';
import { localCaller } from './access/caller.ts';
import { auditFolder } from './audit/files.ts';
import { AuditLog } from './audit/log.ts';
import type { AuditRecord } from './audit/record.ts';
import type { Config } from './config.ts';
import type { Answered, Answering } from './mcp/answered.ts';

/** Longer addresses of resources are none that exist. */
const longestName = 200;

function osUser(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined; // a container may have users without a name
  }
}

function recordOf(answered: Answered, { asker, audit }: Config): AuditRecord {
  const { event, name, milliseconds, error, disclosed, origin, session } = answered;
  const caller = origin?.caller ?? localCaller(asker);
  const person = caller.asker === 'everything' ? undefined : askerKey(caller.asker);
  const user = origin ? undefined : osUser();
  return {
    event,
    name: name.slice(0, longestName),
    who: {
      by: caller.by,
      id: caller.id,
      name: caller.name,
      ...(person !== undefined && { person }),
      ...(user !== undefined && { os_user: user }),
    },
    from: {
      transport: origin ? 'http' : event === 'command' ? 'command_line' : 'stdio',
      ...(origin?.address !== undefined && { address: origin.address }),
      ...(session !== undefined && { session }),
    },
    outcome: error ?? 'ok',
    milliseconds: Math.round(milliseconds),
    disclosed,
    ...(audit.queries && answered.arguments !== undefined && { arguments: answered.arguments }),
  };
}

/**
 * What writes down each answer before the client has it, as configured. Where the log is required and
 * cannot be written, it throws, and the answer is kept back; else the log of the service says so.
 */
export function openAudit(
  config: Config,
  ordinary: Logger,
): {
  answered: Answering | undefined;
  close(): Promise<void>;
} {
  const { mode, maxBytes } = config.audit;
  if (mode === 'off') return { answered: undefined, close: async () => {} };
  const log = new AuditLog({ folder: auditFolder(config.dataFolder), maxBytes });
  return {
    async answered(answered) {
      try {
        await log.append({ ...recordOf(answered, config) });
      } catch (error) {
        if (mode === 'required') throw error;
        ordinary.error({ err: error }, 'an answer was given that is not in the audit log');
      }
    },
    close: () => log.close(),
  };
}
