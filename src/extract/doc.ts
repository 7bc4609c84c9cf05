import WordExtractor from 'word-extractor';
import type { ExtractedText } from '../domain/documents.ts';
import { DeedboxError } from '../errors/errors.ts';
import { splitAtPageMarks } from './pages.ts';

/** Sector size of a compound file; every stream starts at a multiple of it. */
const sectorSize = 512;
const wordSignature = 0xa5ec;

/** The library's types lack its options; without them it replaces quotation marks by ASCII ones. */
type TextGetter = (options: {
  filterUnicode: boolean;
  includeHeadersAndFooters?: boolean;
}) => string;
type WordDocument = Record<'getBody' | 'getFootnotes' | 'getEndnotes' | 'getTextboxes', TextGetter>;

/**
 * Text of a Word 97–2003 file: body, then footnotes, endnotes and text boxes. Automatic numbers are
 * not in it, because the format keeps them apart from the text. Throws `encrypted` or `corrupt`.
 */
export async function extractDoc(data: Buffer): Promise<ExtractedText> {
  if (isEncrypted(data)) {
    throw new DeedboxError('encrypted', 'The Word file is protected by a password.', {
      hint: 'Save a copy without the password.',
    });
  }
  const document = (await new WordExtractor().extract(data)) as unknown as WordDocument;
  const verbatimOptions = { filterUnicode: false };
  const parts = [
    document.getBody(verbatimOptions),
    document.getFootnotes(verbatimOptions),
    document.getEndnotes(verbatimOptions),
    document.getTextboxes({ ...verbatimOptions, includeHeadersAndFooters: false }),
  ];
  const written = parts.map((part) => part.trim()).filter((part) => part !== '');
  return splitAtPageMarks(written.join('\n\n'));
}

/** The second flag byte of the file information block at the start of the Word stream says so. */
function isEncrypted(data: Buffer): boolean {
  for (let at = sectorSize; at + 12 <= data.length; at += sectorSize) {
    if (data.readUInt16LE(at) === wordSignature) return (data.readUInt16LE(at + 10) & 0x0100) !== 0;
  }
  return false;
}
