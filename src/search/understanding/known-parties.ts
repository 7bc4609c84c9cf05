import { canonicalPartyKey, canonicalPartyKeys } from '../../analyse/canonical-party-key.ts';
import type { Span } from '../../domain/documents.ts';
import type { PartyKey } from '../../store/records.ts';
import type { SearchContext } from '../context.ts';
import { matchParty, type PartyMatch } from '../party-matching.ts';
import type { Condition } from './conditions.ts';
import { contractNoun, isPlaceholder, type QuestionText } from './question-text.ts';
import { beginsWithType } from './type-conditions.ts';
import { isCommonWord, isNeverName } from './word-kinds.ts';

/** Words of one name in a question, at most. */
const maxNameWords = 10;

interface Word extends Span {
  text: string;
  /** As in the keys of parties. */
  key: string;
  isCapital: boolean;
}

/** The words of a question that are not understood yet; marks around them and "'s" are none of theirs. */
function wordsOf({ question, text: plain }: QuestionText): Word[] {
  const words: Word[] = [];
  for (const match of question.matchAll(
    /[\p{L}\p{N}][\p{L}\p{M}\p{N}&+.'\u2019/\-\u2010-\u2014]*/gu,
  )) {
    const text = match[0].replace(/(?:['\u2019][sS])?[.'\u2019\-/]*$/, '') || match[0];
    const start = match.index;
    if (isPlaceholder(plain[start])) continue;
    const isFirst =
      words.length === 0 || /[.?!:;]\s*$/.test(question.slice(words.at(-1)!.end, start));
    words.push({
      text,
      start,
      end: start + text.length,
      key: canonicalPartyKey(text),
      isCapital: /^\p{Lu}/u.test(text) && !isFirst,
    });
  }
  return words;
}

/** A word of a key as it may be written without its marks: "mueller" for "müller", whose key is "muller". */
const withoutTransliteration = (word: string) =>
  word.replaceAll(/([aou])e|aa/g, (pair, vowel) => vowel ?? pair[0]);

/** How a run of words stands for parties. */
type Strength = 'exact' | 'leading' | 'inner';

/** The parties that share words with a question. */
class PartyNames {
  readonly parties: PartyKey[];
  readonly #exact = new Set<string>();
  /** Keys, with a blank before and after, by each of their words. */
  readonly #byWord = new Map<string, string[]>();

  constructor(parties: PartyKey[]) {
    this.parties = parties;
    for (const { key, name, aliases = [] } of parties) {
      for (const spelling of new Set([key, ...canonicalPartyKeys(name)])) {
        this.#exact.add(spelling);
        for (const word of new Set(spelling.split(' '))) {
          const keys = this.#byWord.get(word);
          if (keys) keys.push(` ${spelling} `);
          else this.#byWord.set(word, [` ${spelling} `]);
        }
      }
      for (const alias of aliases) this.#exact.add(alias);
    }
  }

  strength(phrase: string): Strength | undefined {
    const keys = [...canonicalPartyKeys(phrase)];
    if (keys.some((key) => this.#exact.has(key))) return 'exact';
    let isInner = false;
    for (const key of keys) {
      for (const other of this.#byWord.get(key.split(' ')[0]!) ?? []) {
        if (other.startsWith(` ${key} `)) return 'leading';
        isInner ||= other.includes(` ${key} `);
      }
    }
    return isInner ? 'inner' : undefined;
  }
}

/** What stands before or after the name of a party. */
const partyBefore =
  /\b(?:with|between|and|from|of|by|for|to|has|have|had|did|does|do|is|are|us and)(?: the)? $/;
const partyAfter = new RegExp(`^(?:'s\\b| (?:[a-z-]+ ){0,2}${contractNoun})`);
/** Where a name is what a text mentions, not a party of the contract. */
const mentionBefore =
  /\b(?:mention(?:s|ing|ed)?|refer(?:s|ring|red)? to|referenc(?:e|es|ing)|cit(?:e|es|ing)|nam(?:e|es|ing)|about|contain(?:s|ing)? the (?:word|name)|says?|word|term|called) (?:the )?["']?$/;

interface Reading {
  words: Word[];
  at: number;
  count: number;
  text: QuestionText;
  /** Whether the writer uses capitals at all, but for "NDA" and the first letter. */
  usesCapitals: boolean;
}

/** Whether a run of words is surely meant as a name, given how it stands for one. */
function isMeant({ words, at, count, text, usesCapitals }: Reading, strength: Strength): boolean {
  const run = words.slice(at, at + count);
  // "Master Services Agreement" is no "Master Fund, L.P."
  const isType = beginsWithType(text.text.slice(run[0]!.start));
  if (isType && (count === 1 || strength !== 'exact')) return false;
  const before = text.text.slice(0, run[0]!.start);
  const isNamed = partyBefore.test(before) || partyAfter.test(text.text.slice(run.at(-1)!.end));
  const capitals = run.filter(({ isCapital }) => isCapital).length;
  const isRare = (word: Word) => word.key.length > 2 && !isCommonWord(word.key.split(' ')[0]!);
  if (count > 1) {
    if (run.every(({ key }) => isNeverName(key))) return false;
    if (strength === 'exact') return capitals > 0 || isNamed || run.some(isRare);
    return (
      (capitals > 0 || isNamed) &&
      run.some((word) => !isNeverName(word.key)) &&
      (strength === 'leading' || run.some(isRare))
    );
  }
  const word = run[0]!;
  if (isNeverName(word.key) || word.key.length < 2) return false;
  if (word.isCapital) return isRare(word) || (isNamed && strength !== 'inner');
  if (usesCapitals && at > 0) return false;
  return isNamed && isRare(word) && strength !== 'inner';
}

/**
 * Whether a run is only a part of a name as it is written: "Holdings GmbH" of "Zebra Holdings GmbH". A title
 * may follow a name: "Acme Services Agreement".
 */
function isPartOfName({ words, at, count, text }: Reading): boolean {
  const [before, first, last, after] = [
    words[at - 1],
    words[at]!,
    words[at + count - 1]!,
    words[at + count],
  ];
  const continues = (one: Word, other: Word) =>
    one.isCapital &&
    other.isCapital &&
    /^(?:,? | & )$/.test(text.question.slice(one.end, other.start).replace(/^\./, ''));
  if (before && continues(before, first) && !isNeverName(before.key)) return true;
  return (
    after !== undefined &&
    continues(last, after) &&
    !isNeverName(after.key) &&
    !beginsWithType(text.text.slice(after.start))
  );
}

/** Words that are written in capitals whoever writes. */
const isAcronym = (word: string) => /^[\p{Lu}\d&]{2,5}s?$/u.test(word);

/** The parties that a question names, by the strictest kind of match; their words are used. */
export async function readKnownParties(
  { scopedIndex }: Pick<SearchContext, 'scopedIndex'>,
  text: QuestionText,
): Promise<Condition[]> {
  const words = wordsOf(text);
  const keys = [...canonicalPartyKeys(text.question), ...words.map(({ key }) => key)]
    .flatMap((key) => key.split(' '))
    .filter((key) => key !== '' && !isFunctionWord(key));
  const lookups = [...new Set([...keys, ...keys.map(withoutTransliteration)])];
  const names = new PartyNames(lookups.length > 0 ? await scopedIndex.partiesByWords(lookups) : []);
  if (names.parties.length === 0) return [];
  const usesCapitals = words.some((word) => word.isCapital && !isAcronym(word.text));
  const found: NamedParty[] = [];
  for (let at = 0; at < words.length;) {
    const { count, isMention } = nameAt({ words, at, count: 0, text, usesCapitals }, names);
    if (count > 0 && !isMention) {
      const span = { start: words[at]!.start, end: words[at + count - 1]!.end };
      const match = matchParty(text.words(span), names.parties);
      if (match && match.kind !== 'similar_spelling') {
        found.push({ span, match });
      }
    }
    at += Math.max(1, count);
  }
  for (const { span } of found) text.use(span, 'party');
  return joinAlternatives(text, found);
}

/** The number of words of the longest name that begins at a word, 0 where none does, and whether it is only mentioned. */
function nameAt(reading: Reading, names: PartyNames): { count: number; isMention: boolean } {
  const { words, at, text } = reading;
  const isMention = mentionBefore.test(text.text.slice(0, words[at]!.start));
  if (isFunctionWord(words[at]!.key)) return { count: 0, isMention };
  for (let count = Math.min(maxNameWords, words.length - at); count > 0; count--) {
    const phrase = text.question.slice(words[at]!.start, words[at + count - 1]!.end);
    if (/[?!;:]/.test(phrase) || isFunctionWord(words[at + count - 1]!.key)) continue;
    const strength = names.strength(phrase);
    if (!strength || isPartOfName({ ...reading, count })) continue;
    if (isMeant({ ...reading, count }, strength)) return { count, isMention };
  }
  return { count: 0, isMention };
}

const isFunctionWord = (key: string) =>
  /^(?:a|an|and|any|are|as|at|by|do|for|from|has|have|in|is|of|on|or|our|the|to|us|we|with)$/.test(
    key,
  );

interface NamedParty {
  span: Span;
  match: PartyMatch;
}

/** "Acme or Beta" is one condition: either of them. A party that is named twice is named once. */
function joinAlternatives(text: QuestionText, found: NamedParty[]): Condition[] {
  const joined: NamedParty[] = [];
  for (const one of found) {
    const last = joined.at(-1);
    const isNamed = joined.some(({ match }) =>
      one.match.parties.every(({ key }) => match.parties.some((party) => party.key === key)),
    );
    if (isNamed) continue;
    const isAlternative =
      last && /^,? (?:or|and\/or) (?:with )?$/.test(text.text.slice(last.span.end, one.span.start));
    if (last && isAlternative) {
      const parties = [...last.match.parties, ...one.match.parties];
      joined[joined.length - 1] = {
        span: { start: last.span.start, end: one.span.end },
        match: { ...last.match, parties, others: [] },
      };
    } else joined.push(one);
  }
  return joined.map(({ span, match }) => ({
    words: text.words(span),
    filter: 'party',
    match,
    similar: [],
  }));
}
