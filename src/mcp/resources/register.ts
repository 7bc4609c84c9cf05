import { DeedboxError } from '../../errors.ts';
import { anyDocument } from '../../search/filters.ts';
import { summarize } from '../../search/summary.ts';
import type { DocumentSummary } from '../../search/answers.ts';
import type { Disclosing } from '../answered.ts';
import { factsOf } from '../disclosed.ts';
import { markdownTable } from '../markdown-table.ts';
import type { McpServices } from '../services.ts';

/** Contracts on one page of the register. */
const perPage = 150;

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
  page: number,
): Promise<Disclosing<string>> {
  const whole = Number.isInteger(page) && page >= 1 && page <= 1e9;
  const { total, documents } = await services.library.documents(anyDocument(services), {
    sort: 'title',
    limit: perPage,
    offset: whole ? (page - 1) * perPage : 0,
  });
  const pages = Math.max(1, Math.ceil(total / perPage));
  if (!whole || page > pages) {
    throw new DeedboxError('not_found', 'The register has no such page.', {
      hint: `Its pages are 1 to ${pages}.`,
    });
  }
  const rows = documents.map((document) => row(summarize(document, services.today())));
  const next = page < pages ? `\n\nNext page: deedbox://register/${page + 1}` : '';
  const answer = `# Contract register\n\n${total} contracts, page ${page} of ${pages}.\n\n${markdownTable(head, rows)}${next}`;
  return {
    answer,
    disclosed: factsOf(documents.map(({ documentId }) => documentId)),
  };
}
