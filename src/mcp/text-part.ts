import type { Page } from '../documents.ts';
import { pageAt } from '../search/citations.ts';

/**
 * The end of a first part of a text, of at most `budget` characters (2 or more): after white space
 * where there is some, and never within a character. The whole length where it all fits.
 */
export function partEnd(text: string, budget: number): number {
  if (text.length <= budget) return text.length;
  const space = text.slice(0, budget).search(/\s\S*$/);
  if (space > 0) return space + 1;
  return /[\uD800-\uDBFF]/.test(text[budget - 1]!) ? budget - 1 : budget;
}

/** A smaller number than `count`, about that share (0 to 1) of it. */
export function fewer(count: number, share: number): number {
  return Math.min(count - 1, Math.floor(count * share * 0.95));
}

/** The arguments of get_document with which a text is read from an offset on. */
export function readingFrom(pages: Page[], offset: number): string {
  const number = pageAt(pages, offset);
  const start = pages.find((page) => page.number === number)?.start ?? 0;
  return `page_from ${number} and page_offset ${offset - start}`;
}
