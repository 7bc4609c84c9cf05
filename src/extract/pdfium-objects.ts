import type { Pdfium } from './pdfium.ts';

/** Why a text may not be seen. */
export type Doubt = 'not drawn' | 'under image' | 'unclear';

/** A text object that may not be seen. */
export interface TextObject {
  doubt: Doubt;
}

interface Bounds {
  left: number;
  bottom: number;
  right: number;
  top: number;
}

interface Text extends Bounds {
  handle: number;
  color: Color | undefined;
  doubt: Doubt | undefined;
}

interface Cover extends Bounds {
  /** How many texts were drawn before it. */
  after: number;
  isImage: boolean;
}

type Color = [red: number, green: number, blue: number, alpha: number];

interface Scan {
  pdfium: Pdfium;
  /** For what functions write. */
  buffer: number;
  page: Bounds;
  texts: Text[];
  covers: Cover[];
  /** Of areas, on which text of their colour is not seen. */
  colors: Color[];
  paths: number;
  hiddenMarks: Map<number, boolean>;
}

const [textType, pathType, imageType, shadingType, formType] = [1, 2, 3, 4, 5];
/** Render modes of text that only clips, or that does nothing. */
const [invisibleMode, clipMode] = [3, 7];
/** A smaller text, in points, is not seen. */
const minTextHeight = 1;
/** A narrower area, in points, is a line. */
const minCoverSize = 4;
/** Colours that differ less in each of their parts, of 255, look alike. */
const minContrast = 24;
/** A less opaque text or area, of 255, may not be seen. */
const minOpacity = 32;
/** Forms are nested less deep. */
const maxDepth = 12;
/** The share of a page that the images of a scan cover, or else so many drawn outlines of letters. */
const [minScanShare, minOutlines] = [0.5, 100];
/** Pages with more text objects under more areas than this product are not compared. */
const maxComparisons = 4_000_000;

/** Finds the texts of a page that may not be seen, and whether the page is a picture of a page. */
export function scanObjects(
  pdfium: Pdfium,
  page: number,
): { suspects: Map<number, TextObject>; isPicture: boolean } {
  return pdfium.withMemory(32, (buffer) => {
    pdfium.functions.FPDF_GetPageBoundingBox(page, buffer);
    const [left = 0, top = 0, right = 0, bottom = 0] = pdfium.floats(buffer, 4);
    const scan: Scan = {
      pdfium,
      buffer,
      page: { left, top, right, bottom },
      texts: [],
      covers: [],
      colors: [],
      paths: 0,
      hiddenMarks: new Map(),
    };
    const { functions } = pdfium;
    const count = functions.FPDFPage_CountObjects(page);
    for (let at = 0; at < count; at++) {
      scanObject(scan, functions.FPDFPage_GetObject(page, at), identity, 0);
    }
    return { suspects: findSuspects(scan), isPicture: isPicture(scan) };
  });
}

type Matrix = [a: number, b: number, c: number, d: number, e: number, f: number];
const identity: Matrix = [1, 0, 0, 1, 0, 0];

function scanObject(scan: Scan, object: number, matrix: Matrix, depth: number): void {
  const { functions } = scan.pdfium;
  const type = functions.FPDFPageObj_GetType(object);
  if (type === textType) {
    scanText(scan, object, matrix);
  } else if (type === pathType) {
    scanPath(scan, object, matrix);
  } else if (type === imageType || type === shadingType) {
    const bounds = boundsOf(scan, object, matrix);
    if (bounds) scan.covers.push({ ...bounds, after: scan.texts.length, isImage: true });
  } else if (type === formType && depth < maxDepth) {
    functions.FPDFPageObj_GetMatrix(object, scan.buffer);
    const own = [...scan.pdfium.floats(scan.buffer, 6)] as Matrix;
    const count = functions.FPDFFormObj_CountObjects(object);
    for (let at = 0; at < count; at++) {
      scanObject(
        scan,
        functions.FPDFFormObj_GetObject(object, at),
        multiply(own, matrix),
        depth + 1,
      );
    }
  }
}

