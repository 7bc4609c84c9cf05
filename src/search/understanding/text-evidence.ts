import { canonicalPartyKey } from '../../analyse/canonical-party-key.ts';
import { findDates } from '../../analyse/date-text.ts';
import { findJurisdictions } from '../../analyse/jurisdictions.ts';
import { normalizeForMatching } from '../../analyse/normalize-for-matching.ts';
import type { DateRange, DocumentFilter, StoredDocument } from '../../store/records.ts';
import type { SearchContext } from '../context.ts';
import { queryTerms } from '../query-tokens.ts';
import { documentsById } from '../summary.ts';
import type { Condition } from './conditions.ts';
import { withConditions } from './condition-filter.ts';

/** What a contract says where its facts do not: a law or an end that was not understood, a party that was not. */

type Context = Pick<SearchContext, 'scopedIndex' | 'today'>;

/** Contracts whose clauses are read for a fact that is not known, at most. */
const maxReadContracts = 50;
/** Contracts whose text is read for a name, at most. */
const maxNamedContracts = 20;
/** The least confidence of a clause that is read for a fact. */
const minConfidence = 0.3;
/** The beginning of a text, where the parties stand, in characters. */
const openingLength = 6000;

const isWithin = (day: string, { from, to }: DateRange) =>
  (from === undefined || from <= day) && (to === undefined || day <= to);

/** Whether a fact of a document is not known, so that its clauses must say it. */
function isUndecided({ analysis }: StoredDocument, condition: Condition): boolean {
  if (condition.filter === 'governing_law') {
    const law = analysis.governingLaw?.value;
    // a contract that names two laws has both as its value
    return law === undefined || law.includes(';');
  }
  if (condition.filter === 'expires') {
    const end = analysis.expirationDate;
    return end?.value === undefined && end?.basis !== 'perpetual';
  }
  return false;
}

/** Whether the text of a clause states what a condition asks for. */
function states(text: string, condition: Condition): boolean {
  if (condition.filter === 'governing_law') {
    const named = findJurisdictions(normalizeForMatching(text)).map(({ name }) => name);
    return named.some((name) => condition.laws.includes(name));
  }
  return (
    condition.filter === 'expires' &&
    findDates(text).some(({ value }) => value !== undefined && isWithin(value, condition.range))
  );
}

const clauseOf = { governing_law: 'governing_law', expires: 'expiration_date' } as const;
const isStated = (
  condition: Condition,
): condition is Condition & { filter: keyof typeof clauseOf } => condition.filter in clauseOf;

/**
 * Of the contracts that meet the other conditions, those whose law or end is not known as a fact, and whose
 * clause on it states what is asked for. None where these are too many to read.
 */
export async function statedInClauses(
  { scopedIndex }: Context,
  base: DocumentFilter,
  conditions: Condition[],
): Promise<string[]> {
  const stated = conditions.filter(isStated);
  const others = conditions.filter((condition) => !isStated(condition));
  if (stated.length === 0 || others.length === 0) return [];
  const { total, documents } = await scopedIndex.documents(withConditions(base, others), {
    sort: 'title',
    limit: maxReadContracts,
  });
  if (total > maxReadContracts) return [];
  const found: string[] = [];
  for (const document of documents) {
    const open = stated.filter((condition) => isUndecided(document, condition));
    if (open.length === 0) continue;
    const decided = stated.filter((condition) => !open.includes(condition));
    if (!(await meets({ scopedIndex }, base, document.documentId, decided))) continue;
    const types = open.map(({ filter }) => clauseOf[filter]);
    const clauses =
      (await scopedIndex.clauses([document.documentId], { types, minConfidence })).get(
        document.documentId,
      ) ?? [];
    const text = await scopedIndex.text(document.documentId);
    if (!text || text.revision !== document.revision) continue;
    const isMet = open.every((condition) =>
      clauses.some(
        (clause) =>
          clause.type === clauseOf[condition.filter] &&
          states(text.text.slice(clause.start, clause.end), condition),
      ),
    );
    if (isMet) found.push(document.documentId);
  }
  return found;
}

/** Whether one document meets conditions that filters decide. */
async function meets(
  { scopedIndex }: Pick<SearchContext, 'scopedIndex'>,
  base: DocumentFilter,
  documentId: string,
  conditions: Condition[],
): Promise<boolean> {
  if (conditions.length === 0) return true;
  const filter = withConditions({ ...base, documentIds: [documentId] }, conditions);
  return (await scopedIndex.documents(filter, { sort: 'title', limit: 1 })).total > 0;
}

const hasWords = (text: string, key: string) => ` ${canonicalPartyKey(text)} `.includes(` ${key} `);

/**
 * Contracts under a filter whose title, file name or opening has a name, and of which fewer than two parties
 * are known: it may be the one that was not recognised.
 */
export async function namedInOpening(
  context: Context,
  filter: DocumentFilter,
  name: string,
): Promise<string[]> {
  const key = canonicalPartyKey(name);
  if (key === '') return [];
  const { scopedIndex } = context;
  const hits = await scopedIndex.searchDocuments(queryTerms(name), filter, maxNamedContracts);
  const documents = await documentsById(
    context,
    hits.map(({ documentId }) => documentId),
  );
  const found: string[] = [];
  for (const { documentId, analysis, file } of documents.values()) {
    if (analysis.parties.length > 1) continue;
    const opening = (await scopedIndex.text(documentId))?.text.slice(0, openingLength) ?? '';
    if ([analysis.title, file.fileName, opening].some((text) => hasWords(text, key)))
      found.push(documentId);
  }
  return found;
}

/** Contracts that name somebody anywhere in their text, of those that are the likeliest to. */
export async function namedInText(
  { scopedIndex }: Context,
  filter: DocumentFilter,
  name: string,
): Promise<string[]> {
  const key = canonicalPartyKey(name);
  if (key === '') return [];
  const hits = await scopedIndex.searchText(queryTerms(name), filter, 3 * maxNamedContracts);
  const ids = [...new Set(hits.map(({ documentId }) => documentId))].slice(0, maxNamedContracts);
  const found: string[] = [];
  for (const id of ids) {
    const text = (await scopedIndex.text(id))?.text;
    if (text !== undefined && hasWords(text, key)) found.push(id);
  }
  return found;
}
