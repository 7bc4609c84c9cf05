import { ticked, unticked, type Value } from './pdf-place.ts';
import type { Form } from './pdfium-form.ts';
import { joinCells, turnUpright, type Cell, type GlyphBox } from './pdfium-text.ts';
import type { Pdfium } from './pdfium.ts';

/** A page that has annotations. */
interface Target {
  pdfium: Pdfium;
  document: number;
  index: number;
  page: number;
  textPage: number;
  /** Clockwise quarter turns of its text. */
  turns: number;
  form: Form;
}

/** An annotation whose text is part of the page. */
interface Annotation {
  area: GlyphBox;
  /** What its field or note holds; empty for a stamp or a signature. */
  text: string;
  /** What the page itself shows at its place. */
  beneath: string;
  hasAppearance: boolean;
}

const [freeText, stamp, widget, watermark] = [3, 13, 20, 24];
/** Flags of an annotation: hidden, and not shown on the screen. */
const [hiddenFlag, noViewFlag] = [2, 32];
const [pushButton, checkBox, radioButton, comboBox, listBox] = [1, 2, 3, 4, 5];
/** Flags of fields. */
const [passwordFlag, pushButtonFlag] = [1 << 13, 1 << 16];
/** A text of notes and fields without appearance has this height, in points, or less. */
const usualHeight = 12;
/** Pages have fewer annotations that hold text, and documents fewer characters in one. */
const [maxAnnotations, maxLength] = [5000, 100_000];

/**
 * What was filled in on a page: the values of its fields, and its notes, stamps and signatures, as they
 * are drawn. Boxes and buttons have their state. Notes that a reader opens are no part of the page.
 * @param readAdded the cells that were drawn after so many objects of the page
 */
export function readFilledIn(
  target: Target,
  readAdded: (pdfium: Pdfium, document: number, index: number, objects: number) => Cell[],
): Value[] {
  const { pdfium, document, index, page } = target;
  const { functions } = pdfium;
  const values: Value[] = [];
  const annotations: Annotation[] = [];
  const others: number[] = [];
  const count = Math.min(functions.FPDFPage_GetAnnotCount(page), maxAnnotations);
  for (let at = 0; at < count; at++) {
    const handle = functions.FPDFPage_GetAnnot(page, at);
    if (handle === 0) continue;
    const read = readAnnotation(target, handle);
    functions.FPDFPage_CloseAnnot(handle);
    if (read && 'hasAppearance' in read) annotations.push(read);
    else others.push(at);
    if (read && !('hasAppearance' in read)) values.push(read);
  }
  let added: Cell[] = [];
  if (annotations.some(({ hasAppearance }) => hasAppearance)) {
    const objects = functions.FPDFPage_CountObjects(page);
    for (const at of others.toReversed()) functions.FPDFPage_RemoveAnnot(page, at);
    // 1: the page was changed
    if (functions.FPDFPage_Flatten(page, 0) === 1)
      added = readAdded(pdfium, document, index, objects);
  }
  for (const annotation of annotations) {
    const value = toValue(annotation, added);
    if (value && !isBeneath(annotation, value.text)) values.push(value);
  }
  const line = ({ box }: Value) => -(box.top + box.bottom) / 2;
  return values.toSorted((a, b) => line(a) - line(b) || a.box.left - b.box.left);
}

/** A box or button as a value; undefined for an annotation without text of the page. */
function readAnnotation(target: Target, handle: number): Annotation | Value | undefined {
  const { pdfium } = target;
  const { functions } = pdfium;
  const subtype = functions.FPDFAnnot_GetSubtype(handle);
  if (![freeText, stamp, widget, watermark].includes(subtype)) return undefined;
  if (functions.FPDFAnnot_GetFlags(handle) & (hiddenFlag | noViewFlag)) return undefined;
  const place = placeOf(target, handle);
  if (!place) return undefined;
  const hasAppearance =
    pdfium.withKey('AP', (key) => functions.FPDFAnnot_HasKey(handle, key)) !== 0;
  if (subtype !== widget) {
    const text = subtype === freeText ? stringOf(pdfium, handle, 'Contents') : '';
    return { ...place, text, hasAppearance };
  }
  target.form.fields++;
  const form = target.form.open();
  const type = typeOf(target, form, handle);
  if (type === undefined) return undefined;
  if (type === checkBox || type === radioButton) {
    if (/[☒☑✓✔✗✘]/.test(place.beneath)) return undefined;
    const isChecked = isTicked(pdfium, form, handle);
    return { text: isChecked ? ticked : unticked, box: place.area };
  }
  const text = type === comboBox || type === listBox ? chosen(pdfium, form, handle) : '';
  return { ...place, text: text || fieldText(pdfium, form, handle), hasAppearance };
}

