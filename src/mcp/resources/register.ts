import type { Disclosure } from '../../disclosure-settings.ts';
import { DeedboxError } from '../../errors.ts';
import { anyDocument } from '../../search/filters.ts';
import { redactionNotes } from '../../search/redaction-notes.ts';
import { summarize } from '../../search/summary.ts';
import type { DocumentSummary } from '../../search/answers.ts';
import type { Disclosing } from '../answered.ts';
import { factsOf } from '../disclosed.ts';
import { markdownTable } from '../markdown-table.ts';
import type { McpServices } from '../services.ts';

/** Contracts on one page of the register or the list, at most. */
const onOnePage = 150;
/** Characters that one contract takes there. */
const perContract = 400;
/** Of a title, or of the names of the parties, where they do not all have room. */
const cutTo = 70;

/** Contracts on one page, so that its characters and its contracts stay within the limits of an answer. */
export function contractsPerPage(
  { characters, documents = onOnePage }: Disclosure,
  most = onOnePage,
): number {
  return Math.min(most, documents, Math.floor(characters / perContract));
}

const cut = (text: string) => (text.length > cutTo ? `${text.slice(0, cutTo - 1)}…` : text);

const head = [
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
  'document_id',
];

/** The last day for notice, and where it is past, the next one. */
const noticeBy = ({ notice_deadline: deadline, next_notice_deadline: next }: DocumentSummary) =>
  next === undefined ? (deadline ?? '') : `${deadline} (past; then ${next})`;

const row = (document: DocumentSummary): string[] => [
  document.title,
  document.document_type,
  document.parties.map((party) => party.name).join('; '),
  document.effective_date ?? '',
  document.expiration_basis === 'perpetual' ? 'perpetual' : (document.expiration_date ?? ''),
  document.current_term_end ?? '',
  noticeBy(document),
  document.governing_law ?? '',
  document.signed,
  document.status,
  document.document_id,
];

/** One page (from 1) of the contract register by title, as a Markdown table. */
export async function registerMarkdown(
  services: McpServices,
  disclosure: Disclosure,
  page: number,
): Promise<Disclosing<string>> {
  const perPage = contractsPerPage(disclosure);
  const isPage = Number.isInteger(page) && page >= 1 && page <= 1e9;
  const { total, documents } = await services.library.documents(anyDocument(services), {
    sort: 'title',
    limit: perPage,
    offset: isPage ? (page - 1) * perPage : 0,
  });
  const pages = Math.max(1, Math.ceil(total / perPage));
  if (!isPage || page > pages) {
    throw new DeedboxError('not_found', 'The register has no such page.', {
      hint: `Its pages are 1 to ${pages}.`,
    });
  }
  const rows = documents.map((document) => row(summarize(document, services.today())));
  const parts = (shown: string[][], ...notes: string[]) =>
    [
      '# Contract register',
      `${total} contracts, page ${page} of ${pages}.`,
      ...notes,
      ...redactionNotes(services).map((note) => `Note: ${note}`),
      markdownTable(head, shown),
      ...(page < pages ? [`Next page: deedbox://register/${page + 1}`] : []),
    ].join('\n\n');
  const whole = parts(rows);
  const answer =
    whole.length <= disclosure.characters
      ? whole
      : parts(
          rows.map((cells) => cells.map(cut)),
          'Note: long titles and lists of parties are cut; get_document has them.',
        );
  return {
    answer,
    disclosed: factsOf(documents.map(({ documentId }) => documentId)),
  };
}
