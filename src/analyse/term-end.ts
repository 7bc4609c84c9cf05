import { addDays, shift } from '../domain/calendar.ts';
import type { ContractDate, Duration, Span } from '../domain/documents.ts';
import { collapseWhitespace } from './collapse-whitespace.ts';
import { formatDate } from './date-text.ts';
import { formatDuration, type DurationMention } from './duration-text.ts';
import type { PreparedSentence } from './prepared-text.ts';
import { findStatedEnds } from './term-last-day.ts';
import { findTermLengths } from './term-length.ts';
import { findOpenEnd } from './term-open-end.ts';
import { type TermAnchors, findStatedStart, findTermStart, type TermStart } from './term-start.ts';
import { blankExceptions, findPeriodSubject, type PeriodSubject } from './term-subject.ts';

/** What a sentence says of the term. */
export interface TermReading {
  /** `unknown` if it states an end that cannot be computed: a blank, a term from an event. */
  end: ContractDate | 'unknown';
  subject: PeriodSubject;
  length?: Duration;
  start?: TermStart;
}

/** Bounds the time for a sentence, so that a text without full stops takes no longer. */
const maxSentenceLength = 3000;
const dayBefore =
  /\bday (?:before|prior to|preceding|immediately preceding|immediately prior to)\b[^.;]{0,60}\banniversary\b/i;

/** The first or the last of several ends: "the earlier of (a) 31 December 2036 and (b) completion". */
const choice =
  /\b(?:the )?(?:(earlier|earliest|sooner|soonest|first|shorter)|(later|latest|last|longer|longest))(?: to occur)?(?: (?:of|to occur|between)\b)|\b(?:whichever|which ?ever|if)\b (?:\w+ ){0,4}?(?:(earlier|sooner|first|shorter)|(later|longer|last))\b/i;

/** Years that begin on a day that only the contract defines. */
const contractYears =
  /\b(?:until|through|to|ends?|ending|expir\w+|terminat\w+)\b[^.;]{0,30}\bend of (?:the )?(?:[\w-]+ ){0,2}(?:\(\w+\) )?(?:(?:contract|agreement|license|fiscal|financial|business|season) (?:year|season)|season|year \d)\b/i;
const redactedTerm =
  /\b(?:until|through|for|of|is|be|on|initial(?:\s+\w+)?)\s+(?:an?\s+)?(?:(?:additional\s+|initial\s+)?(?:period|term)\s+of\s+)?(?:the\s+)?(?:\[[*•●_\s.x-]{0,30}\]|\*{2,}|_{3,}|●)/i;

interface SentenceText {
  raw: string;
  /** `raw` with exceptions and asides as blanks. */
  main: string;
  /** Converts an offset in `raw` to one in the stored text. */
  offset: (offset: number) => number;
}

/** Whether two ends agree: they differ by a day, or by a slip of the pen. */
export function datesAgree(a: string, b: string): boolean {
  return Math.abs(Date.parse(a) - Date.parse(b)) <= 45 * 86_400_000;
}

/** One end that a sentence states. */
interface StatedEnd {
  at: number;
  end: ContractDate | 'unknown';
  length?: Duration;
  start?: TermStart;
  subject: PeriodSubject;
}

function computeEnd(
  { raw }: SentenceText,
  span: Span,
  duration: DurationMention,
  { date, words }: TermStart,
): ContractDate {
  const end = shift(date.value, duration);
  const isDayBefore = dayBefore.test(raw.slice(0, duration.end + 20));
  const value = isDayBefore ? addDays(end, -1) : end;
  const explanation =
    `${formatDuration(duration)} from ${words} is ${formatDate(end)}` +
    (isDayBefore ? `; the term ends on the day before, ${formatDate(value)}.` : '.');
  return { value, basis: 'computed', explanation, evidence: [span, ...date.evidence] };
}