function placeOf(
  { pdfium, textPage, turns }: Target,
  handle: number,
): { area: GlyphBox; beneath: string } | undefined {
  const { functions } = pdfium;
  const corners = pdfium.withMemory(16, (buffer) =>
    functions.FPDFAnnot_GetRect(handle, buffer) ? [...pdfium.floats(buffer, 4)] : [],
  );
  const [x1, y1, x2, y2] = corners;
  if (x1 === undefined || y1 === undefined || x2 === undefined || y2 === undefined)
    return undefined;
  const box = {
    left: Math.min(x1, x2),
    right: Math.max(x1, x2),
    bottom: Math.min(y1, y2),
    top: Math.max(y1, y2),
  };
  const { left, top, right, bottom } = box;
  const length = functions.FPDFText_GetBoundedText(textPage, left, top, right, bottom, 0, 0);
  const beneath =
    length <= 0
      ? ''
      : pdfium.withMemory(2 * length + 2, (buffer) => {
          functions.FPDFText_GetBoundedText(textPage, left, top, right, bottom, buffer, length);
          return pdfium.readString(buffer, length);
        });
  return { area: turnUpright(box, turns), beneath };
}

/** The type of a field; undefined for a button that is only pressed and for a hidden password. */
function typeOf({ pdfium }: Target, form: number, handle: number): number | undefined {
  const { functions } = pdfium;
  const type = functions.FPDFAnnot_GetFormFieldType(form, handle);
  if (type > 0) {
    if (type === pushButton) return undefined;
    const isPassword = functions.FPDFAnnot_GetFormFieldFlags(form, handle) & passwordFlag;
    return type === checkBox || type === radioButton || !isPassword ? type : undefined;
  }
  // a field that the form of the document does not list
  if (stringOf(pdfium, handle, 'FT') !== 'Btn') return 0;
  const flags = pdfium.withKey('Ff', (key) =>
    pdfium.withMemory(4, (value) =>
      functions.FPDFAnnot_GetNumberValue(handle, key, value) ? pdfium.floats(value, 1)[0]! : 0,
    ),
  );
  return flags & pushButtonFlag ? undefined : checkBox;
}

function isTicked(pdfium: Pdfium, form: number, handle: number): boolean {
  if (pdfium.functions.FPDFAnnot_IsChecked(form, handle)) return true;
  const state = stringOf(pdfium, handle, 'AS');
  return state !== '' && state !== 'Off';
}

/** The labels of the options that are chosen in a list. */
function chosen(pdfium: Pdfium, form: number, handle: number): string {
  const { functions } = pdfium;
  const labels: string[] = [];
  const count = Math.min(functions.FPDFAnnot_GetOptionCount(form, handle), maxAnnotations);
  for (let at = 0; at < count; at++) {
    if (!functions.FPDFAnnot_IsOptionSelected(form, handle, at)) continue;
    const label = pdfium.readStringOf((buffer, bytes) =>
      functions.FPDFAnnot_GetOptionLabel(form, handle, at, buffer, bytes),
    );
    labels.push(label);
  }
  return labels.join(', ');
}

function fieldText(pdfium: Pdfium, form: number, handle: number): string {
  const value = pdfium.readStringOf((buffer, bytes) =>
    pdfium.functions.FPDFAnnot_GetFormFieldValue(form, handle, buffer, bytes),
  );
  return value || stringOf(pdfium, handle, 'V');
}

function stringOf(pdfium: Pdfium, handle: number, name: string): string {
  return pdfium.withKey(name, (key) =>
    pdfium.readStringOf((buffer, bytes) =>
      pdfium.functions.FPDFAnnot_GetStringValue(handle, key, buffer, bytes),
    ),
  );
}

/** The value of an annotation as it is drawn, or as it is stored where it is not. */
function toValue({ area, text, hasAppearance }: Annotation, added: Cell[]): Value | undefined {
  const stored = text
    .slice(0, maxLength)
    .split(/\r\n?|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
  const drawn = hasAppearance ? added.filter(({ box }) => box && isWithin(box, area)) : [];
  const [first] = drawn;
  if (first) {
    const shown = joinCells(drawn);
    // letters in the squares of a comb are apart when drawn
    const isSame = letters(shown) === letters(stored);
    return { text: isSame ? stored : shown, box: first.box!, area };
  }
  if (stored === '') return undefined;
  const [line = ''] = stored.split('\n');
  const height = area.top - area.bottom;
  const size = Math.min(usualHeight, height);
  const top = height < 2 * usualHeight ? (area.top + area.bottom + size) / 2 : area.top;
  const right = Math.min(area.right, area.left + (line.length * size) / 2);
  return { text: stored, box: { ...area, top, bottom: top - size, right }, area };
}

function isWithin(box: GlyphBox, area: GlyphBox): boolean {
  const [x, y] = [box.left + 1, (box.top + box.bottom) / 2];
  return x >= area.left - 2 && x <= area.right + 2 && y >= area.bottom - 2 && y <= area.top + 2;
}

/** Whether the page itself shows a value at its place. */
function isBeneath({ beneath }: Annotation, value: string): boolean {
  const wanted = letters(value);
  return wanted !== '' && letters(beneath).includes(wanted);
}

function letters(text: string): string {
  return text.normalize('NFKC').replaceAll(/[^\p{L}\p{N}]/gu, '');
}
