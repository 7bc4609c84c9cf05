import type { Page, Structure } from '../domain/documents.ts';
import { findTableOfContents } from './table-of-contents.ts';
import { normalizeText, toStoredSpan } from './normalized-text.ts';
import { findHeadings } from './headings.ts';
import { findHeadersAndFooters } from './headers-and-footers.ts';
import { splitParagraphs } from './paragraphs.ts';
import { splitPassages } from './passages.ts';
import { buildSections } from './sections.ts';
import { splitSentences } from './sentences.ts';

/**
 * Splits a contract's text into sections, sentences and passages, and finds its headers and
 * footers. Pure, and linear in the length of the text.
 *
 * All spans are trimmed offsets of `text`, in order. Sections nest. Every character that is not
 * white space is in one sentence, header or footer, and in exactly one passage.
 * @param text the stored text, UTF-16
 * @param pages in order; empty or one page for a text without pages
 */
export function segment(text: string, pages: Page[]): Structure {
  const headersAndFooters = findHeadersAndFooters(text, pages);
  const normalizedText = normalizeText(text, pages, headersAndFooters);
  const paragraphs = splitParagraphs(normalizedText);
  const headings = findHeadings(
    normalizedText,
    paragraphs,
    findTableOfContents(normalizedText, paragraphs),
  );
  const sections = buildSections(text, normalizedText, headings);
  const sentences = splitSentences(normalizedText, paragraphs, headings);
  for (const sentence of sentences) {
    const { start, end } = toStoredSpan(normalizedText, sentence);
    sentence.start = start;
    sentence.end = end;
  }
  return {
    headersAndFooters,
    sections,
    sentences,
    passages: splitPassages(text, sections, sentences, headersAndFooters),
  };
}
