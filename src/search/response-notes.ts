import type { DocumentFilter } from '../store/records.ts';
import type { DocumentSummary } from './response-schemas.ts';
import { matchAll } from './filters.ts';
import { languageNotes } from './language-notes.ts';
import { decodeSingleLine, quoted } from '../encode/visible.ts';
import { documentName, joinNames, maxListedNames } from './join-names.ts';
import type { Filters } from './request-schemas.ts';
import { unreadNotes } from './reading-notes.ts';
import { redactionNotes } from './redaction-notes.ts';
import { capitalizedTokens } from './query-understanding.ts';
import type { SearchContext } from './context.ts';
import { queryTerms } from './query-tokens.ts';
import { summarize } from './summary.ts';

/** Contracts that renew within the days asked for, and are looked at for their last day for notice. */
const maxPassedNotices = 100;
/** Names of a query that are looked up, at most. */
const maxNamesLookedUp = 5;

/** The first few of the contracts that pass, for a note; undefined where none does. */
async function listTitles({ scopedIndex, disclosure }: SearchContext, filter: DocumentFilter) {
  const { total, documents } = await scopedIndex.documents(filter, { sort: 'title', limit: 5 });
  if (total === 0) return undefined;
  disclosure.recordDocuments(documents.map(({ documentId }) => documentId));
  const names = documents.map(({ analysis, file }) =>
    documentName({ title: analysis.title, file_name: file.fileName }),
  );
  return { total, titles: joinNames(names, total) };
}

/** Notes on contracts that conditions on terms or notice cannot decide, because a date is missing. */
async function undecidedNotes(context: SearchContext, filter: DocumentFilter): Promise<string[]> {
  if (!filter.expires && !filter.notice && !filter.anyTermEnd) return [];
  const withoutDates = {
    ...filter,
    expires: undefined,
    anyTermEnd: undefined,
    notice: undefined,
  };
  const notes: string[] = [];
  const past = await listTitles(context, {
    ...withoutDates,
    status: 'unknown',
    expires: { to: filter.today },
  });
  if (past) {
    notes.push(
      `Not judged: ${past.total} contracts whose first term is over and of which it is not known whether, or ` +
        `for how long, they were renewed: ${past.titles}. extract_clauses with renewal_term, ` +
        'expiration_date and notice_period_to_terminate_renewal quotes what they say.',
    );
  }
  const undated =
    filter.notice && (await listTitles(context, { ...withoutDates, noticeUnknown: true }));
  if (undated) {
    notes.push(
      `Not judged: ${undated.total} contracts that renew by themselves and whose last day for notice could not ` +
        `be computed, for want of a date or a notice period: ${undated.titles}. get_document says what is missing.`,
    );
  }
  return notes;
}

/**
 * A note on contracts that renew within the days asked for, and whose last day for notice has passed: a search
 * for notice that can still be given does not find them.
 */
async function passedNoticeNotes(
  context: SearchContext,
  filter: DocumentFilter,
): Promise<string[]> {
  const { notice: days, today } = filter;
  if (days?.from === undefined) return [];
  const { documents } = await context.scopedIndex.documents(
    { ...filter, notice: undefined, renews: true, expires: days },
    { sort: 'expiration_date', limit: maxPassedNotices },
  );
  const passed = documents
    .map((document) => summarize(document, today))
    .filter(
      ({ notice_deadline: deadline }) =>
        deadline !== undefined && deadline < today && deadline < days.from!,
    );
  if (passed.length === 0) return [];
  context.disclosure.recordDocuments(passed.slice(0, maxListedNames).map((one) => one.document_id));
  const names = passed.map(
    (one) =>
      `${documentName(one)} after ${one.current_term_end}, notice was due by ${one.notice_deadline}`,
  );
  return [
    `Renew within these days, though their last day for notice has passed: ${joinNames(names)}. They renew unless notice was given by then.`,
  ];
}

/** Notes on terms that follow from more than the dates which the contracts state. */
export function termNotes(documents: DocumentSummary[], today: string): string[] {
  const renewed = documents.filter(
    ({ status, current_term_end: end, expiration_date: first }) =>
      status === 'in_force' && end !== undefined && end !== first,
  );
  const late = documents.filter(
    ({ notice_deadline: deadline, renews_automatically: renews }) =>
      renews === true && (deadline ?? today) < today,
  );
  return [
    ...(renewed.length > 0
      ? [
          `Past their first term (expiration_date): ${joinNames(renewed.map(documentName))}. By their own words they have ` +
            'renewed until current_term_end; that they are in force holds unless someone gave notice.',
        ]
      : []),
    ...(late.length > 0
      ? [
          `notice_deadline is past: ${joinNames(late.map(documentName))}. Unless notice was given by then they renew after ` +
            'current_term_end; next_notice_deadline, where given, is the last day for notice after that.',
        ]
      : []),
  ];
}

