import type { Config } from '../config.ts';
import { openReader } from '../app.ts';
import { DeedboxError } from '../errors.ts';
import type { CitationAnswer, DocumentSummary, SearchDocumentsAnswer } from '../search/answers.ts';
import { disclosedIn } from '../mcp/disclosed.ts';
import { extractClauses } from '../search/clauses.ts';
import { searchDocuments } from '../search/documents.ts';
import { searchPassages } from '../search/passages.ts';
import {
  extractClausesRequest,
  searchDocumentsRequest,
  searchPassagesRequest,
} from '../search/requests.ts';
import type { SearchServices } from '../search/search.ts';
import { displayPath, documentsById } from '../search/summary.ts';
import { queryTerms, tokens } from '../search/terms.ts';
import { disclosing } from './disclosing.ts';
import { requireData } from './existing-data.ts';
import { validate } from './validate.ts';

/** The most that one search shows. */
const mostShown = 50;

/** @param tell to be called with an answer before it is printed */
async function withServices<T>(
  config: Config,
  command: { name: string; args: unknown },
  use: (services: SearchServices, tell: (answer: object) => Promise<void>) => Promise<T>,
): Promise<T> {
  requireData(config);
  const reader = await openReader(config);
  try {
    const { embedder, today } = reader;
    const named: string[] = [];
    const alsoNamed = (ids: string[]) => void named.push(...ids);
    const library = await reader.libraryFor(config.asker);
    const services = { embedder, today, library, alsoNamed };
    return await disclosing(config, command, (tell) =>
      use(services, (answer) => tell(disclosedIn(answer, named))),
    );
  } finally {
    await reader.close();
  }
}

const place = ({ page_start: from, page_end: to }: CitationAnswer) =>
  from === to ? `page ${from}` : `pages ${from}–${to}`;

const indent = (text: string) => text.trim().replaceAll(/\s*\n\s*/g, '\n    ');

function quote(title: string, citation: CitationAnswer, extra = ''): string {
  const heading = citation.heading === undefined ? '' : `, ${citation.heading}`;
  return `${title} — ${place(citation)}${heading}${extra}\n    ${indent(citation.text)}\n`;
}

function describe(document: SearchDocumentsAnswer['documents'][number]): string {
  const facts = [
    document.document_type,
    document.parties.map((party) => party.name).join(' / '),
    document.status,
    document.effective_date && `from ${document.effective_date}`,
    document.expiration_date ? `to ${document.expiration_date}` : document.expiration_basis,
    document.current_term_end &&
      document.current_term_end !== document.expiration_date &&
      `current term to ${document.current_term_end}`,
    document.renews_automatically && 'renews by itself',
    document.notice_deadline && `notice by ${document.notice_deadline}`,
    document.next_notice_deadline && `then by ${document.next_notice_deadline}`,
    document.governing_law,
    document.signed,
  ].filter(Boolean);
  const path = displayPath(document.folder, document.file_name);
  const absences = (document.absences ?? []).map(
    ({ clause_type, confidence, nearest }) =>
      `    no ${clause_type}, confidence ${confidence.toFixed(2)}` +
      `${nearest ? `; nearest, ${place(nearest)}: ${indent(nearest.text)}` : ''}\n`,
  );
  return `${document.title} [${document.document_id}]\n    ${path}\n    ${facts.join(' · ')}\n${absences.join('')}`;
}

function print(json: boolean, answer: object, lines: string[], notes: string[] = []): number {
  if (json) process.stdout.write(`${JSON.stringify(answer)}\n`);
  else process.stdout.write(`${[...lines, ...notes].join('\n')}\n`);
  return 0;
}

/** How many contracts there are, and how many of them are shown. */
function count({ total, documents }: SearchDocumentsAnswer, limit: number): string {
  const contracts = total === 1 ? 'contract' : 'contracts';
  if (documents.length >= total) return `${total} ${contracts}`;
  const more =
    limit < mostShown
      ? `--limit ${mostShown} shows more`
      : 'ask for less, by --party, --type or another option, to see the others';
  return `${documents.length} of ${total} ${contracts}; ${more}`;
}

/** `deedbox search QUERY`: passages that answer it, or with `documents` the contracts it means. */
export async function search(
  config: Config,
  query: string | undefined,
  options: { json: boolean; documents: boolean; filters: object },
): Promise<number> {
  const command = { name: 'search', args: { query, ...options.filters } };
  return withServices(config, command, async (services, tell) => {
    if (options.documents || query === undefined) {
      const request = validate(searchDocumentsRequest, { query, ...options.filters });
      const answer = await searchDocuments(services, request);
      await tell(answer);
      const lines = [count(answer, request.limit), ...answer.documents.map(describe)];
      return print(options.json, answer, lines, answer.notes);
    }
    const request = validate(searchPassagesRequest, { query, limit: 5, ...options.filters });
    const answer = await searchPassages(services, request);
    await tell(answer);
    const lines = answer.passages.map((passage) => quote(passage.title, passage));
    return print(
      options.json,
      answer,
      lines.length > 0 ? lines : ['Nothing was found.'],
      answer.notes,
    );
  });
}

/** A document by its id, or by a file name or a name that only one document bears. */
async function documentMeant(
  services: SearchServices,
  name: string,
  tell: (answer: object) => Promise<void>,
): Promise<string> {
  if ((await documentsById(services, [name])).has(name)) return name;
  const answer = await searchDocuments(
    services,
    validate(searchDocumentsRequest, { query: name, limit: 50 }),
  );
  const bearing = answer.documents.filter(
    (document) => document.file_name === name || document.title === name,
  );
  if (bearing.length === 1) return bearing[0]!.document_id;
  const near = (bearing.length > 1 ? bearing : answer.documents.filter(bearsWordOf(name))).slice(
    0,
    5,
  );
  await tell(near);
  throw new DeedboxError(
    'not_found',
    `"${name}" is not the id, file name or title of one document.`,
    {
      hint:
        near.length === 0
          ? '`deedbox search` without a query lists the documents; `deedbox search QUERY --documents` finds some.'
          : `Near it: ${near.map((d) => `${d.file_name} [${d.document_id}]`).join('; ')}`,
    },
  );
}

const withoutExtension = (name: string) => name.replace(/\.\w{2,8}$/, '');

/** Whether a document's file name or title holds a word of `name`, the extension aside. */
function bearsWordOf(name: string) {
  const terms = queryTerms(withoutExtension(name));
  return ({ file_name, title }: DocumentSummary) => {
    const words = new Set([...tokens(withoutExtension(file_name)), ...tokens(title)]);
    return terms.some((term) => words.has(term));
  };
}

/** `deedbox clauses DOCUMENT`: its clauses, each verbatim with page and confidence. */
export async function clauses(
  config: Config,
  document: string,
  options: { json: boolean; request: object },
): Promise<number> {
  const command = { name: 'clauses', args: { document, ...options.request } };
  return withServices(config, command, async (services, tell) => {
    const id = await documentMeant({ ...services, alsoNamed: undefined }, document, tell);
    const request = validate(extractClausesRequest, { document_ids: [id], ...options.request });
    const answer = await extractClauses(services, request);
    await tell(answer);
    const lines = answer.documents.flatMap((found) => [
      `${found.title}\n`,
      ...found.clauses.map((clause) =>
        quote(clause.clause_type, clause, `, confidence ${clause.confidence}`),
      ),
      ...(found.not_found.length > 0 ? [`Not found: ${found.not_found.join(', ')}`] : []),
    ]);
    return print(options.json, answer, lines, answer.notes);
  });
}
