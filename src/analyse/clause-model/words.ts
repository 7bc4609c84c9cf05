const token = /[a-z][a-z'-]*|\d[\d.,/]*|[$%"]|\*{2,}|_{2,}/g;

/**
 * The words of a matchable text as the model counts them. Figures are told apart by their shape
 * alone ("00.0"), years by being years.
 */
export function tokenizeWords(normalized: string): string[] {
  const found: string[] = normalized.match(token) ?? [];
  return found.map((word) => {
    const first = word.charCodeAt(0);
    if (first < 48 || first > 57) return word;
    return /^(?:19|20)\d\d$/.test(word) ? '#year' : word.replace(/\d/g, '0').slice(0, 6);
  });
}

/** FNV-1a over UTF-16 code units: 32 bits, unsigned. */
export function hashWord(word: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at++) {
    hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  }
  return hash | 0;
}

/** One hash from two, order matters; a finalizer as in MurmurHash3 spreads neighbouring values. */
export function combineHashes(first: number, second: number): number {
  let hash = Math.imul(first ^ 0x9e3779b9, 0x85ebca6b) ^ second;
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return hash ^ (hash >>> 15);
}
