import { beginTag, insideTag } from '../../src/analyse/party-model/crf.ts';
import type { OpeningToken } from '../../src/analyse/party-model/token-features.ts';
import { extractLegalForm, canonicalPartyKey } from '../../src/analyse/canonical-party-key.ts';
import type { CuadContract } from '../corpus.ts';
import { answeredParties } from '../party-answers.ts';

/** The most tokens of a name. */
const maxNameTokens = 22;
const isWord = (text: string) => /[\p{L}\p{N}]/u.test(text);

interface Occurrence {
  key: string;
  first: number;
  next: number;
}

/** The longest spans of tokens whose key is one of `keys`. */
function findOccurrences(
  text: string,
  tokens: readonly OpeningToken[],
  keys: ReadonlySet<string>,
): Occurrence[] {
  const found: Occurrence[] = [];
  const initials = new Set([...keys].map((key) => key[0]));
  for (let first = 0; first < tokens.length; first++) {
    const opening = tokens[first]!;
    if (!isWord(opening.text) || opening.text === 'the') continue;
    const initial = canonicalPartyKey(opening.text)[0];
    const isArticle = /^the$/i.test(opening.text);
    if (!isArticle && !initials.has(initial)) continue;
    let best: Occurrence | undefined;
    for (let next = first + 1; next <= Math.min(tokens.length, first + maxNameTokens); next++) {
      if (!isWord(tokens[next - 1]!.text) && tokens[next - 1]!.text !== ')') continue;
      const key = canonicalPartyKey(text.slice(opening.start, tokens[next - 1]!.end));
      if (keys.has(key)) best = { key, first, next };
    }
    if (!best || (isArticle && best.next === first + 1)) continue;
    found.push(best);
    first = best.next - 1;
  }
  return found;
}

/**
 * Tags the tokens of an opening that are in the name of a party in the lawyers' answers. If a name
 * occurs with its legal form, occurrences without it are not tagged.
 */
export function labelTokens(contract: CuadContract, tokens: readonly OpeningToken[]): Uint8Array {
  const labelled = contract.labels.get('Parties') ?? [];
  const parties = answeredParties(
    contract.answers['Parties'],
    labelled.map(({ start, end }) => contract.text.slice(start, end)),
  );
  const keys = new Set(parties.flatMap((party) => party.keys).filter((key) => key !== ''));
  const found = findOccurrences(contract.text, tokens, keys);
  const textOf = ({ first, next }: Occurrence) =>
    contract.text.slice(tokens[first]!.start, tokens[next - 1]!.end);
  const keysWithLegalForm = new Set(
    found.filter((one) => extractLegalForm(textOf(one))).map(({ key }) => key),
  );
  const tags = new Uint8Array(tokens.length);
  for (const one of found) {
    if (keysWithLegalForm.has(one.key) && !extractLegalForm(textOf(one))) continue;
    tags.fill(insideTag, one.first, one.next);
    tags[one.first] = beginTag;
  }
  return tags;
}
