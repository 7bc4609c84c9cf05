import { distance } from 'fastest-levenshtein';
import { legalFormOf, partyKey, partySpellings } from '../analyse/party-key.ts';
import type { PartyKey } from '../store/records.ts';
import { listed } from './listed.ts';

export type PartyMatchKind =
  'same_name' | 'without_initial' | 'short_name' | 'initials' | 'similar_spelling';

export interface PartyMatch {
  kind: PartyMatchKind;
  parties: PartyKey[];
  /** Parties whose longer names contain the one asked for, which were not taken for it. */
  others: PartyKey[];
}

const wordsOf = (key: string) => key.split(' ').filter((word) => word !== '');

/** Edits allowed in one word: none up to 4 letters or with a digit, one up to 7, two beyond. */
function typoAllowance(word: string): number {
  if (word.length <= 4 || /\p{N}/u.test(word)) return 0;
  return word.length <= 7 ? 1 : 2;
}

/** Two neighbouring letters the other way round. */
function swapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at < a.length - 1 && a.slice(0, at) + a[at + 1]! + a[at]! + a.slice(at + 2) === b;
}

function sameWord(asked: string, word: string): boolean {
  if (asked === word) return true;
  const allowance = typoAllowance(asked);
  if (allowance === 0 || asked[0] !== word[0] || typoAllowance(word) === 0) return false;
  return distance(asked, word) <= allowance || swapped(asked, word);
}

/** Whether `asked` stands in `words` as consecutive words. */
function contains(
  words: string[],
  asked: string[],
  same: (a: string, b: string) => boolean,
): boolean {
  for (let at = 0; at + asked.length <= words.length; at++) {
    if (asked.every((word, i) => same(word, words[at + i]!))) return true;
  }
  return false;
}

const exactly = (a: string, b: string) => a === b;

/** The key without middle initials: "john q smith" as "john smith"; undefined where it has none. */
function withoutInitials(key: string): string | undefined {
  const words = wordsOf(key);
  const kept = words.filter((word, i) => i === 0 || i === words.length - 1 || word.length > 1);
  return kept.length < words.length && kept.length >= 2 ? kept.join(' ') : undefined;
}

/** "international business machines" as "ibm"; undefined for fewer than three words. */
function initialsOf(key: string): string | undefined {
  const words = wordsOf(key).filter((word) => !/^(?:of|and|the|for)$/.test(word));
  return words.length >= 3 ? words.map((word) => word[0]).join('') : undefined;
}

type Judge = (party: PartyKey) => boolean;

/** The ways in which a name may mean a party, the strictest first. */
function attempts(name: string, asked: string): [PartyMatchKind, Judge][] {
  const words = wordsOf(asked);
  const spellings = partySpellings(name);
  const initials = initialsOf(asked);
  const shortened = withoutInitials(asked);
  const solid = asked.replaceAll(' ', '');
  return [
    ['same_name', (party) => sharesSpelling(spellings, party)],
    [
      'without_initial',
      ({ key }) => withoutInitials(key) === asked || (shortened !== undefined && shortened === key),
    ],
    [
      'short_name',
      ({ key, aliases = [] }) => aliases.includes(asked) || contains(wordsOf(key), words, exactly),
    ],
    [
      'initials',
      ({ key }) =>
        (words.length === 1 && initialsOf(key) === asked) ||
        (initials !== undefined && initials === key),
    ],
    [
      'similar_spelling',
      ({ key }) =>
        (solid.length > 4 && key.replaceAll(' ', '') === solid) ||
        (wordsOf(key).length === words.length && contains(wordsOf(key), words, sameWord)),
    ],
    ['similar_spelling', ({ key }) => contains(wordsOf(key), words, sameWord)],
  ];
}

function sharesSpelling(spellings: Set<string>, { key, name }: PartyKey): boolean {
  return spellings.has(key) || [...partySpellings(name)].some((other) => spellings.has(other));
}

/**
 * The parties a name means, by the strictest way that finds any: the same name but for case,
 * accents, punctuation and corporate form; a person's name but for a middle initial; the name's
 * words within a longer name, or as what a contract calls the party; initials; a typo. The kinds are
 * never mixed, so a company of a similar name is not answered for an exact one.
 */
export function matchParty(name: string, known: PartyKey[]): PartyMatch | undefined {
  const asked = partyKey(name);
  if (asked === '') return undefined;
  const words = wordsOf(asked);
  for (const [kind, matches] of attempts(name, asked)) {
    const parties = known.filter(matches);
    if (parties.length === 0) continue;
    const others = known.filter(
      (party) =>
        !parties.includes(party) &&
        (contains(wordsOf(party.key), words, exactly) || party.aliases?.includes(asked) === true),
    );
    return { kind, parties, others: kind === 'same_name' ? others : [] };
  }
  return undefined;
}

/** Parties that share a telling word with a name that matched none, the nearest first; at most five. */
export function nearParties(name: string, known: PartyKey[]): PartyKey[] {
  const asked = wordsOf(partyKey(name));
  const telling = (word: string) => word.length > 3 && !everyday.test(word);
  return known
    .map((party) => {
      const words = wordsOf(party.key);
      const shared = asked.filter((word) => words.some((other) => sameWord(word, other)));
      return { party, first: sameWord(asked[0] ?? '', words[0] ?? ''), shared };
    })
    .filter(({ first, shared }) => first && shared.some(telling))
    .toSorted((a, b) => b.shared.length - a.shared.length)
    .slice(0, 5)
    .map(({ party }) => party);
}

/** Words that many companies have in their names. */
const everyday =
  /^(?:first|national|international|global|american|united|general|group|holdings?|partners|capital|services|systems|solutions|technologies|technology|bank|trust|fund|company|university|city|state)$/;

function names(parties: PartyKey[]): string {
  return listed([...new Set(parties.map(({ name }) => name))]);
}

/** How a name was matched, for the reader of the answer. */
export function explainMatch(name: string, { kind, parties, others }: PartyMatch): string {
  const several = parties.length > 1;
  const asked = legalFormOf(name);
  const differs =
    kind === 'same_name' &&
    asked !== undefined &&
    parties.some((party) => (legalFormOf(party.name) ?? asked) !== asked);
  const how = {
    same_name: differs
      ? 'the same name with another corporate form, so check that it is the company you mean'
      : 'the same name',
    without_initial:
      'the same name but for a middle initial, so check that it is the person you mean',
    short_name: several
      ? `${parties.length} parties whose longer names contain it or that are called so in a contract; ` +
        'a fuller name tells them apart'
      : 'a longer name that contains it, or that a contract shortens to it, so check that it is the ' +
        'party you mean',
    initials: 'the same initials, so check that it is the company you mean',
    similar_spelling: 'a similar spelling, so check that it is the company you mean',
  }[kind];
  const left =
    others.length > 0
      ? ` Not searched, as of other names that contain it or are shortened to it: ${names(others)}.`
      : '';
  return `"${name}" was matched with ${names(parties)} (${how}).${left}`;
}