function scanText(scan: Scan, object: number, matrix: Matrix): void {
  const { functions } = scan.pdfium;
  const mode = functions.FPDFTextObj_GetTextRenderMode(object);
  const bounds = boundsOf(scan, object, matrix);
  if (!bounds) return;
  const color = mode === 1 || mode === 5 ? undefined : colorOf(scan, object);
  let doubt: Doubt | undefined;
  if (mode === invisibleMode || mode === clipMode || isOutside(bounds, scan.page)) {
    doubt = 'not drawn';
  } else if (color && (mode === 0 || mode === 4) && color[3] < minOpacity) {
    doubt = 'not drawn';
  } else if (isTiny(bounds)) {
    doubt = 'not drawn';
  } else if ((color && isWhite(color)) || isClipped(scan, object) || isInLayer(scan, object)) {
    doubt = 'unclear';
  }
  scan.texts.push({ ...bounds, handle: object, color, doubt });
}

function scanPath(scan: Scan, object: number, matrix: Matrix): void {
  scan.paths++;
  const bounds = boundsOf(scan, object, matrix);
  if (!bounds || bounds.right - bounds.left < minCoverSize) return;
  if (bounds.top - bounds.bottom < minCoverSize) return;
  const { functions, memory } = scan.pdfium;
  functions.FPDFPath_GetDrawMode(object, scan.buffer, scan.buffer + 4);
  if (new Int32Array(memory.buffer, scan.buffer, 1)[0] === 0) return;
  const color = colorOf(scan, object);
  if (color && color[3] < minOpacity) return;
  if (color && !scan.colors.some((other) => isAlike(color, other))) scan.colors.push(color);
  scan.covers.push({ ...bounds, after: scan.texts.length, isImage: false });
}

function findSuspects({ texts, covers, colors }: Scan): Map<number, TextObject> {
  const suspects = new Map<number, TextObject>();
  const areLate = covers.filter(({ after }) => after > 0);
  const isComparable = areLate.length * texts.length <= maxComparisons;
  for (const [at, text] of texts.entries()) {
    let { doubt } = text;
    if (!doubt && text.color && colors.some((color) => isAlike(color, text.color!)))
      doubt = 'unclear';
    if (doubt !== 'not drawn' && isComparable) {
      const over = areLate.filter((cover) => cover.after > at && intersect(cover, text));
      if (over.some(({ isImage }) => isImage)) doubt ??= 'under image';
      if (over.some(({ isImage }) => !isImage)) doubt = 'unclear';
    }
    if (doubt) suspects.set(text.handle, { doubt });
  }
  return suspects;
}

/** Whether a page holds a scan, or letters as outlines. */
function isPicture({ page, covers, paths }: Scan): boolean {
  const area = (page.right - page.left) * (page.top - page.bottom);
  const images = covers.filter(({ isImage }) => isImage);
  const covered = images.reduce((sum, image) => {
    const width = Math.min(image.right, page.right) - Math.max(image.left, page.left);
    const height = Math.min(image.top, page.top) - Math.max(image.bottom, page.bottom);
    return sum + Math.max(0, width) * Math.max(0, height);
  }, 0);
  return covered >= minScanShare * area || paths >= minOutlines;
}

function boundsOf({ pdfium, buffer }: Scan, object: number, matrix: Matrix): Bounds | undefined {
  const { functions } = pdfium;
  if (!functions.FPDFPageObj_GetBounds(object, buffer, buffer + 4, buffer + 8, buffer + 12)) {
    return undefined;
  }
  const [left = 0, bottom = 0, right = 0, top = 0] = pdfium.floats(buffer, 4);
  if (matrix === identity) return { left, bottom, right, top };
  const [a, b, c, d, e, f] = matrix;
  const xs = [left, right].flatMap((x) => [bottom, top].map((y) => a * x + c * y + e));
  const ys = [left, right].flatMap((x) => [bottom, top].map((y) => b * x + d * y + f));
  return {
    left: Math.min(...xs),
    bottom: Math.min(...ys),
    right: Math.max(...xs),
    top: Math.max(...ys),
  };
}

function multiply(first: Matrix, second: Matrix): Matrix {
  const [a, b, c, d, e, f] = first;
  const [A, B, C, D, E, F] = second;
  return [
    a * A + b * C,
    a * B + b * D,
    c * A + d * C,
    c * B + d * D,
    e * A + f * C + E,
    e * B + f * D + F,
  ];
}

