import { commonWords } from '../../domain/common-words.ts';
import { wordsOf } from '../../domain/fold-text.ts';

/** A letter of private use: a word that ends with it has no ending that the stemmer removes. */
const mark = '\uE000';

/** Words that the stemmer may change. */
const isStemmed = (word: string) => /[a-z]$/.test(word);

/**
 * The words of a folded text that few passages have, so that they are also found exactly as they are written:
 * "elevated" is not "elevation". Each once.
 */
export function exactWords(folded: string): string[] {
  const words = new Set<string>();
  for (const word of wordsOf(folded)) {
    if (isStemmed(word) && !commonWords.has(word)) words.add(`${word}${mark}`);
  }
  return [...words];
}
