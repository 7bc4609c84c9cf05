import type { Connection } from '../connection.ts';

/** The record of a segment: its file holds the vectors of all passages from `first` to `last`. */
export interface Segment {
  first: number;
  last: number;
  /** Records in the file; those of passages that were removed since included. */
  records: number;
  file: string;
  /** SHA-256 of the file, in hex. */
  checksum: string;
}

const columns = 'first_passage AS first, last_passage AS last, records, file, checksum';

/** The segments in use, in order of their passages, which do not overlap. */
export function currentSegments(connection: Connection): Segment[] {
  return connection.all<Segment>(
    `SELECT ${columns} FROM vector_segments WHERE superseded_at IS NULL ORDER BY first_passage`,
  );
}

/** The last passage that is in a segment, or 0. */
export function lastIndexedPassage(connection: Connection): number {
  const row = connection.get<{ last: number | null }>(
    'SELECT max(last_passage) AS last FROM vector_segments WHERE superseded_at IS NULL',
  );
  return row?.last ?? 0;
}

/** A range of ids of passages, both ends included. */
export interface PassageRange {
  first: number;
  last: number;
}

/** Passages of each segment that were removed since it was written, by the segment's first passage. */
export function removedBySegment(connection: Connection): Map<number, number> {
  const rows = connection.all<{ first: number; removed: number }>(
    `SELECT s.first_passage AS first, sum(t.passages) AS removed
     FROM tombstones t JOIN vector_segments s
       ON t.first_passage BETWEEN s.first_passage AND s.last_passage
     WHERE s.superseded_at IS NULL GROUP BY s.first_passage`,
  );
  return new Map(rows.map(({ first, removed }) => [first, removed]));
}

/**
 * Puts a segment in the place of those that it replaces, in the transaction that is open. Returns false, and
 * changes nothing, if these are not the current segments of its range any more.
 * @param replaced the segments of the range when the new one was begun
 * @param tombstone the last removal that the new segment has taken into account
 */
export function publishSegment(
  connection: Connection,
  segment: Segment | undefined,
  { first, last }: PassageRange,
  replaced: Segment[],
  tombstone: number,
): boolean {
  const present = currentSegments(connection).filter((s) => s.first <= last && s.last >= first);
  const files = new Set(replaced.map(({ file }) => file));
  if (present.length !== files.size || present.some(({ file }) => !files.has(file))) return false;
  const isReset = segment && !hasDocuments(connection, segment);
  if (isReset) return false;
  for (const { file } of present) {
    connection.run('UPDATE vector_segments SET superseded_at = ? WHERE file = ?', Date.now(), file);
  }
  connection.run(
    'DELETE FROM tombstones WHERE seq <= ? AND first_passage BETWEEN ? AND ?',
    tombstone,
    first,
    last,
  );
  if (!segment) return true;
  connection.run(
    `INSERT INTO vector_segments (first_passage, last_passage, records, file, checksum)
     VALUES (?, ?, ?, ?, ?)`,
    segment.first,
    segment.last,
    segment.records,
    segment.file,
    segment.checksum,
  );
  return true;
}

const hasDocuments = (connection: Connection, { first, last }: PassageRange) =>
  connection.get('SELECT 1 FROM documents WHERE first_passage BETWEEN ? AND ?', first, last) !==
  undefined;

/** Forgets all segments and removals: for an index without documents. */
export function dropSegments(connection: Connection): void {
  connection.run('UPDATE vector_segments SET superseded_at = ?', Date.now());
  connection.run('DELETE FROM tombstones');
}

/** The last removal of passages so far, or 0. */
export function lastTombstone(connection: Connection): number {
  const row = connection.get<{ seq: number | null }>('SELECT max(seq) AS seq FROM tombstones');
  return row?.seq ?? 0;
}

/** Forgets segments that were superseded before a time; returns the names of all files that are left. */
export function dropSuperseded(connection: Connection, before: number): Set<string> {
  connection.run('DELETE FROM vector_segments WHERE superseded_at < ?', before);
  const rows = connection.all<{ file: string }>('SELECT file FROM vector_segments');
  return new Set(rows.map(({ file }) => file));
}

/** How long a process may write segments without renewing its lease, in milliseconds. */
const leaseMs = 30_000;

/**
 * Takes or renews the lease of the one process that writes segments. Returns false while another
 * holds it.
 */
export function leaseIndexWriting(connection: Connection, owner: string, now: number): boolean {
  const { changes } = connection.run(
    `UPDATE state SET index_writer = ?, index_writer_until = ?
     WHERE index_writer IS NULL OR index_writer = ? OR index_writer_until < ?`,
    owner,
    now + leaseMs,
    owner,
    now,
  );
  return changes > 0;
}

export function endIndexWriting(connection: Connection, owner: string): void {
  connection.run(
    'UPDATE state SET index_writer = NULL, index_writer_until = NULL WHERE index_writer = ?',
    owner,
  );
}
