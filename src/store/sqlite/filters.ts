import type { Access } from '../../documents.ts';
import type { DateRange, DocumentFilter } from '../records.ts';
import { fold } from './fold.ts';
import { mayRead } from './may-read.ts';
import {
  type Condition,
  endsWithin,
  hasStatus,
  noticeWithin,
  renewsAgain,
  renewsWithoutNotice,
} from './present-dates.ts';

/** Which documents pass a filter and may be read; undefined where all of them do. */
export function condition(filter: DocumentFilter, access: Access): Condition | undefined {
  const readable = mayRead(access, 'd.id', filter.documentIds !== undefined);
  const parts: Condition[] = [
    ...(readable ? [readable] : []),
    ...anyOf('f.document_id', filter.documentIds),
    ...anyOf('d.document_type', filter.documentTypes),
    ...range('d.effective_date', filter.effective),
    ...(isSet(filter.expires) ? [endsWithin(filter.expires, filter.today)] : []),
    ...(isSet(filter.notice) ? [noticeWithin(filter.notice, filter.today)] : []),
    ...range('date(f.modified_at)', filter.modified),
    ...under(filter.folder),
    ...anyOf('f.folder', filter.folders),
  ];
  if (filter.partyKeys) {
    parts.push({
      sql: 'd.id IN (SELECT document FROM parties WHERE key IN (SELECT value FROM json_each(?)))',
      values: [JSON.stringify(filter.partyKeys)],
    });
  }
  if (filter.governingLaw !== undefined) {
    parts.push({ sql: 'd.governing_law_key = ?', values: [fold(filter.governingLaw)] });
  }
  if (filter.status) parts.push(hasStatus(filter.status, filter.today));
  if (filter.renews !== undefined) parts.push(renewsAgain(filter.renews, filter.today));
  if (filter.noticeUnknown) parts.push(renewsWithoutNotice(filter.today));
  if (filter.signed) parts.push({ sql: 'd.signed = ?', values: [filter.signed] });
  const withClause =
    'IN (SELECT document FROM clause_presences WHERE type = ? AND probability >= ?)';
  for (const type of filter.hasClauses ?? []) {
    parts.push({ sql: `d.id ${withClause}`, values: [type, filter.clauseConfidence] });
  }
  for (const type of filter.lacksClauses ?? []) {
    parts.push({ sql: `d.id NOT ${withClause}`, values: [type, filter.clauseConfidence] });
  }
  if (parts.length === 0) return undefined;
  return {
    sql: parts.map((part) => `(${part.sql})`).join(' AND '),
    values: parts.flatMap((part) => part.values),
  };
}

function anyOf(column: string, values: string[] | undefined): Condition[] {
  if (!values) return [];
  return [
    { sql: `${column} IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(values)] },
  ];
}

function range(column: string, { from, to }: DateRange = {}): Condition[] {
  return [
    ...(from === undefined ? [] : [{ sql: `${column} >= ?`, values: [from] }]),
    ...(to === undefined ? [] : [{ sql: `${column} <= ?`, values: [to] }]),
  ];
}

const isSet = (days: DateRange | undefined): days is DateRange =>
  days?.from !== undefined || days?.to !== undefined;

function under(folder: string | undefined): Condition[] {
  const name = folder?.replace(/^\/+|\/+$/g, '');
  if (!name) return [];
  return [
    {
      sql: 'f.folder = ? OR substr(f.folder, 1, length(?)) = ?',
      values: [name, `${name}/`, `${name}/`],
    },
  ];
}
