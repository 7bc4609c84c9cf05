import { distance } from 'fastest-levenshtein';
import { partyKey } from '../analyse/party-key.ts';
import type { PartyKey } from '../store/records.ts';
import { listed } from './listed.ts';

export type PartyMatchKind = 'same_name' | 'short_name' | 'similar_spelling';

export interface PartyMatch {
  kind: PartyMatchKind;
  parties: PartyKey[];
}

/** Edits allowed in one word: none up to 4 letters, one up to 7, two beyond. */
function typoAllowance(word: string): number {
  if (word.length <= 4) return 0;
  return word.length <= 7 ? 1 : 2;
}

function sameWord(asked: string, word: string): boolean {
  if (asked === word) return true;
  const allowance = typoAllowance(asked);
  return (
    allowance > 0 &&
    asked[0] === word[0] &&
    Math.abs(asked.length - word.length) <= allowance &&
    distance(asked, word) <= allowance
  );
}

/** Whether `asked` stands in `words` as consecutive words. */
function contains(words: string[], asked: string[], same: (a: string, b: string) => boolean) {
  for (let at = 0; at + asked.length <= words.length; at++) {
    if (asked.every((word, i) => same(word, words[at + i]!))) return true;
  }
  return false;
}

/**
 * The parties a name means, by the strictest way that finds any: the same name but for case,
 * punctuation and corporate form; the name's words within a longer name; the same with a typo.
 * The kinds are never mixed, so a company of a similar name is not answered for an exact one.
 */
export function matchParty(name: string, known: PartyKey[]): PartyMatch | undefined {
  const asked = partyKey(name);
  const askedWords = asked.split(' ').filter((word) => word !== '');
  if (askedWords.length === 0) return undefined;
  const attempts: [PartyMatchKind, (key: string) => boolean][] = [
    ['same_name', (key) => key === asked],
    ['short_name', (key) => contains(key.split(' '), askedWords, (a, b) => a === b)],
    ['similar_spelling', (key) => contains(key.split(' '), askedWords, sameWord)],
  ];
  for (const [kind, matches] of attempts) {
    const parties = known.filter((party) => matches(party.key));
    if (parties.length > 0) return { kind, parties };
  }
  return undefined;
}

/** How a name was matched, for the reader of the answer. */
export function explainMatch(name: string, match: PartyMatch): string {
  const names = [...new Set(match.parties.map((party) => party.name))];
  const how = {
    same_name: 'the same name',
    short_name: 'a longer name that contains it',
    similar_spelling: 'a similar spelling, so check that it is the company you mean',
  }[match.kind];
  return `"${name}" was matched with ${listed(names)} (${how}).`;
}
