import type { ExtractedText } from '../domain/documents.ts';
import { splitAtFormFeeds } from './pages.ts';
import { decodeText } from './text-encoding.ts';

/** The text exactly as in the file, line ends included, less a byte order mark. */
export function extractPlainText(data: Buffer): ExtractedText {
  return splitAtFormFeeds(decodeText(data));
}
