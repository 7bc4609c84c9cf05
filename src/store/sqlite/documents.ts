import type { Access, Clause, Page, Section } from '../../domain/documents.ts';
import type {
  DocumentFilter,
  DocumentSort,
  DocumentSpan,
  PartyKey,
  PassageLocation,
  StoredDocument,
  StoredPassage,
  StoredText,
} from '../records.ts';
import type { Connection } from './connection.ts';
import { unpackText } from './packed-text.ts';
import { type FileRow, toSourceFile } from './file-rows.ts';
import { filterPredicate } from './filters.ts';
import { currentEndSql } from './term-predicates.ts';
import { maxInlineIds, type DocIdSet } from './doc-id-set.ts';
import { andAclPredicate } from './acl-predicate.ts';

interface DocumentRow extends FileRow {
  document_id: string;
  revision: string;
  content_hash: string;
  media_type: string;
  pages: number;
  characters: number;
  analysis: string;
}

/** See `ScopedIndex.documents`. */
export function documents(
  connection: Connection,
  docIdSet: DocIdSet,
  filter: DocumentFilter,
  options: { sort: DocumentSort; limit: number; offset?: number },
): { total: number; documents: StoredDocument[] } {
  const ids = listSortedIds(connection, docIdSet, { offset: 0, today: filter.today, ...options });
  return { total: docIdSet.documents, documents: ids.map((id) => documentAt(connection, id)) };
}

/** Missing dates come last in either direction; the id breaks ties. */
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
 * Row ids of one page of the matching documents. Large sets are not passed to the database: it returns
 * all rows in order, and reading stops at the end of the page.
 */
