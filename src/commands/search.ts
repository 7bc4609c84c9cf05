import { writeJson, writeOutput } from '../encode/terminal.ts';
import { decodeSingleLine, quoted, singleLine, visibleText } from '../encode/visible.ts';
import type { Config } from '../settings/config.ts';
import { openSearchEngine } from '../composition/app.ts';
import { DeedboxError } from '../errors/errors.ts';
import type {
  Citation,
  DocumentSummary,
  RelatedDocument,
  SearchDocumentsResponse,
  SearchPassagesResponse,
} from '../search/response-schemas.ts';
import { DisclosureRecorder } from '../request/disclosure-recorder.ts';
import { extractClauses } from '../search/extract-clauses.ts';
import { listDocuments, searchDocuments } from '../search/search-documents.ts';
import { searchPassages } from '../search/search-passages.ts';
import {
  extractClausesRequestSchema,
  searchDocumentsRequestSchema,
  searchPassagesRequestSchema,
} from '../search/request-schemas.ts';
import type { SearchContext } from '../search/context.ts';
import { displayPath, documentsById } from '../search/summary.ts';
import { wordCountText } from '../search/query-words.ts';
import { queryTerms, tokenize } from '../search/query-tokens.ts';
import { type AuditCommand, runAudited } from './audited-command.ts';
import { requireData } from './existing-data.ts';
import { validate } from './command-options.ts';

/** The maximum of `--limit`. */
const maxResults = 50;

async function withSearchContext<T>(
  config: Config,
  command: { name: string; args: unknown },
  run: (context: SearchContext, audit: AuditCommand) => Promise<T>,
): Promise<T> {
  requireData(config);
  // a list of contracts, and most clauses, need no vector
  const engine = await openSearchEngine(config, { lazyModel: true });
  try {
    const { embedder, today } = engine;
    return await runAudited(config, command, async ({ principal, disclosure }, audit) => {
      await engine.requireFreshPermissions(principal);
      const scopedIndex = await engine.scopedIndexFor(principal);
      return run({ embedder, today, scopedIndex, disclosure }, audit);
    });
  } finally {
    await engine.close();
  }
}

const pageText = ({ page_start: from, page_end: to }: Citation) =>
  from === to ? `page ${from}` : `pages ${from}–${to}`;

const indent = (text: string) => visibleText(text.trim()).replaceAll(/\s*\n\s*/g, '\n    ');

function formatCitation(title: string, citation: Citation, extra = ''): string {
  const heading = citation.heading === undefined ? '' : `, ${singleLine(citation.heading)}`;
  return `${singleLine(title)} — ${pageText(citation)}${heading}${extra}\n    ${indent(citation.text)}\n`;
}

const partyList = (parties: string[]) => parties.map(singleLine).join(' / ');

/** A passage under its file, parties and id: many contracts have the same title. */
function formatPassage(passage: SearchPassagesResponse['passages'][number]): string {
  const parties = passage.parties.length > 0 ? ` — ${partyList(passage.parties)}` : '';
  const others = passage.same_wording ?? [];
  const elsewhere =
    others.length === 0 ? '' : ` (and in ${others.length} more: ${others.join(', ')})`;
  const cited = { ...passage, text: passage.highlight.text };
  return `${singleLine(passage.file_name)}${parties} [${passage.document_id}]\n  ${formatCitation(passage.title, cited, elsewhere)}`;
}

/** A contract that is near to what was asked for, and what it lacks. */
function formatRelated({ document_id: id, why, ...document }: RelatedDocument): string {
  const path = singleLine(displayPath(document.folder, document.file_name));
  const facts = [
    document.document_type,
    partyList(document.parties),
    document.status,
    document.signed,
  ];
  return `${singleLine(document.title)} [${id}]: ${why}\n    ${path}\n    ${facts.filter(Boolean).join(' · ')}\n`;
}

function formatDocument(document: SearchDocumentsResponse['documents'][number]): string {
  const facts = [
    document.document_type,
    document.parties.map((party) => singleLine(party.name)).join(' / '),
    document.status,
    document.effective_date && `from ${document.effective_date}`,
    document.expiration_date ? `to ${document.expiration_date}` : document.expiration_basis,
    document.current_term_end &&
      document.current_term_end !== document.expiration_date &&
      `current term to ${document.current_term_end}`,
    document.renews_automatically && 'renews by itself',
    document.notice_deadline && `notice by ${document.notice_deadline}`,
    document.next_notice_deadline && `then by ${document.next_notice_deadline}`,
    document.governing_law && singleLine(document.governing_law),
    document.signed,
  ].filter(Boolean);
  const path = singleLine(displayPath(document.folder, document.file_name));
  const absences = (document.absences ?? []).map(
    ({ clause_type, confidence, nearest }) =>
      `    no ${clause_type}, confidence ${confidence.toFixed(2)}` +
      `${nearest ? `; nearest, ${pageText(nearest)}: ${indent(nearest.text)}` : ''}\n`,
  );
  return `${singleLine(document.title)} [${document.document_id}]\n    ${path}\n    ${facts.join(' · ')}\n${absences.join('')}`;
}

function print(json: boolean, answer: object, lines: string[], notes: string[] = []): number {
  if (json) writeJson(answer);
  else writeOutput(`${[...lines, ...notes].join('\n')}\n`);
  return 0;
}

/** How many contracts match, and how many of them are shown. */
function countText({ total, documents }: SearchDocumentsResponse, limit: number): string {
  const contracts = total === 1 ? 'contract' : 'contracts';
  if (documents.length >= total) return `${total} ${contracts}`;
  const more =
    limit < maxResults
      ? `--limit ${maxResults} shows more`
      : 'narrow the search with --party, --type or another option to see the others';
  return `${documents.length} of ${total} ${contracts}; ${more}`;
}

