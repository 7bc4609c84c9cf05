import { type Box, identity, type Matrix, multiply, toMatrix, transform } from './pdfium-matrix.ts';
import type { Pdfium } from './pdfium.ts';

/** What a page of a PDF shows beside text. */
export interface PageContent {
  /** The share of the page that its pictures cover, 0 to 1; pictures over each other count once each. */
  pictureShare: number;
  /** Characters that stand on a large picture, or below it. */
  charactersOnPictures: number;
  /** Whether text is invisible or below a picture of a page, as that of text recognition is. */
  hasHiddenText: boolean;
  /** Glyphs of which no font says which character they are; counted where a page has hardly any text. */
  unknownGlyphs: number;
  /** Paths and shadings: lines, borders, drawings, letters as outlines. */
  drawings: number;
  /** Stamps, ink and attached pictures that lie on the page. */
  stamps: number;
}

/** Types of page objects: FPDF_PAGEOBJ_PATH and so on. */
const objectType = { text: 1, path: 2, image: 3, shading: 4, form: 5 };
/** FPDF_TEXTRENDERMODE_INVISIBLE. */
const invisible = 3;
/** FPDF_ANNOT_STAMP and FPDF_ANNOT_INK. */
const drawnAnnotations: ReadonlySet<number> = new Set([13, 15]);
/** Characters are compared with the pictures of a page that cover as much of it. */
const largePictureShare = 0.2;
/** A picture that covers as much of a page hides what was drawn before it. */
const coveringShare = 0.5;
/** Forms within forms that are looked into. */
const maxDepth = 5;
/** For four floats, or doubles. */
const boxBytes = 32;

interface Found {
  pictures: Box[];
  drawings: number;
  hasText: boolean;
  hasHiddenText: boolean;
}

/**
 * Looks at the objects of a page.
 * @param hasText whether more than a few letters of it were read
 */
export function readPageContent(
  pdfium: Pdfium,
  { page, textPage, hasText }: { page: number; textPage: number; hasText: boolean },
): PageContent {
  const { functions } = pdfium;
  return pdfium.withMemory(boxBytes, (buffer) => {
    const sheet = pageBox(pdfium, page, buffer);
    const area = Math.max(1, areaOf(sheet));
    const found: Found = { pictures: [], drawings: 0, hasText: false, hasHiddenText: false };
    const count = functions.FPDFPage_CountObjects(page);
    for (let at = 0; at < count; at++) {
      const object = functions.FPDFPage_GetObject(page, at);
      collect(pdfium, object, { found, sheet, buffer, matrix: identity, depth: 0 });
    }
    const pictureShare = found.pictures.reduce((sum, box) => sum + areaOf(box), 0) / area;
    const large = pictureShare >= largePictureShare ? found.pictures : [];
    return {
      pictureShare: Math.min(1, pictureShare),
      charactersOnPictures: countWithin(pdfium, textPage, large, buffer),
      hasHiddenText: found.hasHiddenText,
      unknownGlyphs: hasText ? 0 : countUnknown(pdfium, textPage),
      drawings: found.drawings,
      stamps: countStamps(pdfium, page),
    };
  });
}

/** The visible part of the page, in its own coordinates. */
function pageBox(pdfium: Pdfium, page: number, buffer: number): Box {
  const { functions } = pdfium;
  const [left, bottom, right, top] = [buffer, buffer + 4, buffer + 8, buffer + 12] as const;
  const has =
    functions.FPDFPage_GetCropBox(page, left, bottom, right, top) ||
    functions.FPDFPage_GetMediaBox(page, left, bottom, right, top);
  const box = has ? readBox(pdfium.memory, buffer) : undefined;
  if (box && areaOf(box) > 0) return box;
  // inherited from the tree of pages, which these functions do not look at
  const [width, height] = [functions.FPDF_GetPageWidthF(page), functions.FPDF_GetPageHeightF(page)];
  return { left: 0, bottom: 0, right: width, top: height };
}

function readBox(memory: Uint8Array, buffer: number): Box {
  const [left = 0, bottom = 0, right = 0, top = 0] = new Float32Array(memory.buffer, buffer, 4);
  return { left, bottom, right, top };
}

const areaOf = ({ left, bottom, right, top }: Box) =>
  Math.max(0, right - left) * Math.max(0, top - bottom);

