import { answeredParties } from '../../bench/party-answers.ts';
import { begins, goesOn } from '../../src/analyse/party-model/linear-chain.ts';
import type { OpeningToken } from '../../src/analyse/party-model/opening-tokens.ts';
import { legalFormOf, partyKey } from '../../src/analyse/party-key.ts';
import type { CuadContract } from '../corpus.ts';

/** Words of the longest name that is looked for. */
const longest = 22;
const isWord = (text: string) => /[\p{L}\p{N}]/u.test(text);

interface Occurrence {
  key: string;
  first: number;
  next: number;
}

/** The longest stretches of tokens whose key is one of `keys`. */
function occurrences(
  text: string,
  tokens: readonly OpeningToken[],
  keys: ReadonlySet<string>,
): Occurrence[] {
  const found: Occurrence[] = [];
  const initials = new Set([...keys].map((key) => key[0]));
  for (let first = 0; first < tokens.length; first++) {
    const opening = tokens[first]!;
    if (!isWord(opening.text) || opening.text === 'the') continue;
    const initial = partyKey(opening.text)[0];
    const article = /^the$/i.test(opening.text);
    if (!article && !initials.has(initial)) continue;
    let best: Occurrence | undefined;
    for (let next = first + 1; next <= Math.min(tokens.length, first + longest); next++) {
      if (!isWord(tokens[next - 1]!.text) && tokens[next - 1]!.text !== ')') continue;
      const key = partyKey(text.slice(opening.start, tokens[next - 1]!.end));
      if (keys.has(key)) best = { key, first, next };
    }
    if (!best || (article && best.next === first + 1)) continue;
    found.push(best);
    first = best.next - 1;
  }
  return found;
}

/**
 * The tag of each token of an opening: within the name of a party that the lawyers answered, or not.
 * Where a name stands with its legal form, its short form elsewhere is left out.
 */
export function taggedTokens(contract: CuadContract, tokens: readonly OpeningToken[]): Uint8Array {
  const labelled = contract.labels.get('Parties') ?? [];
  const parties = answeredParties(
    contract.answers['Parties'],
    labelled.map(({ start, end }) => contract.text.slice(start, end)),
  );
  const keys = new Set(parties.flatMap((party) => party.keys).filter((key) => key !== ''));
  const found = occurrences(contract.text, tokens, keys);
  const written = ({ first, next }: Occurrence) =>
    contract.text.slice(tokens[first]!.start, tokens[next - 1]!.end);
  const formal = new Set(found.filter((one) => legalFormOf(written(one))).map(({ key }) => key));
  const tags = new Uint8Array(tokens.length);
  for (const one of found) {
    if (formal.has(one.key) && !legalFormOf(written(one))) continue;
    tags.fill(goesOn, one.first, one.next);
    tags[one.first] = begins;
  }
  return tags;
}
