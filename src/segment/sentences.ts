import type { Span } from '../domain/documents.ts';
import { isDigit, isLower, isUpper } from './characters.ts';
import { type NormalizedText, whitespaceKind, trimNormalizedSpan } from './normalized-text.ts';
import type { Heading } from './headings.ts';
import { readNumbering } from './numbering.ts';

/** Abbreviations after which no sentence ends. */
const nonFinalAbbreviations = new Set(
  `mr mrs ms dr prof hon messrs sec secs art arts vs v e.g eg i.e ie cf fig figs exh sched approx ca
   para paras pp vol dept tel ext attn rs viz subsec incl excl est rev st ft mt reg gen`.split(
    /\s+/,
  ),
);
/** Abbreviations that may also end a sentence, if another clearly begins after them. */
const ambiguousAbbreviations = new Set(
  `inc ltd co corp cos llc llp lp plc bros jr sr etc al ave blvd rd esq cal del jan feb mar apr jun
   jul aug sep sept oct nov dec assn intl mfg gmbh pty pte dba`.split(/\s+/),
);
const sentenceOpener =
  /^["“(]?(?:The|This|These|That|Those|Each|Every|Neither|Either|In|If|Any|All|No|None|Upon|Subject|Except|Unless|Notwithstanding|During|For|Without|Nothing|It|Its|Such|Both|Other|Where|When|Whenever|At|As|To|On|After|Before|By|From|Within|Following|You|We|Should|However|Furthermore|Accordingly|Thereafter|There|WHEREAS|NOW|IN|Said|Pursuant|Under|Provided|Also|Additionally|And|Or|But|Until|Once|Whether|With|He|She|They|His|Her|Their|Our|Your|My|I|A|An)(?= |,)/;
const labelBefore =
  /(?:Exhibit|EXHIBIT|Schedule|SCHEDULE|Annex|ANNEX|Appendix|APPENDIX|Attachment|Section|Article|Class|Series|Part|Type|Tier|Phase|Plan|Party|Option|Group|Category|Table|Product|Vitamin|and|or) $/;

/** How long a list item within a sentence, and the text before it, must be to be split. */
const minItemLength = 90;

/**
 * Splits a normalized text into sentences, in order: each paragraph is split at headings and where
 * sentences end, so that every character but blanks is in one sentence. Long list items are
 * sentences of their own.
 */
export function splitSentences(
  normalizedText: NormalizedText,
  paragraphs: Span[],
  headings: Heading[],
): Span[] {
  const sentences: Span[] = [];
  for (const piece of splitAtHeadings(normalizedText, paragraphs, headings))
    splitAtSentenceEnds(normalizedText, piece, sentences);
  return sentences;
}

/** Headings with a title, and the text between them and the ends of paragraphs. */
function* splitAtHeadings(
  normalizedText: NormalizedText,
  paragraphs: Span[],
  headings: Heading[],
): Generator<Span> {
  const cuts = new Float64Array(2 + paragraphs.length + 2 * headings.length);
  let count = 1;
  cuts[count++] = normalizedText.chars.length;
  for (const paragraph of paragraphs) cuts[count++] = paragraph.start;
  for (const { start, end, title } of headings) {
    cuts[count++] = start;
    if (title !== undefined) cuts[count++] = end;
  }
  let next = 0;
  let before: number | undefined;
  for (const cut of cuts.subarray(0, count).sort()) {
    while (headings[next] && headings[next]!.end <= cut) next++;
    const heading = headings[next];
    const isInHeading = heading?.title !== undefined && cut > heading.start && cut < heading.end;
    if (isInHeading) continue;
    const piece = before !== undefined && trimNormalizedSpan(normalizedText, before, cut);
    if (piece) yield piece;
    before = cut;
  }
}

function splitAtSentenceEnds(normalizedText: NormalizedText, piece: Span, sentences: Span[]): void {
  const { chars } = normalizedText;
  let start = piece.start;
  for (let at = piece.start; at < piece.end; at++) {
    const char = chars[at]!;
    if (char !== '.' && char !== '?' && char !== '!' && char !== ';') continue;
    let blank = at + 1;
    while (blank < piece.end && /["”’'»)\]]/.test(chars[blank]!)) blank++;
    if (chars[blank] !== ' ' || blank + 1 >= piece.end) continue;
    const end = char === ';' ? findItemEnd(normalizedText, start, at, piece.end) : blank;
    if (end === undefined || (char !== ';' && !endsSentence(normalizedText, start, at, blank)))
      continue;
    sentences.push({ start, end });
    start = end + 1;
    at = end;
  }
  if (start < piece.end) sentences.push({ start, end: piece.end });
}

/** Whether the mark at `at`, with a blank at `blank`, ends the sentence that began at `start`. */
function endsSentence(
  normalizedText: NormalizedText,
  start: number,
  at: number,
  blank: number,
): boolean {
  const { chars, whitespace } = normalizedText;
  const next = chars[blank + 1]!;
  if (isLower(next)) {
    const numbering = readNumbering(chars, blank + 1);
    const isListItem =
      numbering !== undefined && /^[a-z]{1,4}[.)]/.test(chars.slice(blank + 1, blank + 6));
    return isListItem && isUpper(chars[numbering.end + 1] ?? '');
  }
  if (chars[at] !== '.') return true;
  if (/[,;:)]/.test(next)) return false;
  const wordStart = Math.max(start, chars.lastIndexOf(' ', at - 1) + 1, at - 24);
  const word = chars.slice(wordStart, at).replace(/^["“”'‘([]+/, '');
  if (wordStart === start && readNumbering(chars, start)?.end === at + 1) return false;
  const lowerCased = word.toLowerCase();
  const following = chars.slice(blank + 1, blank + 24);
  if (lowerCased === 'no' || lowerCased === 'nos')
    return !isDigit(next) && !/^["“]?[#[A-Z*]{1,3}-?\d?/.test(following);
  if (nonFinalAbbreviations.has(lowerCased)) return false;
  const beginsSentence =
    (whitespace[blank]! >= whitespaceKind.paragraph && !isDigit(next)) ||
    sentenceOpener.test(following);
  if (/^\p{Lu}$/u.test(word)) {
    const hasLabel = labelBefore.test(chars.slice(Math.max(start, wordStart - 16), wordStart));
    return hasLabel ? true : beginsSentence && !/^["“(]?[AI] /.test(following);
  }
  if (ambiguousAbbreviations.has(lowerCased) || /^(?:\p{L}{1,2}\.)+\p{L}{1,2}$/u.test(word)) {
    return beginsSentence || startsWithNumber(chars, blank + 1);
  }
  return true;
}

function startsWithNumber(chars: string, at: number): boolean {
  const numbering = readNumbering(chars, at);
  return (
    numbering !== undefined && /^ ["“]?\p{Lu}/u.test(chars.slice(numbering.end, numbering.end + 3))
  );
}

/** The end of a list item before "; (b)", "; and (b)" or "; WHEREAS", if it is long enough. */
function findItemEnd(
  normalizedText: NormalizedText,
  start: number,
  at: number,
  limit: number,
): number | undefined {
  if (at - start < minItemLength || limit - at < minItemLength) return undefined;
  const { chars } = normalizedText;
  const conjunction = /^ (?:and\/or|and|or|provided(?: that)?)(?= )/.exec(
    chars.slice(at + 1, at + 16),
  );
  const end = at + 1 + (conjunction?.[0].length ?? 0);
  if (chars.startsWith('WHEREAS', end + 1)) return end;
  const numbering = readNumbering(chars, end + 1);
  return numbering && /[)]/.test(numbering.raw) ? end : undefined;
}
