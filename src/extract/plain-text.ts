import type { ExtractedText } from '../domain/documents.ts';
import { splitAtFormFeeds } from './pages.ts';
import { decodeText } from './text-encoding.ts';

/** Extracts plain text: exactly the file's text with its line ends, without a byte order mark. */
export function extractPlainText(data: Buffer): ExtractedText {
  return splitAtFormFeeds(decodeText(data));
}
