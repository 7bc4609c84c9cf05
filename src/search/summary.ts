import type { ContractDate } from '../documents.ts';
import type { StoredDocument } from '../store/records.ts';
import { presentTermOf, renewsByItself } from '../store/present-term.ts';
import { contractStatus } from '../store/status.ts';
import type { DocumentSummary } from './answers.ts';
import { anyDocument } from './filters.ts';
import type { SearchServices } from './search.ts';

/** The address under which a client reads a document as a resource. */
export function resourceUri(documentId: string): string {
  return `deedbox://documents/${documentId}`;
}

/** Where a file stands, for people: its folder within the source, and its name. */
export function displayPath(folder: string, fileName: string): string {
  return folder === '' ? fileName : `${folder}/${fileName}`;
}

/** Leaves out what is undefined, so that an absent fact is an absent field. */
function present<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

const day = (date: ContractDate | undefined) => date?.value;

/** A document as every answer shows it. */
export function summarize(document: StoredDocument, today: string): DocumentSummary {
  const { analysis, file } = document;
  const term = presentTermOf(analysis, today);
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
    ...present({
      web_url: file.webUrl,
      agreement_date: day(analysis.agreementDate),
      effective_date: day(analysis.effectiveDate),
      expiration_date: day(analysis.expirationDate),
      expiration_basis: analysis.expirationDate?.basis,
      current_term_end: term?.end,
      renews_automatically: analysis.renewalTerm && renewsByItself(analysis, today),
      renewal_term: analysis.renewalTerm?.value,
      notice_period: analysis.noticePeriod?.value,
      notice_deadline: term?.noticeDeadline,
      next_notice_deadline: term?.nextNotice?.deadline,
      governing_law: analysis.governingLaw?.value,
    }),
    signed: analysis.signed.value,
    status: contractStatus(analysis, today),
    pages: document.pages,
    modified_at: file.modifiedAt,
  };
}

/** Stored documents by id; ids that are unknown, or not to be read, are absent. */
export async function documentsById(
  services: Pick<SearchServices, 'library' | 'today'>,
  ids: string[],
): Promise<Map<string, StoredDocument>> {
  const distinct = [...new Set(ids)];
  if (distinct.length === 0) return new Map();
  const { documents } = await services.library.documents(
    { ...anyDocument(services), documentIds: distinct },
    { sort: 'title', limit: distinct.length },
  );
  return new Map(documents.map((document) => [document.documentId, document]));
}
