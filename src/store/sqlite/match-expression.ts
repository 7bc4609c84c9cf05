/**
 * An FTS5 expression that any of the words satisfies, or undefined when none of them can be found.
 * Each word is quoted, so nothing that a person types has a meaning of its own.
 */
export function matchAnyTerm(words: string[]): string | undefined {
  const quoted = searchableTerms(words).map((word) => `"${word.replaceAll('"', '""')}"`);
  return quoted.length > 0 ? quoted.join(' OR ') : undefined;
}

/** The distinct words that hold something to search for, at most 64 of them. */
export function searchableTerms(words: string[]): string[] {
  const clean = words
    .map((word) => word.replaceAll('\0', ' ').trim())
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  return [...new Set(clean)].slice(0, 64);
}
