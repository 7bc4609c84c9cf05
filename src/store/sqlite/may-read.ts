import type { Access } from '../../documents.ts';
import type { Connection } from './connection.ts';
import type { Condition } from './present-dates.ts';

const asks = (reader: string, ends: string) =>
  `${reader} IN (SELECT value FROM json_each(?)) AND (${ends} IS NULL OR ${ends} > ?)`;

/**
 * The one place that decides who may read what: a condition over files (and documents, which have
 * their files' ids) in the column `id`; undefined where everything may be read. A file without readers
 * is read by nobody, and a reader whose time is over does not count.
 * @param few whether few rows are looked at, so that asking of each is less work than listing all
 *   that may be read
 */
export function mayRead(access: Access, id: string, few: boolean): Condition | undefined {
  if (access === 'everything') return undefined;
  const sql = few
    ? `EXISTS (SELECT 1 FROM readers r WHERE r.file = ${id} AND ${asks('r.reader', 'r.ends')})`
    : `${id} IN (SELECT file FROM readers WHERE ${asks('reader', 'ends')})`;
  return { sql, values: [JSON.stringify(access), new Date().toISOString()] };
}

/** The same as the rest of a WHERE that holds something already. */
export function andMayRead(access: Access, id: string): Condition {
  const condition = mayRead(access, id, true);
  return condition ? { ...condition, sql: `AND ${condition.sql}` } : { sql: '', values: [] };
}

/** When somebody's time to read a file was over last; '' where that has never been so. */
export function lastEnd(connection: Connection): string {
  const now = new Date().toISOString();
  const last = 'SELECT max(ends) AS ends FROM readers WHERE ends <= ?';
  return connection.get<{ ends: string | null }>(last, now)?.ends ?? '';
}
