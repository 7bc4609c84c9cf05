import type { Page, Span, Structure } from '../documents.ts';

/** The structure of a contract's text. Every non-blank character outside no passage: they cover it. */
export function segment(_text: string, _pages: Page[]): Structure {
  throw new Error('being written');
}

/**
 * A span as a reader reads it: noise left out, line-end hyphenation joined, white space collapsed.
 * For indexing and matching only; what is cited is always the stored text.
 */
export function readable(_text: string, _span: Span, _noise: Span[]): string {
  throw new Error('being written');
}
