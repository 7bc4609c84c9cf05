import type { Span } from '../domain/documents.ts';

/** Words of a header or footer; numbers of up to four digits are pages, mostly. */
const furnitureWord = /(?!\d{1,4}(?![\p{L}\p{N}]))[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu;

/** A word that is divided at the end of a line, or a compound that happens to end it. */
const dividedWord =
  /(?<![\p{L}\p{M}\p{N}])([\p{L}\p{M}\p{N}]{1,40})[-\u2010\u00ad][ \t]*\r?\n\s*([\p{L}\p{N}][\p{L}\p{M}\p{N}]{0,40})/gu;

/**
 * What full text has of each passage, so that each word of a text is found: `indexText`, then the words that it
 * leaves out. Those of headers and footers stand in the first passage that has them; what stands on both
 * sides of a hyphen at the end of a line is found as one word and as two.
 * @param passages with their `indexText`, in order
 * @param headersAndFooters in order, not overlapping
 */
export function searchableTexts(
  text: string,
  passages: (Span & { indexText: string })[],
  headersAndFooters: Span[],
): string[] {
  const known = new Set<string>();
  let next = 0;
  return passages.map(({ start, end, indexText }) => {
    const words: string[] = [];
    for (; headersAndFooters[next] && headersAndFooters[next]!.start < end; next += 1) {
      const { start: from, end: to } = headersAndFooters[next]!;
      for (const [word] of text.slice(Math.max(from, start), to).matchAll(furnitureWord)) {
        if (!known.has(word)) words.push(word);
        known.add(word);
      }
    }
    for (const [, left, right] of text.slice(start, end).matchAll(dividedWord)) {
      const joined = `${left}${right}`;
      if (indexText.includes(joined)) words.push(left!, right!);
      else words.push(joined);
    }
    return words.length === 0 ? indexText : `${indexText} ${words.join(' ')}`;
  });
}
