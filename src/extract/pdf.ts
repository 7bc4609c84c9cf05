import type { ExtractedText } from '../domain/documents.ts';
import { DeedboxError } from '../errors/errors.ts';
import { garbledShare, legibility } from './legibility.ts';
import { joinPages } from './pages.ts';
import { hasDamagedStream } from './pdf-damage.ts';
import { findUnreadPages } from './pdf-page-readings.ts';
import type { PdfText } from './pdf-text.ts';
import { readWithPdfium } from './pdfium-reader.ts';

/** The share of a page's parts from which the page is garbage. */
const maxGarbledShare = 0.5;
/**
 * Bytes at the end in which an intact PDF has its cross-reference offset or end mark, with junk
 * after it.
 */
const tailBytes = 64 * 1024;

/**
 * Extracts the text and pages of a PDF, in the order of reading, with its lines and a blank line between
 * pages. Pages that show more than their text are marked as unread. Throws `encrypted`, `corrupt`, or `too_large`.
 */
export async function extractPdf(data: Buffer): Promise<ExtractedText> {
  const tail = data.subarray(-tailBytes);
  if (!tail.includes('%%EOF') && !tail.includes('startxref')) {
    throw new DeedboxError('corrupt', 'The PDF is cut off: its end is missing.', {
      hint: 'Fetch a complete copy of the file.',
    });
  }
  const { read, garbled } = await readPdf(data);
  const unread = findUnreadPages(read, garbled);
  // garbage would be found by searches and taken for facts; what is intact beside it is kept
  const texts = read.pages.map((page, index) => (garbled[index]! > maxGarbledShare ? '' : page));
  const { text, pages } = joinPages(texts);
  return {
    text,
    pages: pages.map((page, index) => {
      const reason = unread[index];
      return reason === undefined ? page : { ...page, reading: { how: 'unread', reason } };
    }),
    title: read.title?.replace(/^Microsoft Word - /, ''),
    ...(read.parts && read.parts.length > 0 && { unreadParts: read.parts }),
  };
}

/**
 * Reads with PDFium, and with pdf-parse where PDFium fails, where it would leave out what is damaged,
 * and where it finds no text or a garbled one.
 */
async function readPdf(data: Buffer): Promise<{ read: PdfText; garbled: number[] }> {
  const first = hasDamagedStream(data) ? undefined : await tryPdfium(data);
  const garbled = first?.pages.map(garbledShare) ?? [];
  if (first?.pages.some(hasText) && !garbled.some(Boolean)) return { read: first, garbled };
  // loaded here, because few files need it
  const { readWithPdfParse } = await import('./pdf-parse-reader.ts');
  const second = first
    ? await readWithPdfParse(data).catch(() => first)
    : await readWithPdfParse(data);
  const garbledSecond = second.pages.map(garbledShare);
  if (!first) return { read: second, garbled: garbledSecond };
  const isBetter =
    second.pages.length === first.pages.length &&
    (sum(garbledSecond) < sum(garbled) || legibility(second.pages) > legibility(first.pages));
  return isBetter
    ? { read: { ...first, ...second }, garbled: garbledSecond }
    : { read: first, garbled };
}

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

const hasText = (page: string) => /[\p{L}\p{N}]/u.test(page);

/** Undefined where PDFium fails but another reader may not. */
async function tryPdfium(data: Buffer): Promise<PdfText | undefined> {
  try {
    return await readWithPdfium(data);
  } catch (error) {
    if (error instanceof DeedboxError) throw error;
    return undefined;
  }
}
