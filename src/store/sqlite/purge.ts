import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import { busyTimeoutMs } from './schema.ts';
import type { SegmentMaintenance } from './vectors/segment-maintenance.ts';

/** Pages of 4 kB that one transaction of a merge writes. */
const mergedPages = 500;

const pollMs = 100;

/** How long one attempt to truncate the write-ahead log blocks this process, in milliseconds. */
const truncateTimeoutMs = 500;

/** How often a merge is begun again: segments that others write may keep one from ending. */
const maxMerges = 5;

const fullTextTables = ['passage_fts', 'document_fts'];

export interface PurgeOptions {
  /** Also overwrites the free pages of a database from before deletions were overwritten. */
  rewrite: boolean;
  /** Milliseconds to wait for processes that write segments or read from the write-ahead log. */
  waitMs: number;
}

/**
 * Removes what is left of removed documents. Their rows are overwritten when they are deleted
 * (`secure_delete`); words stay in segments of the full-text index, vectors in files of the vector
 * index, and earlier pages in the write-ahead log. Returns false where other processes kept it from
 * finishing: it can be called again.
 */
export async function purge(
  connection: Connection,
  segments: SegmentMaintenance,
  { rewrite, waitMs }: PurgeOptions,
): Promise<boolean> {
  const { removed, purged } = connection.get<{ removed: number; purged: number }>(
    'SELECT removals AS removed, purged_removals AS purged FROM state',
  )!;
  let isMerged = true;
  if (removed > purged) {
    for (const table of fullTextTables) {
      isMerged = (await rewriteFullText(connection, table)) && isMerged;
    }
    if (purged < 0 && rewrite) connection.run('VACUUM');
    if (isMerged && (purged >= 0 || rewrite)) {
      connection.run('UPDATE state SET purged_removals = ?', removed);
    }
  }
  const deadline = Date.now() + waitMs;
  const arePurged = await retry(deadline, () => segments.purge());
  const isTruncated = await retry(deadline, async () => truncateLog(connection));
  return isMerged && arePurged && isTruncated;
}

/**
 * Merges all segments of an FTS5 index into one, without deleted entries. The option "secure-delete" of FTS5
 * would remove them with each deletion, which takes twenty times as long, and leaves words in the table of
 * its segments' pages. Returns false where segments are left, because others write very many.
 */
async function rewriteFullText(connection: Connection, table: string): Promise<boolean> {
  for (let attempt = 1; attempt <= maxMerges; attempt += 1) {
    const former = segmentsOf(connection, table);
    await mergeFullText(connection, table);
    const left = new Set(segmentsOf(connection, table));
    // A single segment has no deleted entries: they would be in a second one.
    if (left.size < 2 || !former.some((segment) => left.has(segment))) return true;
  }
  return false;
}

/** In steps, so that others write between two of them; see "merge" in the manual of FTS5. */
async function mergeFullText(connection: Connection, table: string): Promise<void> {
  const merge = `INSERT INTO ${table} (${table}, rank) VALUES ('merge', ?)`;
  const totalChanges = () => connection.get<{ n: number }>('SELECT total_changes() AS n')!.n;
  const changesOf = (pages: number) =>
    connection.write(() => {
      const before = totalChanges();
      connection.run(merge, pages);
      return totalChanges() - before;
    });
  // A negative number begins the merge of all segments; a step without work counts one change.
  for (let changes = changesOf(-mergedPages); changes >= 2; changes = changesOf(mergedPages)) {
    await delay(0);
  }
}

/** The ids of the segments of an FTS5 index, from the table of their pages. */
function segmentsOf(connection: Connection, table: string): number[] {
  const next = `SELECT min(segid) AS id FROM ${table}_idx WHERE segid > ?`;
  const ids: number[] = [];
  for (let last = 0; ; last = ids.at(-1)!) {
    const id = connection.get<{ id: number | null }>(next, last)?.id;
    if (id == null) return ids;
    ids.push(id);
  }
}

/** Copies the write-ahead log into the database and truncates it; false while a process reads from it. */
function truncateLog(connection: Connection): boolean {
  connection.pragma(`busy_timeout = ${truncateTimeoutMs}`);
  try {
    return connection.pragma('wal_checkpoint(TRUNCATE)') === 0;
  } finally {
    connection.pragma(`busy_timeout = ${busyTimeoutMs}`);
  }
}

async function retry(deadline: number, attempt: () => Promise<boolean>): Promise<boolean> {
  for (;;) {
    if (await attempt()) return true;
    if (Date.now() > deadline) return false;
    await delay(pollMs);
  }
}
