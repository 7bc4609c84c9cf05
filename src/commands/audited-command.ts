import { localCaller } from '../access/principal.ts';
import { openAuditSink } from '../composition/audit.ts';
import { openLog } from '../observability/log.ts';
import { RequestContext } from '../request/context.ts';
import type { Config } from '../settings/config.ts';

/**
 * Reports to the audit log what was recorded since the last report; call it before printing.
 * @param number of what the command is about, such as a hold
 */
export type AuditCommand = (number?: number) => Promise<void>;

/**
 * Runs a command that prints something of contracts.
 * @param command.args its arguments, for the audit log
 * @param run gets the context that everything it prints is recorded in. Where the audit log is required
 *   and cannot be written, its second argument rejects with `storage_error`
 */
export async function runAudited<T>(
  config: Config,
  command: { name: string; args: unknown },
  run: (context: RequestContext, audit: AuditCommand) => Promise<T>,
): Promise<T> {
  const auditLog = openAuditSink(config, openLog(config.log));
  const context = new RequestContext({
    caller: localCaller(config.principal),
    from: { transport: 'command_line' },
    auditSink: auditLog.auditSink,
  });
  const { name, args } = command;
  const audit: AuditCommand = (number) => {
    const numbered = number === undefined ? name : `${name} ${number}`;
    return context.audit({ event: 'command', name: numbered, arguments: args });
  };
  try {
    return await run(context, audit);
  } finally {
    await auditLog.close();
  }
}
