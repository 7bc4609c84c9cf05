import { auditFolder } from '../audit/files.ts';
import type { Line, ChainLink } from '../audit/line.ts';
import type { AuditRecord } from '../audit/record.ts';
import { type AuditCheck, auditLines, verifyAudit } from '../audit/verify.ts';
import { foldAscii } from '../domain/email-address.ts';
import { writeJson, writeOutput } from '../encode/terminal.ts';
import type { Config } from '../settings/config.ts';

export interface VerifyOptions {
  noted?: ChainLink;
  archived: boolean;
  json: boolean;
}

function report({
  lines,
  files,
  sealed: tornTails,
  unfinished,
  first,
  last,
  retention,
  problem,
}: AuditCheck): string {
  if (problem) {
    const { file, line, seq, what } = problem;
    const where = line === undefined ? '' : ` (${file}, line ${line})`;
    return `The audit log was changed. Line ${seq}${where}: ${what}.`;
  }
  if (!first || !last) return 'The audit log is empty.';
  return [
    `The audit log is complete: ${lines} ${lines === 1 ? 'line' : 'lines'} in ${files} ${files === 1 ? 'file' : 'files'}, from ${first.time} to ${last.time}.`,
    ...(retention && first.seq > 1
      ? [
          `It begins with line ${first.seq}: lines up to ${retention.seq} were removed because of their age, last on ${retention.time.slice(0, 10)}.`,
        ]
      : []),
    ...(tornTails > 0 ? [`Unfinished lines of processes that were killed: ${tornTails}.`] : []),
    ...(unfinished ? ['The last line is unfinished; the next one will mark it.'] : []),
    `Last line, to note outside this machine: ${last.seq}:${last.hash}`,
  ].join('\n');
}

/** `deedbox audit verify`: prints the first line that is wrong, if any. Returns 1 if there is one. */
export function verify(config: Config, { json, ...options }: VerifyOptions): number {
  const check = verifyAudit(auditFolder(config.dataFolder), options);
  if (json) writeJson(check);
  else writeOutput(`${report(check)}\n`);
  return check.problem ? 1 : 0;
}

export interface ShowOptions {
  /** A person's address, the name of a key, or the id of a key or of a token's subject. */
  person?: string;
  document?: string;
  /** ISO 8601 in UTC. */
  since?: string;
}

function isSelected(
  line: Pick<Line, 'time'> & Partial<AuditRecord>,
  options: ShowOptions,
): boolean {
  const { person, document, since } = options;
  const { who, disclosed = [] } = line;
  if (since !== undefined && line.time < since) return false;
  if (document !== undefined && !disclosed.some(({ document_id: id }) => id === document)) {
    return false;
  }
  const personFilter = person === undefined ? undefined : foldAscii(person);
  const names = [who?.id, who?.name, who?.person, who?.os_user];
  return (
    personFilter === undefined || names.some((name) => name && foldAscii(name) === personFilter)
  );
}

/** `deedbox audit show`: prints the lines that match all options. */
export function show(config: Config, options: ShowOptions): number {
  for (const line of auditLines(auditFolder(config.dataFolder))) {
    if (isSelected(line as Line & AuditRecord, options)) writeJson(line);
  }
  return 0;
}
