import { hashString } from '../feature-hash.ts';
import type { PreparedText } from '../prepared-text.ts';

const token = /[a-z][a-z'-]*|\d[\d.,/]*|[$%"]|\*{2,}|_{2,}/g;
const maxNumberLength = 6;
const yearWord = '#year';

/** Splits a normalized text into words. Digits become zeros ("00.0") and years become "#year". */
export function tokenizeWords(normalized: string): string[] {
  const found: string[] = normalized.match(token) ?? [];
  return found.map((word) => {
    const first = word.charCodeAt(0);
    if (first < 48 || first > 57) return word;
    return isYear(word) ? yearWord : word.replace(/\d/g, '0').slice(0, maxNumberLength);
  });
}

const isYear = (number: string) => /^(?:19|20)\d\d$/.test(number);

/** What word an ASCII character begins. */
const wordKind = { none: 0, letters: 1, number: 2, sign: 3, rule: 4 } as const;
const kindOfFirst = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[a-z]/.test(character)) return wordKind.letters;
  if (/\d/.test(character)) return wordKind.number;
  if (/[$%"]/.test(character)) return wordKind.sign;
  return /[*_]/.test(character) ? wordKind.rule : wordKind.none;
});
const isDigit = (code: number) => code >= 48 && code <= 57;
const isInWord = (code: number) => (code >= 97 && code <= 122) || code === 39 || code === 45;
const isInNumber = (code: number) => code >= 44 && code <= 57 && code !== 45;

const [hashStart, hashPrime] = [0x811c9dc5, 0x01000193];
const yearHash = hashString(yearWord);

/**
 * Hashes the words of a normalized text as `hashString` hashes those of `tokenizeWords`, in one pass
 * without strings for them.
 * @param hashes where they are written, from `count` on
 * @returns how many `hashes` then has
 */
export function hashWords(normalized: string, hashes: Int32Array, count: number): number {
  for (let at = 0; at < normalized.length;) {
    const start = at;
    let code = normalized.charCodeAt(at++);
    const kind = code < 128 ? kindOfFirst[code] : wordKind.none;
    if (kind === wordKind.none) continue;
    let hash = Math.imul(hashStart ^ (kind === wordKind.number ? 48 : code), hashPrime);
    if (kind === wordKind.letters) {
      while (isInWord((code = normalized.charCodeAt(at)))) {
        hash = Math.imul(hash ^ code, hashPrime);
        at++;
      }
    } else if (kind === wordKind.number) {
      while (isInNumber((code = normalized.charCodeAt(at)))) {
        if (at - start < maxNumberLength)
          hash = Math.imul(hash ^ (isDigit(code) ? 48 : code), hashPrime);
        at++;
      }
      if (at - start === 4 && isYear(normalized.slice(start, at))) hash = yearHash;
    } else if (kind === wordKind.rule) {
      while (normalized.charCodeAt(at) === code) {
        hash = Math.imul(hash ^ code, hashPrime);
        at++;
      }
      if (at - start < 2) continue;
    }
    hashes[count++] = hash;
  }
  return count;
}

/** Hashes of the words of all sentences; those of sentence `s` are at `starts[s]` to `starts[s + 1]`. */
export interface WordHashes {
  hashes: Int32Array;
  starts: Int32Array;
}

export function hashSentenceWords({ sentences }: PreparedText): WordHashes {
  const starts = new Int32Array(sentences.length + 1);
  const characters = sentences.reduce((sum, { normalized }) => sum + normalized.length, 0);
  const hashes = new Int32Array(characters);
  sentences.forEach(({ normalized }, at) => {
    starts[at + 1] = hashWords(normalized, hashes, starts[at]!);
  });
  return { hashes, starts };
}
