import type { Access } from '../../domain/documents.ts';
import type { ErrorCode } from '../../errors/errors.ts';
import type { FileState, StoreStatus, UnreadTotals } from '../records.ts';
import type { Connection } from './connection.ts';
import { aclPredicate } from './acl-predicate.ts';
import { currentSequenceNumber, storedModel } from './state.ts';
import { isReadInPartSql } from './term-predicates.ts';

/** See `Store.status`, without the state of this process. */
export function overview(connection: Connection): StoreStatus {
  return connection.read(() => {
    const totals = connection.get<{ documents: number; passages: number }>(
      'SELECT count(*) AS documents, coalesce(sum(passages), 0) AS passages FROM documents',
    );
    const model = storedModel(connection);
    return {
      ...countFiles(connection, 'unrestricted'),
      unread: countUnread(connection),
      aclEntries: countAclEntries(connection),
      documents: totals?.documents ?? 0,
      passages: totals?.passages ?? 0,
      sequenceNumber: currentSequenceNumber(connection),
      ...(model && { model }),
    };
  });
}

function countAclEntries(connection: Connection): StoreStatus['aclEntries'] {
  const count = (principalCondition: string) =>
    connection.get<{ n: number }>(
      `SELECT count(DISTINCT file) AS n FROM acl_entries WHERE principal ${principalCondition}`,
    )?.n ?? 0;
  return { unknown: count("= 'unknown'"), groups: count("> 'group:' AND principal < 'group;'") };
}

/** See `ScopedIndex.files`. */
export function countFiles(
  connection: Connection,
  access: Access,
): Pick<StoreStatus, 'files' | 'failures'> {
  const aclFilter = aclPredicate(access, 'id', false) ?? { sql: 'true', values: [] };
  const files: StoreStatus['files'] = { pending: 0, indexed: 0, failed: 0, ignored: 0 };
  const failures: StoreStatus['failures'] = {};
  const rows = connection.all<{ state: FileState; reason: ErrorCode | null; n: number }>(
    `SELECT state, reason, count(*) AS n FROM files WHERE ${aclFilter.sql} GROUP BY state, reason`,
    ...aclFilter.values,
  );
  for (const { state, reason, n } of rows) {
    files[state] += n;
    if (state === 'failed') failures[reason ?? 'internal'] = n;
  }
  return { files, failures };
}

/**
 * What was not read, from the column `term_fields`.
 * @param ids of documents, as a JSON array; all where it is left out
 */
export function countUnread(connection: Connection, ids?: string): UnreadTotals {
  const unreadPages = `SELECT sum(json_extract(value, '$.last') - json_extract(value, '$.first') + 1)
    FROM json_each(d.term_fields, '$.reading.unreadPages')`;
  const row = connection.get<{ documents: number; pages: number; parts: number }>(
    `SELECT count(*) AS documents, coalesce(sum((${unreadPages})), 0) AS pages,
       coalesce(sum(json_array_length(d.term_fields, '$.reading.unreadParts')), 0) AS parts
     FROM documents d WHERE ${isReadInPartSql}
       ${ids === undefined ? '' : 'AND d.id IN (SELECT value FROM json_each(?))'}`,
    ...(ids === undefined ? [] : [ids]),
  );
  return row ?? { documents: 0, pages: 0, parts: 0 };
}

/**
 * See `ScopedIndex.version`. A document that is added or changed gets a higher sequence number than any
 * before; if only removals happened, the count is lower.
 */
export function versionOf(connection: Connection, access: Access): string {
  const aclFilter = aclPredicate(access, 'id', false);
  if (!aclFilter) return String(currentSequenceNumber(connection));
  const row = connection.get<{ version: string }>(
    `SELECT count(*) || '.' || coalesce(max(sequence_number), 0) AS version FROM documents
     WHERE ${aclFilter.sql}`,
    ...aclFilter.values,
  );
  return row?.version ?? '';
}
