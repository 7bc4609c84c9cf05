import type { ContractDate } from '../domain/documents.ts';
import type { StoredDocument } from '../store/records.ts';
import {
  currentNoticeDeadline,
  currentTermOf,
  renewsAutomatically,
} from '../store/current-term.ts';
import { contractStatus } from '../store/contract-status.ts';
import type { DocumentSummary } from './response-schemas.ts';
import { matchAll } from './filters.ts';
import { summarizeReading } from './reading-notes.ts';
import type { SearchContext } from './context.ts';

/** The address under which a client reads a document as a resource. */
export function resourceUri(documentId: string): string {
  return `deedbox://documents/${documentId}`;
}

/** The path of a file for people: its folder within the source, and its name. */
export function displayPath(folder: string, fileName: string): string {
  return folder === '' ? fileName : `${folder}/${fileName}`;
}

/** Leaves out undefined fields: a fact that was not found is an absent field. */
function omitUndefined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

const dateValue = (date: ContractDate | undefined) => date?.value;

/** The summary of a document, as all responses show it; terms computed for `today`, `YYYY-MM-DD`. */
export function summarize(document: StoredDocument, today: string): DocumentSummary {
  const { analysis, file } = document;
  const term = currentTermOf(analysis, today);
  return {
    document_id: document.documentId,
    resource_uri: resourceUri(document.documentId),
    title: analysis.title,
    file_name: file.fileName,
    folder: file.folder,
    document_type: analysis.documentType,
    parties: analysis.parties.map(({ name, role }) =>
      role === undefined ? { name } : { name, role },
    ),
    ...omitUndefined({
      web_url: file.webUrl,
      agreement_date: dateValue(analysis.agreementDate),
      effective_date: dateValue(analysis.effectiveDate),
      expiration_date: dateValue(analysis.expirationDate),
      expiration_basis: analysis.expirationDate?.basis,
      initial_term: analysis.initialTerm?.value,
      start_date: dateValue(analysis.startDate),
      current_term_end: term?.end,
      renews_automatically: analysis.renewalTerm && renewsAutomatically(analysis, today),
      renewal_term: analysis.renewalTerm?.value,
      notice_period: analysis.noticePeriod?.value,
      notice_deadline: currentNoticeDeadline(analysis, today),
      next_notice_deadline: term?.nextNotice?.deadline,
      governing_law: analysis.governingLaw?.value,
      reading: analysis.reading && summarizeReading(analysis.reading),
      execution: analysis.execution?.value,
      file_gone_since: document.goneSince?.slice(0, 10),
    }),
    signed: analysis.signed.value,
    status: contractStatus(analysis, today),
    pages: document.pages,
    modified_at: file.modifiedAt,
  };
}

/** Documents by id, without ids that are unknown or that the principal may not read. */
export async function documentsById(
  context: Pick<SearchContext, 'scopedIndex' | 'today'>,
  ids: string[],
): Promise<Map<string, StoredDocument>> {
  const distinct = [...new Set(ids)];
  if (distinct.length === 0) return new Map();
  const { documents } = await context.scopedIndex.documents(
    { ...matchAll(context), documentIds: distinct },
    { sort: 'title', limit: distinct.length },
  );
  return new Map(documents.map((document) => [document.documentId, document]));
}
