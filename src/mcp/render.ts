import { fencedText, markdownLink, markdownName, markdownSentence } from '../encode/markdown.ts';
import type {
  Citation,
  DocumentSummary,
  ExtractClausesResponse,
  RelatedDocument,
  SearchPassagesResponse,
} from '../search/response-schemas.ts';
import { hasUnread, openItemsInWords, unreadInWords } from '../search/reading-notes.ts';
import { wordCountText } from '../search/query-words.ts';
import { displayPath } from '../search/summary.ts';

/** Answers as Markdown: the same content as their structured form. */

export function formatPages(citation: Citation): string {
  return citation.page_start === citation.page_end
    ? `p. ${citation.page_start}`
    : `pp. ${citation.page_start}–${citation.page_end}`;
}

/** A quotation between fences, then its location, e.g. `— p. 3, 2 Term (chars 10–90)`. */
export function formatCitation(citation: Citation): string {
  const heading = citation.heading === undefined ? '' : `, ${markdownName(citation.heading)}`;
  return `${fencedText(citation.text)}\n— ${formatPages(citation)}${heading} (chars ${citation.char_start}–${citation.char_end})`;
}

type Passage = SearchPassagesResponse['passages'][number];

/** What answers in a passage between fences, then where it stands, and where else. */
export function formatPassage(passage: Passage): string {
  const { highlight, same_wording: others = [] } = passage;
  const cited = { ...passage, ...highlight };
  const place = `in the passage at chars ${passage.char_start}–${passage.char_end}`;
  const elsewhere =
    others.length === 0
      ? ''
      : `\nThe same words in ${others.length} more: ${others.map((id) => `\`${id}\``).join(', ')}`;
  return `${formatCitation(cited)}, ${place}${elsewhere}`;
}

/** How often the rare words of a query stand in contracts. */
export function formatWords({ words = [] }: Pick<SearchPassagesResponse, 'words'>): string[] {
  if (words.length === 0) return [];
  return [words.map((one) => markdownSentence(wordCountText(one))).join(' ')];
}

/** A page of a contract between fences, under its number. */
export function formatPage(page: number, text: string): string {
  return `— page ${page} —\n\n${fencedText(text)}`;
}

/** The title, as a link where the document has a URL. */
export function titleLink(document: { title: string; web_url?: string | undefined }): string {
  return markdownLink(document.title, document.web_url);
}

/** The file of a passage and the parties of its contract, which tell contracts of the same title apart. */
export function sourceText(passage: { file_name: string; parties: string[] }): string {
  const parties = passage.parties.map(markdownName).join('; ');
  return [markdownName(passage.file_name), ...(parties === '' ? [] : [parties])].join('; ');
}

const statusLabels = {
  in_force: 'in force',
  expired: 'expired',
  not_yet_effective: 'not yet effective',
  unknown: 'status unknown',
};

function expiry(document: DocumentSummary): string | undefined {
  if (document.expiration_basis === 'perpetual') return 'no end date (perpetual)';
  if (document.expiration_basis === 'unclear') return 'end unclear';
  if (document.expiration_date === undefined) return undefined;
  const computed = document.expiration_basis === 'computed' ? ' (computed)' : '';
  const word = document.current_term_end === undefined ? 'expires' : 'first term until';
  return `${word} ${document.expiration_date}${computed}`;
}

function labelled(label: string, value: string | undefined): string | undefined {
  return value === undefined ? undefined : `${label} ${markdownName(value)}`;
}

/** What was not read of a document, what was recognised, and what is open in it. */
function readingText(reading: DocumentSummary['reading']): string[] {
  if (!reading) return [];
  const open = openItemsInWords(reading);
  return [
    ...(hasUnread(reading) ? [`Not read: ${markdownSentence(unreadInWords(reading))}`] : []),
    ...(reading.ocr_pages > 0 ? [`Read by text recognition: ${reading.ocr_pages} pages`] : []),
    ...(open === undefined ? [] : [`Open: ${open}`]),
  ];
}

/** The facts of a document in two or three lines, under its title. */
export function summaryText(document: DocumentSummary): string {
  const parties = document.parties.map(({ name, role }) =>
    markdownName(role ? `${name} (${role})` : name),
  );
  const facts = [
    document.document_type,
    statusLabels[document.status],
    document.signed === 'unknown' ? 'signature unknown' : document.signed,
    labelled('dated', document.agreement_date),
    labelled('effective', document.effective_date),
    labelled('term begins', document.start_date),
    expiry(document),
    labelled('first term', document.initial_term),
    document.current_term_end !== document.expiration_date
      ? labelled('current term until', document.current_term_end)
      : undefined,
    document.renews_automatically === true ? 'renews by itself' : undefined,
    labelled('renewal', document.renewal_term),
    labelled('notice period', document.notice_period),
    labelled('notice by', document.notice_deadline),
    labelled('or, that being past, by', document.next_notice_deadline),
    labelled('law of', document.governing_law),
  ].filter((fact) => fact !== undefined);
  const location = markdownName(displayPath(document.folder, document.file_name));
  return [
    `**${titleLink(document)}** — document_id \`${document.document_id}\``,
    parties.length > 0 ? `Parties: ${parties.join('; ')}` : 'Parties: not found',
    facts.join(' · '),
    `File: ${location}, ${document.pages} page${document.pages === 1 ? '' : 's'}, modified ${document.modified_at}`,
    ...readingText(document.reading),
    ...(document.file_gone_since === undefined
      ? []
      : [`On legal hold: the file is gone from its source since ${document.file_gone_since}`]),
  ].join('\n');
}

