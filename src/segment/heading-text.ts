import type { Span } from '../domain/documents.ts';
import { isCapitals, isDigit, isLower, isUpper } from './characters.ts';
import { type NormalizedText, whitespaceKind } from './normalized-text.ts';
import { type Numbering, readNumbering } from './numbering.ts';
import { startsExhibitLabel } from './section-kinds.ts';

const smallWord =
  /^(?:a|an|and|any|as|at|by|de|for|from|if|in|into|its|no|not|of|on|or|other|out|over|per|than|the|their|to|under|upon|use|via|vs|with|within|without|between|against|during|after|before|following|etc)$/;
/** Verbs that show that a candidate is a sentence and not a title. */
const sentenceVerb =
  /\b(?:shall|will|may|must|is|are|was|were|has|have|had|agrees?|means|hereby|does|do|can|should|would|been|includes?)\b/;
const maxTitleLength = 110;
const maxWords = 14;

/**
 * Whether a string reads like a heading: short, in capitals or title case, without a full stop or a
 * sentence's verb.
 */
export function isTitle(candidate: string): boolean {
  if (candidate.length > maxTitleLength || candidate.length < 3) return false;
  if (/[.?!] |[_=]{2}|[.;,]$|@|\/s\/|\$/.test(candidate)) return false;
  const words = candidate.split(' ');
  if (words.length > maxWords) return false;
  const first = candidate[0]!;
  if (!isUpper(first) && !/^["“'(]/.test(candidate)) return false;
  if (isCapitals(candidate)) return /\p{Lu}{3}/u.test(candidate);
  if (sentenceVerb.test(candidate)) return false;
  let capitalized = 0;
  let uncapitalized = 0;
  let digits = 0;
  for (const word of words) {
    const letter = word.replace(/^["“'(]+/, '')[0] ?? '';
    if (isUpper(letter)) capitalized++;
    else if (isDigit(letter)) digits++;
    else if (isLower(letter) && !smallWord.test(word.replace(/\W+$/, ''))) uncapitalized++;
  }
  return capitalized > 0 && uncapitalized === 0 && digits <= 1 && /\p{L}{3}/u.test(candidate);
}

/** Words that begin a sentence after a run-in heading that lost its full stop. */
const sentenceStart =
  /^(?:The|This|These|Each|Neither|Either|In|If|Any|All|No|Upon|Subject|Except|Unless|Notwithstanding|During|For|Without|Nothing|It|Such|Both|Other|Where|When|At|As|To|On|After|Before|Within|Following|You|We|Should|Either)$/;

const nextNumber =
  /(?<!\d|No\.) (?:\d{1,2}(?:\.\d{1,2})+\.? ["“(]?\p{L}|(?:\d{1,2}[.)]|\([a-z1]\)|[A-Z]\.) ["“(]?\p{Lu})/u;

/**
 * The end of the heading that starts at `start`; undefined if none does.
 * @param hardEnd where its paragraph ends
 * @param softEnd where the first wide gap is
 */
function findTitleEnd(
  chars: string,
  start: number,
  hardEnd: number,
  softEnd: number,
): number | undefined {
  let limit = Math.min(hardEnd, start + maxTitleLength + 2);
  // "2. TERM 2.1 The Agreement": the second number belongs to the next section.
  const numberAt = nextNumber.exec(chars.slice(start, limit))?.index;
  if (numberAt !== undefined && isTitle(chars.slice(start, start + numberAt)))
    return start + numberAt;
  limit = Math.min(limit, start + (numberAt ?? maxTitleLength + 2));
  const text = chars.slice(start, limit);
  // "Limitation of Liability. In no event", "Term: The term", "Notices - All notices".
  const stop = /[.:](?=["”’)]? )|[.:]["”’)]?$| [-–—]{1,2} |(?<=[a-z])[-–—]{1,2} /.exec(text);
  if (stop) {
    const title = text.slice(0, stop.index);
    // "Harrow buys grain." alone is a sentence; "Governing law. This" is a heading.
    const continues = start + stop.index + stop[0].length < hardEnd;
    if (isTitle(title) || (continues && isPhrase(title, 5))) {
      return start + stop.index + (stop[0].trim().match(/^[.:]/) ? 1 : 0);
    }
  }
  if (softEnd <= limit && softEnd > start && isTitle(chars.slice(start, softEnd))) return softEnd;
  if (hardEnd <= limit && (isTitle(text) || isPhrase(text, 10))) return hardEnd;
  return findCapitalsEnd(text, start) ?? findSentenceStart(text, start);
}

/** "Governing law", "Return and destruction": a heading of few words without a sentence's verb. */
function isPhrase(title: string, maxPhraseWords: number): boolean {
  const words = title.split(' ');
  return (
    words.length <= maxPhraseWords &&
    title.length >= 4 &&
    title.length <= maxTitleLength &&
    isUpper(title[0]!) &&
    (maxPhraseWords > 5 || !sentenceVerb.test(title)) &&
    words.every((word) => /^[\p{L}'’/&-]+,?$/u.test(word)) &&
    !title.endsWith(',')
  );
}

/** "TERM AND TERMINATION The term of": capitals up to a sentence in mixed case. */
function findCapitalsEnd(text: string, start: number): number | undefined {
  const words = text.split(' ');
  let length = 0;
  let count = 0;
  for (const word of words) {
    if (/\p{Ll}/u.test(word)) break;
    length += word.length + 1;
    count++;
  }
  if (count === words.length || count === 0) return undefined;
  // "A" and "I" may be capitals and still the first word of the sentence.
  const last = words[count - 1]!;
  if (last.length === 1 && /\p{L}/u.test(last)) {
    length -= 2;
    count--;
  }
  // "ACME shall": a name in capitals is no heading.
  const next = words[count]!;
  if (!isUpper(next.replace(/^["“(]/, '')[0] ?? '')) return undefined;
  if (count < 2 && !/^["“(]/.test(next) && !sentenceStart.test(next)) return undefined;
  const title = text
    .slice(0, Math.max(0, length - 1))
    .replace(/["“(]+$/, '')
    .trimEnd();
  const stripped = title.replace(/[-–—:.]$/, '');
  return isCapitals(stripped) && /\p{Lu}{4}/u.test(stripped) && isTitle(stripped.trimEnd())
    ? start + title.length
    : undefined;
}

/** "Records The Supplier shall": title case up to a word that starts a sentence. */
function findSentenceStart(text: string, start: number): number | undefined {
  const words = text.split(' ');
  let length = 0;
  for (let i = 0; i < words.length && i < 9; i++) {
    const word = words[i]!;
    if (i > 0 && sentenceStart.test(word) && !smallWord.test(words[i - 1]!)) {
      const title = text.slice(0, length - 1);
      const rest = words[i + 1] ?? '';
      return isTitle(title) && rest !== '' && !sentenceStart.test(words[0]!)
        ? start + length - 1
        : undefined;
    }
    if (!isUpper(word[0] ?? '') && !smallWord.test(word)) return undefined;
    length += word.length + 1;
  }
  return undefined;
}

/** The most characters a heading may have, with the white space around it. */
const maxHeadingLength = 130;
/** A paragraph of at least this many characters is text that a heading introduces. */
const minBodyLength = 60;

const referenceEnd =
  /\b(?:sections?|articles?|clauses?|paragraphs?|exhibits?|schedules?|annex|appendix|no|of|in|to|and|or|under)$/i;
const organisationEnd =
  /\b(?:Inc|INC|LLC|L\.L\.C|Ltd|LTD|Limited|LIMITED|Corp|CORP|Corporation|CORPORATION|GmbH|L\.P|LP|N\.A|S\.A|PLC|plc|Co)\b\.?,?$/;
const formLine = /^(?:By|BY|Name|NAME|Title|TITLE|Date|DATE|Its|Attn|Address|Signed?)\b/;

/** A heading's title, if it has one, and where the heading ends. */
export interface HeadingText {
  title?: string;
  end: number;
}

/**
 * Reads the title that starts at `from`, after a number that ends at `numberEnd`, or in the next
 * paragraph.
 */
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
    softEnd < from + maxHeadingLength &&
    whitespace[softEnd]! < whitespaceKind.double
  )
    softEnd++;
  const end = findTitleEnd(chars, from, paragraphEnd, softEnd);
  return end === undefined
    ? { end: numberEnd }
    : { title: stripTrailingPunctuation(chars.slice(from, end)), end };
}

/** Reads a title that is the next paragraph, or begins it in capitals. */
function readTitleBelow(chars: string, next: Span | undefined, numberEnd: number): HeadingText {
  if (!next) return { end: numberEnd };
  const { start } = next;
  const head = chars.slice(start, Math.min(next.end, start + maxHeadingLength));
  if (readNumbering(head, 0) || startsExhibitLabel(head, 0) || formLine.test(head)) {
    return { end: numberEnd };
  }
  const end = findTitleEnd(chars, start, next.end, next.end);
  const title = end === undefined ? '' : chars.slice(start, end);
  const isWholeParagraph = end === next.end && isTitle(title);
  if (end === undefined || !(isWholeParagraph || isCapitals(title))) return { end: numberEnd };
  return { title: stripTrailingPunctuation(title), end };
}

/**
 * Reads the title of a paragraph without a number: the whole paragraph, or capitals before a colon.
 */
export function readUnnumberedTitle(
  chars: string,
  paragraphs: Span[],
  index: number,
): string | undefined {
  const { start, end } = paragraphs[index]!;
  const head = chars.slice(start, Math.min(end, start + maxHeadingLength));
  const withoutStop = head.replace(/[:.]$/, '');
  if (formLine.test(head) || organisationEnd.test(withoutStop)) return undefined;
  if (end - start < maxHeadingLength && isTitle(withoutStop)) {
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
  const before = chars.slice(Math.max(0, at - maxHeadingLength), at - 1);
  const sentence = /(?<=[.;:!?]["”’)\]]{0,3} )[^.;:!?]{3,80}$/.exec(before)?.[0];
  const starts = [
    numberEnd === undefined ? -1 : numberEnd + 1,
    paragraphStart,
    sentence === undefined ? -1 : at - 1 - sentence.length,
  ];
  return starts.some((start) => {
    if (start < 0 || start >= at - 1 || at - start > maxHeadingLength) return false;
    const title = chars.slice(start, at - 1);
    return isTitle(title) && !referenceEnd.test(title);
  });
}

/** Whether a number, given the text after it, may head a section in any series. */
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
