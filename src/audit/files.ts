import { chownSync, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Beside the files of lines: how far they go, and the lock that lets one process write. */
export const chainHeadFile = 'head.db';

const fileNamePattern = /^\d{4}-\d{2}-\d{2}-\d{12}\.jsonl$/;

export const auditFolder = (dataFolder: string) => join(dataFolder, 'audit');

/**
 * What root makes belongs to whom the folder around it belongs to, so that the service, which is not
 * root, can go on with it.
 */
export function chownLike(folder: string, created: string): void {
  if (process.geteuid?.() !== 0) return;
  const { uid, gid } = statSync(folder);
  chownSync(created, uid, gid);
}

/** Named by the day in UTC and the number of the first line, so that names sort as the lines follow. */
export function auditFileName(time: Date, firstSeq: number): string {
  return `${time.toISOString().slice(0, 10)}-${String(firstSeq).padStart(12, '0')}.jsonl`;
}

export const dayOfFile = (name: string) => name.slice(0, 'YYYY-MM-DD'.length);

/** The number of the first line of a file. */
export const firstSeqOf = (name: string) => Number(name.slice(-'000000000001.jsonl'.length, -6));

/** In the order of their lines, which a clock that was set back does not change. */
export function listAuditFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => fileNamePattern.test(name));
  return names.sort((a, b) => firstSeqOf(a) - firstSeqOf(b));
}
