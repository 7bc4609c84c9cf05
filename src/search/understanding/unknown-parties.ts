import { extractLegalForm } from '../../analyse/canonical-party-key.ts';
import { findJurisdictions } from '../../analyse/jurisdictions.ts';
import type { Span } from '../../domain/documents.ts';
import type { SearchContext } from '../context.ts';
import { matchAll } from '../filters.ts';
import type { PartyKey } from '../../store/records.ts';
import { matchParty, type PartyMatch, similarParties } from '../party-matching.ts';
import { tokenize } from '../query-tokens.ts';
import type { Condition } from './conditions.ts';
import {
  contractNoun,
  isPlaceholder,
  partyPlaceholder,
  type QuestionText,
} from './question-text.ts';
import { isCommonWord, isNeverName } from './word-kinds.ts';

/** Up to eight words; a comma only before a legal form. */
const name = '(?<name>[^\\s?.,;:!()\\uE000-\\uE002][^?;:!()\\uE000-\\uE002]{0,80}?)';
/** Where a name ends. */
const nameEnd =
  '(?=\'s\\b|[?;:!)]|\\.$|(?<=[a-z]{4})\\. |,(?: (?!(?:inc|ltd|llc|l\\.l\\.c|corp|co|gmbh|ag|s\\.a|b\\.v|n\\.v|plc|limited|lp|llp)\\b)|$)|$|["]|[\\uE000-\\uE002]| (?:that|which|who|whose|under|in|on|by|before|after|about|since|until|dated|signed|sign|expir\\w*|end(?:s|ed|ing)?|governed|without|with|containing|for|still|currently|is|are|was|were|has|have|had|regarding|concerning|covering|as|at|to|renew\\w*|already|ever|yet|within|during|between|[\\uE000-\\uE002]))';

const adverbs = '(?:ever |already |also |actually |previously |yet |not )*';
const signing =
  '(?:(?:counter-?)?sign(?:ed)?|executed?|enter(?:ed)? into|concluded?|agreed? (?:to|with|on)|got|made|given|give|returned?|\\uE000)';

/** The places of a question where the name of a party stands, whoever it is. */
const frames = [
  // Has X signed an NDA with us?
  new RegExp(
    `(?<![\\w-])(?:has|have|had|did|does) (?:the )?(?:${partyPlaceholder},? and )?${name}(?: and ${partyPlaceholder})? ${adverbs}(?:${signing}|have)`,
  ),
  // whether X has an NDA
  new RegExp(
    `(?<![\\w-])(?:if|whether) (?:the )?${name} (?:(?:has|have|had) ${adverbs}(?:${signing}|an?|any)|(?:signed|did|is bound|is under))\\b`,
  ),
  // an NDA with X; an agreement between us and X
  new RegExp(
    `(?<plain>${contractNoun}(?: (?:in place|on file|signed|executed|in force|currently|that|which|we|have|had|got|made|entered into|concluded|was|were|is|are|been|\\uE000+))* (?:with|between (?:us|ourselves|our company) and)) (?:the (?:company|firm|client|supplier|vendor|customer) )?(?:called |named )?["']?${name}["']?${nameEnd}`,
  ),
  // Is X bound by an NDA? Is X under an NDA?
  new RegExp(
    `^(?:is|are) (?:the )?${name} (?:a )?(?:party to|bound by|covered by|subject to|under) (?:an?|any|the|our) `,
  ),
];
/** X's NDA: with capitals only, since anything may own a contract. */
const possessive = new RegExp(`'s (?:[\\w-]+ ){0,2}${contractNoun}`);
const capitalWords = /(?:\p{Lu}[\p{L}\p{N}&.-]*\s+){0,4}\p{Lu}[\p{L}\p{N}&.-]*$/u;

/** "our client Zebra" is Zebra. */
const apposition =
  /^(?:(?:our|the|a|an|this|that) )?(?:(?:new|former|old|potential|prospective) )?(?:client|customer|supplier|vendor|company|counterparty|partner|distributor|contractor|consultant|landlord|tenant|firm|messrs|mr|mrs|ms|dr)\.? (?=\S)/i;
/** What a phrase ends with that is no name: "contracts with automatic renewal clauses". */
const noName =
  /\b(?:clauses?|provisions?|terms?|rights?|obligations?|restrictions?|periods?|fees?|dates?|renewals?|liability|law|notice|penalt(?:y|ies)|amendments?|exhibits?|schedules?|signatures?|options?)$/i;

