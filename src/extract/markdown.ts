import { marked } from 'marked';
import type { ExtractedText } from '../domain/documents.ts';
import { htmlToText, readTopHeading } from './html.ts';
import { pageMark, splitAtPageMarks } from './pages.ts';
import { decodeText } from './text-encoding.ts';

/**
 * Extracts the text of a Markdown file without its markup; its title is its first top-level
 * heading.
 */
export function extractMarkdown(data: Buffer): ExtractedText {
  const source = decodeText(data).replaceAll('\f', pageMark);
  const html = marked.parse(source, { async: false });
  const title = readTopHeading(html);
  return { ...splitAtPageMarks(htmlToText(html)), title: title && htmlToText(title) };
}
