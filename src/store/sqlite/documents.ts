import type { Access, Clause, Page, Section } from '../../domain/documents.ts';
import type {
  DocumentFilter,
  DocumentNames,
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
import { damagedRecord, isDocumentIntact, isIntact } from './row-checksums.ts';
import { currentEndSql } from './term-predicates.ts';
import { maxInlineIds, type DocIdSet } from './doc-id-set.ts';
import { andAclPredicate } from './acl-predicate.ts';

interface DocumentRow extends FileRow {
  gone_since: string | null;
  document_id: string;
  revision: string;
  content_hash: string;
  media_type: string;
  pages: number;
  characters: number;
  analysis: string;
  intact: number;
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

/** See `ScopedIndex.documentNames`. */
export function documentNames(
  connection: Connection,
  docIdSet: DocIdSet,
  today: string,
  limit: number,
): { total: number; documents: DocumentNames[] } {
  const ids = listSortedIds(connection, docIdSet, { sort: 'title', offset: 0, limit, today });
  const rows = connection.all<
    Omit<DocumentNames, 'parties'> & { parties: string; intact: number; intactParties: number }
  >(
    `SELECT f.document_id AS documentId, d.title, d.document_type AS documentType,
       f.file_name AS fileName, f.folder,
       (SELECT json_group_array(json_object('name', p.name)) FROM parties p
        WHERE p.document = d.id ORDER BY p.ordinal) AS parties,
       (${isIntact('files', 'f')}) AND (${isIntact('documents', 'd')}) AS intact,
       NOT EXISTS (SELECT 1 FROM parties p WHERE p.document = d.id
         AND NOT (${isIntact('parties', 'p')})) AS intactParties
     FROM json_each(?) wanted CROSS JOIN documents d ON d.id = wanted.value JOIN files f ON f.id = d.id
     ORDER BY wanted.key`,
    JSON.stringify(ids),
  );
  const named = rows.map(({ parties: partiesJson, intact, intactParties, ...names }) => {
    if (!intact || !intactParties) throw damagedRecord(`document ${names.documentId}`);
    return { ...names, parties: JSON.parse(partiesJson) as DocumentNames['parties'] };
  });
  return { total: docIdSet.documents, documents: named };
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
    `SELECT f.*, d.revision, d.content_hash, d.media_type, d.pages, d.characters, c.analysis,
       (${isDocumentIntact}) AS intact
     FROM documents d JOIN files f ON f.id = d.id JOIN document_contents c ON c.document = d.id
     WHERE d.id = ?`,
    id,
  )!;
  if (!row.intact) throw damagedRecord(`document ${row.document_id}`);
  return toDocument(connection, row);
}

function toDocument(connection: Connection, row: DocumentRow): StoredDocument {
  return {
    documentId: row.document_id,
    revision: row.revision,
    file: toSourceFile(connection, row),
    ...(row.gone_since !== null && { goneSince: row.gone_since }),
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
  const row = connection.get<{
    revision: string;
    text: Buffer;
    pages: string;
    sections: string;
    intact: number;
  }>(
    `SELECT d.revision, c.text, c.pages, c.sections, (${isDocumentIntact}) AS intact
     FROM files f JOIN documents d ON d.id = f.id JOIN document_contents c ON c.document = f.id
     WHERE f.document_id = ? ${aclFilter.sql}`,
    documentId,
    ...aclFilter.values,
  );
  if (!row) return undefined;
  if (!row.intact) throw damagedRecord(`document ${documentId}`);
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
    const rows = connection.all<
      Clause & { documentId: string; value: string | null; intact: number }
    >(
      `SELECT f.document_id AS documentId, c.type, c.start, c."end", c.confidence, c.value,
         (${isIntact('clauses', 'c')}) AS intact
       FROM files f JOIN clauses c ON c.document = f.id
       WHERE f.document_id IN (SELECT value FROM json_each(?)) AND c.confidence >= ?
         AND (? IS NULL OR c.type IN (SELECT value FROM json_each(?)))
       ORDER BY c.document, c.ordinal`,
      JSON.stringify([...found.keys()]),
      options.minConfidence,
      types,
      types,
    );
    for (const { documentId, value, intact, ...clause } of rows) {
      if (!intact) throw damagedRecord(`a clause of document ${documentId}`);
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
  const byDocument = new Map<string, PassageTable | undefined>();
  const found = spans.map(({ documentId, start, end }) => {
    if (!byDocument.has(documentId)) {
      byDocument.set(documentId, passageTable(connection, access, documentId));
    }
    const table = byDocument.get(documentId);
    return table ? overlapping(table, documentId, start, end) : [];
  });
  const paths = pathsOf(connection, new Set(found.flat().map(({ passageId }) => passageId)));
  return found.map((locations) =>
    locations.map((location) => ({ ...location, path: paths.get(location.passageId)! })),
  );
}

/** The positions of all passages of a document, whose ids and ordinals are consecutive. */
interface PassageTable {
  revision: string;
  first: number;
  ordinal: number;
  starts: number[];
  ends: number[];
}

/** Undefined for a document without passages, or one that may not be read. */
function passageTable(
  connection: Connection,
  access: Access,
  documentId: string,
): PassageTable | undefined {
  const aclFilter = andAclPredicate(access, 'f.id');
  // One row with arrays: a row for each passage would take ten times as long.
  const row = connection.get<{
    revision: string;
    first: number | null;
    ordinal: number;
    starts: string;
    ends: string;
  }>(
    `SELECT d.revision, min(p.id) AS first, min(p.ordinal) AS ordinal,
       json_group_array(p.start ORDER BY p.ordinal) AS starts,
       json_group_array(p."end" ORDER BY p.ordinal) AS ends
     FROM files f JOIN documents d ON d.id = f.id JOIN passages p ON p.document = f.id
     WHERE f.document_id = ? ${aclFilter.sql}`,
    documentId,
    ...aclFilter.values,
  );
  if (!row || row.first === null) return undefined;
  const [starts, ends] = [row.starts, row.ends].map((json) => JSON.parse(json) as number[]);
  return { ...row, first: row.first, starts: starts!, ends: ends! };
}

function overlapping(
  { revision, first, ordinal, starts, ends }: PassageTable,
  documentId: string,
  start: number,
  end: number,
): PassageLocation[] {
  const found: PassageLocation[] = [];
  for (let i = 0; i < starts.length; i += 1) {
    if (starts[i]! >= end || ends[i]! <= start) continue;
    found.push({
      passageId: first + i,
      documentId,
      revision,
      ordinal: ordinal + i,
      start: starts[i]!,
      end: ends[i]!,
    });
  }
  return found;
}

function pathsOf(connection: Connection, ids: Set<number>): Map<number, string[]> {
  const rows = connection.all<{ id: number; path: string; intact: number }>(
    `SELECT p.id, p.path, (${isIntact('passages', 'p')}) AS intact
     FROM json_each(?) wanted CROSS JOIN passages p ON p.id = wanted.value`,
    `[${[...ids].join(',')}]`,
  );
  if (!rows.every(({ intact }) => intact)) throw damagedRecord('a passage');
  return new Map(rows.map(({ id, path }) => [id, JSON.parse(path) as string[]]));
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
  const rows = connection.all<{ id: string; intact: number }>(
    `SELECT f.document_id AS id, (${isDocumentIntact}) AS intact
     FROM files f JOIN documents d ON d.id = f.id JOIN document_contents c ON c.document = f.id
     WHERE f.id IN (
       SELECT min(p.document) FROM parties p
       WHERE p.key IN (SELECT value FROM json_each(?)) ${aclFilter.sql} GROUP BY p.key)
     ORDER BY f.id`,
    JSON.stringify(partyKeys),
    ...aclFilter.values,
  );
  const damaged = rows.find(({ intact }) => !intact);
  if (damaged) throw damagedRecord(`document ${damaged.id}`);
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