/** A note on contracts that are only there because they are on hold. */
export function holdNotes(documents: Iterable<DocumentSummary>): string[] {
  const gone = [...documents].filter(({ file_gone_since: since }) => since !== undefined);
  if (gone.length === 0) return [];
  const names = gone.map((one) => `${documentName(one)} since ${one.file_gone_since}`);
  return [
    `On legal hold, while the file is gone from its source or was replaced there: ${joinNames(names)}.`,
  ];
}

/** A note on a query none of whose words is in any contract. */
async function outOfVocabularyNotes(
  { scopedIndex }: SearchContext,
  query: string | undefined,
  filter: DocumentFilter,
): Promise<string[]> {
  const terms = queryTerms(query ?? '');
  if (query === undefined || (await scopedIndex.searchDocuments(terms, filter, 1)).length > 0)
    return [];
  if ((await scopedIndex.searchText(terms, filter, 1)).length > 0) return [];
  return [
    'None of these words is in any contract searched; what is shown, if anything, is merely nearest in meaning. ' +
      'Check the spelling, or ask in other words.',
  ];
}

/** A note on names in a query that occur in no contract searched. */
async function unknownNameNotes(
  { scopedIndex }: SearchContext,
  query: string | undefined,
  filter: DocumentFilter,
): Promise<string[]> {
  const unknown: string[] = [];
  for (const name of [...capitalizedTokens(query ?? '')].slice(0, maxNamesLookedUp)) {
    const nameHits = await scopedIndex.searchDocuments([name], filter, 1);
    if (nameHits.length > 0) continue;
    if ((await scopedIndex.searchText([name], filter, 1)).length === 0) unknown.push(name);
  }
  if (unknown.length === 0) return [];
  return [
    `No contract searched contains ${unknown.map(quoted).join(', ')}; what is shown is merely nearest to the ` +
      'other words.',
  ];
}

/** Where none is signed (or unsigned) as requested: those that meet the other conditions. */
async function otherSignatureNotes(
  context: SearchContext,
  filter: DocumentFilter,
): Promise<string[]> {
  const notes: string[] = [];
  for (const signed of ['signed', 'unsigned', 'unknown'] as const) {
    const others = signed !== filter.signed && (await listTitles(context, { ...filter, signed }));
    const state = signed === 'unknown' ? 'not known to be signed or unsigned' : signed;
    if (others)
      notes.push(`The other conditions are met by ${others.total} ${state}: ${others.titles}.`);
  }
  return notes;
}

/** A note on a folder without contracts, whose name may be misspelt. */
async function emptyFolderNotes(context: SearchContext, folder: string): Promise<string[]> {
  if (await listTitles(context, { ...matchAll(context), folder })) return [];
  return [
    `No contract lies under a folder ${quoted(folder)}. Folders are named from the top of their source, as they are ` +
      'written there, capitals included; without folder, search_documents shows where each contract lies.',
  ];
}

/** The same for a principal who may read nothing, whether or not anything was indexed. */
function emptyIndexNote({ scopedIndex }: SearchContext): string {
  return scopedIndex.access === 'unrestricted'
    ? 'No contract has been read yet: get_sync_status tells whether a sync is running; ' +
        '`deedbox ingest PATH` reads a folder.'
    : 'There is no contract yet that may be shown to you: ask those who run Deedbox which folders it reads, ' +
        'and whether these are shared with you.';
}

/** The contracts that a request searches, whatever they say. */
function searchedFilter(
  context: Pick<SearchContext, 'today'>,
  request: Filters & { document_ids?: string[] | undefined },
): DocumentFilter {
  const folder = request.folder === undefined ? undefined : decodeSingleLine(request.folder);
  return { ...matchAll(context), documentIds: request.document_ids, folder };
}

/** What a reader must know to understand an answer, as its field `notes`. */
export async function responseNotes(
  context: SearchContext,
  request: Filters & { query?: string | undefined; document_ids?: string[] | undefined },
  result: { filter: DocumentFilter | undefined; found: number; notes: string[] },
): Promise<{ notes?: string[] }> {
  const { filter, found } = result;
  const notes = [...redactionNotes(context), ...result.notes, ...languageNotes(request.query)];
  if (filter) {
    const outOfVocabulary = await outOfVocabularyNotes(context, request.query, filter);
    notes.unshift(
      ...(outOfVocabulary.length > 0
        ? outOfVocabulary
        : await unknownNameNotes(context, request.query, filter)),
    );
    notes.push(...(await undecidedNotes(context, filter)));
    notes.push(...(await passedNoticeNotes(context, filter)));
    const searched = searchedFilter(context, request);
    notes.push(...(await unreadNotes(context, { searched, filter })));
  }
  if (request.signed !== undefined) {
    notes.push('signed leaves out contracts of which it is not known whether they are signed.');
    if (filter && found === 0) notes.push(...(await otherSignatureNotes(context, filter)));
  }
  if (found === 0 && request.folder !== undefined) {
    notes.push(...(await emptyFolderNotes(context, decodeSingleLine(request.folder))));
  }
  if (found === 0 && (await context.scopedIndex.size()).documents === 0) {
    notes.push(emptyIndexNote(context));
  }
  return notes.length > 0 ? { notes } : {};
}
