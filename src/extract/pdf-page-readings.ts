import type { UnreadReason } from '../domain/documents.ts';
import { countLetters } from './legibility.ts';
import type { PdfText } from './pdf-text.ts';
import type { PageContent } from './pdfium-page-content.ts';
import { isPlaceholder, isShortPage } from './placeholder.ts';

/** A page with fewer letters and digits has no text of its own: a number, a mark of a scanner. */
export const minLetters = 20;
/** With fewer letters and digits on a page that is a picture, they are stamps upon it. */
const minLettersOnPicture = 200;
/** A signing service's "Envelope ID" with its number has about 60 characters. */
const maxStampLength = 80;
/** Fewer glyphs without a character are bullets. */
const minUnknownGlyphs = 5;
/** The share of a page that a picture of a page covers. */
const pageShare = 0.5;
/** Less of a page is a dot or a line, and beside a title a logo. */
const minPictureShare = 0.01;
const minShareBesideTitle = 0.1;
/** Fewer letters and digits are the number of a page. */
const minTitleLetters = 5;
/** The share of a page that a picture beside its text covers, and the letters that may stand on it. */
const [besideShare, maxLettersOnIt] = [0.4, 20];
/** More paths are letters or a plan, not lines and borders. */
const minDrawings = 40;
/** So many on a page with a few letters. */
const [manyDrawings, fewLetters] = [400, 100];

/**
 * Why each page of a PDF was not read; undefined for a page that was, also where it is empty.
 * @param garbled the garbled share of each page
 */
export function findUnreadPages(
  { pages, contents, parts = [] }: PdfText,
  garbled: number[],
): (UnreadReason | undefined)[] {
  const isStamp = stampTest(pages);
  const isDynamicForm = parts.some(({ reason }) => reason === 'dynamic_form');
  return pages.map((page, index) => {
    const lines = [...new Set(page.split('\n').map((line) => line.trim()))];
    const own = lines.length <= 3 ? lines.filter((line) => !isStamp(line)) : lines;
    const letters = countLetters(own.join(''));
    if (isPlaceholder(page)) return 'placeholder';
    if (isDynamicForm && isShortPage(page)) return 'placeholder';
    if (garbled[index]! > 0) return 'garbled_text';
    return showsMore(letters, contents?.[index]);
  });
}

/** Whether a page shows something beside its `letters` that was not read. */
function showsMore(letters: number, content: PageContent | undefined): UnreadReason | undefined {
  // without its objects an empty page and a scanned one are alike
  if (!content) return letters < minLetters ? 'no_text' : undefined;
  const { pictureShare, charactersOnPictures, hasHiddenText, drawings, stamps } = content;
  if (letters < minLetters && content.unknownGlyphs >= minUnknownGlyphs) return 'garbled_text';
  if (letters < minLetters) {
    const minShare = letters < minTitleLetters ? minPictureShare : minShareBesideTitle;
    const isDrawn = pictureShare >= minShare || drawings >= minDrawings || stamps > 0;
    return isDrawn ? 'no_text' : undefined;
  }
  if (pictureShare >= pageShare && letters < minLettersOnPicture && !hasHiddenText)
    return 'no_text';
  if (drawings >= manyDrawings && letters < fewLetters) return 'no_text';
  return pictureShare >= besideShare && charactersOnPictures < maxLettersOnIt
    ? 'picture'
    : undefined;
}

/**
 * Recognises short lines on most pages: a stamp, an envelope number. They do not count on pages with little else,
 * since signing services print them over scans.
 */
function stampTest(pages: string[]): (line: string) => boolean {
  const pagesByLine = new Map<string, number>();
  for (const page of pages) {
    for (const line of new Set(page.split('\n').map((one) => one.trim())))
      pagesByLine.set(line, (pagesByLine.get(line) ?? 0) + 1);
  }
  return (line) =>
    line.length <= maxStampLength &&
    pages.length > 2 &&
    (pagesByLine.get(line) ?? 0) > pages.length / 2;
}