/** Whether a name is that of a state or country alone. */
function isPlace(named: string): boolean {
  const [place] = findJurisdictions(named.toLowerCase());
  return place?.start === 0 && place.end === named.length;
}

/** The original words at a place, without what only introduces a name; undefined where they are none. */
function nameAt(
  text: QuestionText,
  span: Span,
  question: { usesCapitals: boolean },
): (Span & { isSure: boolean }) | undefined {
  const written = text.question.slice(span.start, span.end);
  const lead = apposition.exec(written)?.[0].length ?? 0;
  const named = written
    .slice(lead)
    .replace(/(?: and| &|,) (?:us|we|our\b.*)$/i, '')
    .replace(/(?: and|,)$/, '');
  const words = named.split(/\s+/).filter(Boolean);
  if (words.length === 0 || words.length > 8 || noName.test(named)) return undefined;
  const plain = words.map((word) => word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ''));
  const isThe = plain[0] === 'the' && words.length > 1;
  if (isNeverName(plain[0]!) && !isThe && !/^\p{Lu}/u.test(words[0]!)) return undefined;
  if (plain.every((word) => isNeverName(word)) || isPlace(named)) return undefined;
  const capitals = words.filter((word) => /^[^\p{L}]*\p{Lu}/u.test(word)).length;
  const hasForm = words.length > 1 && extractLegalForm(named) !== undefined;
  const isSure =
    hasForm || (capitals > 0 && /^[^\p{L}]*[\p{Lu}\p{N}]/u.test(words[isThe ? 1 : 0]!));
  // in a question without capitals: no word of it may be one that contracts have
  const isPlain =
    !question.usesCapitals && capitals === 0 && words.length <= 4 && !plain.some(isCommonWord);
  if (!isSure && !isPlain) return undefined;
  const start = span.start + lead;
  return { start, end: start + named.length, isSure };
}

/** The party of a name whose legal form is written wrongly: "Nice Systems Ltc." */
function withoutForm(written: string, known: PartyKey[]): PartyMatch | undefined {
  const shorter = /^(.+\s.+?),? [\p{L}.]{2,5}$/u.exec(written)?.[1];
  const match = shorter === undefined ? undefined : matchParty(shorter, known);
  return match?.kind === 'same_name' ? { ...match, kind: 'similar_spelling' } : undefined;
}

function possessors(text: QuestionText): (Span & { isSubject: boolean })[] {
  const match = possessive.exec(text.text);
  const owner = match && capitalWords.exec(text.question.slice(0, match.index));
  return owner && !isPlaceholder(text.text[owner.index])
    ? [{ start: owner.index, end: match.index, isSubject: false }]
    : [];
}

function spanOfName(match: RegExpExecArray): Span {
  const found = match.groups!['name']!;
  const from = match.groups!['plain']?.length ?? 0;
  const start = match.index + match[0].indexOf(found, from);
  return { start, end: start + found.length };
}

/**
 * A name that stands where a party does, and that no contract has as a party; its words are used. The
 * parties that are called so in another way ("Jon Smith" for "Jon Q. Smith"), or spelt alike, make it a known one.
 */
export async function readUnknownParty(
  { scopedIndex, today }: Pick<SearchContext, 'scopedIndex' | 'today'>,
  text: QuestionText,
): Promise<Condition | undefined> {
  const letters = text.question.replace(/^\W*\p{Lu}/u, '');
  const usesCapitals = letters.split(/\s+/).some((word) => /^\p{Lu}\p{Ll}/u.test(word));
  const places = frames.flatMap((frame, at) => {
    const match = frame.exec(text.text);
    return match ? [{ ...spanOfName(match), isSubject: at < 2 }] : [];
  });
  for (const place of [...places, ...possessors(text)]) {
    const span = nameAt(text, place, { usesCapitals });
    if (!span) continue;
    const words = text.words(span);
    // "contracts with earnouts": whatever contracts speak of need not be a name
    const isSure = span.isSure || place.isSubject;
    const filter = matchAll({ today });
    if (!isSure && (await scopedIndex.searchText(tokenize(words), filter, 1)).length > 0) continue;
    const known = await scopedIndex.parties(filter);
    const found = matchParty(words, known) ?? withoutForm(words, known);
    text.use(span, 'party');
    const similar = found ? [] : similarParties(words, known);
    return { words, filter: 'party', match: found, similar };
  }
  return undefined;
}
