import type { UnreadPart } from '../domain/documents.ts';
import { DeedboxError } from '../errors/errors.ts';
import { countLetters } from './legibility.ts';
import { minLetters } from './pdf-page-readings.ts';
import { encryptedError, type PdfText } from './pdf-text.ts';
import { findPageAttachments, findParts } from './pdfium-attachments.ts';
import { readPageContent, type PageContent } from './pdfium-page-content.ts';
import { correctSpacing, tidyText, type GlyphBox } from './pdfium-text.ts';
import { Pdfium } from './pdfium.ts';

/** FPDF_ERR_PASSWORD. */
const passwordError = 4;
/** An instance with more memory, in bytes, is not kept for the next file: it never shrinks. */
const maxKeptMemory = 64 * 1024 * 1024;
/** For four floats. */
const boxBytes = 16;
const titleKey = Buffer.from('Title\0');

let idle: Pdfium | undefined;

/**
 * Reads a PDF with PDFium, in drawing order. Throws `encrypted`, `too_large` where memory runs out,
 * or another error where PDFium cannot read all of the file.
 */
export async function readWithPdfium(data: Uint8Array): Promise<PdfText> {
  const pdfium = idle ?? (await Pdfium.start());
  // Not kept after an unexpected error: it may have trapped, which leaves it in no defined state.
  idle = undefined;
  let read: PdfText;
  try {
    read = readFile(pdfium, data);
  } catch (error) {
    if (error instanceof DeedboxError) keep(pdfium);
    else if (pdfium.wasRefusedMemory) throw tooLargeError(error);
    throw error;
  }
  if (pdfium.wasRefusedMemory) throw new Error('PDFium had too little memory for a part.');
  keep(pdfium);
  return read;
}

/** Keeps an instance for the next file. */
function keep(pdfium: Pdfium): void {
  if (pdfium.memory.length <= maxKeptMemory) idle = pdfium;
}

function readFile(pdfium: Pdfium, data: Uint8Array): PdfText {
  const { functions } = pdfium;
  return pdfium.withMemory(data.length, (pointer) => {
    pdfium.memory.set(data, pointer);
    const document = functions.FPDF_LoadMemDocument(pointer, data.length, 0);
    if (document === 0) throw loadError(functions.FPDF_GetLastError());
    try {
      return readDocument(pdfium, document);
    } finally {
      functions.FPDF_CloseDocument(document);
    }
  });
}

function readDocument(pdfium: Pdfium, document: number): PdfText {
  const { functions } = pdfium;
  // PDFium guesses where objects are, and may miss some.
  if (!functions.FPDF_DocumentHasValidCrossReferenceTable(document)) {
    throw new Error('The cross-reference table of the PDF is damaged.');
  }
  const pageCount = functions.FPDF_GetPageCount(document);
  if (pageCount === 0) throw new Error('PDFium finds no page.');
  const pages = Array.from({ length: pageCount }, (_, at) => readPage(pdfium, document, at));
  return {
    pages: pages.map(({ text }) => text),
    contents: pages.map(({ content }) => content),
    parts: [...findParts(pdfium, document), ...pages.flatMap(({ parts }) => parts)],
    title: readTitle(pdfium, document),
  };
}

interface ReadPage {
  text: string;
  content: PageContent;
  parts: UnreadPart[];
}

function readPage(pdfium: Pdfium, document: number, index: number): ReadPage {
  const { functions } = pdfium;
  const page = functions.FPDF_LoadPage(document, index);
  if (page === 0) throw new Error(`Page ${index + 1} of the PDF cannot be loaded.`);
  try {
    const textPage = functions.FPDFText_LoadPage(page);
    if (textPage === 0) throw new Error(`The text of page ${index + 1} cannot be loaded.`);
    try {
      const text = readText(pdfium, textPage);
      const hasText = countLetters(text) >= minLetters;
      return {
        text,
        content: readPageContent(pdfium, { page, textPage, hasText }),
        parts: findPageAttachments(pdfium, page),
      };
    } finally {
      functions.FPDFText_ClosePage(textPage);
    }
  } finally {
    functions.FPDF_ClosePage(page);
  }
}

