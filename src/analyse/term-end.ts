import { addDays, shift } from '../domain/calendar.ts';
import type { ContractDate, Span } from '../domain/documents.ts';
import { collapseWhitespace } from './collapse-whitespace.ts';
import { findDates, lastDayOfPeriod, monthPattern, formatDate } from './date-text.ts';
import { normalizeDateName } from './defined-dates.ts';
import { formatDuration, findDurations, type DurationMention } from './duration-text.ts';
import { parseOrdinalWords, ordinalWords } from './number-words.ts';
import type { PreparedSentence } from './prepared-text.ts';
import { type TermAnchors, findTermStart, type TermStart } from './term-start.ts';

/** Words that may come between "until" and the day. */
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
/** What a party may do, not when the term ends. */
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
 * The last day that a sentence states: a date, the end of a month or year, or a defined date.
 * `unknown` for a blank, a redaction, or an ambiguous date; undefined if it states none.
 * @param raw the sentence with collapsed white space
 */
function findLastDay(
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

/** Whether a sentence has a blank or a redaction for the length or the last day. */
function isRedacted(raw: string): boolean {
  return redactedTerm.test(raw);
}

const anniversaryPattern = new RegExp(
  `\\b(?:(\\d{1,2})\\s?(?:st|nd|rd|th|t h|s t|n d|r d)?|(${ordinalWords})|(one|two|three|four|five|six|seven|eight|nine|ten)[\\s-]year)\\s*(?:\\(\\s*\\d{1,2}\\s*\\w{0,3}(?:\\s\\w)?\\s*\\)\\s*)?(?:year\\s+)?(?:annual\\s+)?anniversary\\b`,
  'i',
);
/** Bounds the time for a sentence, so that a text without full stops takes no longer. */
const maxSentenceLength = 3000;
const numberWords = 'one two three four five six seven eight nine ten'.split(' ');
const dayBefore =
  /\bday (?:before|prior to|preceding|immediately preceding|immediately prior to)\b[^.;]{0,60}\banniversary\b/;

/** Until a party terminates it. */
const openEnded =
  /\b(?:indefinite(?:ly)?|in perpetuity|for perpetuity|perpetual(?:ly)? (?:term|unless|in\b|duration|existence)|unlimited (?:period|term|duration)|is perpetual|no (?:fixed |set )?(?:term|end|expiration date|end date)|until (?:such time as )?(?:(?:it|this \w+|such \w+) (?:is|has been|shall be|may be) )?(?:earlier |sooner |otherwise |validly |properly )?(?:terminated|cancell?ed|revoked)|(?:unless and )?until (?:either|any|one|a) party|until (?:such )?terminat(?:ion|ed) (?:by|in accordance|pursuant|as)|until notice|end(?:s)? when terminated|unless and until|\d+(?:th|st) day (?:following|after) (?:an? )?written notice|open[- ]ended|without (?:a )?(?:fixed |definite )?(?:limit|term|end))\b/;
/** Until an event on an unknown day. */
const eventEnded =
  /\b(?:until|through|so long as|as long as|for the duration of|co-?terminous with|terminates? upon|expires? (?:upon|if|when)|end(?:s)? (?:on|upon|when|with))\b (?:the )?[^.;]{0,120}\b(?:completion|completed|complete|satisf\w+|termination|terminated|expiration|expiry|expire|expires|ceases?|remains?|earlier|later|last|fulfil\w+|performed|delivered|paid)\b/;
const completionWord =
  /\b(?:completion|completed?|satisf\w+|fulfil\w+|performed|delivered|finished)\b/;
const laterOf =
  /\b(?:whichever (?:is|occurs|comes|shall be|ends)? ?(?:the )?(?:later|longer|last)|(?:the )?(?:longer|later) of)\b/;
const earlierOf =
  /\b(?:whichever (?:is|occurs|comes|shall be)? ?(?:the )?(?:earlier|sooner|first|shorter)|(?:the )?(?:earlier|sooner|shorter|earliest) (?:of|to))\b/;

/** Years that begin on a day that only the contract defines. */
const contractYears =
  /\bend of the (?:[\w-]+ ){1,2}(?:\(\w+\) )?(?:contract|agreement|license|fiscal) year\b/;

/**
 * Whether a duration is that of the term: not a notice period, a renewal, or a time after the end.
 */
function isTerm(raw: string, { start, end, unit, count }: DurationMention): boolean {
  if (unit === 'week' && count < 4) return false;
  if (
    unit === 'day' &&
    (count < 30 || !/\b(?:term|period|remain|continue|valid)\b.{0,60}\bdays\b/is.test(raw))
  )
    return false;
  if (/^(?:each|another)\b/i.test(raw.slice(start, end))) return false;
  const before = raw.slice(Math.max(0, start - 70), start).toLowerCase();
  const after = raw.slice(end, end + 80).toLowerCase();
  if (
    /\b(?:renew\w*|extended|(?:may|to|automatically|then) extend|extension|additional|successive|further|subsequent)\b[^.;]{0,60}$/.test(
      before,
    ) &&
    !/\b(?:initial|original|first)\b[^.;]{0,40}$/.test(before)
  ) {
    return false;
  }
  if (
    /\b(?:notice|within|every|each|per|(?:at|not) (?:least|less|more|later)(?: than)?|once|during the (?:first|last)|(?<!(?:shall|will|to|may) )last|prior|any)\b[^.;,]{0,12}$/.test(
      before,
    )
  )
    return false;
  if (/\b(?:within|notice of)\b[^.;,]{0,25}$/.test(before)) return false;
  return !/^ to (?:year|month)\b|^['\u2019s\s-]*(?:(?!unless|or|and|subject|if)[\w-]+\s){0,3}(?:notice|prior|before|ago|old)\b|^[^.;,]{0,12}\brenewal\b|^[^.;]{0,20}\b(?:after|following)\b[^.;]{0,25}\b(?:terminat|expir)|^\s*(?:thereafter|after such)\b[^.;]{0,20}\bshall not\b/.test(
    after,
  );
}

function computeEnd(
  sentence: PreparedSentence,
  duration: DurationMention,
  { date, words }: TermStart,
): ContractDate {
  const end = shift(date.value, duration);
  const endsOnDayBefore = dayBefore.test(sentence.normalized);
  const value = endsOnDayBefore ? addDays(end, -1) : end;
  const explanation =
    `${formatDuration(duration)} from ${words} is ${formatDate(end)}` +
    (endsOnDayBefore ? `; the term ends on the day before, ${formatDate(value)}.` : '.') +
    (laterOf.test(sentence.normalized)
      ? ' The clause names another end that may come later.'
      : '') +
    (earlierOf.test(sentence.normalized)
      ? ' The clause names another end that may come earlier.'
      : '');
  const evidence = [{ start: sentence.start, end: sentence.end }, ...date.evidence];
  return { value, basis: 'computed', explanation, evidence };
}

/** "the fifth anniversary" as five years. */
function findAnniversary(raw: string): DurationMention | undefined {
  const match = anniversaryPattern.exec(raw);
  if (!match) return undefined;
  const [whole, figures, words, years] = match;
  const count = figures
    ? Number(figures)
    : words
      ? parseOrdinalWords(words)
      : numberWords.indexOf(years!.toLowerCase()) + 1;
  if (!count) return undefined;
  return { start: match.index, end: match.index + whole.length, count, unit: 'year' };
}

/**
 * The end of the term that a sentence states. `unknown` if it states one that cannot be computed (a
 * blank, a term from an event on an unknown day); undefined if it states none.
 */
export function findTermEnd(
  sentence: PreparedSentence,
  text: string,
  anchors: TermAnchors,
): ContractDate | 'unknown' | undefined {
  const { text: raw, originalOffset } = collapseWhitespace(
    text.slice(sentence.start, Math.min(sentence.end, sentence.start + maxSentenceLength)),
  );
  const span = { start: sentence.start, end: sentence.end };
  const day = findLastDay(raw, span, anchors);
  if (day) return day;
  const lengths = [findAnniversary(raw), findDurations(raw).find((length) => isTerm(raw, length))]
    .filter((length) => length !== undefined)
    .sort((a, b) => a.start - b.start);
  const [first] = lengths;
  const openEndedMatch = openEnded.exec(sentence.normalized);
  const [before] = first ? [raw.slice(0, first.start).toLowerCase().replace(/\s+/g, ' ')] : [''];
  if (first && !openEnded.test(before)) {
    const start = findTermStart(
      raw,
      (offset) => sentence.start + originalOffset(offset),
      first,
      anchors,
    );
    return start ? computeEnd(sentence, first, start) : 'unknown';
  }
  if (isRedacted(raw) || contractYears.test(sentence.normalized)) return 'unknown';
  if (openEndedMatch) {
    const explanation = 'It runs until it is terminated; no end date is stated.';
    return { basis: 'perpetual', explanation, evidence: [span] };
  }
  const event = eventEnded.exec(sentence.normalized);
  if (event && !/\binitial term|expiration date\b/.test(sentence.normalized)) {
    const explanation = completionWord.test(event[0])
      ? 'It runs until what it is about is completed; no end date is stated.'
      : 'It runs until an event; no end date is stated.';
    return { basis: 'perpetual', explanation, evidence: [span] };
  }
  return undefined;
}