/** The part of a box that is within another. */
const clip = (box: Box, within: Box): Box => ({
  left: Math.max(box.left, within.left),
  bottom: Math.max(box.bottom, within.bottom),
  right: Math.min(box.right, within.right),
  top: Math.min(box.top, within.top),
});

/** The part of a page that is looked at, and what was found so far. */
interface Search {
  found: Found;
  sheet: Box;
  buffer: number;
  /** From the coordinates of the objects to those of the page. */
  matrix: Matrix;
  depth: number;
}

/** Adds an object of a page, or what is within a form on it. */
function collect(pdfium: Pdfium, object: number, search: Search): void {
  const { functions } = pdfium;
  const { found, sheet, buffer, matrix, depth } = search;
  if (object === 0) return;
  const type = functions.FPDFPageObj_GetType(object);
  if (type === objectType.text) {
    found.hasText = true;
    found.hasHiddenText ||= functions.FPDFTextObj_GetTextRenderMode(object) === invisible;
  } else if (type === objectType.path || type === objectType.shading) {
    found.drawings += 1;
  } else if (type === objectType.image) {
    const box = boundsOf(pdfium, object, buffer);
    if (box) addPicture(found, clip(transform(box, matrix), sheet), sheet);
  } else if (type === objectType.form && depth < maxDepth) {
    const own = functions.FPDFPageObj_GetMatrix(object, buffer)
      ? multiply(toMatrix(pdfium.floats(buffer, 6)), matrix)
      : matrix;
    const count = functions.FPDFFormObj_CountObjects(object);
    for (let at = 0; at < count; at++) {
      const inner = functions.FPDFFormObj_GetObject(object, at);
      collect(pdfium, inner, { ...search, matrix: own, depth: depth + 1 });
    }
  }
}

function addPicture(found: Found, box: Box, sheet: Box): void {
  if (areaOf(box) <= 0) return;
  found.pictures.push(box);
  found.hasHiddenText ||= found.hasText && areaOf(box) >= coveringShare * areaOf(sheet);
}

function boundsOf(pdfium: Pdfium, object: number, buffer: number): Box | undefined {
  const [left, bottom, right, top] = [buffer, buffer + 4, buffer + 8, buffer + 12] as const;
  const has = pdfium.functions.FPDFPageObj_GetBounds(object, left, bottom, right, top);
  return has ? readBox(pdfium.memory, buffer) : undefined;
}

/** Characters whose middle is on one of the pictures. */
function countWithin(pdfium: Pdfium, textPage: number, boxes: Box[], buffer: number): number {
  if (boxes.length === 0) return 0;
  const { functions } = pdfium;
  const characters = functions.FPDFText_CountChars(textPage);
  let count = 0;
  for (let at = 0; at < characters; at++) {
    // blanks, and the line ends that PDFium adds
    if (functions.FPDFText_GetUnicode(textPage, at) <= 0x20) continue;
    if (!functions.FPDFText_GetCharBox(textPage, at, buffer, buffer + 8, buffer + 16, buffer + 24))
      continue;
    const [left = 0, right = 0, bottom = 0, top = 0] = new Float64Array(
      pdfium.memory.buffer,
      buffer,
      4,
    );
    const [x, y] = [(left + right) / 2, (bottom + top) / 2];
    const isOn = (box: Box) => box.left <= x && x <= box.right && box.bottom <= y && y <= box.top;
    if (boxes.some(isOn)) count += 1;
  }
  return count;
}

function countUnknown({ functions }: Pdfium, textPage: number): number {
  const characters = functions.FPDFText_CountChars(textPage);
  let count = 0;
  for (let at = 0; at < characters; at++) {
    const isUnknown =
      functions.FPDFText_GetUnicode(textPage, at) === 0 ||
      functions.FPDFText_HasUnicodeMapError(textPage, at) === 1;
    if (isUnknown) count += 1;
  }
  return count;
}

function countStamps({ functions }: Pdfium, page: number): number {
  let stamps = 0;
  const count = functions.FPDFPage_GetAnnotCount(page);
  for (let at = 0; at < count; at++) {
    const annotation = functions.FPDFPage_GetAnnot(page, at);
    if (annotation === 0) continue;
    if (drawnAnnotations.has(functions.FPDFAnnot_GetSubtype(annotation))) stamps += 1;
    functions.FPDFPage_CloseAnnot(annotation);
  }
  return stamps;
}
