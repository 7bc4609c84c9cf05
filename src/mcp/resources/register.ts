import { markdownCell } from '../../encode/markdown.ts';
import type { Disclosure } from '../../settings/disclosure.ts';
import { DeedboxError } from '../../errors/errors.ts';
import { matchAll } from '../../search/filters.ts';
import { hasUnread, unreadInWords } from '../../search/reading-notes.ts';
import { redactionNotes } from '../../search/redaction-notes.ts';
import { summarize } from '../../search/summary.ts';
import type { DocumentSummary } from '../../search/response-schemas.ts';
import { markdownTable } from '../render.ts';
import type { McpServices } from '../services.ts';

/** Contracts on one page of the register or the list, at most. */
const maxContractsPerPage = 150;
/** Characters that one contract takes there. */
const charactersPerContract = 400;
/** Characters of a cell in a register that is too large with whole cells. */
const maxCellCharacters = 70;

/** Contracts on one page, so that its characters and its contracts stay within the limits of an answer. */
export function contractsPerPage(
  { maxCharacters: characters, maxDocuments: documents = maxContractsPerPage }: Disclosure,
  maxPerPage = maxContractsPerPage,
): number {
  return Math.min(maxPerPage, documents, Math.floor(characters / charactersPerContract));
}

const truncateCell = (text: string) =>
  text.length > maxCellCharacters ? `${text.slice(0, maxCellCharacters - 1)}…` : text;

const columns = [
  'Title',
  'Type',
  'Parties',
  'Effective',
  'Expires',
  'Current term until',
  'Notice by',
  'Governing law',
  'Signed',
  'Status',
  'Not read',
  'document_id',
];

/** The last day for notice, and where it is past, the next one. */
const formatNoticeDeadline = ({
  notice_deadline: deadline,
  next_notice_deadline: next,
}: DocumentSummary) => (next === undefined ? (deadline ?? '') : `${deadline} (past; then ${next})`);

/** An end that is no day: `perpetual` or `unclear`. */
const endWithoutDate = ({ expiration_basis: basis }: DocumentSummary) =>
  basis === 'perpetual' || basis === 'unclear' ? basis : '';

const row = (document: DocumentSummary): string[] => [
  document.title,
  document.document_type,
  document.parties.map((party) => party.name).join('; '),
  document.effective_date ?? '',
  document.expiration_date ?? endWithoutDate(document),
  document.current_term_end ?? '',
  formatNoticeDeadline(document),
  document.governing_law ?? '',
  document.signed,
  document.status,
  hasUnread(document.reading) ? unreadInWords(document.reading, (name) => name) : '',
  document.document_id,
];

/** One page (from 1) of the contract register by title, as a Markdown table. */
export async function registerMarkdown(
  services: McpServices,
  limits: Disclosure,
  page: number,
): Promise<string> {
  const perPage = contractsPerPage(limits);
  const isValidPage = Number.isInteger(page) && page >= 1 && page <= 1e9;
  const { total, documents } = await services.scopedIndex.documents(matchAll(services), {
    sort: 'title',
    limit: perPage,
    offset: isValidPage ? (page - 1) * perPage : 0,
  });
  const pages = Math.max(1, Math.ceil(total / perPage));
  if (!isValidPage || page > pages) {
    throw new DeedboxError('not_found', 'The register has no such page.', {
      hint: `Its pages are 1 to ${pages}.`,
    });
  }
  const rows = documents.map((document) => row(summarize(document, services.today())));
  const renderRegister = (cells: string[][], ...notes: string[]) =>
    [
      '# Contract register',
      `${total} contracts, page ${page} of ${pages}.`,
      ...notes,
      ...redactionNotes(services).map((note) => `Note: ${note}`),
      markdownTable(
        columns,
        cells.map((names) => names.map(markdownCell)),
      ),
      ...(page < pages ? [`Next page: deedbox://register/${page + 1}`] : []),
    ].join('\n\n');
  services.disclosure.recordDocuments(documents.map(({ documentId }) => documentId));
  const full = renderRegister(rows);
  if (full.length <= limits.maxCharacters) return full;
  return renderRegister(
    rows.map((cells) => cells.map(truncateCell)),
    'Note: long titles and lists of parties are cut; get_document has them.',
  );
}
