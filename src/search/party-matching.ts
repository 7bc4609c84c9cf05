import { distance } from 'fastest-levenshtein';
import {
  extractLegalForm,
  canonicalPartyKey,
  canonicalPartyKeys,
} from '../analyse/canonical-party-key.ts';
import type { PartyKey } from '../store/records.ts';
import { quoted } from '../encode/visible.ts';
import { joinNames } from './join-names.ts';

export type PartyMatchKind =
  'same_name' | 'without_initial' | 'short_name' | 'initials' | 'similar_spelling';

export interface PartyMatch {
  kind: PartyMatchKind;
  parties: PartyKey[];
  /** Parties whose longer names contain the requested one, and which were not matched. */
  others: PartyKey[];
}

const wordsOf = (key: string) => key.split(' ').filter((word) => word !== '');

/** Edits allowed in one word: none up to 4 letters or with a digit, one up to 7, two beyond. */
function typoAllowance(word: string): number {
  if (word.length <= 4 || /\p{N}/u.test(word)) return 0;
  return word.length <= 7 ? 1 : 2;
}

/** Whether two words differ in the order of two neighbouring letters. */
function isTransposed(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at < a.length - 1 && a.slice(0, at) + a[at + 1]! + a[at]! + a.slice(at + 2) === b;
}

function sameWord(queryWord: string, word: string): boolean {
  if (queryWord === word) return true;
  const allowance = typoAllowance(queryWord);
  if (allowance === 0 || queryWord[0] !== word[0] || typoAllowance(word) === 0) return false;
  return distance(queryWord, word) <= allowance || isTransposed(queryWord, word);
}

/** Whether `queryWords` stand in `words` one after the other. */
function contains(
  words: string[],
  queryWords: string[],
  isSame: (a: string, b: string) => boolean,
): boolean {
  for (let at = 0; at + queryWords.length <= words.length; at++) {
    if (queryWords.every((word, i) => isSame(word, words[at + i]!))) return true;
  }
  return false;
}

const isEqual = (a: string, b: string) => a === b;

/** The key without middle initials: "john q smith" as "john smith"; undefined where it has none. */
function withoutInitials(key: string): string | undefined {
  const words = wordsOf(key);
  const remaining = words.filter((word, i) => i === 0 || i === words.length - 1 || word.length > 1);
  return remaining.length < words.length && remaining.length >= 2 ? remaining.join(' ') : undefined;
}

/** "international business machines" as "ibm"; undefined for fewer than three words. */
function initialsOf(key: string): string | undefined {
  const words = wordsOf(key).filter((word) => !/^(?:of|and|the|for)$/.test(word));
  return words.length >= 3 ? words.map((word) => word[0]).join('') : undefined;
}

type PartyPredicate = (party: PartyKey) => boolean;

/** The ways in which a name may refer to a party, the strictest first. */
function matchersFor(name: string, queryKey: string): [PartyMatchKind, PartyPredicate][] {
  const words = wordsOf(queryKey);
  const spellings = canonicalPartyKeys(name);
  const initials = initialsOf(queryKey);
  const withoutMiddleInitials = withoutInitials(queryKey);
  const compact = queryKey.replaceAll(' ', '');
  return [
    ['same_name', (party) => sharesSpelling(spellings, party)],
    [
      'without_initial',
      ({ key }) =>
        withoutInitials(key) === queryKey ||
        (withoutMiddleInitials !== undefined && withoutMiddleInitials === key),
    ],
    [
      'short_name',
      ({ key, aliases = [] }) =>
        aliases.includes(queryKey) || contains(wordsOf(key), words, isEqual),
    ],
    [
      'initials',
      ({ key }) =>
        (words.length === 1 && initialsOf(key) === queryKey) ||
        (initials !== undefined && initials === key),
    ],
    [
      'similar_spelling',
      ({ key }) =>
        (compact.length > 4 && key.replaceAll(' ', '') === compact) ||
        (wordsOf(key).length === words.length && contains(wordsOf(key), words, sameWord)),
    ],
    ['similar_spelling', ({ key }) => contains(wordsOf(key), words, sameWord)],
  ];
}

