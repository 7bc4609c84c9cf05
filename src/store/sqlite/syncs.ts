import type { FileRecord, FileState, SyncChange, SyncRecord } from '../records.ts';
import type { Connection } from './connection.ts';

type Counts = Pick<
  SyncRecord,
  'found' | 'indexed' | 'unchanged' | 'failed' | 'ignored' | 'pending'
>;

interface SyncRow {
  sync_id: string;
  sources: string;
  kind: SyncRecord['kind'];
  state: SyncRecord['state'];
  created_at: string;
  finished_at: string | null;
  detail: string | null;
  notes: string | null;
  reconcile_diff: string | null;
  feed_sources: string | null;
  listed_sources: string | null;
  removed: number;
  counts: string | null;
}

const finalStates: SyncRecord['state'][] = ['done', 'failed', 'cancelled'];

/** Adds or updates a sync. */
export function putSync(
  connection: Connection,
  record: Pick<SyncRecord, 'syncId' | 'sources' | 'kind' | 'state' | 'createdAt'>,
): void {
  connection.write(() => {
    connection.run(
      `INSERT INTO syncs (sync_id, sources, kind, state, created_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (sync_id) DO UPDATE SET sources = excluded.sources,
         kind = excluded.kind, created_at = excluded.created_at`,
      record.syncId,
      JSON.stringify(record.sources),
      record.kind,
      record.state,
      record.createdAt,
    );
    updateSync(connection, record.syncId, { state: record.state });
  });
}

/**
 * Counts are computed from the files while a sync runs. When it ends they are stored, because the next
 * sync marks the files as its own.
 */
export function updateSync(
  connection: Connection,
  syncId: string,
  change: SyncChange,
  from?: readonly SyncRecord['state'][],
): boolean {
  return connection.write(() => {
    const { changes } = connection.run(
      `UPDATE syncs SET state = coalesce(?, state), finished_at = coalesce(?, finished_at),
         detail = coalesce(?, detail), notes = coalesce(?, notes),
         reconcile_diff = coalesce(?, reconcile_diff),
         feed_sources = coalesce(?, feed_sources),
         listed_sources = coalesce(?, listed_sources),
         removed = coalesce(?, removed)
       WHERE sync_id = ? AND (? IS NULL OR state IN (SELECT value FROM json_each(?)))`,
      change.state ?? null,
      change.finishedAt ?? null,
      change.detail ?? null,
      asJson(change.notes),
      asJson(change.reconcileDiff),
      asJson(change.feedSources),
      asJson(change.listedSources),
      change.removed ?? null,
      syncId,
      asJson(from),
      asJson(from),
    );
    if (change.state === undefined || changes === 0) return changes > 0;
    if (!finalStates.includes(change.state)) {
      connection.run('UPDATE syncs SET counts = NULL WHERE sync_id = ?', syncId);
      return true;
    }
    const { feed_sources: feedSources } =
      connection.get<Pick<SyncRow, 'feed_sources'>>(
        'SELECT feed_sources FROM syncs WHERE sync_id = ?',
        syncId,
      ) ?? {};
    connection.run(
      'UPDATE syncs SET counts = coalesce(counts, ?) WHERE sync_id = ?',
      JSON.stringify(liveCounts(connection, syncId, feedSources)),
      syncId,
    );
    return true;
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
      : liveCounts(connection, row.sync_id, row.feed_sources);
    return {
      syncId: row.sync_id,
      sources: JSON.parse(row.sources) as string[],
      kind: row.kind,
      state: row.state,
      createdAt: row.created_at,
      ...(row.finished_at !== null && { finishedAt: row.finished_at }),
      ...(row.detail !== null && { detail: row.detail }),
      ...(row.notes !== null && { notes: JSON.parse(row.notes) as string[] }),
      ...(row.reconcile_diff !== null && {
        reconcileDiff: JSON.parse(row.reconcile_diff) as SyncRecord['reconcileDiff'],
      }),
      ...(row.feed_sources !== null && {
        feedSources: JSON.parse(row.feed_sources) as string[],
      }),
      ...(row.listed_sources !== null && {
        listedSources: JSON.parse(row.listed_sources) as string[],
      }),
      removed: row.removed,
      ...counts,
    };
  });
}

const outcomeOf: Record<FileState, NonNullable<FileRecord['outcome']> | 'pending'> = {
  indexed: 'unchanged',
  failed: 'failed',
  ignored: 'ignored',
  pending: 'pending',
};

/** Counts the files that a sync touched, and all other files of its feed sources. */
function liveCounts(
  connection: Connection,
  syncId: string,
  feedSources: string | null = null,
): Counts {
  const counts: Counts = {
    found: 0,
    indexed: 0,
    unchanged: 0,
    failed: 0,
    ignored: 0,
    pending: 0,
  };
  const add = (outcome: keyof Counts, n: number) => {
    counts[outcome] += n;
    counts.found += n;
  };
  const syncedCounts = connection.all<{ outcome: keyof Counts; n: number }>(
    `SELECT coalesce(outcome, 'pending') AS outcome, count(*) AS n FROM files
     WHERE sync_id = ? GROUP BY outcome`,
    syncId,
  );
  for (const { outcome, n } of syncedCounts) add(outcome, n);
  if (feedSources === null) return counts;
  const others = connection.all<{ state: FileState; n: number }>(
    `SELECT state, count(*) AS n FROM files
     WHERE source IN (SELECT value FROM json_each(?)) AND sync_id <> ? GROUP BY state`,
    feedSources,
    syncId,
  );
  for (const { state, n } of others) add(outcomeOf[state], n);
  return counts;
}

function asJson(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
