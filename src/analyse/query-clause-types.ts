import { clauseTypes, type ClauseTypeId } from './clause-types.ts';
import { normalizeForMatching } from './normalize-for-matching.ts';

/** "Consider the … between …;": names the contract, not the topic. */
const queryPreamble =
  /^(?:consider|regarding|in|under|for|about|as to|with respect to)\b[^;]{0,400};/;

/** "our software license agreement with …": the contract's name, not a question about licenses. */
const contractMention =
  /\b(?:(?:the|this|that|our|my|your|their|its|a|an|any|which|what|each|every|all)\s)?(?:(?!of\b|in\b|on\b|to\b|is\b|are\b|for\b|does\b|do\b|under\b|by\b|can\b|may\b|if\b|from\b|the\b)[\w'&/-]{1,30} ){0,5}(agreement|contract|lease|nda|msa|sow)(s?)\b(?: (?:with|between|by and between) [^;:?]{1,200})?/g;

const queryPatterns: { id: ClauseTypeId; queryPattern: RegExp }[] = clauseTypes.map(
  ({ id, queryPattern }) => ({
    id,
    queryPattern: new RegExp(queryPattern.source, 'g'),
  }),
);

function rankClauseTypes(query: string): ClauseTypeId[] {
  return queryPatterns
    .map(({ id, queryPattern }) => {
      let length = 0;
      for (const match of query.matchAll(queryPattern)) length += match[0].trim().length;
      return { id, length };
    })
    .filter(({ length }) => length > 0)
    .sort((a, b) => b.length - a.length)
    .map(({ id }) => id);
}

/**
 * The clause types that a free-text query is about, the likeliest first; empty if there are none. A
 * longer match counts more, so "non-compete exceptions" is about the exceptions first. The name of
 * a contract counts only if nothing else matches.
 */
export function detectClauseTypes(query: string): ClauseTypeId[] {
  const normalizedQuery = normalizeForMatching(query.slice(0, 2000))
    .replace(queryPreamble, '')
    .trim();
  const withoutMentions = normalizedQuery.replace(contractMention, 'the $1$2');
  const found = rankClauseTypes(withoutMentions);
  if (found.length > 0) return found;
  return withoutMentions === normalizedQuery ? found : rankClauseTypes(normalizedQuery);
}

/** Related types: clauses that bear on the same question. */
const relatedClauseTypes: Partial<Record<ClauseTypeId, ClauseTypeId[]>> = {
  change_of_control: ['anti_assignment', 'rofr_rofo_rofn'],
  anti_assignment: ['change_of_control'],
  cap_on_liability: ['uncapped_liability'],
  uncapped_liability: ['cap_on_liability'],
  expiration_date: ['renewal_term'],
  renewal_term: ['notice_period_to_terminate_renewal'],
  notice_period_to_terminate_renewal: ['renewal_term'],
  termination_for_convenience: ['termination_for_cause'],
  non_compete: ['competitive_restriction_exception'],
};

/** The most types to take from a query, before related types are added. */
const maxDetectedTypes = 2;

/**
 * The clause types whose clauses answer a free-text query: the likeliest that it is about, then
 * related types. ("What changes if they are acquired?" is answered by the clause on change of
 * control and by the one on assignment.) Empty if none fits.
 */
export function detectAnsweringClauseTypes(question: string): ClauseTypeId[] {
  const detected = detectClauseTypes(question).slice(0, maxDetectedTypes);
  return [...new Set([...detected, ...detected.flatMap((type) => relatedClauseTypes[type] ?? [])])];
}
