import type { DisclosedDocument } from '../audit/record.ts';
import type { Config } from '../settings/config.ts';
import { openLog } from '../observability/log.ts';
import { openAuditSink } from '../composition/audit.ts';

/** Text to print, and what it discloses of which contracts. */
export interface AuditedText {
  text: string;
  disclosed: DisclosedDocument[];
}

/** Records what a command is about to print of contracts; see `openAuditSink` for what it throws. */
export type RecordDisclosures = (disclosed: DisclosedDocument[]) => Promise<void>;

/**
 * Runs a command that discloses something of contracts.
 * @param command its name and its arguments, for the audit log
 */
export async function runAudited<T>(
  config: Config,
  command: { name: string; args: unknown },
  run: (recordDisclosures: RecordDisclosures) => Promise<T>,
): Promise<T> {
  const audit = openAuditSink(config, openLog(config.log));
  const startedAt = performance.now();
  const recordDisclosures: RecordDisclosures = async (disclosed) => {
    const milliseconds = performance.now() - startedAt;
    const { name, args } = command;
    await audit.auditSink?.({ event: 'command', name, milliseconds, disclosed, arguments: args });
  };
  try {
    return await run(recordDisclosures);
  } finally {
    await audit.close();
  }
}