/** The ends that a sentence states, in order. */
function findEnds(
  text: SentenceText,
  span: Span,
  heading: string,
  anchors: TermAnchors,
): StatedEnd[] {
  const subjectAt = ({ start, end }: Span) =>
    findPeriodSubject(text.main.slice(0, start), text.raw.slice(end), heading);
  const days = findStatedEnds(text.main, span, anchors).map((day) => ({
    at: day.at.start,
    end: day.end,
    subject: subjectAt(day.at),
  }));
  const lengths = findTermLengths(text.main).map((length) => {
    const start = findTermStart(text.raw, text.offset, length, anchors);
    return {
      at: length.start,
      end: start ? computeEnd(text, span, length, start) : ('unknown' as const),
      subject: subjectAt(length),
      length: { count: length.count, unit: length.unit },
      ...(start && { start }),
    };
  });
  return [...days, ...lengths]
    .filter(({ subject }) => subject !== 'other')
    .toSorted((a, b) => a.at - b.at);
}

interface KnownEnd extends StatedEnd {
  end: ContractDate & { value: string };
}

const isKnown = (found: StatedEnd): found is KnownEnd =>
  found.end !== 'unknown' && found.end.value !== undefined;

/**
 * The first end; of a length and a day that agree with each other ("one year, ending on 31 December
 * 2008"), the day, with the length.
 */
function preferStated([first, ...others]: [StatedEnd, ...StatedEnd[]]): StatedEnd {
  if (!isKnown(first)) return first;
  const { value } = first.end;
  const agreeing = others.filter(isKnown).find(({ end }) => datesAgree(end.value, value));
  if (!agreeing) return first;
  return first.length ? { ...first, end: agreeing.end } : { ...agreeing, end: first.end };
}

/** The end where the sentence names the first or the last of several. */
function chooseEnd(ends: StatedEnd[], isLater: boolean, span: Span): StatedEnd {
  const known = ends.filter(isKnown).toSorted((a, b) => (a.end.value < b.end.value ? -1 : 1));
  const [first] = known;
  const chosen = isLater ? known.at(-1) : first;
  if (!chosen) return ends[0]!;
  const { end } = chosen;
  const reason = end.explanation ? `${end.explanation} ` : '';
  if (isLater && known.length < 2) {
    const explanation =
      `${reason}The clause names the later of ${formatDate(end.value)} and another end, ` +
      'whose day it does not state.';
    return { ...chosen, end: { basis: 'unclear', explanation, evidence: [span] } };
  }
  const explanation =
    `${reason}The clause names the ${isLater ? 'later' : 'earlier'} of several ends` +
    (known.length > 1
      ? `: ${known.map((one) => formatDate(one.end.value)).join(', ')}.`
      : '; another one may come earlier.');
  return { ...chosen, end: { ...end, explanation } };
}

/**
 * What a sentence says of the end of the term; undefined if it says nothing of it. A period or a day
 * counts only where it is the contract's (`findPeriodSubject`).
 */
export function findTermEnd(
  sentence: PreparedSentence,
  text: string,
  anchors: TermAnchors,
): TermReading | undefined {
  const span = { start: sentence.start, end: sentence.end };
  const { text: raw, originalOffset } = collapseWhitespace(
    text.slice(span.start, Math.min(span.end, span.start + maxSentenceLength)),
  );
  const main = blankExceptions(raw);
  const sentenceText = {
    raw,
    main,
    offset: (offset: number) => span.start + originalOffset(offset),
  };
  const ends = findEnds(sentenceText, span, sentence.heading, anchors);
  const [first] = ends;
  const open = findOpenEnd(main, raw, span, sentence.heading);
  if (first && !(open && open.at < first.at && open.end.basis === 'perpetual')) {
    const chosenBy = choice.exec(main);
    const isLater = (chosenBy?.[2] ?? chosenBy?.[4]) !== undefined;
    const found =
      chosenBy || (!isKnown(first) && ends.some(isKnown))
        ? chooseEnd(ends, isLater, span)
        : preferStated([first, ...ends.slice(1)]);
    const stated = found.start ?? findStatedStart(main, sentenceText.offset, anchors);
    return {
      end: found.end,
      subject: found.subject,
      ...(found.length && { length: found.length }),
      ...(stated && { start: stated }),
    };
  }
  if (redactedTerm.test(main) || contractYears.test(main)) {
    const at = (redactedTerm.exec(main) ?? contractYears.exec(main))!.index;
    const subject = findPeriodSubject(main.slice(0, at + 8), '', sentence.heading);
    if (subject !== 'other') return { end: 'unknown', subject };
  }
  if (!open) return undefined;
  const start = findStatedStart(main, sentenceText.offset, anchors);
  return { end: open.end, subject: open.subject, ...(start && { start }) };
}