/** The answer in a sentence, before everything else. */
export function formatSummary({ summary }: { summary?: string | undefined }): string[] {
  return summary === undefined ? [] : [markdownSentence(summary)];
}

/** Contracts that are near and do not match, each with what it lacks. */
export function relatedText(related: RelatedDocument[] | undefined): string[] {
  if (related === undefined || related.length === 0) return [];
  const items = related.map((document) => {
    const parties = document.parties.map(markdownName).join('; ') || 'parties not found';
    const path = markdownName(displayPath(document.folder, document.file_name));
    return `- ${titleLink(document)}: ${markdownSentence(document.why)} (${document.document_type}; ${parties}; ${path}) — document_id \`${document.document_id}\``;
  });
  return [`Near, but no match:\n\n${items.join('\n')}`];
}

/** Notes and the cursor of the next page, at the end of an answer. */
export function formatFooter(answer: { notes?: string[]; next_cursor?: string }): string[] {
  return [
    ...(answer.notes ?? []).map((note) => `Note: ${markdownSentence(note)}`),
    ...(answer.next_cursor === undefined
      ? []
      : [`More: call again with cursor "${answer.next_cursor}".`]),
  ];
}

/** The types of which no clause was found, each with the confidence that there is none. */
function notFoundText(document: ExtractClausesResponse['documents'][number]): string {
  const confidences = new Map(
    (document.absences ?? []).map((one) => [one.clause_type, one.confidence]),
  );
  return document.not_found
    .map((type) => {
      const confidence = confidences.get(type);
      return confidence === undefined ? type : `${type} (confidence ${confidence.toFixed(2)})`;
    })
    .join(', ');
}

/** Extracted clauses, each with its type, confidence and quotation. */
export function clausesText(answer: ExtractClausesResponse): string {
  const documents = answer.documents.map((document) =>
    [
      `**${titleLink(document)}** — document_id \`${document.document_id}\``,
      ...document.clauses.map((clause) => {
        const value = clause.value === undefined ? '' : `: ${markdownName(clause.value)}`;
        return `${clause.clause_type}${value} (confidence ${clause.confidence.toFixed(2)})\n${formatCitation(clause)}`;
      }),
      ...(document.not_found.length > 0 ? [`Not found: ${notFoundText(document)}`] : []),
      ...(document.not_read
        ? [`Not found, and not all was read: ${document.not_read.join(', ')}`]
        : []),
      ...(document.absences ?? []).flatMap(({ clause_type, nearest }) =>
        nearest ? [`Nearest to ${clause_type}:\n${formatCitation(nearest)}`] : [],
      ),
    ].join('\n\n'),
  );
  return [...documents, ...formatFooter(answer)].join('\n\n');
}

const line = (cells: string[]) => `| ${cells.join(' | ')} |`;

/** A GitHub-flavoured Markdown table. Cells are Markdown: foreign text in them is encoded by `markdownCell`. */
export function markdownTable(header: string[], rows: string[][]): string {
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
