import type { Access } from '../../domain/documents.ts';
import type { Connection } from './connection.ts';
import type { SqlPredicate } from './term-predicates.ts';

const matchesPrincipal = (principalColumn: string, expiryColumn: string) =>
  `${principalColumn} IN (SELECT value FROM json_each(?)) AND (${expiryColumn} IS NULL OR ${expiryColumn} > ?)`;

/**
 * The one place that decides who may read what: a condition over files (and documents, which have
 * their files' ids) in the column `id`; undefined where everything may be read. A file without readers
 * is read by nobody, and a reader whose time is over does not count.
 * @param isSelective whether few rows are looked at, so that asking of each is less work than listing all
 *   that may be read
 */
export function aclPredicate(
  access: Access,
  id: string,
  isSelective: boolean,
): SqlPredicate | undefined {
  if (access === 'unrestricted') return undefined;
  const sql = isSelective
    ? `EXISTS (SELECT 1 FROM acl_entries e WHERE e.file = ${id} AND ${matchesPrincipal('e.principal', 'e.expires_at')})`
    : `${id} IN (SELECT file FROM acl_entries WHERE ${matchesPrincipal('principal', 'expires_at')})`;
  return { sql, values: [JSON.stringify(access), new Date().toISOString()] };
}

/** The same as the rest of a WHERE that holds something already. */
export function andAclPredicate(access: Access, id: string): SqlPredicate {
  const predicate = aclPredicate(access, id, true);
  return predicate ? { ...predicate, sql: `AND ${predicate.sql}` } : { sql: '', values: [] };
}

/** When somebody's time to read a file was over last; '' where that has never been so. */
export function lastAclExpiry(connection: Connection): string {
  const now = new Date().toISOString();
  const last = 'SELECT max(expires_at) AS expires_at FROM acl_entries WHERE expires_at <= ?';
  return connection.get<{ expires_at: string | null }>(last, now)?.expires_at ?? '';
}
