import { chownSync, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Beside the files of lines: the last line, and the lock for writing. */
export const chainHeadFile = 'head.db';

const fileNamePattern = /^\d{4}-\d{2}-\d{2}-\d{12}\.jsonl$/;

export const auditFolder = (dataFolder: string) => join(dataFolder, 'audit');

/**
 * Gives what root creates to the owner of the folder around it, so that the service, which is not root,
 * can write to it.
 */
export function chownLike(folder: string, created: string): void {
  if (process.geteuid?.() !== 0) return;
  const { uid, gid } = statSync(folder);
  chownSync(created, uid, gid);
}

/** The name of a file: the day in UTC and the number of its first line, so that names sort. */
export function auditFileName(time: Date, firstSeq: number): string {
  return `${time.toISOString().slice(0, 10)}-${String(firstSeq).padStart(12, '0')}.jsonl`;
}

export const dayOfFile = (name: string) => name.slice(0, 'YYYY-MM-DD'.length);

/** The number of the first line of a file. */
export const firstSeqOf = (name: string) => Number(name.slice(-'000000000001.jsonl'.length, -6));

/** Sorted by the numbers of their lines, so that a clock that was set back does no harm. */
export function listAuditFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => fileNamePattern.test(name));
  return names.sort((a, b) => firstSeqOf(a) - firstSeqOf(b));
}
