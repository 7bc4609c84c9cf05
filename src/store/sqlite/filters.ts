import type { DateRange, DocumentFilter } from '../records.ts';
import { fold } from './fold.ts';
import { endSql, nextNoticeSql, noticeSql, renewsSql, statusSql } from './present-dates.ts';

/** A condition over documents `d` joined with their files `f`. */
interface Condition {
  sql: string;
  values: (string | number)[];
}

/** The one place that decides which documents pass; undefined when the filter lets all pass. */
export function condition(filter: DocumentFilter): Condition | undefined {
  const parts: Condition[] = [
    ...anyOf('f.document_id', filter.documentIds),
    ...anyOf('d.document_type', filter.documentTypes),
    ...range('d.effective_date', filter.effective),
    ...range(endSql, filter.expires, [filter.today, filter.today]),
    ...noticeDay(filter),
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
  if (filter.status) {
    parts.push({
      sql: `${statusSql} = ?`,
      values: [filter.today, filter.today, filter.today, filter.status],
    });
  }
  if (filter.renews !== undefined) {
    parts.push({ sql: `${renewsSql} = ?`, values: [filter.today, filter.renews ? 'yes' : 'no'] });
  }
  if (filter.noticeUnknown) {
    parts.push({
      sql: `${renewsSql} = 'yes' AND ${noticeSql} IS NULL`,
      values: [filter.today, filter.today],
    });
  }
  if (filter.signed) parts.push({ sql: 'd.signed = ?', values: [filter.signed] });
  const withClause = 'IN (SELECT document FROM clauses WHERE type = ? AND confidence >= ?)';
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

/** @param values those of the expression `day` itself */
function range(day: string, { from, to }: DateRange = {}, values: string[] = []): Condition[] {
  return [
    ...(from === undefined ? [] : [{ sql: `${day} >= ?`, values: [...values, from] }]),
    ...(to === undefined ? [] : [{ sql: `${day} <= ?`, values: [...values, to] }]),
  ];
}

/** The present term's deadline lies in the range, or where that is past, the next one does. */
function noticeDay({ notice, today }: DocumentFilter): Condition[] {
  const either = [noticeSql, nextNoticeSql].map((day) => range(day, notice, [today]));
  if (either.every((conditions) => conditions.length === 0)) return [];
  return [
    {
      sql: either
        .map((conditions) => `(${conditions.map(({ sql }) => sql).join(' AND ')})`)
        .join(' OR '),
      values: either.flat().flatMap(({ values }) => values),
    },
  ];
}

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