function colorOf({ pdfium, buffer }: Scan, object: number): Color | undefined {
  const { functions } = pdfium;
  if (!functions.FPDFPageObj_GetFillColor(object, buffer, buffer + 4, buffer + 8, buffer + 12)) {
    return undefined;
  }
  return [...new Uint32Array(pdfium.memory.buffer, buffer, 4)] as Color;
}

/** Whether the area that a text may be drawn in is smaller than the text. */
function isClipped({ pdfium, buffer }: Scan, object: number): boolean {
  const { functions } = pdfium;
  const clip = functions.FPDFPageObj_GetClipPath(object);
  const paths = clip === 0 ? 0 : functions.FPDFClipPath_CountPaths(clip);
  if (paths <= 0) return false;
  functions.FPDFPageObj_GetBounds(object, buffer, buffer + 4, buffer + 8, buffer + 12);
  const [left = 0, bottom = 0, right = 0, top = 0] = pdfium.floats(buffer, 4);
  const slack = (top - bottom) / 4;
  const text = {
    left: left + slack,
    right: right - slack,
    bottom: bottom + slack,
    top: top - slack,
  };
  for (let path = 0; path < paths; path++) {
    const area = { left: Infinity, bottom: Infinity, right: -Infinity, top: -Infinity };
    const count = Math.min(functions.FPDFClipPath_CountPathSegments(clip, path), 64);
    for (let at = 0; at < count; at++) {
      const segment = functions.FPDFClipPath_GetPathSegment(clip, path, at);
      functions.FPDFPathSegment_GetPoint(segment, buffer, buffer + 4);
      const [x = 0, y = 0] = pdfium.floats(buffer, 2);
      area.left = Math.min(area.left, x);
      area.right = Math.max(area.right, x);
      area.bottom = Math.min(area.bottom, y);
      area.top = Math.max(area.top, y);
    }
    if (!contains(area, text)) return true;
  }
  return false;
}

/** Whether a text belongs to a layer, which may be switched off. */
function isInLayer({ pdfium, hiddenMarks }: Scan, object: number): boolean {
  const { functions } = pdfium;
  const count = functions.FPDFPageObj_CountMarks(object);
  for (let at = 0; at < count; at++) {
    const mark = functions.FPDFPageObj_GetMark(object, at);
    let isLayer = hiddenMarks.get(mark);
    if (isLayer === undefined) {
      isLayer = nameOf(pdfium, mark) === 'OC';
      hiddenMarks.set(mark, isLayer);
    }
    if (isLayer) return true;
  }
  return false;
}

function nameOf(pdfium: Pdfium, mark: number): string {
  const bytes = 64;
  return pdfium.withMemory(bytes + 4, (buffer) => {
    if (!pdfium.functions.FPDFPageObjMark_GetName(mark, buffer, bytes, buffer + bytes)) return '';
    const length = new Uint32Array(pdfium.memory.buffer, buffer + bytes, 1)[0]!;
    return length > 2 && length <= bytes ? pdfium.readString(buffer, length / 2 - 1) : '';
  });
}

function isWhite([red, green, blue]: Color): boolean {
  return Math.min(red, green, blue) > 255 - minContrast;
}

function isAlike(a: Color, b: Color): boolean {
  return [0, 1, 2].every((part) => Math.abs(a[part]! - b[part]!) < minContrast);
}

function isTiny({ left, right, bottom, top }: Bounds): boolean {
  return (
    Math.min(top - bottom, right - left) <= 0 ||
    Math.max(top - bottom, right - left) < minTextHeight
  );
}

function isOutside(a: Bounds, b: Bounds): boolean {
  return a.right <= b.left || a.left >= b.right || a.top <= b.bottom || a.bottom >= b.top;
}

function intersect(a: Bounds, b: Bounds): boolean {
  return !isOutside(a, b);
}

function contains(outer: Bounds, inner: Bounds): boolean {
  return (
    outer.left <= inner.left &&
    outer.right >= inner.right &&
    outer.bottom <= inner.bottom &&
    outer.top >= inner.top
  );
}
