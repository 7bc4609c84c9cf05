import { addMonths, addDays } from '../domain/calendar.ts';
import type { ContractDate, Span } from '../domain/documents.ts';
import { findDates, formatDate, lastDayOfPeriod, monthPattern } from './date-text.ts';
import { normalizeDateName } from './defined-dates.ts';
import type { TermAnchors } from './term-start.ts';

/** Words that may come between "until" and the day. */
const filler =
  '(?:[\\s,:("\'\\u201c]|and|including|inclusive(?:\\s+of)?|midnight|noon|at|on|or|about|of|the|end|close|business|(?:\\(?(?:[a-e]|i{1,3}|[123])\\))|earlier|later|sooner|first|to|occur|following|events?|dates?|date|day|\\d{1,2}:\\d\\d|[ap]\\.?m\\.?|eastern|pacific|central|mountain|local|standard|daylight|prevailing|time|e[sd]?t|p[sd]?t|new\\s+york|city|hours)';
const untilPhrase = new RegExp(
  `\\b(?:until|through(?:out)?|thru|till|to|up\\s+to|ending|ends|end|expir(?:es?|ing)|conclud(?:es?|ing)|terminat(?:es?|ing))\\b${filler}{0,40}$`,
  'i',
);
/** "shall expire, unless renewed as provided below, on" */
const endVerb =
  /\b(?:expir\w+|ends?|ending|laps\w+|last\s+day|terminat(?:es?|ing|ed)|conclud\w+|cease\w*|(?:expiration|expiry|end|termination)\s+date)\b[^.;]{0,130}$/i;
