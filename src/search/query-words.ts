import { wordsOf } from '../domain/fold-text.ts';
import { quoted } from '../encode/visible.ts';
import { commonWords } from '../domain/common-words.ts';
import type { DocumentFilter } from '../store/records.ts';
import type { SearchContext } from './context.ts';
import { queryPhrases, queryTerms, tokenize } from './query-tokens.ts';
import { counted } from './reading-notes.ts';
import type { SearchPassagesResponse } from './response-schemas.ts';

/** Words that are counted, at most. */
const maxWords = 5;
/** Shorter words say nothing of what is asked. */
const minWordLength = 3;

type CountedWord = NonNullable<SearchPassagesResponse['words']>[number];

/** "Kestrelmoor": 1 passage in 1 contract. */
export function wordCountText({ word, passages, contracts }: CountedWord): string {
  if (passages === 0) return `${quoted(word)} stands in no contract that was searched.`;
  const where = contracts === undefined ? '' : ` in ${counted(contracts, 'contract')}`;
  return `${quoted(word)}: ${counted(passages, 'passage')}${where}.`;
}

/**
 * How often the words of a query stand in the documents that it may find: those that few contracts have, and
 * what the query gives word for word. Nothing where something is masked, which a count might tell.
 */
export async function countQueryWords(
  { scopedIndex }: Pick<SearchContext, 'scopedIndex'>,
  query: string,
  filter: DocumentFilter,
): Promise<CountedWord[]> {
  if (scopedIndex.redacted.length > 0) return [];
  const written = new Map(wordsOf(query).map((word) => [tokenize(word)[0], word]));
  const rare = queryTerms(query)
    .filter((term) => term.length >= minWordLength && !commonWords.has(term) && written.has(term))
    .map((term) => ({ term, word: written.get(term)! }));
  const phrases = queryPhrases(query).map((term) => ({ term, word: term.slice(1, -1) }));
  const chosen = [...phrases, ...rare].slice(0, maxWords);
  const counts = await scopedIndex.countWords(
    chosen.map(({ term }) => term),
    filter,
  );
  return chosen.map(({ word }, index) => ({ word, ...counts[index]! }));
}
