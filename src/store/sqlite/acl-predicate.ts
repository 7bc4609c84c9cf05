import type { Access } from '../../domain/documents.ts';
import type { Connection } from './connection.ts';
import type { SqlPredicate } from './term-predicates.ts';

const matchesPrincipal = (principalColumn: string, expiryColumn: string) =>
  `${principalColumn} IN (SELECT value FROM json_each(?)) AND (${expiryColumn} IS NULL OR ${expiryColumn} > ?)`;

/**
 * The ACL check, and the only one: a condition on the column `id` of files, or of documents, which have
 * the ids of their files; undefined for unrestricted access. Nobody may read a file without ACL entries,
 * and expired entries do not count.
 * @param isSelective whether the query reads few rows, so that checking each is cheaper than listing all
 *   readable files
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

/** The same as a continuation of a WHERE clause; empty for unrestricted access. */
export function andAclPredicate(access: Access, id: string): SqlPredicate {
  const predicate = aclPredicate(access, id, true);
  return predicate ? { ...predicate, sql: `AND ${predicate.sql}` } : { sql: '', values: [] };
}

/** When an ACL entry expired last, as ISO 8601; '' where none ever did. */
export function lastAclExpiry(connection: Connection): string {
  const now = new Date().toISOString();
  const last = 'SELECT max(expires_at) AS expires_at FROM acl_entries WHERE expires_at <= ?';
  return connection.get<{ expires_at: string | null }>(last, now)?.expires_at ?? '';
}
