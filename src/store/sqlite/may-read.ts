import type { Access } from '../../documents.ts';
import type { Condition } from './present-dates.ts';

const asks = (readers: string) => `${readers} IN (SELECT value FROM json_each(?))`;

/**
 * The one place that decides who may read what: a condition over files (and documents, which have
 * their files' ids) in the column `id`; undefined where everything may be read. A file without readers
 * is read by nobody.
 * @param few whether few rows are looked at, so that asking of each is less work than listing all
 *   that may be read
 */
export function mayRead(access: Access, id: string, few: boolean): Condition | undefined {
  if (access === 'everything') return undefined;
  const sql = few
    ? `EXISTS (SELECT 1 FROM readers r WHERE r.file = ${id} AND ${asks('r.reader')})`
    : `${id} IN (SELECT file FROM readers WHERE ${asks('reader')})`;
  return { sql, values: [JSON.stringify(access)] };
}

/** The same as the rest of a WHERE that holds something already. */
export function andMayRead(access: Access, id: string): Condition {
  const condition = mayRead(access, id, true);
  return condition ? { ...condition, sql: `AND ${condition.sql}` } : { sql: '', values: [] };
}
