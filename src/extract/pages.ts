import type { ExtractedText, Page } from '../domain/documents.ts';

/**
 * Stands where a page begins while a text is put together; a private-use character that no markup
 * treats as white space. It never reaches the stored text.
 */
export const pageMark = '\uE00C';

/**
 * Removes the page marks from a text and returns its pages. Marks with nothing but white space
 * between them are one break, because writers often record both the author's break and the layout's.
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

/** The pages of a text in which form feeds end pages; the form feed belongs to the page it ends. */
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

function buildPages(starts: number[], length: number): Page[] {
  return starts.map((start, index) => ({
    number: index + 1,
    start,
    end: starts[index + 1] ?? length,
  }));
}
