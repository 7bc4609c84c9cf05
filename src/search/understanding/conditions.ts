import type { ClauseTypeId } from '../../analyse/clause-types.ts';
import type { DocumentType } from '../../domain/documents.ts';
import type { ContractStatus, DateRange, PartyKey } from '../../store/records.ts';
import type { PartyMatch } from '../party-matching.ts';

/** The kinds of filters that a question may state. */
export const filterKinds = [
  'party',
  'document_types',
  'governing_law',
  'signed',
  'status',
  'expires',
  'effective',
  'agreement',
  'notice',
  'renews_automatically',
  'has_clauses',
  'lacks_clauses',
] as const;
export type FilterKind = (typeof filterKinds)[number];

/** A date that a condition restricts. */
export type DatedKind = 'expires' | 'effective' | 'agreement' | 'notice';

/** Words of a question and the filter that they state. */
export type Condition = { words: string } &
  /** Without a match: a name in the place of a party that no contract has as one; others are similar. */
  (
    | { filter: 'party'; match: PartyMatch | undefined; similar: PartyKey[] }
    | { filter: 'document_types'; types: DocumentType[]; titlePhrases: string[]; label: TypeLabel }
    | { filter: 'governing_law'; laws: string[] }
    | { filter: 'signed'; signed: boolean }
    | { filter: 'status'; status: ContractStatus; day?: string }
    | { filter: DatedKind; range: DateRange }
    | { filter: 'renews_automatically'; renews: boolean }
    | { filter: 'has_clauses' | 'lacks_clauses'; clauses: ClauseTypeId[] }
  );

/** A document type in a sentence. */
export interface TypeLabel {
  one: string;
  many: string;
}

export type ConditionOf<Kind extends FilterKind> = Extract<Condition, { filter: Kind }>;

/** What a question says about which contracts are asked for. */
export interface Understanding {
  conditions: Condition[];
  /** The words that are left to rank by; empty where the conditions say it all. */
  rest: string;
  /** Whether the question asks which contracts there are, not what one says. */
  asksForContracts: boolean;
}

/**
 * The conditions on which contracts are listed. A question about what a contract says ("Who signed the NDA
 * with Acme?") states nothing about its signature.
 */
export function conditionsOnDocuments({
  conditions,
  asksForContracts,
}: Understanding): Condition[] {
  return asksForContracts ? conditions : conditions.filter(({ filter }) => filter !== 'signed');
}

/**
 * The conditions that restrict the passages of an answer, where contracts are asked for. A question about what
 * one contract says names it by words that rank it.
 */
export function conditionsOnPassages({ conditions, asksForContracts }: Understanding): Condition[] {
  const kinds: FilterKind[] = asksForContracts
    ? ['party', 'document_types', 'governing_law', 'expires', 'effective', 'agreement', 'notice']
    : [];
  return conditions.filter(({ filter }) => kinds.includes(filter));
}
