import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import { busyTimeoutMs } from './schema.ts';
import type { SegmentMaintenance } from './vectors/segment-maintenance.ts';

/** Pages of 4 kB that one transaction of a merge writes, so that others write between two of them. */
const mergedPages = 500;

const pollMs = 100;

/** How long one attempt to truncate the write-ahead log blocks this process, in milliseconds. */
const truncateTimeoutMs = 500;

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
  if (removed > purged) {
    for (const table of fullTextTables) await mergeFullText(connection, table);
    const isRewritten = purged >= 0 || rewrite;
    if (purged < 0 && rewrite) connection.run('VACUUM');
    if (isRewritten) connection.run('UPDATE state SET purged_removals = ?', removed);
  }
  const deadline = Date.now() + waitMs;
  const arePurged = await retry(deadline, () => segments.purge());
  return (await retry(deadline, async () => truncateLog(connection))) && arePurged;
}

/**
 * Merges all segments of an FTS5 index into one, in steps (see "merge" in the manual of FTS5). Deleted
 * entries are left out of it. The option "secure-delete" of FTS5 would remove them with each deletion,
 * which takes twenty times as long, and leaves words in the table of its segments' pages.
 */
async function mergeFullText(connection: Connection, table: string): Promise<void> {
  const merge = `INSERT INTO ${table} (${table}, rank) VALUES ('merge', ?)`;
  const changesOf = (pages: number) =>
    connection.write(() => {
      const before = totalChanges(connection);
      connection.run(merge, pages);
      return totalChanges(connection) - before;
    });
  // A negative number begins the merge of all segments; a step without work counts one change.
  for (let changes = changesOf(-mergedPages); changes >= 2; changes = changesOf(mergedPages)) {
    await delay(0);
  }
}

const totalChanges = (connection: Connection) =>
  connection.get<{ n: number }>('SELECT total_changes() AS n')!.n;

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
