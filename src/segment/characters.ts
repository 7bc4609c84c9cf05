import type { Span } from '../domain/documents.ts';

/** Whether a UTF-16 code unit is white space, as `\s` and `trim()` see it. */
export function isSpace(code: number): boolean {
  if (code <= 32) return code === 32 || (code >= 9 && code <= 13);
  if (code < 160) return false;
  return (
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000 ||
    code === 0xfeff
  );
}

/** Line feed, vertical tab, form feed, line and paragraph separator; a CR counts where no LF follows. */
export function isLineBreak(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  if (code === 13) return text.charCodeAt(index + 1) !== 10;
  return (code >= 10 && code <= 12) || code === 0x2028 || code === 0x2029;
}

/** In a text without pages, this many line breaks in a row mark the end of a page. */
export const minPageBreakLines = 4;

const lower = /^\p{Ll}/u;
const upper = /^\p{Lu}/u;

export function isLower(char: string): boolean {
  return (char >= 'a' && char <= 'z') || (char > '\x7f' && lower.test(char));
}

export function isUpper(char: string): boolean {
  return (char >= 'A' && char <= 'Z') || (char > '\x7f' && upper.test(char));
}

export function isDigit(char: string): boolean {
  return char >= '0' && char <= '9';
}

/** Whether a string has two or more letters, all capitals except for a plural or possessive s. */
export function isCapitals(candidate: string): boolean {
  const letters = candidate.replace(/(?<=\p{Lu}{2})['’]?s\b/gu, '').replace(/\P{L}+/gu, '');
  return (
    letters.length > 1 && letters === letters.toUpperCase() && letters !== letters.toLowerCase()
  );
}

/** The span without white space at its ends; undefined if it holds only white space. */
export function trimSpan(text: string, start: number, end: number): Span | undefined {
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return start < end ? { start, end } : undefined;
}
