import type { Span } from '../domain/documents.ts';
import { isDigit } from './characters.ts';
import { type NormalizedText, whitespaceKind } from './normalized-text.ts';
import { type Numbering, readNumbering } from './numbering.ts';
import { startsExhibitLabel } from './section-kinds.ts';
import { isCapitals, isTitle, findTitleEnd } from './titles.ts';

/** How long a heading may be, with the space around it. */
const maxTitleLength = 130;
/** A paragraph of so many characters is text that a heading introduces. */
const minBodyLength = 60;

const referenceEnd =
  /\b(?:sections?|articles?|clauses?|paragraphs?|exhibits?|schedules?|annex|appendix|no|of|in|to|and|or|under)$/i;
const organisationEnd =
  /\b(?:Inc|INC|LLC|L\.L\.C|Ltd|LTD|Limited|LIMITED|Corp|CORP|Corporation|CORPORATION|GmbH|L\.P|LP|N\.A|S\.A|PLC|plc|Co)\b\.?,?$/;
const formLine = /^(?:By|BY|Name|NAME|Title|TITLE|Date|DATE|Its|Attn|Address|Signed?)\b/;

/** A heading's words, if there are any, and where it ends. */
export interface HeadingText {
  title?: string;
  end: number;
}

/** The title that starts at `from`, after a number that ends at `numberEnd`, or in the next paragraph. */
export function readTitle(
  normalizedText: NormalizedText,
  paragraphs: Span[],
  index: number,
  from: number,
  numberEnd: number,
): HeadingText {
  const { chars, whitespace } = normalizedText;
  const { end: paragraphEnd } = paragraphs[index]!;
  if (from >= paragraphEnd) return readTitleBelow(chars, paragraphs[index + 1], numberEnd);
  let softEnd = from + 1;
  while (
    softEnd < paragraphEnd &&
    softEnd < from + maxTitleLength &&
    whitespace[softEnd]! < whitespaceKind.double
  )
    softEnd++;
  const end = findTitleEnd(chars, from, paragraphEnd, softEnd);
  return end === undefined
    ? { end: numberEnd }
    : { title: stripTrailingPunctuation(chars.slice(from, end)), end };
}

/** The title that is the next paragraph, or begins it in capitals. */
function readTitleBelow(chars: string, next: Span | undefined, numberEnd: number): HeadingText {
  if (!next) return { end: numberEnd };
  const { start } = next;
  const head = chars.slice(start, Math.min(next.end, start + maxTitleLength));
  if (readNumbering(head, 0) || startsExhibitLabel(head, 0) || formLine.test(head)) {
    return { end: numberEnd };
  }
  const end = findTitleEnd(chars, start, next.end, next.end);
  const title = end === undefined ? '' : chars.slice(start, end);
  const isWholeParagraph = end === next.end && isTitle(title);
  if (end === undefined || !(isWholeParagraph || isCapitals(title))) return { end: numberEnd };
  return { title: stripTrailingPunctuation(title), end };
}

/** The title that a paragraph without a number is, or begins with in capitals before a colon. */
export function readUnnumberedTitle(
  chars: string,
  paragraphs: Span[],
  index: number,
): string | undefined {
  const { start, end } = paragraphs[index]!;
  const head = chars.slice(start, Math.min(end, start + maxTitleLength));
  const withoutStop = head.replace(/[:.]$/, '');
  if (formLine.test(head) || organisationEnd.test(withoutStop)) return undefined;
  if (end - start < maxTitleLength && isTitle(withoutStop)) {
    const next = paragraphs[index + 1];
    const introducesText =
      next &&
      (next.end - next.start >= minBodyLength || readNumbering(chars, next.start) !== undefined);
    return (isCapitals(head) || introducesText) && /\p{L}{4}/u.test(withoutStop)
      ? withoutStop
      : undefined;
  }
  const runIn = /^([^.:]{4,80})[.:] /.exec(head)?.[1]?.replace(/ \d{1,2}$/, '');
  return runIn && isCapitals(runIn) && isTitle(runIn) && /\p{L}{4}/u.test(runIn)
    ? runIn
    : undefined;
}

/**
 * Whether a heading that lost its full stop ends before `at`: since the last number, which ended at
 * `numberEnd`, since the paragraph's start, or since the last sentence.
 */
export function followsTitle(
  chars: string,
  at: number,
  paragraphStart: number,
  numberEnd: number | undefined,
): boolean {
  const before = chars.slice(Math.max(0, at - maxTitleLength), at - 1);
  const sentence = /(?<=[.;:!?]["”’)\]]{0,3} )[^.;:!?]{3,80}$/.exec(before)?.[0];
  const starts = [
    numberEnd === undefined ? -1 : numberEnd + 1,
    paragraphStart,
    sentence === undefined ? -1 : at - 1 - sentence.length,
  ];
  return starts.some((start) => {
    if (start < 0 || start >= at - 1 || at - start > maxTitleLength) return false;
    const title = chars.slice(start, at - 1);
    return isTitle(title) && !referenceEnd.test(title);
  });
}

/** Whether a number may head a section, whatever its series, given the text after it. */
export function isPlausibleHeading(
  chars: string,
  numbering: Numbering,
  startsParagraph: boolean,
  { title, end }: HeadingText,
): boolean {
  // "30 days", "12 Months": a number without a full stop needs a heading after it.
  const bareNumber = numbering.style === 'decimal' && numbering.values.length === 1;
  const hasClosingMark = numbering.raw.includes('.') || /[.):]/.test(chars[numbering.end - 1]!);
  const isWorded = !isDigit(numbering.raw[0]!);
  if (bareNumber && !hasClosingMark && !isWorded && !/^\p{L}/u.test(title ?? '')) return false;
  if (startsParagraph || !/^\(|[a-z]\.$|\)$/.test(numbering.style)) return true;
  // Within a paragraph "(a)" is an item, unless a heading with a full stop follows.
  return title !== undefined && /[.:]/.test(chars[end - 1]!) && /^[^\d()]+$/.test(title);
}

function stripTrailingPunctuation(title: string): string {
  return title.replace(/[.:\s–—-]+$/, '');
}
