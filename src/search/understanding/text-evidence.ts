import { canonicalPartyKey } from '../../analyse/canonical-party-key.ts';
import { findDates } from '../../analyse/date-text.ts';
import { findDurations } from '../../analyse/duration-text.ts';
import { findJurisdictions } from '../../analyse/jurisdictions.ts';
import { normalizeForMatching } from '../../analyse/normalize-for-matching.ts';
import { addDays, shift } from '../../domain/calendar.ts';
import type { Duration } from '../../domain/documents.ts';
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
/** The least confidence of a clause that is read for a fact; a date in one counts at a lower one. */
const minConfidence = 0.3;
const minDateConfidence = 0.05;
/** The beginning of a text, where the parties stand, in characters. */
const openingLength = 6000;
/** Where the parties of a contract are known, and one more may stand beside them, in characters. */
const preambleLength = 1500;
/** The end of a text, where the signatures stand, in characters. */
const closingLength = 3000;

const isWithin = (day: string, { from, to }: DateRange) =>
  (from === undefined || from <= day) && (to === undefined || day <= to);

/** Whether a fact of a document is not known, so that its clauses must say it. */
function isUndecided({ analysis }: StoredDocument, condition: Condition): boolean {
  if (condition.filter === 'governing_law') {
    const law = analysis.governingLaw?.value;
    // a contract that names two laws has both as its value
    return law === undefined || law.includes(';');
  }
  return condition.filter === 'expires' && analysis.expirationDate?.value === undefined;
}

/** "the fifteenth (15th) contract year", "the 5th anniversary", "the end of Year 3": years from the start. */
const countedYear =
  /\b(\d{1,2})\s?(?:s\s?t|n\s?d|r\s?d|t\s?h)\)?\s+(?:contract\s+)?(?:year|anniversary)\b|\bend of (?:contract )?year (\d{1,2})\b/gi;
/** The shortest length that is taken for a term, in months: a shorter one is a notice. */
const minTermMonths = 3;

const inMonths = ({ count, unit }: Duration) =>
  count * { year: 12, month: 1, week: 7 / 30, day: 1 / 30 }[unit];

/** The day on which a term ends that a clause states by its length, counted from the date of the contract. */
function countedEnds({ analysis }: StoredDocument, text: string): string[] {
  const start = analysis.effectiveDate?.value ?? analysis.agreementDate?.value;
  if (start === undefined) return [];
  const term = findDurations(text).find((duration) => inMonths(duration) >= minTermMonths);
  const years = [...text.matchAll(countedYear)].map((match) => Number(match[1] ?? match[2]));
  return [
    ...(term ? [shift(start, term)] : []),
    ...years.map((count) => shift(start, { count, unit: 'year' })),
  ].map((end) => addDays(end, -1));
}

/** Whether the text of a clause states what a condition asks for. */
function states(
  document: StoredDocument,
  { text, confidence }: { text: string; confidence: number },
  condition: Condition,
): boolean {
  if (condition.filter === 'governing_law') {
    if (confidence < minConfidence) return false;
    const named = findJurisdictions(normalizeForMatching(text)).map(({ name }) => name);
    return named.some((name) => condition.laws.includes(name));
  }
  if (condition.filter !== 'expires') return false;
  const { range } = condition;
  const dates = findDates(text).filter((date) => date.value ?? date.ambiguousValues);
  if (dates.length > 0) {
    // a date that may be read in two ways is meant if both are within
    return dates.some(({ value, ambiguousValues }) =>
      (value === undefined ? ambiguousValues! : [value]).every((day) => isWithin(day, range)),
    );
  }
  if (confidence < minConfidence) return false;
  const ends = countedEnds(document, text);
  if (ends.length > 0) return ends.some((end) => isWithin(end, range));
  // a date that cannot be read has a year at least
  const [year] = [...text.matchAll(/\b(?:19|20)\d\d\b/g)].slice(-1);
  return (
    year !== undefined && isWithin(`${year[0]}-01-01`, range) && isWithin(`${year[0]}-12-31`, range)
  );
}

const clauseOf = { governing_law: 'governing_law', expires: 'expiration_date' } as const;
export const isStated = (
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
  if (stated.length === 0 || (others.length === 0 && !base.documentIds)) return [];
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
      (
        await scopedIndex.clauses([document.documentId], {
          types,
          minConfidence: minDateConfidence,
        })
      ).get(document.documentId) ?? [];
    const text = await scopedIndex.text(document.documentId);
    if (!text || text.revision !== document.revision) continue;
    const isMet = open.every((condition) =>
      clauses.some(
        (clause) =>
          clause.type === clauseOf[condition.filter] &&
          states(
            document,
            { text: text.text.slice(clause.start, clause.end), confidence: clause.confidence },
            condition,
          ),
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

/** What stands before the name of somebody who is no party: "a subsidiary of". */
const relation =
  /\b(?:subsidiar(?:y|ies)|affiliates?|division|parent|behalf|owned by|member|shareholders?|employees?|products?) (?:company )?(?:of )?$/;

/** Whether a text has a name, as that of a party may stand in an opening. */
function names(text: string, key: string): boolean {
  const normalized = ` ${canonicalPartyKey(text)} `;
  const at = normalized.indexOf(` ${key} `);
  return at >= 0 && !relation.test(normalized.slice(Math.max(0, at - 40), at + 1));
}

/**
 * Contracts under a filter whose title, file name, opening or signatures have a name, which may be that of a party that was
 * not recognised.
 * @param isKnown the name is that of a party of another contract
 */
export async function namedInOpening(
  context: Context,
  filter: DocumentFilter,
  name: string,
  isKnown: boolean,
): Promise<string[]> {
  const key = canonicalPartyKey(name);
  if (key === '') return [];
  const { scopedIndex } = context;
  const terms = queryTerms(name);
  const hits = [
    ...(await scopedIndex.searchDocuments(terms, filter, maxNamedContracts)),
    ...(await scopedIndex.searchText(terms, filter, maxNamedContracts)),
  ];
  const documents = await documentsById(
    context,
    hits.map(({ documentId }) => documentId),
  );
  const found: string[] = [];
  for (const { documentId, analysis, file } of documents.values()) {
    const text = (await scopedIndex.text(documentId))?.text ?? '';
    const opening = text.slice(
      0,
      isKnown && analysis.parties.length > 1 ? preambleLength : openingLength,
    );
    // who signs for a party is none; where the parties are not known, who signs may be one
    const closing = analysis.parties.length < 2 ? text.slice(-closingLength) : '';
    if ([analysis.title, file.fileName, opening, closing].some((part) => names(part, key)))
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
