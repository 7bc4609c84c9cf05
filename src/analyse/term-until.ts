import type { ContractDate, Span } from '../domain/documents.ts';
import { findDates, lastDayOfPeriod, monthPattern, formatDate } from './date-text.ts';
import { normalizeDateName } from './defined-dates.ts';
import type { TermAnchors } from './term-start.ts';

/** Words that may stand between "until" and the day. */
const filler =
  '(?:[\\s,:("\'\\u201c]|and|including|inclusive(?:\\s+of)?|midnight|noon|at|on|or|about|of|the|end|close|business|(?:\\(?[ai1]\\))|earlier|later|sooner|to|occur|date|day|\\d{1,2}:\\d\\d|[ap]\\.?m\\.?|eastern|pacific|central|mountain|local|standard|daylight|prevailing|time|e[sd]?t|p[sd]?t|new\\s+york|city|hours)';
const untilPhrase = new RegExp(
  `\\b(?:until|through(?:out)?|thru|till|to|up\\s+to|ending|ends|end|expir(?:es?|ing)|conclud(?:es?|ing))\\b${filler}{0,30}$`,
  'i',
);
/** "shall expire, unless renewed as provided below, on" */
const endVerb =
  /\b(?:expir\w+|ends?|ending|laps\w+|last\s+day|terminat(?:es?|ing)|conclud\w+|cease\w*|(?:expiration|expiry|end|termination)\s+date)\b[^.;]{0,130}$/i;
const onDayPhrase =
  /(?:\bon|\bat|\bof|\bis|\bbe|\bmeans?|:|\bmidnight|\bdate|\bthrough|\buntil|\bending|\bends?|\bexpir\w+|\bterminating|\bconcluding|\bon\s+or\s+(?:about|before)|\bno\s+later\s+than|\bbeyond)[\s("\u201c]*$/i;
const beginPhrase =
  /\b(?:dated?|agreement|made|entered|executed|commenc\w+|begin\w*|start\w*|effective(?!ness))\b[^,;]{0,40}$/i;
/** What someone may do, not when it ends. */
const optionPhrase =
  /\b(?:may|right\s+to|entitled\s+to|option\s+to|elect\s+to|wish\w*\s+to|notice\s+(?:of|to))\b[^.;]{0,60}\bterminat\w*\b[^.;]{0,130}$|\bnotice\b[^.;,]{0,60}$|\b(?:prior\s+to|not\s+(?:before|earlier)|between|at\s+any\s+time)\b[^.;]{0,30}$/i;
const renewalPhrase =
  /\b(?:renew\w*|(?<!\b(?:is|are|hereby|further)\s)extended|(?:may|to|automatically|then)\s+extend|extension|thereafter)\b[^.;,]{0,90}$/i;

/** "July 1, 2010 – June 30, 2012" */
const dateRange =
  /(?:19|20)\d\d["\u201d)]?\s{0,2}[-\u2013\u2014]\s{0,2}$|\b(?:term|period|covers?|runs?|valid|effect(?:ive)?|force)\b[^.;]{0,20}\bbetween\b[^.;]{5,40}(?:19|20)\d\d,?\s+and\s*$/i;

/** Whether the words before a date say that something ends on it. */
function endsOn(before: string): boolean {
  const nearText = before.slice(-170);
  if (dateRange.test(nearText)) return true;
  if (optionPhrase.test(nearText) || renewalPhrase.test(nearText)) return false;
  if (untilPhrase.test(nearText)) return true;
  const end = endVerb.exec(nearText);
  return end !== null && onDayPhrase.test(nearText) && !beginPhrase.test(end[0]);
}

const endOfPeriod = new RegExp(
  `\\b(?:until|through|thru|till|ending|ends?|expir\\w+|to)\\b[^.;]{0,30}?\\b(?:(?:at\\s+)?(?:the\\s+)?(?:end|last\\s+day|close)\\s+(?:of|in)\\s+(?:the\\s+)?(?:(?:calendar\\s+)?(?:year|month)(?:\\s+of)?\\s+)?(?:${monthPattern}[\\s,]{1,3})?|(?:through|ending)\\s+(?:in\\s+)?${monthPattern}[\\s,]{1,3})((?:19|20)\\d\\d)\\b`,
  'i',
);
const namedDatePattern =
  /\b(?:until|through|on|upon|till|to)\s+(?:and\s+including\s+)?(?:the\s+)?(?:earlier\s+of\s+)?(?:\(?[ai]\)\s*)?(?:the\s+)?["\u201c]?((?:[A-Z][\w-]*\s){1,3}Date)\b/g;
const redactedTerm =
  /\b(?:until|through|for|of|is|be|on|initial(?:\s+\w+)?)\s+(?:an?\s+)?(?:(?:additional\s+|initial\s+)?(?:period|term)\s+of\s+)?(?:the\s+)?(?:\[[*•●_\s.x-]{0,30}\]|\*{2,}|_{3,}|●)/i;

/**
 * The day until which a sentence says that something lasts: a date, the end of a month or year, or
 * a day that the contract names. `unknown` for a blank, a redaction, or a date that reads in two ways.
 *
 * @param raw the sentence as it stands
 */
export function findLastDay(
  raw: string,
  span: Span,
  anchors: TermAnchors,
): ContractDate | 'unknown' | undefined {
  const end = findDates(raw, anchors.order).find((date) => endsOn(raw.slice(0, date.start)));
  if (end)
    return end.value === undefined
      ? 'unknown'
      : { value: end.value, basis: 'stated', evidence: [span] };
  const period = endOfPeriod.exec(raw);
  if (period && !renewalPhrase.test(raw.slice(Math.max(0, period.index - 90), period.index))) {
    const month = period[1] ?? period[2];
    const value = lastDayOfPeriod(month, period[3]!);
    const what = month === undefined ? period[3]! : formatDate(value).replace(/^\d+ /, '');
    const explanation = `The last day of ${what} is ${formatDate(value)}.`;
    return { value, basis: 'computed', explanation, evidence: [span] };
  }
  for (const match of raw.matchAll(namedDatePattern)) {
    const name = normalizeDateName(match[1]!);
    if (!/expir|end|terminat|matur|outside|final|completion/.test(name)) continue;
    const found = anchors.defined.get(name);
    if (found?.value !== undefined)
      return { value: found.value, basis: 'stated', evidence: [span, found.span] };
  }
  return undefined;
}

/** Whether a sentence leaves a length or a last day blank, or hides it. */
export function isRedacted(raw: string): boolean {
  return redactedTerm.test(raw);
}