const onDayPhrase =
  /(?:\bon|\bat|\bof|\bis|\bbe|\bmeans?|:|\bmidnight|\bdate|\bthrough|\buntil|\bending|\bends?|\bexpir\w+|\bterminating|\bconcluding|\bon\s+or\s+(?:about|before)|\bno\s+later\s+than|\bbeyond|\bor|\band)(?:[\s,("\u201c]|\((?:[a-e]|i{1,3}|[123])\))*$/i;
const beginPhrase =
  /\b(?:dated?|agreement|made|entered|executed|commenc\w+|begin\w*|start\w*|effective(?!ness))\b[^,;]{0,40}$/i;
/** What a party may do, not when the term ends. */
const optionPhrase =
  /\b(?:may|right\s+to|entitled\s+to|option\s+to|elect\s+to|wish\w*\s+to|notice\s+(?:of|to))\b[^.;]{0,60}\bterminat\w*\b[^.;]{0,130}$|\bnotice\b[^.;,]{0,60}$|\b(?:prior\s+to|not\s+(?:before|earlier)|between|at\s+any\s+time|first\s+time)\b[^.;]{0,30}$/i;
const renewalPhrase =
  /\b(?:renew\w*|(?<!\b(?:is|are|hereby|further)\s)extended|(?:may|to|automatically|then)\s+extend|extension|thereafter)\b[^.;,]{0,90}$/i;

/** "July 1, 2010 – June 30, 2012" */
const dateRange =
  /(?:19|20)\d\d["\u201d)]?\s{0,2}[-\u2013\u2014]\s{0,2}$|\b(?:term|period|covers?|runs?|valid|effect(?:ive)?|force)\b[^.;]{0,20}\bbetween\b[^.;]{5,40}(?:19|20)\d\d,?\s+and\s*$/i;
/** The first of several ends, so that a date after a choice is an end too. */
const choiceBefore =
  /\b(?:until|through|to|ends?|ending|expir\w+|terminat\w+|conclud\w+|ceas\w+)\b[^.;]{0,60}\b(?:earlier|earliest|sooner|first|later|latest|last)\b[^.;]{0,20}\b(?:of|occur)\b/i;
const eventDate =
  /\b(?:dated?|agreement|made|entered|executed|commenc\w+|begin\w*|start\w*|between|before|after|since)\b[^,;()]{0,25}$/i;

/** "but in no event later than 28 February 2013" */
const atTheLatest =
  /\b(?:(?:in no event|in any (?:event|case)|(?:but )?not?) (?:later than|beyond|after)|at the latest (?:on|by)|(?:but )?in any (?:event|case) (?:on|by|no later than))\s*$/i;

const lasts = /\b(?:terminat|expir|end|continu|remain)/i;

/** Whether the words before a date say that something ends on it. */
function endsOn(before: string): boolean {
  const nearText = before.slice(-170);
  if (dateRange.test(nearText)) return true;
  if (atTheLatest.test(nearText) && lasts.test(before)) return true;
  if (optionPhrase.test(nearText) || renewalPhrase.test(nearText)) return false;
  if (untilPhrase.test(nearText)) return true;
  if (choiceBefore.test(before.slice(-400)) && !eventDate.test(nearText)) return true;
  const end = endVerb.exec(nearText);
  return end !== null && onDayPhrase.test(nearText) && !beginPhrase.test(end[0]);
}

const endWord = '(?:until|through|thru|till|ending|ends?|expir\\w+|terminat\\w+|conclud\\w+|to)';
const endOfPeriod = new RegExp(
  `\\b${endWord}\\b[^.;]{0,30}?\\b(?:(?:at\\s+)?(?:the\\s+)?(?:end|last\\s+day|close|expiry)\\s+(?:of|in)\\s+(?:the\\s+)?(?:(?:calendar\\s+)?(?:year|month)(?:\\s+of)?\\s+)?(?:${monthPattern}[\\s,]{1,3}(?:of\\s+)?)?|(?:through|ending)\\s+(?:in\\s+)?${monthPattern}[\\s,]{1,3})((?:19|20)\\d\\d)\\b`,
  'i',
);
/** "until the end of the third quarter of 2027", "to the end of the first half of 2027" */
const endOfPart =
  /\b(?:until|through|till|ending|ends?|expir\w+|terminat\w+|to)\b[^.;]{0,30}?\b(?:end|last day|close) of (?:the )?(first|second|third|fourth|1st|2nd|3rd|4th|q[1-4]|h[12])(?:\s+(?:calendar\s+)?(quarter|half(?:[- ]year)?))?,?\s+(?:of\s+)?((?:19|20)\d\d)\b/i;
/** "for the calendar year 2027", "for the calendar years 2025 to 2027" */
const calendarYears =
  /\bfor (?:the )?(?:calendar |full |contract )?years? ((?:19|20)\d\d)(?:(?:\s*(?:-|\u2013|to|through|until|and)\s*)((?:19|20)\d\d))?\b(?!\/)/i;
const namedDatePattern =
  /\b(?:until|through|on|upon|till|to)\s+(?:and\s+including\s+)?(?:the\s+)?(?:(?:earlier|later|first)\s+(?:to\s+occur\s+)?of\s+)?(?:\(?[ai]\)\s*)?(?:the\s+)?["\u201c]?((?:[A-Z][\w-]*\s){1,3}Date)\b/g;
const ordinalIndex: Record<string, number> = { first: 1, second: 2, third: 3, fourth: 4 };

/** The last day of the quarter or half of a year that the groups of `endOfPart` name. */
function lastDayOfPart(part: string, unit: string | undefined, year: string): string | undefined {
  const index = ordinalIndex[part.toLowerCase()] ?? Number(/\d/.exec(part)?.[0]);
  const isHalf = /^h/i.test(unit ?? part);
  if (unit === undefined && !/^[qh]/i.test(part)) return undefined;
  if (isHalf && index > 2) return undefined;
  return addDays(addMonths(`${year}-01-01`, index * (isHalf ? 6 : 3)), -1);
}

/** A last day and where it stands in the sentence. */
export interface LastDay {
  at: Span;
  /** `unknown` for a blank, a redaction, or an ambiguous date. */
  end: ContractDate | 'unknown';
}

function computedDay(value: string, what: string, span: Span): ContractDate {
  const explanation = `The last day of ${what} is ${formatDate(value)}.`;
  return { value, basis: 'computed', explanation, evidence: [span] };
}

/** Ends of months, quarters and years. */
function* endsOfPeriods(raw: string, span: Span): Generator<LastDay> {
  const isRenewal = (at: number) => renewalPhrase.test(raw.slice(Math.max(0, at - 90), at));
  const at = ({ index, 0: whole }: RegExpExecArray) => ({
    start: index,
    end: index + whole.length,
  });
  const period = endOfPeriod.exec(raw);
  if (period && !isRenewal(period.index)) {
    const month = period[1] ?? period[2];
    const value = lastDayOfPeriod(month, period[3]!);
    const what = month === undefined ? period[3]! : formatDate(value).replace(/^\d+ /, '');
    yield { at: at(period), end: computedDay(value, what, span) };
  }
  const part = endOfPart.exec(raw);
  const lastDay = part && lastDayOfPart(part[1]!, part[2], part[3]!);
  if (part && lastDay && !isRenewal(part.index))
    yield { at: at(part), end: computedDay(lastDay, `that part of ${part[3]!}`, span) };
  const years = calendarYears.exec(raw);
  if (years && !isRenewal(years.index)) {
    const year = years[2] ?? years[1]!;
    yield { at: at(years), end: computedDay(`${year}-12-31`, year, span) };
  }
}

/**
 * The last days that a sentence states, in order: dates, ends of a month, a quarter or a year, and
 * defined dates.
 * @param raw the sentence with collapsed white space
 */
export function findStatedEnds(raw: string, span: Span, anchors: TermAnchors): LastDay[] {
  const days: LastDay[] = findDates(raw, anchors.order)
    .filter((date) => endsOn(raw.slice(0, date.start)))
    .map(({ start, end, value }) => ({
      at: { start, end },
      end: value === undefined ? 'unknown' : { value, basis: 'stated', evidence: [span] },
    }));
  if (days.length === 0) days.push(...endsOfPeriods(raw, span));
  for (const match of raw.matchAll(namedDatePattern)) {
    const name = normalizeDateName(match[1]!);
    if (!/expir|end|terminat|matur|outside|final|completion/.test(name)) continue;
    const found = anchors.defined.get(name);
    if (found?.value === undefined) continue;
    days.push({
      at: { start: match.index, end: match.index + match[0].length },
      end: { value: found.value, basis: 'stated', evidence: [span, found.span] },
    });
  }
  return days.toSorted((a, b) => a.at.start - b.at.start);
}
