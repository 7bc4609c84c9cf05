import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PDFParse } from 'pdf-parse';
import type { ExtractedText } from '../domain/documents.ts';
import { DeedboxError } from '../errors/errors.ts';
import { joinPages } from './pages.ts';

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
 * Extracts the text and pages of a PDF, in drawing order, with its lines and a blank line between
 * pages. Throws `encrypted`, `corrupt`, or `no_text` for a PDF of images.
 */
export async function extractPdf(data: Buffer): Promise<ExtractedText> {
  const tail = data.subarray(-tailBytes);
  if (!tail.includes('%%EOF') && !tail.includes('startxref')) {
    throw new DeedboxError('corrupt', 'The PDF is cut off: its end is missing.', {
      hint: 'Fetch a complete copy of the file.',
    });
  }
  const parser = new PDFParse({
    data: new Uint8Array(data),
    stopAtErrors: true,
    verbosity: 0,
    // Contracts in Chinese, Japanese and Korean need the predefined character maps.
    cMapUrl: join(pdfjsFolder(), 'cmaps/'),
    cMapPacked: true,
    disableFontFace: true,
    useSystemFonts: false,
    enableXfa: false,
  });
  try {
    const { pages } = await parser.getText({ pageJoiner: '' });
    const texts = pages.map((page) => page.text);
    if (isScanned(texts)) {
      throw new DeedboxError('no_text', 'The PDF holds images of pages but no text.', {
        hint: 'Run text recognition (OCR) on it and put the result in its place.',
      });
    }
    const { info } = await parser.getInfo();
    return { ...joinPages(texts), title: readTitle(info) };
  } catch (error) {
    throw toDeedboxError(error);
  } finally {
    await parser.destroy();
  }
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
  const characters = contentLines.join('').match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  return characters < minCharactersPerPage * texts.length;
}

function readTitle(info: unknown): string | undefined {
  const title = (info as { Title?: unknown } | undefined)?.Title;
  if (typeof title !== 'string') return undefined;
  return title.replace(/^Microsoft Word - /, '');
}

function toDeedboxError(error: unknown): unknown {
  const name = error instanceof Error ? error.name : '';
  if (name === 'PasswordException') {
    return new DeedboxError('encrypted', 'The PDF is protected by a password.', {
      hint: 'Save a copy without the password.',
      cause: error,
    });
  }
  return error;
}

let folder: string | undefined;

/** The folder of the pdf.js that pdf-parse itself uses, which need not be at the top level. */
function pdfjsFolder(): string {
  if (!folder) {
    const fromPdfParse = createRequire(createRequire(import.meta.url).resolve('pdf-parse'));
    folder = dirname(fromPdfParse.resolve('pdfjs-dist/package.json'));
  }
  return folder;
}