/** @throws DeedboxError `invalid_request` for an option that the other kind of answer has */
function requireApplicable(filters: object, isList: boolean): void {
  const [option, field] = isList ? ['--document', 'document_ids'] : ['--sort', 'sort'];
  if (!(field in filters)) return;
  throw new DeedboxError(
    'invalid_request',
    `${option} is for ${isList ? 'passages' : 'contracts'}, and this lists ${isList ? 'contracts' : 'passages'}.`,
    { hint: isList ? 'Give a question, without --documents.' : 'Add --documents.' },
  );
}

/** `deedbox search QUERY`: passages that answer the query; with `documents` or no query, contracts. */
export async function search(
  config: Config,
  query: string | undefined,
  options: { json: boolean; documents: boolean; filters: object },
): Promise<number> {
  const command = { name: 'search', args: { query, ...options.filters } };
  return withSearchContext(config, command, async (context, audit) => {
    const isList = options.documents || query === undefined;
    requireApplicable(options.filters, isList);
    if (isList) {
      const request = validate(searchDocumentsRequestSchema, { query, ...options.filters });
      const answer = await searchDocuments(context, request);
      await audit();
      const related = answer.related ?? [];
      const lines = [
        ...(answer.summary === undefined ? [] : [`${answer.summary}\n`]),
        ...(related.length > 0 ? ['Near, but no match:\n'] : []),
        ...related.map(formatRelated),
        ...(related.length > 0 ? [] : [countText(answer, request.limit)]),
        ...answer.documents.map(formatDocument),
      ];
      return print(options.json, answer, lines, answer.notes);
    }
    const request = validate(searchPassagesRequestSchema, { query, limit: 5, ...options.filters });
    const answer = await searchPassages(context, request);
    await audit();
    const passages = answer.passages.map(formatPassage);
    const lines = [
      ...(answer.summary === undefined ? [] : [`${answer.summary}\n`]),
      ...(passages.length > 0 ? passages : ['No passage was found.']),
      ...(answer.words ?? []).map((word) => singleLine(wordCountText(word))),
    ];
    return print(options.json, answer, lines, answer.notes);
  });
}

/**
 * The id of the document with this id, or with this file name or title if only one has it.
 * @throws DeedboxError `not_found`, with similar documents in the hint
 */
async function resolveDocument(
  context: SearchContext,
  name: string,
  audit: AuditCommand,
): Promise<string> {
  if ((await documentsById(context, [name])).has(name)) return name;
  const answer = await listDocuments(
    { ...context, disclosure: new DisclosureRecorder() }, // of what it finds only the suggestions are printed
    validate(searchDocumentsRequestSchema, { query: name, limit: 50 }),
  );
  const exactMatches = answer.documents.filter(
    (document) => document.file_name === name || document.title === name,
  );
  if (exactMatches.length === 1) return exactMatches[0]!.document_id;
  const suggestions = (
    exactMatches.length > 1 ? exactMatches : answer.documents.filter(sharesTermWith(name))
  ).slice(0, 5);
  context.disclosure.recordDocuments(suggestions.map((document) => document.document_id));
  await audit();
  throw new DeedboxError(
    'not_found',
    `${quoted(name)} is not the id, file name or title of one document.`,
    {
      hint:
        suggestions.length === 0
          ? '`deedbox search` without a query lists the documents; `deedbox search QUERY --documents` finds some.'
          : `Similar: ${suggestions.map((d) => `${quoted(d.file_name)} [${d.document_id}]`).join('; ')}`,
    },
  );
}

const withoutExtension = (name: string) => name.replace(/\.\w{2,8}$/, '');

/** Whether a document's file name or title contains a word of `name`, without the extension. */
function sharesTermWith(name: string) {
  const terms = queryTerms(withoutExtension(name));
  return ({ file_name, title }: DocumentSummary) => {
    const words = new Set([...tokenize(withoutExtension(file_name)), ...tokenize(title)]);
    return terms.some((term) => words.has(term));
  };
}

/** `deedbox clauses DOCUMENT`: its clauses, verbatim, with page and confidence. */
export async function clauses(
  config: Config,
  document: string,
  options: { json: boolean; request: object },
): Promise<number> {
  const command = { name: 'clauses', args: { document, ...options.request } };
  return withSearchContext(config, command, async (context, audit) => {
    const id = await resolveDocument(context, decodeSingleLine(document), audit);
    const request = validate(extractClausesRequestSchema, {
      document_ids: [id],
      ...options.request,
    });
    const answer = await extractClauses(context, request);
    await audit();
    const lines = answer.documents.flatMap((found) => [
      `${singleLine(found.title)}\n`,
      ...found.clauses.map((clause) =>
        formatCitation(clause.clause_type, clause, `, confidence ${clause.confidence}`),
      ),
      ...(found.not_found.length > 0 ? [`Not found: ${found.not_found.join(', ')}`] : []),
      ...(found.not_read ? [`Not found, and not all was read: ${found.not_read.join(', ')}`] : []),
      ...(found.absences ?? []).flatMap(({ clause_type: type, confidence, nearest }) =>
        nearest
          ? [
              formatCitation(
                `nearest to ${type}`,
                nearest,
                `, confidence ${confidence} that there is none`,
              ),
            ]
          : [],
      ),
    ]);
    return print(options.json, answer, lines, answer.notes);
  });
}
