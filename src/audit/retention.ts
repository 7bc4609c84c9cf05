import { closeSync, openSync, readSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { dayOfFile, listAuditFiles } from './files.ts';
import { type ChainLink, type Line, type LineContent, parseLine } from './line.ts';

/** Files that are older than the log is kept, and the line that records their removal. */
export interface ExpiredFiles {
  names: string[];
  record: LineContent;
}

const dayMs = 24 * 3600_000;

/** No line is longer: an answer discloses a limited number of documents. */
const maxLineBytes = 4 * 1024 * 1024;

/**
 * The oldest files whose day is more than `days` before `time`; undefined where there are none. All lines of
 * a file are of its day.
 * @param last the last line of the log
 */
export function expiredFiles(
  folder: string,
  { days, time, last }: { days: number; time: Date; last: ChainLink },
): ExpiredFiles | undefined {
  const oldestKept = new Date(time.getTime() - days * dayMs).toISOString();
  const names = listAuditFiles(folder);
  const kept = names.findIndex((name) => dayOfFile(name) >= dayOfFile(oldestKept));
  const expired = kept < 0 ? names : names.slice(0, kept);
  if (expired.length === 0) return undefined;
  const link = kept < 0 ? last : linkBefore(firstLine(join(folder, names[kept]!)));
  if (!link) return undefined; // `verify` reports a first line that is damaged
  return {
    names: expired,
    record: {
      event: 'retention',
      days,
      files: expired.length,
      last_seq: link.seq,
      last_hash: link.hash,
    },
  };
}

/** The oldest first, so that what is left is always the end of the log. */
export async function removeExpired(folder: string, { names }: ExpiredFiles): Promise<void> {
  for (const name of names) await rm(join(folder, name), { force: true });
}

/** The last line that was removed according to a record of retention; undefined for another line. */
export function retentionAnchor(line: Line): ChainLink | undefined {
  const { event, last_seq: seq, last_hash: hash } = line;
  if (event !== 'retention' || typeof seq !== 'number' || typeof hash !== 'string')
    return undefined;
  return { seq, hash };
}

/** The link before a line, which was removed or archived. */
export function linkBefore(bytes: Buffer): ChainLink | undefined {
  const line = parseLine(bytes);
  return line && { seq: line.seq - 1, hash: line.prev };
}

/** The bytes up to the first line break. */
function firstLine(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    for (let size = 64 * 1024; ; size *= 4) {
      const bytes = Buffer.alloc(size);
      const read = readSync(file, bytes, 0, size, 0);
      const end = bytes.subarray(0, read).indexOf('\n');
      if (end >= 0 || read < size || size > maxLineBytes)
        return bytes.subarray(0, Math.max(end, 0));
    }
  } finally {
    closeSync(file);
  }
}
