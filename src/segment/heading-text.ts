import type { Span } from '../documents.ts';
import { isDigit } from './characters.ts';
import { type Flow, gap } from './flow.ts';
import { type Numbering, readNumbering } from './numbering.ts';
import { startsExhibitLabel } from './parts.ts';
import { isCapitals, isTitle, titleEnd } from './titles.ts';

/** How long a heading may be, with the space around it. */
const maxTitle = 130;
/** A paragraph of so many characters is text that a heading introduces. */
const minText = 60;

const reference =
  /\b(?:sections?|articles?|clauses?|paragraphs?|exhibits?|schedules?|annex|appendix|no|of|in|to|and|or|under)$/i;
const organisation =
  /\b(?:Inc|INC|LLC|L\.L\.C|Ltd|LTD|Limited|LIMITED|Corp|CORP|Corporation|CORPORATION|GmbH|L\.P|LP|N\.A|S\.A|PLC|plc|Co)\b\.?,?$/;
const formLine = /^(?:By|BY|Name|NAME|Title|TITLE|Date|DATE|Its|Attn|Address|Signed?)\b/;

/** A heading's words, if there are any, and where it ends. */
export interface HeadingText {
  title?: string;
  end: number;
}

/** The title that starts at `from`, after a number that ends at `numberEnd`, or in the next paragraph. */
export function titleFrom(
  flow: Flow,
  paragraphs: Span[],
  index: number,
  from: number,
  numberEnd: number,
): HeadingText {
  const { chars, gaps } = flow;
  const { end: paragraphEnd } = paragraphs[index]!;
  if (from >= paragraphEnd) return titleBelow(chars, paragraphs[index + 1], numberEnd);
  let soft = from + 1;
  while (soft < paragraphEnd && soft < from + maxTitle && gaps[soft]! < gap.double) soft++;
  const end = titleEnd(chars, from, paragraphEnd, soft);
  return end === undefined ? { end: numberEnd } : { title: bare(chars.slice(from, end)), end };
}

/** The title that is the next paragraph, or begins it in capitals. */
function titleBelow(chars: string, next: Span | undefined, numberEnd: number): HeadingText {
  if (!next) return { end: numberEnd };
  const { start } = next;
  const head = chars.slice(start, Math.min(next.end, start + maxTitle));
  if (readNumbering(head, 0) || startsExhibitLabel(head, 0) || formLine.test(head)) {
    return { end: numberEnd };
  }
  const end = titleEnd(chars, start, next.end, next.end);
  const title = end === undefined ? '' : chars.slice(start, end);
  const whole = end === next.end && isTitle(title);
  if (end === undefined || !(whole || isCapitals(title))) return { end: numberEnd };
  return { title: bare(title), end };
}

/** The title that a paragraph without a number is, or begins with in capitals before a colon. */
export function plainTitle(chars: string, paragraphs: Span[], index: number): string | undefined {
  const { start, end } = paragraphs[index]!;
  const head = chars.slice(start, Math.min(end, start + maxTitle));
  const whole = head.replace(/[:.]$/, '');
  if (formLine.test(head) || organisation.test(whole)) return undefined;
  if (end - start < maxTitle && isTitle(whole)) {
    const next = paragraphs[index + 1];
    const introduces =
      next && (next.end - next.start >= minText || readNumbering(chars, next.start) !== undefined);
    return (isCapitals(head) || introduces) && /\p{L}{4}/u.test(whole) ? whole : undefined;
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
  const before = chars.slice(Math.max(0, at - maxTitle), at - 1);
  const sentence = /(?<=[.;:!?]["”’)\]]{0,3} )[^.;:!?]{3,80}$/.exec(before)?.[0];
  const starts = [
    numberEnd === undefined ? -1 : numberEnd + 1,
    paragraphStart,
    sentence === undefined ? -1 : at - 1 - sentence.length,
  ];
  return starts.some((start) => {
    if (start < 0 || start >= at - 1 || at - start > maxTitle) return false;
    const title = chars.slice(start, at - 1);
    return isTitle(title) && !reference.test(title);
  });
}

/** Whether a number may head a section, whatever its series, given the text after it. */
export function isPlausible(
  chars: string,
  numbering: Numbering,
  strong: boolean,
  { title, end }: HeadingText,
): boolean {
  // "30 days", "12 Months": a number without a full stop needs a heading after it.
  const bareNumber = numbering.style === 'decimal' && numbering.values.length === 1;
  const closed = numbering.raw.includes('.') || /[.):]/.test(chars[numbering.end - 1]!);
  const worded = !isDigit(numbering.raw[0]!);
  if (bareNumber && !closed && !worded && !/^\p{L}/u.test(title ?? '')) return false;
  if (strong || !/^\(|[a-z]\.$|\)$/.test(numbering.style)) return true;
  // Within a paragraph "(a)" is an item, unless a heading with a full stop follows.
  return title !== undefined && /[.:]/.test(chars[end - 1]!) && /^[^\d()]+$/.test(title);
}

function bare(title: string): string {
  return title.replace(/[.:\s–—-]+$/, '');
}
