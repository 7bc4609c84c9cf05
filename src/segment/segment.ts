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
 * The structure of a contract's text. Pure, and linear in the length of the text. Sections nest;
 * sentences are trimmed and hold all that is neither white space nor noise; every character but
 * white space is in exactly one passage. `pages` may be empty or one for a text without pages.
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
  const sentences = splitSentences(normalizedText, paragraphs, headings).map((span) =>
    toStoredSpan(normalizedText, span),
  );
  return {
    headersAndFooters,
    sections,
    sentences,
    passages: splitPassages(text, sections, sentences, headersAndFooters),
  };
}
