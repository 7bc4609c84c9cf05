import type { Access } from '../../domain/documents.ts';
import type { DateRange, DocumentFilter } from '../records.ts';
import { normalizeKey } from './normalize-key.ts';
import { aclPredicate } from './acl-predicate.ts';
import {
  type SqlPredicate,
  anyTermEndsWithin,
  endsWithin,
  hasStatus,
  isReadInPartSql,
  noticeWithin,
  renewsAgain,
  renewsWithoutNotice,
} from './term-predicates.ts';

/** The condition for the readable documents that match a filter; undefined if all do. */
export function filterPredicate(filter: DocumentFilter, access: Access): SqlPredicate | undefined {
  const aclFilter = aclPredicate(access, 'd.id', filter.documentIds !== undefined);
  const predicates: SqlPredicate[] = [
    ...(aclFilter ? [aclFilter] : []),
    ...anyOf('f.document_id', filter.documentIds),
    ...ofType(filter.documentTypes, filter.titlePhrases),
    ...inRange('coalesce(d.agreement_date, d.effective_date)', filter.agreement),
    ...inRange('d.effective_date', filter.effective),
    ...(isSet(filter.expires) ? [endsWithin(filter.expires, filter.today)] : []),
    ...(isSet(filter.anyTermEnd) ? [anyTermEndsWithin(filter.anyTermEnd, filter.today)] : []),
    ...(isSet(filter.notice) ? [noticeWithin(filter.notice, filter.today)] : []),
    ...inRange('date(f.modified_at)', filter.modified),
    ...inFolder(filter.folder),
    ...anyOf('f.folder', filter.folders),
  ];
  for (const keys of [
    ...(filter.partyKeys ? [filter.partyKeys] : []),
    ...(filter.partyGroups ?? []),
  ]) {
    predicates.push({
      sql: 'd.id IN (SELECT document FROM parties WHERE key IN (SELECT value FROM json_each(?)))',
      values: [JSON.stringify(keys)],
    });
  }
  if (filter.governingLaw !== undefined) {
    predicates.push({
      sql: 'd.governing_law_key = ?',
      values: [normalizeKey(filter.governingLaw)],
    });
  }
  predicates.push(...anyOf('d.governing_law_key', filter.governingLaws?.map(normalizeKey)));
  predicates.push(...anyOf('d.signed', filter.signedStates));
  if (filter.status) predicates.push(hasStatus(filter.status, filter.statusDay ?? filter.today));
  if (filter.renews !== undefined) predicates.push(renewsAgain(filter.renews, filter.today));
  if (filter.noticeUnknown) predicates.push(renewsWithoutNotice(filter.today));
  if (filter.signed) predicates.push({ sql: 'd.signed = ?', values: [filter.signed] });
  const withClause =
    'IN (SELECT document FROM clause_probabilities WHERE type = ? AND probability >= ?)';
  for (const type of filter.hasClauses ?? []) {
    predicates.push({ sql: `d.id ${withClause}`, values: [type, filter.minClauseConfidence] });
  }
  for (const type of filter.lacksClauses ?? []) {
    predicates.push({ sql: `d.id NOT ${withClause}`, values: [type, filter.minClauseConfidence] });
  }
  const lacks = (filter.lacksClauses ?? []).length > 0;
  if (filter.readInPart) predicates.push({ sql: isReadInPartSql, values: [] });
  // what a contract lacks is not known while something of it is unread
  else if (lacks) predicates.push({ sql: `NOT ${isReadInPartSql}`, values: [] });
  if (predicates.length === 0) return undefined;
  return {
    sql: predicates.map((predicate) => `(${predicate.sql})`).join(' AND '),
    values: predicates.flatMap((predicate) => predicate.values),
  };
}

function anyOf(column: string, values: string[] | undefined): SqlPredicate[] {
  if (!values) return [];
  return [
    { sql: `${column} IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(values)] },
  ];
}

/** Amendments are of a type of their own, whatever their titles say that they amend. */
function ofType(types: string[] | undefined, titlePhrases: string[] = []): SqlPredicate[] {
  const [byType] = anyOf('d.document_type', types);
  if (!byType || titlePhrases.length === 0) return byType ? [byType] : [];
  return [
    {
      sql: `${byType.sql} OR (d.document_type <> 'amendment'
        AND EXISTS (SELECT 1 FROM json_each(?) WHERE instr(d.title_key, value) > 0))`,
      values: [...byType.values, JSON.stringify(titlePhrases.map(normalizeKey))],
    },
  ];
}

function inRange(column: string, { from, to }: DateRange = {}): SqlPredicate[] {
  return [
    ...(from === undefined ? [] : [{ sql: `${column} >= ?`, values: [from] }]),
    ...(to === undefined ? [] : [{ sql: `${column} <= ?`, values: [to] }]),
  ];
}

const isSet = (days: DateRange | undefined): days is DateRange =>
  days?.from !== undefined || days?.to !== undefined;

function inFolder(folder: string | undefined): SqlPredicate[] {
  const name = folder?.normalize('NFC').replace(/^\/+|\/+$/g, '');
  if (!name) return [];
  return [
    {
      sql: 'f.folder = ? OR substr(f.folder, 1, length(?)) = ?',
      values: [name, `${name}/`, `${name}/`],
    },
  ];
}