function sharesSpelling(spellings: Set<string>, { key, name }: PartyKey): boolean {
  return spellings.has(key) || [...canonicalPartyKeys(name)].some((other) => spellings.has(other));
}

/**
 * The parties that a name refers to, by the strictest kind of match that finds any: the same name but for
 * case, accents, punctuation and corporate form; a person's name but for a middle initial; the words of
 * the name within a longer name, or as a defined term for the party; initials; a typo. Kinds are never
 * mixed, so an exact name never matches a company of a similar one.
 */
export function matchParty(name: string, known: PartyKey[]): PartyMatch | undefined {
  const queryKey = canonicalPartyKey(name);
  if (queryKey === '') return undefined;
  const words = wordsOf(queryKey);
  for (const [kind, matches] of matchersFor(name, queryKey)) {
    const parties = known.filter(matches);
    if (parties.length === 0) continue;
    const others = known.filter(
      (party) =>
        !parties.includes(party) &&
        (contains(wordsOf(party.key), words, isEqual) ||
          party.aliases?.includes(queryKey) === true),
    );
    return { kind, parties, others: kind === 'same_name' ? others : [] };
  }
  return undefined;
}

/** Parties that share a distinctive word with a name that matched none, the most similar first; at most 5. */
export function similarParties(name: string, known: PartyKey[]): PartyKey[] {
  const queryWords = wordsOf(canonicalPartyKey(name));
  const isDistinctive = (word: string) => word.length > 3 && !commonNameWords.test(word);
  return known
    .map((party) => {
      const words = wordsOf(party.key);
      const shared = queryWords.filter((word) => words.some((other) => sameWord(word, other)));
      return { party, first: sameWord(queryWords[0] ?? '', words[0] ?? ''), shared };
    })
    .filter(({ first, shared }) => first && shared.some(isDistinctive))
    .toSorted((a, b) => b.shared.length - a.shared.length)
    .slice(0, 5)
    .map(({ party }) => party);
}

/** Words that many companies have in their names. */
const commonNameWords =
  /^(?:first|national|international|global|american|united|general|group|holdings?|partners|capital|services|systems|solutions|technologies|technology|bank|trust|fund|company|university|city|state)$/;

function joinPartyNames(parties: PartyKey[]): string {
  return joinNames([...new Set(parties.map(({ name }) => quoted(name)))]);
}

/** How a name was matched, as a note of the answer. */
export function describeMatch(name: string, { kind, parties, others }: PartyMatch): string {
  const hasSeveral = parties.length > 1;
  const queryForm = extractLegalForm(name);
  const hasOtherForm =
    kind === 'same_name' &&
    queryForm !== undefined &&
    parties.some((party) => (extractLegalForm(party.name) ?? queryForm) !== queryForm);
  const reason = {
    same_name: hasOtherForm
      ? 'the same name with another corporate form, so check that it is the company you mean'
      : 'the same name',
    without_initial:
      'the same name but for a middle initial, so check that it is the person you mean',
    short_name: hasSeveral
      ? `${parties.length} parties whose longer names contain it or that are called so in a contract; ` +
        'a fuller name tells them apart'
      : 'a longer name that contains it, or that a contract shortens to it, so check that it is the ' +
        'party you mean',
    initials: 'the same initials, so check that it is the company you mean',
    similar_spelling: 'a similar spelling, so check that it is the company you mean',
  }[kind];
  const unmatchedNote =
    others.length > 0
      ? ` Not searched, as of other names that contain it or are shortened to it: ${joinPartyNames(others)}.`
      : '';
  return `${quoted(name)} was matched with ${joinPartyNames(parties)} (${reason}).${unmatchedNote}`;
}
