import { clauseTypes, type ClauseTypeId } from '../../analyse/clause-types.ts';
import { detectClauseTypes } from '../../analyse/query-clause-types.ts';
import type { Condition } from './conditions.ts';
import { contractNoun, partyPlaceholder, type QuestionText } from './question-text.ts';

/** Words that add nothing to the name of a clause. */
const fillers =
  /\b(?:a|an|any|the|some|clauses?|provisions?|sections?|terms?|language|wording|obligations?|undertakings?|covenants?|restrictions?|rights?|requirements?|in (?:it|them|place)|for (?:us|either party|the other party)|at all)\b/g;

/** The share of the words of a phrase that must name the clause, so that nothing else it says is lost. */
const minNamedShare = 0.6;

/** The clause type that a short phrase names, and nothing else; undefined where it is less than clear. */
function clauseNamed(phrase: string): ClauseTypeId | undefined {
  const trimmed = phrase.trim();
  if (trimmed === '' || /\d/.test(trimmed) || trimmed.split(' ').length > 8) return undefined;
  const [id] = detectClauseTypes(trimmed);
  if (id === undefined) return undefined;
  const { queryPattern } = clauseTypes.find((type) => type.id === id)!;
  const named = trimmed.replaceAll(new RegExp(queryPattern.source, 'g'), '');
  const length = (text: string) => text.replaceAll(fillers, '').replaceAll(/[^a-z]/g, '').length;
  return 1 - length(named) / Math.max(1, length(trimmed)) >= minNamedShare ? id : undefined;
}

/** The clauses that "a non-compete and an audit right" lists; undefined where one of them is not known. */
function clausesNamed(phrase: string): ClauseTypeId[] | undefined {
  const whole = clauseNamed(phrase);
  if (whole !== undefined) return [whole];
  if (/\bor\b/.test(phrase)) return undefined;
  const parts = phrase.split(/,? and |, /).map(clauseNamed);
  return parts.length > 1 && parts.every((id) => id !== undefined) ? parts : undefined;
}

const lacking =
  "(?:without|lack(?:s|ing)?|with no|(?:have|has|having|contain|contains|containing) no|(?:do|does) not (?:have|contain|include|provide for)|(?:don't|doesn't) (?:have|contain|include|provide for)|not (?:having|containing|including)|miss(?:es|ing)?|omit(?:s|ting)?|(?:are|is) (?:missing|silent on|without)|free of)";
const having =
  '(?:with|have|has|having|contain(?:s|ing)?|includ(?:e|es|ing)|carry|carries|provid(?:e|es|ing) for|grant(?:s|ing)?|allow(?:s|ing)?|permit(?:s|ting)?|impos(?:e|es|ing)|that (?:have|contain|include|impose|grant|provide for))';
/** Where the name of a clause ends. */
const phraseEnd = `(?=[?.;]|$|,? (?:and|but)? ?(?:that|which|who|where|under|governed|signed|dated|with|without|lacking|between|expir|end|until|before|after|in force|for ${partyPlaceholder})|[\\uE000-\\uE002])`;

const intervening = `(?:[^?.;]{0,80}?[ ])??`;
const patterns = (
  [
    ['lacks_clauses', lacking],
    ['has_clauses', having],
  ] as const
).map(([filter, verb]) => ({
  filter,
  pattern: new RegExp(
    `${contractNoun}(?<between> ${intervening}| )(?<stated>(?:that |which )?${verb} (?<clause>[a-z][^?.;\\uE000-\\uE002]{2,80}?))${phraseEnd}`,
  ),
}));

/**
 * The clauses that the contracts asked for have or lack: "contracts without a limitation of liability". Only
 * for a question that asks for contracts: "Is there a non-compete in the lease?" asks what one says.
 */
export function readClauses(text: QuestionText): Condition[] {
  const conditions: Condition[] = [];
  for (const { filter, pattern } of patterns) {
    const match = pattern.exec(text.text);
    const clauses = match && clausesNamed(match.groups!['clause']!);
    if (!match || !clauses) continue;
    const start = match.index + match[0].indexOf(match.groups!['stated']!);
    const span = { start, end: start + match.groups!['stated']!.length };
    conditions.push({ words: text.words(span), filter, clauses });
    text.use(span);
  }
  return conditions;
}
