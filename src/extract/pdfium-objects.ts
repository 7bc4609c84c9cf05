import { type Box, identity, type Matrix, multiply, toMatrix, transform } from './pdfium-matrix.ts';
import type { Pdfium } from './pdfium.ts';

/** Why a text may not be seen. */
export type Doubt = 'not drawn' | 'under image' | 'partly covered' | 'unclear';

/** A text object that may not be seen. */
export interface TextObject {
  doubt: Doubt;
}

interface Text extends Box {
  handle: number;
  color: Color | undefined;
  doubt: Doubt | undefined;
}

interface Cover extends Box {
  /** How many texts were drawn before it. */
  after: number;
  color: Color | undefined;
  isImage: boolean;
}

type Color = [red: number, green: number, blue: number, alpha: number];

interface Scan {
  pdfium: Pdfium;
  /** For what functions write: six numbers of four bytes. */
  buffer: number;
  floats: Float32Array;
  integers: Uint32Array;
  page: Box;
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
      floats: pdfium.floats(buffer, 6),
      integers: new Uint32Array(pdfium.memory.buffer, buffer, 6),
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

function scanObject(scan: Scan, object: number, matrix: Matrix, depth: number): void {
  const { functions } = scan.pdfium;
  const type = functions.FPDFPageObj_GetType(object);
  if (type === textType) {
    scanText(scan, object, matrix);
  } else if (type === pathType) {
    scanPath(scan, object, matrix);
  } else if (type === imageType || type === shadingType) {
    const bounds = boundsOf(scan, object, matrix);
    if (bounds) addCover(scan, bounds, true, undefined);
  } else if (type === formType && depth < maxDepth) {
    functions.FPDFPageObj_GetMatrix(object, scan.buffer);
    const own = toMatrix(floatsOf(scan));
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
  const isPlain = matrix === identity;
  let doubt: Doubt | undefined;
  const isEmpty = bounds.right <= bounds.left || bounds.top <= bounds.bottom;
  const isTransparent = color && (mode === 0 || mode === 4) && color[3] < minOpacity;
  if (mode === invisibleMode || mode === clipMode || isTransparent) doubt = 'not drawn';
  else if (!isEmpty && isOutside(bounds, scan.page)) doubt = 'not drawn';
  else if (isTiny(scan, object, bounds, matrix)) doubt = 'not drawn';
  else doubt = clipDoubt(scan, object, isPlain ? bounds : boundsOf(scan, object, identity)!);
  if (!doubt && ((color && isWhite(color)) || isInLayer(scan, object))) doubt = 'unclear';
  const { left, bottom, right, top } = bounds;
  // spreading would take longer than all else here
  scan.texts.push({ left, bottom, right, top, handle: object, color, doubt });
}

function scanPath(scan: Scan, object: number, matrix: Matrix): void {
  scan.paths++;
  const bounds = boundsOf(scan, object, matrix);
  if (!bounds || bounds.right - bounds.left < minCoverSize) return;
  if (bounds.top - bounds.bottom < minCoverSize) return;
  const { functions } = scan.pdfium;
  functions.FPDFPath_GetDrawMode(object, scan.buffer, scan.buffer + 4);
  if (integersOf(scan)[0] === 0) return;
  const color = colorOf(scan, object);
  if (color && color[3] < minOpacity) return;
  if (color && !scan.colors.some((other) => isAlike(color, other))) scan.colors.push(color);
  // a pattern may be a picture
  addCover(scan, bounds, !color, color);
}

function addCover(scan: Scan, bounds: Box, isImage: boolean, color: Color | undefined): void {
  const { left, bottom, right, top } = bounds;
  scan.covers.push({ left, bottom, right, top, after: scan.texts.length, isImage, color });
}

function findSuspects({ texts, covers, colors }: Scan): Map<number, TextObject> {
  const suspects = new Map<number, TextObject>();
  const areLate = covers.filter(({ after }) => after > 0);
  const isComparable = covers.length * texts.length <= maxComparisons;
  for (const [at, text] of texts.entries()) {
    let { doubt } = text;
    if (!doubt && text.color && colors.some((color) => isAlike(color, text.color!)))
      doubt = 'unclear';
    if (doubt !== 'not drawn' && isComparable) {
      const over = areLate.filter((cover) => cover.after > at && intersect(cover, text));
      if (over.some(({ isImage }) => isImage)) doubt ??= 'under image';
      if (over.some(({ isImage }) => !isImage)) doubt = 'partly covered';
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

/** A view of what a function wrote; it has no length once the memory has grown. */
function floatsOf(scan: Scan): Float32Array {
  if (scan.floats.length === 0) scan.floats = scan.pdfium.floats(scan.buffer, 6);
  return scan.floats;
}

function integersOf(scan: Scan): Uint32Array {
  if (scan.integers.length === 0) {
    scan.integers = new Uint32Array(scan.pdfium.memory.buffer, scan.buffer, 6);
  }
  return scan.integers;
}

function boundsOf(scan: Scan, object: number, matrix: Matrix): Box | undefined {
  const { buffer } = scan;
  const { functions } = scan.pdfium;
  if (!functions.FPDFPageObj_GetBounds(object, buffer, buffer + 4, buffer + 8, buffer + 12)) {
    return undefined;
  }
  const written = floatsOf(scan);
  const left = written[0]!;
  const bottom = written[1]!;
  const right = written[2]!;
  const top = written[3]!;
  return transform({ left, bottom, right, top }, matrix);
}

function colorOf(scan: Scan, object: number): Color | undefined {
  const { buffer } = scan;
  const { functions } = scan.pdfium;
  if (!functions.FPDFPageObj_GetFillColor(object, buffer, buffer + 4, buffer + 8, buffer + 12)) {
    return undefined;
  }
  const written = integersOf(scan);
  return [written[0]!, written[1]!, written[2]!, written[3]!];
}

/** A text of which less of the height is left is cut off; one that loses less is read. */
const [minHeightLeft, maxSlack] = [0.4, 0.25];

/** Why a text may not be seen that is cut off by the area in which it may be drawn. */
function clipDoubt(scan: Scan, object: number, bounds: Box): Doubt | undefined {
  const area = clipOf(scan, object);
  if (!area) return undefined;
  const height = bounds.top - bounds.bottom;
  const left = Math.min(area.top, bounds.top) - Math.max(area.bottom, bounds.bottom);
  if (left < minHeightLeft * height || isOutside(area, bounds)) return 'not drawn';
  const slack = maxSlack * height;
  const isCut = area.left > bounds.left + slack || area.right < bounds.right - slack;
  return isCut ? 'partly covered' : undefined;
}

/** What the clip path of an object leaves, about. */
function clipOf(scan: Scan, object: number): Box | undefined {
  const { buffer } = scan;
  const { functions } = scan.pdfium;
  const clip = functions.FPDFPageObj_GetClipPath(object);
  const paths = clip === 0 ? 0 : functions.FPDFClipPath_CountPaths(clip);
  if (paths <= 0) return undefined;
  const left = { left: -Infinity, bottom: -Infinity, right: Infinity, top: Infinity };
  for (let path = 0; path < paths; path++) {
    const area = { left: Infinity, bottom: Infinity, right: -Infinity, top: -Infinity };
    const count = Math.min(functions.FPDFClipPath_CountPathSegments(clip, path), 64);
    for (let at = 0; at < count; at++) {
      const segment = functions.FPDFClipPath_GetPathSegment(clip, path, at);
      functions.FPDFPathSegment_GetPoint(segment, buffer, buffer + 4);
      const written = floatsOf(scan);
      area.left = Math.min(area.left, written[0]!);
      area.right = Math.max(area.right, written[0]!);
      area.bottom = Math.min(area.bottom, written[1]!);
      area.top = Math.max(area.top, written[1]!);
    }
    left.left = Math.max(left.left, area.left);
    left.right = Math.min(left.right, area.right);
    left.bottom = Math.max(left.bottom, area.bottom);
    left.top = Math.min(left.top, area.top);
  }
  return left;
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
  for (let part = 0; part < 3; part++) {
    if (Math.abs(a[part]! - b[part]!) >= minContrast) return false;
  }
  return true;
}

/** Whether the font of a text is so small. A full stop is not, but low. */
function isTiny(scan: Scan, object: number, bounds: Box, matrix: Matrix): boolean {
  const low = Math.min(bounds.top - bounds.bottom, bounds.right - bounds.left);
  if (low >= minTextHeight) return false;
  const { functions } = scan.pdfium;
  if (!functions.FPDFTextObj_GetFontSize(object, scan.buffer)) return false;
  const size = floatsOf(scan)[0]!;
  functions.FPDFPageObj_GetMatrix(object, scan.buffer);
  const [a, b, c, d] = multiply(toMatrix(floatsOf(scan)), matrix);
  return size * Math.sqrt(Math.abs(a * d - b * c)) < minTextHeight;
}

function isOutside(a: Box, b: Box): boolean {
  return a.right <= b.left || a.left >= b.right || a.top <= b.bottom || a.bottom >= b.top;
}

function intersect(a: Box, b: Box): boolean {
  return !isOutside(a, b);
}
