import type { Page, Structure } from '../documents.ts';
import { contentsOf } from './contents.ts';
import { flowOf, toText } from './flow.ts';
import { headingsOf } from './headings.ts';
import { findNoise } from './noise.ts';
import { paragraphsOf } from './paragraphs.ts';
import { passagesOf } from './passages.ts';
import { sectionsOf } from './sections.ts';
import { sentencesOf } from './sentences.ts';

/**
 * The structure of a contract's text. Pure, and linear in the length of the text. Sections nest;
 * sentences are trimmed and hold all that is neither white space nor noise; every character but
 * white space is in exactly one passage. `pages` may be empty or one for a text without pages.
 */
export function segment(text: string, pages: Page[]): Structure {
  const noise = findNoise(text, pages);
  const flow = flowOf(text, pages, noise);
  const paragraphs = paragraphsOf(flow);
  const headings = headingsOf(flow, paragraphs, contentsOf(flow, paragraphs));
  const sections = sectionsOf(text, flow, headings);
  const sentences = sentencesOf(flow, paragraphs, headings).map((span) => toText(flow, span));
  return { noise, sections, sentences, passages: passagesOf(text, sections, sentences, noise) };
}
