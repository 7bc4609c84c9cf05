import { measureDifference, type Target } from './pdfium-render.ts';
import { scanObjects, type TextObject } from './pdfium-objects.ts';

/** Visible characters under this share of the invisible ones are a stamp on a scan. */
const maxStampShare = 0.25;
/** Under this share, they are no text of the page, with or without a scan. */
const maxOtherShare = 0.05;

const letterOrDigit = /[\p{L}\p{N}]/u;

/**
 * Which characters of a page a reader does not see, by their index in its text; undefined where none is
 * invisible. The text that a scanner puts behind its image is taken for visible.
 */
export function findInvisible(target: Target): Uint8Array | undefined {
  const { pdfium, page, textPage, text, toGlyph } = target;
  const { suspects, isPicture } = scanObjects(pdfium, page);
  if (suspects.size === 0) return undefined;
  const objects: (TextObject | undefined)[] = [];
  let [suspect, other] = [0, 0];
  let isDoubtful = false;
  for (let at = 0; at < text.length; at++) {
    if (/\s/.test(text[at]!)) continue;
    const object = suspects.get(pdfium.functions.FPDFText_GetTextObject(textPage, toGlyph(at)));
    objects[at] = object;
    if (!object) {
      other++;
    } else {
      suspect++;
      isDoubtful ||= object.doubt !== 'under image' && object.doubt !== 'not drawn';
    }
  }
  if (suspect === 0) return undefined;
  // rendering a scan takes long
  if (isPicture && !isDoubtful && other < suspect * maxStampShare) return undefined;
  const isDrawn = objects.some((object) => object && object.doubt !== 'not drawn')
    ? measureDifference(target, [...suspects.keys()])
    : () => false;
  const isVisible = wholeTexts(objects, isDrawn);
  const invisible = new Uint8Array(text.length);
  let hidden = 0;
  for (const { 0: word, index } of text.matchAll(/\S+/g)) {
    const indexes = Array.from({ length: word.length }, (_, at) => index + at);
    const parts = partsOf(indexes, objects).map((part) => {
      const object = objects[part[0]!];
      return { part, isSeen: !object || part.some((at) => isVisible(at)) };
    });
    const isPartSeen = parts.some(({ isSeen }) => isSeen);
    for (const { part, isSeen } of parts) {
      // a font may lack a sign within a word
      const isSign = isPartSeen && !part.some((at) => letterOrDigit.test(text[at]!));
      if (isSeen || isSign) continue;
      for (const at of part) invisible[at] = 1;
      hidden += part.length;
    }
  }
  if (hidden === 0) return undefined;
  const shown = suspect + other - hidden;
  if (shown < hidden * (isPicture ? maxStampShare : maxOtherShare)) return undefined;
  return invisible;
}

/**
 * Judges a text as a whole where nothing covers it: words of it may not change what is seen, because
 * they are drawn twice.
 */
function wholeTexts(
  objects: (TextObject | undefined)[],
  isDrawn: (index: number) => boolean,
): (index: number) => boolean {
  const counts = new Map<TextObject, { drawn: number; all: number }>();
  for (const [at, object] of objects.entries()) {
    if (object?.doubt !== 'unclear') continue;
    const count = counts.get(object) ?? { drawn: 0, all: 0 };
    if (isDrawn(at)) count.drawn++;
    count.all++;
    counts.set(object, count);
  }
  return (index) => {
    const object = objects[index]!;
    if (object.doubt === 'not drawn') return false;
    const count = counts.get(object);
    return count ? count.drawn * 2 > count.all : isDrawn(index);
  };
}

/** Splits the indexes of a word where its text object changes. */
function partsOf(indexes: number[], objects: (TextObject | undefined)[]): number[][] {
  const parts: number[][] = [];
  let last: TextObject | undefined;
  for (const index of indexes) {
    const object = objects[index];
    if (parts.length > 0 && object === last) parts.at(-1)!.push(index);
    else parts.push([index]);
    last = object;
  }
  return parts;
}
