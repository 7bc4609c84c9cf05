import { addDays, shift } from '../domain/calendar.ts';
import type { ContractDate } from '../domain/documents.ts';
import { formatDate } from './date-text.ts';
import { formatDuration, findDurations, type DurationMention } from './duration-text.ts';
import { parseOrdinalWords, ordinalWords } from './number-words.ts';
import type { PreparedSentence } from './prepared-text.ts';
import { findTermStart, type TermAnchors, type TermStart } from './term-start.ts';
import { isRedacted, findLastDay } from './term-until.ts';
import { collapseWhitespace } from './collapse-whitespace.ts';

const anniversaryPattern = new RegExp(
  `\\b(?:(\\d{1,2})\\s?(?:st|nd|rd|th|t h|s t|n d|r d)?|(${ordinalWords})|(one|two|three|four|five|six|seven|eight|nine|ten)[\\s-]year)\\s*(?:\\(\\s*\\d{1,2}\\s*\\w{0,3}(?:\\s\\w)?\\s*\\)\\s*)?(?:year\\s+)?(?:annual\\s+)?anniversary\\b`,
  'i',
);
/** Of a sentence, so that a text without a full stop costs no more than one with them. */
const maxSentenceLength = 3000;
const numberWords = 'one two three four five six seven eight nine ten'.split(' ');
const dayBefore =
  /\bday (?:before|prior to|preceding|immediately preceding|immediately prior to)\b[^.;]{0,60}\banniversary\b/;

/** Until someone ends it. */
const openEnded =
  /\b(?:indefinite(?:ly)?|in perpetuity|for perpetuity|perpetual(?:ly)? (?:term|unless|in\b|duration|existence)|unlimited (?:period|term|duration)|is perpetual|no (?:fixed |set )?(?:term|end|expiration date|end date)|until (?:such time as )?(?:(?:it|this \w+|such \w+) (?:is|has been|shall be|may be) )?(?:earlier |sooner |otherwise |validly |properly )?(?:terminated|cancell?ed|revoked)|(?:unless and )?until (?:either|any|one|a) party|until (?:such )?terminat(?:ion|ed) (?:by|in accordance|pursuant|as)|until notice|end(?:s)? when terminated|unless and until|\d+(?:th|st) day (?:following|after) (?:an? )?written notice|open[- ]ended|without (?:a )?(?:fixed |definite )?(?:limit|term|end))\b/;
/** Until something happens whose day nobody knows. */
const eventEnded =
  /\b(?:until|through|so long as|as long as|for the duration of|co-?terminous with|terminates? upon|expires? (?:upon|if|when)|end(?:s)? (?:on|upon|when|with))\b (?:the )?[^.;]{0,120}\b(?:completion|completed|complete|satisf\w+|termination|terminated|expiration|expiry|expire|expires|ceases?|remains?|earlier|later|last|fulfil\w+|performed|delivered|paid)\b/;
const completionWord =
  /\b(?:completion|completed?|satisf\w+|fulfil\w+|performed|delivered|finished)\b/;
const laterOf =
  /\b(?:whichever (?:is|occurs|comes|shall be|ends)? ?(?:the )?(?:later|longer|last)|(?:the )?(?:longer|later) of)\b/;
const earlierOf =
  /\b(?:whichever (?:is|occurs|comes|shall be)? ?(?:the )?(?:earlier|sooner|first|shorter)|(?:the )?(?:earlier|sooner|shorter|earliest) (?:of|to))\b/;

/** Years of which only the contract knows when they begin. */
const contractYears =
  /\bend of the (?:[\w-]+ ){1,2}(?:\(\w+\) )?(?:contract|agreement|license|fiscal) year\b/;

/** Not a notice period, nor a renewal, nor what goes on after the end. */
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
 * What a sentence says of the end of the term: `unknown` where it gives one that cannot be told (a
 * blank, a term from an event whose day is not given), undefined where it gives none.
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
