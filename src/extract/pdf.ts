import type { ExtractedText } from '../domain/documents.ts';
import { DeedboxError } from '../errors/errors.ts';
import { joinPages } from './pages.ts';
import { hasDamagedStream } from './pdf-damage.ts';
import type { PdfText } from './pdf-text.ts';
import { readWithPdfium } from './pdfium-reader.ts';

/** A PDF with fewer letters and digits a page, on average, is scanned. */
const minCharactersPerPage = 20;
/** A signing service's "Envelope ID" with its number has about 60 characters. */
const maxStampLength = 80;
/**
 * Bytes at the end in which an intact PDF has its cross-reference offset or end mark, with junk
 * after it.
 */
const tailBytes = 64 * 1024;

/**
 * Extracts the text and pages of a PDF, in the order of reading, with its lines and a blank line between
 * pages. Throws `encrypted`, `corrupt`, `too_large`, or `no_text` for a PDF of images.
 */
export async function extractPdf(data: Buffer): Promise<ExtractedText> {
  const tail = data.subarray(-tailBytes);
  if (!tail.includes('%%EOF') && !tail.includes('startxref')) {
    throw new DeedboxError('corrupt', 'The PDF is cut off: its end is missing.', {
      hint: 'Fetch a complete copy of the file.',
    });
  }
  const { pages, title, attachments = [] } = await readPdf(data);
  if (isScanned(pages)) {
    throw new DeedboxError('no_text', 'The PDF holds images of pages but no text.', {
      hint: 'Run text recognition (OCR) on it and put the result in its place.',
    });
  }
  return {
    ...joinPages(pages),
    title: title?.replace(/^Microsoft Word - /, ''),
    ...(attachments.length > 0 && { attachments }),
  };
}

/**
 * Reads with PDFium, and with pdf-parse where PDFium fails, where it would leave out what is damaged,
 * and where it finds no text or a garbled one.
 */
async function readPdf(data: Buffer): Promise<PdfText> {
  const first = hasDamagedStream(data) ? undefined : await tryPdfium(data);
  if (first && !isScanned(first.pages) && !first.pages.some(isGarbled)) return first;
  // loaded here, because few files need it
  const { readWithPdfParse } = await import('./pdf-parse-reader.ts');
  if (!first) return readWithPdfParse(data);
  const second = await readWithPdfParse(data).catch(() => first);
  return legibility(second.pages) > legibility(first.pages) ? second : first;
}

/** Undefined where PDFium fails but another reader may not. */
async function tryPdfium(data: Buffer): Promise<PdfText | undefined> {
  try {
    return await readWithPdfium(data);
  } catch (error) {
    if (error instanceof DeedboxError) throw error;
    return undefined;
  }
}

/** Characters that stand for none: a font did not say which characters its glyphs are. */
const illegible = /(?!\s)[\ufffd\p{Cc}\p{Co}\p{Cn}]/gu;
/** Fewer on a page are bullets and check boxes. */
const minIllegible = 20;
/** The share of a page's letters from which the illegible characters are no bullets. */
const minIllegibleShare = 0.1;

/** Whether many characters of a page are illegible. */
export function isGarbled(page: string): boolean {
  const count = countMatches(page, illegible);
  return count >= minIllegible && count > minIllegibleShare * countLetters(page);
}

/** Letters and digits less illegible characters. */
function legibility(pages: string[]): number {
  return pages.reduce((sum, page) => sum + countLetters(page) - countMatches(page, illegible), 0);
}

const letterOrDigit = /[\p{L}\p{N}]/u;

/** Counts letters and digits; those beyond the Basic Multilingual Plane are not counted. */
function countLetters(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const lower = code | 0x20;
    if (code < 0x80) {
      if ((lower >= 0x61 && lower <= 0x7a) || (code >= 0x30 && code <= 0x39)) count++;
    } else if (letterOrDigit.test(text[at]!)) {
      count++;
    }
  }
  return count;
}

function countMatches(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/**
 * Whether a PDF is scanned, by its characters a page. Short lines on most pages (a stamp, an
 * envelope number) do not count on pages with little else, since signing services print them over
 * scans.
 */
function isScanned(texts: string[]): boolean {
  const pages = texts.map((text) => [...new Set(text.split('\n').map((line) => line.trim()))]);
  const pagesByLine = new Map<string, number>();
  for (const line of pages.flat()) pagesByLine.set(line, (pagesByLine.get(line) ?? 0) + 1);
  const isStamp = (line: string) =>
    line.length <= maxStampLength &&
    pages.length > 2 &&
    (pagesByLine.get(line) ?? 0) > pages.length / 2;
  const contentLines = pages.flatMap((lines) =>
    lines.length <= 3 ? lines.filter((line) => !isStamp(line)) : lines,
  );
  return countLetters(contentLines.join('')) < minCharactersPerPage * texts.length;
}
