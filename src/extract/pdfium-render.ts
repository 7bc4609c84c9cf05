import type { Pdfium } from './pdfium.ts';

/** A page whose text is read. */
export interface Target {
  pdfium: Pdfium;
  page: number;
  textPage: number;
  text: string;
  /** The glyph of a character by its index in the text. */
  toGlyph: (index: number) => number;
}

/** Pixels a point; fewer where a page is large. */
const resolution = 1;
/** Pixels of a page, at most. */
const maxPixels = 4_000_000;
/** A text that changes the parts of a pixel by less, of 255, is not seen. */
const minDifference = 10;

/**
 * Renders a page with and without some texts. Returns whether a character at an index of the text
 * changes what is seen; always where the page cannot be rendered.
 */
export function measureDifference(
  { pdfium, page, textPage, toGlyph }: Target,
  texts: number[],
): (index: number) => boolean {
  const { functions } = pdfium;
  const [pageWidth, pageHeight] = [
    functions.FPDF_GetPageWidthF(page),
    functions.FPDF_GetPageHeightF(page),
  ];
  const scale = Math.min(resolution, Math.sqrt(maxPixels / (pageWidth * pageHeight)));
  const [width, height] = [Math.ceil(pageWidth * scale), Math.ceil(pageHeight * scale)];
  const shown = render(pdfium, page, width, height);
  for (const text of texts) functions.FPDFPageObj_SetIsActive(text, 0);
  const without = render(pdfium, page, width, height);
  for (const text of texts) functions.FPDFPageObj_SetIsActive(text, 1);
  if (!shown || !without) return () => true;
  const differs = (x: number, y: number) => {
    const at = (y * width + x) * 4;
    return [0, 1, 2].some(
      (part) => Math.abs(shown[at + part]! - without[at + part]!) >= minDifference,
    );
  };
  return (index) => {
    const box = deviceBox(pdfium, page, textPage, toGlyph(index), width, height);
    if (!box) return true;
    for (let y = Math.max(0, box.top); y <= Math.min(height - 1, box.bottom); y++) {
      for (let x = Math.max(0, box.left); x <= Math.min(width - 1, box.right); x++) {
        if (differs(x, y)) return true;
      }
    }
    return false;
  };
}

/** The pixels of a page, four bytes each; undefined where there is too little memory. */
function render(pdfium: Pdfium, page: number, width: number, height: number): Buffer | undefined {
  const { functions } = pdfium;
  const bitmap = functions.FPDFBitmap_Create(width, height, 0);
  if (bitmap === 0) return undefined;
  try {
    functions.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xffffffff);
    functions.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, 0);
    const [start, stride] = [
      functions.FPDFBitmap_GetBuffer(bitmap),
      functions.FPDFBitmap_GetStride(bitmap),
    ];
    if (stride !== width * 4) return undefined;
    return Buffer.from(pdfium.memory.subarray(start, start + stride * height));
  } finally {
    functions.FPDFBitmap_Destroy(bitmap);
  }
}

/** Where a glyph stands on the rendered page, in pixels from its left and top. */
function deviceBox(
  pdfium: Pdfium,
  page: number,
  textPage: number,
  glyph: number,
  width: number,
  height: number,
): { left: number; top: number; right: number; bottom: number } | undefined {
  const { functions } = pdfium;
  return pdfium.withMemory(16, (buffer) => {
    if (!functions.FPDFText_GetLooseCharBox(textPage, glyph, buffer)) return undefined;
    const [left = 0, top = 0, right = 0, bottom = 0] = pdfium.floats(buffer, 4);
    const toDevice = (x: number, y: number): [number, number] => {
      functions.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, buffer, buffer + 4);
      return [...new Int32Array(pdfium.memory.buffer, buffer, 2)] as [number, number];
    };
    const [x1, y1] = toDevice(left, top);
    const [x2, y2] = toDevice(right, bottom);
    return {
      left: Math.min(x1, x2),
      right: Math.max(x1, x2),
      top: Math.min(y1, y2),
      bottom: Math.max(y1, y2),
    };
  });
}
