import type { Page } from '../domain/documents.ts';
import { pageAt } from '../search/citations.ts';

/**
 * The end of a first part of a text, of at most `budget` characters (2 or more): after white space
 * where there is some, and never within a character. The whole length where it all fits.
 */
export function truncationPoint(text: string, maxCharacters: number): number {
  if (text.length <= maxCharacters) return text.length;
  const lastWhitespace = text.slice(0, maxCharacters).search(/\s\S*$/);
  if (lastWhitespace > 0) return lastWhitespace + 1;
  return /[\uD800-\uDBFF]/.test(text[maxCharacters - 1]!) ? maxCharacters - 1 : maxCharacters;
}

/** A smaller number than `count`, about that share (0 to 1) of it. */
export function reducedCount(count: number, share: number): number {
  return Math.min(count - 1, Math.floor(count * share * 0.95));
}

/** The arguments of get_document with which a text is read from an offset on. */
export function formatReadPosition(pages: Page[], offset: number): string {
  const number = pageAt(pages, offset);
  const start = pages.find((page) => page.number === number)?.start ?? 0;
  return `page_from ${number} and page_offset ${offset - start}`;
}
