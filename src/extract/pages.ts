import type { ExtractedText, Page } from '../domain/documents.ts';
import { DeedboxError } from '../errors/errors.ts';

/**
 * Marks the start of a page while a text is assembled: a private-use character, which no markup
 * treats as white space. Never part of the stored text.
 */
export const pageMark = '\uE00C';

/**
 * Removes the page marks from a text and returns its pages. Marks with only white space between
 * them are one break, because files often record both the author's break and the layout's.
 */
export function splitAtPageMarks(marked: string): ExtractedText {
  const parts = marked.split(pageMark);
  const starts = [0];
  let text = '';
  let hasText = false;
  for (const [index, part] of parts.entries()) {
    if (index > 0 && hasText) {
      starts.push(text.length);
      hasText = false;
    }
    text += part;
    hasText ||= /\S/.test(part);
  }
  if (starts.length > 1 && !hasText) starts.pop();
  return { text, pages: buildPages(starts, text.length) };
}

/** Splits a text into pages at its form feeds; a form feed belongs to the page that it ends. */
export function splitAtFormFeeds(text: string): ExtractedText {
  const starts = [0];
  for (let at = text.indexOf('\f'); at >= 0; at = text.indexOf('\f', at + 1)) {
    if (at + 1 < text.length) starts.push(at + 1);
  }
  return { text, pages: buildPages(starts, text.length) };
}

/** Joins the texts of pages with a blank line, which belongs to the page before it. */
export function joinPages(texts: string[]): ExtractedText {
  const starts: number[] = [];
  let text = '';
  for (const [index, page] of texts.entries()) {
    if (index > 0) text += '\n\n';
    starts.push(text.length);
    text += page;
  }
  return { text, pages: buildPages(starts, text.length) };
}

/** Each page takes memory, and no contract has so many. */
const maxPages = 100_000;

function buildPages(starts: number[], length: number): Page[] {
  if (starts.length > maxPages) {
    throw new DeedboxError(
      'too_large',
      `The file has ${starts.length} pages, more than a contract.`,
      { hint: 'Split the file.' },
    );
  }
  return starts.map((start, index) => ({
    number: index + 1,
    start,
    end: starts[index + 1] ?? length,
  }));
}
