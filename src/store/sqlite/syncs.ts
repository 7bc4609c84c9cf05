import type { SyncRecord } from '../records.ts';
import type { Connection } from './connection.ts';

type Counts = Pick<
  SyncRecord,
  'found' | 'indexed' | 'unchanged' | 'failed' | 'ignored' | 'pending'
>;

interface SyncRow {
  sync_id: string;
  sources: string;
  is_full: number;
  state: SyncRecord['state'];
  created_at: string;
  finished_at: string | null;
  detail: string | null;
  removed: number;
  counts: string | null;
}

const ended: SyncRecord['state'][] = ['done', 'failed', 'cancelled'];

/** Adds a sync, or sets what it says of one that is there. */
export function putSync(
  connection: Connection,
  record: Pick<SyncRecord, 'syncId' | 'sources' | 'full' | 'state' | 'createdAt'>,
): void {
  connection.write(() => {
    connection.run(
      `INSERT INTO syncs (sync_id, sources, is_full, state, created_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (sync_id) DO UPDATE SET sources = excluded.sources,
         is_full = excluded.is_full, created_at = excluded.created_at`,
      record.syncId,
      JSON.stringify(record.sources),
      Number(record.full),
      record.state,
      record.createdAt,
    );
    updateSync(connection, record.syncId, { state: record.state });
  });
}

/**
 * Counts come from the files while a sync runs. With its end they are kept as they are, because the
 * next sync takes the files over.
 */
export function updateSync(
  connection: Connection,
  syncId: string,
  change: Partial<Pick<SyncRecord, 'state' | 'finishedAt' | 'detail' | 'removed'>>,
): void {
  connection.write(() => {
    connection.run(
      `UPDATE syncs SET state = coalesce(?, state), finished_at = coalesce(?, finished_at),
         detail = coalesce(?, detail), removed = coalesce(?, removed) WHERE sync_id = ?`,
      change.state ?? null,
      change.finishedAt ?? null,
      change.detail ?? null,
      change.removed ?? null,
      syncId,
    );
    if (change.state === undefined) return;
    if (!ended.includes(change.state)) {
      connection.run('UPDATE syncs SET counts = NULL WHERE sync_id = ?', syncId);
      return;
    }
    connection.run(
      'UPDATE syncs SET counts = coalesce(counts, ?) WHERE sync_id = ?',
      JSON.stringify(liveCounts(connection, syncId)),
      syncId,
    );
  });
}

/** See `Store.sync`. */
export function sync(connection: Connection, syncId?: string): SyncRecord | undefined {
  return connection.read(() => {
    const row =
      syncId === undefined
        ? connection.get<SyncRow>('SELECT * FROM syncs ORDER BY seq DESC LIMIT 1')
        : connection.get<SyncRow>('SELECT * FROM syncs WHERE sync_id = ?', syncId);
    if (!row) return undefined;
    const counts = row.counts
      ? (JSON.parse(row.counts) as Counts)
      : liveCounts(connection, row.sync_id);
    return {
      syncId: row.sync_id,
      sources: JSON.parse(row.sources) as string[],
      full: row.is_full === 1,
      state: row.state,
      createdAt: row.created_at,
      ...(row.finished_at !== null && { finishedAt: row.finished_at }),
      ...(row.detail !== null && { detail: row.detail }),
      removed: row.removed,
      ...counts,
    };
  });
}

function liveCounts(connection: Connection, syncId: string): Counts {
  const counts: Counts = {
    found: 0,
    indexed: 0,
    unchanged: 0,
    failed: 0,
    ignored: 0,
    pending: 0,
  };
  const rows = connection.all<{ outcome: keyof Counts; n: number }>(
    `SELECT coalesce(outcome, 'pending') AS outcome, count(*) AS n FROM files
     WHERE sync_id = ? GROUP BY outcome`,
    syncId,
  );
  for (const { outcome, n } of rows) {
    counts[outcome] = n;
    counts.found += n;
  }
  return counts;
}
