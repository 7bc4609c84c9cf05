import { paddingToken, unknownToken, splitWords } from './tokenizer.ts';

export interface VocabularyOptions {
  /** Tokens in all. */
  size: number;
  /** The most of these that are pieces of words. */
  pieces: number;
  /** A whole word occurs at least this many times… */
  minCount: number;
  /** …and in at least this many contracts, which excludes names of one deal. */
  minContracts: number;
}

/**
 * The tokens, whose position is their id: specials, single characters (so that no word in a known
 * script is lost), the most frequent whole words, and the pieces that the other words end in.
 */
export function buildVocabulary(texts: string[], options: VocabularyOptions): string[] {
  const counts = countWords(texts);
  const known = [...counts]
    .filter(([, { count, texts: contracts }]) => {
      return count >= options.minCount && contracts >= options.minContracts;
    })
    .sort(([a, { count: countA }], [b, { count: countB }]) => countB - countA || (a < b ? -1 : 1))
    .map(([word]) => word);
  const characters = new Set([...counts.keys()].flatMap((word) => Array.from(word)));
  const singles = [...characters].sort().flatMap((character) => [character, `##${character}`]);
  const specials = [paddingToken, unknownToken];
  const words = known
    .filter((word) => !characters.has(word))
    .slice(0, options.size - options.pieces - singles.length - specials.length);
  const pieces = frequentPieces(counts, new Set([...words, ...characters]));
  const remaining = options.size - specials.length - singles.length - words.length;
  return [
    ...specials,
    ...singles,
    ...words,
    ...pieces.slice(0, Math.min(remaining, options.pieces)),
  ];
}

function countWords(texts: string[]): Map<string, { count: number; texts: number }> {
  const counts = new Map<string, { count: number; texts: number }>();
  for (const text of texts) {
    const seen = new Set<string>();
    for (const word of splitWords(text)) {
      let entry = counts.get(word);
      if (!entry) counts.set(word, (entry = { count: 0, texts: 0 }));
      entry.count++;
      if (!seen.has(word)) {
        seen.add(word);
        entry.texts++;
      }
    }
  }
  return counts;
}

/** Remainders of unknown words after their longest known prefix, the most useful first. */
function frequentPieces(
  counts: Map<string, { count: number }>,
  known: ReadonlySet<string>,
): string[] {
  const pieceGains = new Map<string, number>();
  for (const [word, { count }] of counts) {
    if (known.has(word)) continue;
    let cut = word.length - 1;
    while (cut > 1 && !known.has(word.slice(0, cut))) cut--;
    const rest = word.slice(cut);
    for (let length = 2; length <= Math.min(rest.length, 8); length++) {
      const piece = rest.slice(0, length);
      pieceGains.set(piece, (pieceGains.get(piece) ?? 0) + Math.min(count, 5) * (length - 1));
    }
  }
  return [...pieceGains]
    .sort(([a, gainA], [b, gainB]) => gainB - gainA || (a < b ? -1 : 1))
    .map(([piece]) => `##${piece}`);
}
