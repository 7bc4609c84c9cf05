import type { DocumentSort } from '../records.ts';
import type { Connection } from './connection.ts';
import { currentEndSql } from './term-predicates.ts';
import { maxInlineIds, type DocIdSet } from './doc-id-set.ts';

/** Absent dates stand last either way; the id settles ties. */
const sortClauses: Record<DocumentSort, string> = {
  expiration_date: `${currentEndSql} ASC NULLS LAST`,
  effective_date: 'd.effective_date DESC NULLS LAST',
  modified: 'datetime((SELECT modified_at FROM files WHERE id = d.id)) DESC NULLS LAST',
  title: 'd.title_key ASC',
};

interface PageRequest {
  sort: DocumentSort;
  limit: number;
  offset: number;
  today: string;
}

/**
 * Row ids of one page of the documents selected. Many are not listed to the database again: all are
 * read in order, those selected are counted, and the reading ends with the page.
 */
export function listSortedIds(
  connection: Connection,
  docIdSet: DocIdSet,
  request: PageRequest,
): number[] {
  const { sort, limit, offset, today } = request;
  const days = sort === 'expiration_date' ? [today, today] : [];
  const orderBy = `ORDER BY ${sortClauses[sort]}, d.id`;
  if (limit <= 0 || offset >= docIdSet.documents) return [];
  if (docIdSet.matchesAll || docIdSet.documents <= maxInlineIds) {
    const where = docIdSet.matchesAll ? '' : 'WHERE d.id IN (SELECT value FROM json_each(?))';
    const rows = connection.all<{ id: number }>(
      `SELECT d.id FROM documents d ${where} ${orderBy} LIMIT ? OFFSET ?`,
      ...(docIdSet.matchesAll ? [] : [docIdSet.json]),
      ...days,
      limit,
      offset,
    );
    return rows.map(({ id }) => id);
  }
  const ids: number[] = [];
  let matched = 0;
  const rows = connection.iterate<{ id: number }>(
    `SELECT d.id FROM documents d ${orderBy}`,
    ...days,
  );
  for (const { id } of rows) {
    if (!docIdSet.hasDocument(id)) continue;
    matched += 1;
    if (matched > offset) ids.push(id);
    if (ids.length === limit) break;
  }
  return ids;
}