function readText(pdfium: Pdfium, textPage: number): string {
  const { functions } = pdfium;
  const count = functions.FPDFText_CountChars(textPage);
  if (count <= 0) return '';
  // a character has up to two code units; one more ends the string
  const text = pdfium.withMemory(4 * count + 2, (buffer) => {
    const length = functions.FPDFText_GetText(textPage, 0, count, buffer);
    return pdfium.readString(buffer, Math.max(0, length - 1));
  });
  const toGlyph = glyphIndexes(pdfium, textPage, text, count);
  return pdfium.withMemory(boxBytes, (buffer) =>
    tidyText(correctSpacing(text, glyphBoxes(pdfium, textPage, toGlyph, buffer))),
  );
}

/** Measures the glyphs of a page by their index in its text; `buffer` is for the measurements. */
function glyphBoxes(
  pdfium: Pdfium,
  textPage: number,
  toGlyph: (index: number) => number,
  buffer: number,
): (index: number) => GlyphBox | undefined {
  const { functions } = pdfium;
  let box: Float32Array = new Float32Array(0);
  return (index) => {
    const glyph = toGlyph(index);
    if (!functions.FPDFText_GetLooseCharBox(textPage, glyph, buffer)) return undefined;
    const turns = functions.FPDFText_GetCharAngle(textPage, glyph) / (Math.PI / 2);
    // a view has no length once the memory has grown
    if (box.length === 0) box = new Float32Array(pdfium.memory.buffer, buffer, 4);
    const [left = 0, top = 0, right = 0, bottom = 0] = box;
    return turnUpright({ left, right, bottom, top }, Math.round(turns) % 4);
  };
}

/** A box on the page turned so that glyphs with so many clockwise quarter turns stand upright. */
function turnUpright(box: Omit<GlyphBox, 'turns'>, turns: number): GlyphBox {
  const { left, right, bottom, top } = box;
  if (turns === 1) return { left: -top, right: -bottom, bottom: left, top: right, turns };
  if (turns === 2) return { left: -right, right: -left, bottom: -top, top: -bottom, turns };
  if (turns === 3) return { left: bottom, right: top, bottom: -right, top: -left, turns };
  return { left, right, bottom, top, turns };
}

/** Turns an index in the text of a page into that of its glyph, of which there are `count`. */
function glyphIndexes(
  { functions }: Pdfium,
  textPage: number,
  text: string,
  count: number,
): (index: number) => number {
  if (text.length === count) return (index) => index;
  // Characters beyond the Basic Multilingual Plane have two code units; some glyphs have none.
  const characters = new Uint32Array(text.length);
  let [at, character] = [0, 0];
  for (const { length } of text) {
    characters.fill(character++, at, at + length);
    at += length;
  }
  return (index) => functions.FPDFText_GetCharIndexFromTextIndex(textPage, characters[index] ?? 0);
}

function readTitle(pdfium: Pdfium, document: number): string | undefined {
  const { functions } = pdfium;
  return pdfium.withMemory(titleKey.length, (key) => {
    pdfium.memory.set(titleKey, key);
    const bytes = functions.FPDF_GetMetaText(document, key, 0, 0);
    // the end of the string alone
    if (bytes <= 2) return undefined;
    return pdfium.withMemory(bytes, (buffer) => {
      functions.FPDF_GetMetaText(document, key, buffer, bytes);
      return pdfium.readString(buffer, bytes / 2 - 1);
    });
  });
}

function loadError(code: number): Error {
  if (code === passwordError) return encryptedError();
  return new Error(`PDFium cannot load the PDF: error ${code}.`);
}

function tooLargeError(cause: unknown): DeedboxError {
  return new DeedboxError(
    'too_large',
    'The file unpacks to more than the memory allowed for one file.',
    { hint: 'Split the file, or raise the memory limit if you trust the file.', cause },
  );
}