function listSortedIds(connection: Connection, docIdSet: DocIdSet, request: PageRequest): number[] {
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

function documentAt(connection: Connection, id: number): StoredDocument {
  const row = connection.get<DocumentRow>(
    `SELECT f.*, d.revision, d.content_hash, d.media_type, d.pages, d.characters, c.analysis
     FROM documents d JOIN files f ON f.id = d.id JOIN document_contents c ON c.document = d.id
     WHERE d.id = ?`,
    id,
  );
  return toDocument(connection, row!);
}

function toDocument(connection: Connection, row: DocumentRow): StoredDocument {
  return {
    documentId: row.document_id,
    revision: row.revision,
    file: toSourceFile(connection, row),
    contentHash: row.content_hash,
    mediaType: row.media_type,
    pages: row.pages,
    characters: row.characters,
    analysis: JSON.parse(row.analysis) as StoredDocument['analysis'],
  };
}

/** See `ScopedIndex.text`. */
export function text(
  connection: Connection,
  access: Access,
  documentId: string,
): StoredText | undefined {
  const aclFilter = andAclPredicate(access, 'f.id');
  const row = connection.get<{ revision: string; text: Buffer; pages: string; sections: string }>(
    `SELECT d.revision, c.text, c.pages, c.sections
     FROM files f JOIN documents d ON d.id = f.id JOIN document_contents c ON c.document = f.id
     WHERE f.document_id = ? ${aclFilter.sql}`,
    documentId,
    ...aclFilter.values,
  );
  if (!row) return undefined;
  return {
    revision: row.revision,
    text: unpackText(row.text),
    pages: JSON.parse(row.pages) as Page[],
    sections: JSON.parse(row.sections) as Section[],
  };
}

/** See `ScopedIndex.clauses`. */
export function clauses(
  connection: Connection,
  access: Access,
  documentIds: string[],
  options: { types?: string[]; minConfidence: number },
): Map<string, Clause[]> {
  const aclFilter = andAclPredicate(access, 'f.id');
  const types = options.types ? JSON.stringify(options.types) : null;
  return connection.read(() => {
    const known = connection.all<{ documentId: string }>(
      `SELECT f.document_id AS documentId FROM json_each(?) AS wanted
       JOIN files f ON f.document_id = wanted.value JOIN documents d ON d.id = f.id
       WHERE true ${aclFilter.sql}`,
      JSON.stringify(documentIds),
      ...aclFilter.values,
    );
    const found = new Map(known.map(({ documentId }): [string, Clause[]] => [documentId, []]));
    const rows = connection.all<Clause & { documentId: string; value: string | null }>(
      `SELECT f.document_id AS documentId, c.type, c.start, c."end", c.confidence, c.value
       FROM files f JOIN clauses c ON c.document = f.id
       WHERE f.document_id IN (SELECT value FROM json_each(?)) AND c.confidence >= ?
         AND (? IS NULL OR c.type IN (SELECT value FROM json_each(?)))
       ORDER BY c.document, c.ordinal`,
      JSON.stringify([...found.keys()]),
      options.minConfidence,
      types,
      types,
    );
    for (const { documentId, value, ...clause } of rows) {
      found.get(documentId)?.push({ ...clause, ...(value !== null && { value }) });
    }
    return found;
  });
}

/** See `ScopedIndex.passages`. */
export function passages(
  connection: Connection,
  access: Access,
  spans: DocumentSpan[],
): StoredPassage[][] {
  const aclFilter = andAclPredicate(access, 'f.id');
  const wanted = spans.map(({ documentId, start, end }) => [documentId, start, end]);
  const rows = connection.all<PassageLocation & { position: number; path: string }>(
    `WITH wanted AS MATERIALIZED (
       SELECT key AS position, value ->> 0 AS document_id, value ->> 1 AS start, value ->> 2 AS "end"
       FROM json_each(?))
     SELECT w.position, p.id AS passageId, f.document_id AS documentId, d.revision, p.ordinal,
       p.start, p."end", p.path
     FROM wanted w CROSS JOIN files f ON f.document_id = w.document_id
       JOIN documents d ON d.id = f.id JOIN passages p ON p.document = f.id
     WHERE p.start < w."end" AND p."end" > w.start ${aclFilter.sql}
     ORDER BY w.position, p.ordinal`,
    JSON.stringify(wanted),
    ...aclFilter.values,
  );
  const found = spans.map((): StoredPassage[] => []);
  for (const { position, path, ...location } of rows) {
    found[position]!.push({ ...location, path: JSON.parse(path) as string[] });
  }
  return found;
}

/** See `ScopedIndex.parties`: most documents first, in the most frequent spelling. */
export function parties(
  connection: Connection,
  access: Access,
  filter: DocumentFilter,
): (PartyKey & { documents: number })[] {
  const predicate = filterPredicate(filter, access);
  const documentScope = predicate
    ? `document IN (SELECT d.id FROM documents d JOIN files f ON f.id = d.id WHERE ${predicate.sql})`
    : 'true';
  const rows = connection.all<{ key: string; name: string; documents: number; aliases: string }>(
    `WITH mentions AS (SELECT key, name, document, aliases FROM parties WHERE ${documentScope}),
       names AS (SELECT key, name, row_number() OVER (
         PARTITION BY key ORDER BY count(*) DESC, name) AS rank FROM mentions GROUP BY key, name)
     SELECT m.key, n.name, count(DISTINCT m.document) AS documents,
       json_group_array(DISTINCT m.aliases) AS aliases
     FROM mentions m JOIN names n ON n.key = m.key AND n.rank = 1
     GROUP BY m.key ORDER BY documents DESC, n.name`,
    ...(predicate?.values ?? []),
  );
  return rows.map(({ aliases: lists, ...party }) => {
    const aliases = (JSON.parse(lists) as string[]).flatMap((list) => JSON.parse(list) as string[]);
    return aliases.length > 0 ? { ...party, aliases: [...new Set(aliases)] } : party;
  });
}

/** See `ScopedIndex.documentsByParty`. */
export function documentsByParty(
  connection: Connection,
  access: Access,
  partyKeys: string[],
): string[] {
  const aclFilter = andAclPredicate(access, 'p.document');
  const rows = connection.all<{ id: string }>(
    `SELECT document_id AS id FROM files WHERE id IN (
       SELECT min(p.document) FROM parties p
       WHERE p.key IN (SELECT value FROM json_each(?)) ${aclFilter.sql} GROUP BY p.key)
     ORDER BY id`,
    JSON.stringify(partyKeys),
    ...aclFilter.values,
  );
  return rows.map(({ id }) => id);
}

/** See `ScopedIndex.documentIds`. */
export function idsByPrefix(
  connection: Connection,
  access: Access,
  prefix: string,
  limit: number,
): string[] {
  const aclFilter = andAclPredicate(access, 'f.id');
  const rows = connection.all<{ id: string }>(
    `SELECT f.document_id AS id FROM files f JOIN documents d ON d.id = f.id
     WHERE f.document_id >= ? AND substr(f.document_id, 1, length(?)) = ? ${aclFilter.sql}
     ORDER BY f.document_id LIMIT ?`,
    prefix,
    prefix,
    prefix,
    ...aclFilter.values,
    limit,
  );
  return rows.map(({ id }) => id);
}
