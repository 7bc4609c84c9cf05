import type { DocumentSort } from '../records.ts';
import type { Connection } from './connection.ts';
import { endSql } from './present-dates.ts';
import { few, type Selection } from './selection.ts';

/** Absent dates stand last either way; the id settles ties. */
const orders: Record<DocumentSort, string> = {
  expiration_date: `${endSql} ASC NULLS LAST`,
  effective_date: 'd.effective_date DESC NULLS LAST',
  modified: 'datetime((SELECT modified_at FROM files WHERE id = d.id)) DESC NULLS LAST',
  title: 'd.title_order ASC',
};

interface Page {
  sort: DocumentSort;
  limit: number;
  offset: number;
  today: string;
}

/**
 * Row ids of one page of the documents selected. Many are not listed to the database again: all are
 * read in order, those selected are counted, and the reading ends with the page.
 */
export function inOrder(connection: Connection, selection: Selection, page: Page): number[] {
  const { sort, limit, offset, today } = page;
  const days = sort === 'expiration_date' ? [today, today] : [];
  const ordered = `ORDER BY ${orders[sort]}, d.id`;
  if (limit <= 0 || offset >= selection.documents) return [];
  if (selection.all || selection.documents <= few) {
    const among = selection.all ? '' : 'WHERE d.id IN (SELECT value FROM json_each(?))';
    const rows = connection.all<{ id: number }>(
      `SELECT d.id FROM documents d ${among} ${ordered} LIMIT ? OFFSET ?`,
      ...(selection.all ? [] : [selection.json]),
      ...days,
      limit,
      offset,
    );
    return rows.map(({ id }) => id);
  }
  const ids: number[] = [];
  let passed = 0;
  const rows = connection.iterate<{ id: number }>(
    `SELECT d.id FROM documents d ${ordered}`,
    ...days,
  );
  for (const { id } of rows) {
    if (!selection.hasDocument(id)) continue;
    passed += 1;
    if (passed > offset) ids.push(id);
    if (ids.length === limit) break;
  }
  return ids;
}
