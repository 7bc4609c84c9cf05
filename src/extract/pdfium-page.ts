import type { UnreadPart } from '../domain/documents.ts';
import { countLetters } from './legibility.ts';
import { orderCells } from './pdf-order.ts';
import { minLetters } from './pdf-page-readings.ts';
import { placeValue } from './pdf-place.ts';
import { readFilledIn } from './pdfium-annotations.ts';
import { findPageAttachments } from './pdfium-attachments.ts';
import type { Form } from './pdfium-form.ts';
import { type PageContent, readPageContent } from './pdfium-page-content.ts';
import {
  joinCells,
  splitIntoCells,
  tidyText,
  turnUpright,
  type BoxOf,
  type Cell,
  type GlyphBox,
} from './pdfium-text.ts';
import { findInvisible } from './pdfium-visibility.ts';
import type { Pdfium } from './pdfium.ts';

/** For four floats. */
const boxBytes = 16;

/** A page as it was read. */
export interface PdfiumPage {
  /** In the order of reading, with what was filled in. */
  text: string;
  content: PageContent;
  /** Files that are attached to a place on it. */
  parts: UnreadPart[];
}

/** Reads the page at an index. */
export function readPage(pdfium: Pdfium, document: number, index: number, form: Form): PdfiumPage {
  return withPage(pdfium, document, index, (page) =>
    withTextPage(pdfium, page, (textPage) => {
      const text = readText({ pdfium, document, index, page, textPage, form });
      const hasText = countLetters(text) >= minLetters;
      return {
        text,
        content: readPageContent(pdfium, { page, textPage, hasText }),
        parts: findPageAttachments(pdfium, page),
      };
    }),
  );
}

interface OpenPage {
  pdfium: Pdfium;
  document: number;
  index: number;
  page: number;
  textPage: number;
  form: Form;
}

function readText({ pdfium, page, textPage, ...target }: OpenPage): string {
  return withCells(pdfium, page, textPage, (cells, glyphs) => {
    let ordered = orderCells(cells, glyphs);
    if (pdfium.functions.FPDFPage_GetAnnotCount(page) > 0) {
      const turns = ordered.find(({ box }) => box)?.box?.turns ?? 0;
      const values = readFilledIn({ ...target, pdfium, page, textPage, turns }, readAdded);
      if (values.length > 0) ordered = ordered.map((cell) => ({ ...cell }));
      for (const value of values) placeValue(ordered, value, glyphs);
    }
    return tidyText(joinCells(ordered));
  });
}

/** The cells of what was drawn onto a page, when its objects before `added` are left out. */
function readAdded(pdfium: Pdfium, document: number, index: number, added: number): Cell[] {
  const { functions } = pdfium;
  return withPage(pdfium, document, index, (page) => {
    for (let at = 0; at < added; at++) {
      functions.FPDFPageObj_SetIsActive(functions.FPDFPage_GetObject(page, at), 0);
    }
    return withTextPage(pdfium, page, (textPage) =>
      withCells(pdfium, page, textPage, (cells) => cells),
    );
  });
}

function withPage<T>(
  { functions }: Pdfium,
  document: number,
  index: number,
  use: (page: number) => T,
): T {
  const page = functions.FPDF_LoadPage(document, index);
  if (page === 0) throw new Error(`Page ${index + 1} of the PDF cannot be loaded.`);
  try {
    return use(page);
  } finally {
    functions.FPDF_ClosePage(page);
  }
}

function withTextPage<T>({ functions }: Pdfium, page: number, use: (textPage: number) => T): T {
  const textPage = functions.FPDFText_LoadPage(page);
  if (textPage === 0) throw new Error('The text of a page cannot be loaded.');
  try {
    return use(textPage);
  } finally {
    functions.FPDFText_ClosePage(textPage);
  }
}

/** Reads the visible cells of a page, in drawing order. */
function withCells<T>(
  pdfium: Pdfium,
  page: number,
  textPage: number,
  use: (cells: Cell[], glyphs: { text: string; boxOf: BoxOf }) => T,
): T {
  const { functions } = pdfium;
  const count = Math.max(0, functions.FPDFText_CountChars(textPage));
  // a character has up to two code units; one more ends the string
  const drawn = pdfium.withMemory(4 * count + 2, (buffer) => {
    const length = functions.FPDFText_GetText(textPage, 0, count, buffer);
    return pdfium.readString(buffer, Math.max(0, length - 1));
  });
  const toGlyph = glyphIndexes(pdfium, textPage, drawn, count);
  return pdfium.withMemory(boxBytes, (buffer) => {
    const boxOf = glyphBoxes(pdfium, textPage, toGlyph, buffer);
    const invisible = findInvisible({ pdfium, page, textPage, text: drawn, toGlyph });
    const text = invisible ? blankOut(drawn, invisible) : drawn;
    return use(splitIntoCells(text, boxOf), { text, boxOf });
  });
}

/** A text whose characters at some indexes are spaces. */
function blankOut(text: string, indexes: Uint8Array): string {
  let shown = '';
  for (let at = 0; at < text.length; at++) shown += indexes[at] ? ' ' : text[at];
  return shown;
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
    const [left, top, right, bottom] = [box[0]!, box[1]!, box[2]!, box[3]!];
    return turnUpright({ left, right, bottom, top }, Math.round(turns) % 4);
  };
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
