import { addDays, shift } from '../calendar.ts';
import type { ContractDate } from '../documents.ts';
import { findDates, spoken } from './date-text.ts';
import { durationText, findDurations, type DurationMention } from './duration-text.ts';
import { ordinalOf, ordinalWords } from './number-words.ts';
import type { ReadSentence } from './reading.ts';
import { termStart, type Anchors, type TermStart } from './term-start.ts';

const untilDate =
  /\b(?:until|through|to|thru|expir(?:e|es|ing|y|ation)(?:\s+date)?|ends?|ending|terminat(?:e|es|ing)|conclud(?:e|es|ing)|up\s+to)\b[^.;]{0,45}$/i;
const nth = new RegExp(
  `\\b(?:(\\d{1,2})\\s?(?:st|nd|rd|th|t h|s t|n d|r d)?|(${ordinalWords}))\\s*(?:\\(\\s*\\d{1,2}\\s*\\w{0,3}(?:\\s\\w)?\\s*\\)\\s*)?(?:year\\s+)?anniversary\\b`,
  'i',
);
const dayBefore =
  /\bday (?:before|prior to|preceding|immediately preceding)\b[^.;]{0,60}\banniversary\b/;

/** Until someone ends it. */
const untilEnded =
  /\b(?:indefinite(?:ly)?|in perpetuity|for perpetuity|perpetual(?:ly)? (?:term|unless|in)|unlimited (?:period|term|duration)|is perpetual|no (?:fixed |set )?(?:term|end|expiration date|end date)|until (?:such time as )?(?:(?:it|this \w+) is )?(?:earlier |sooner |otherwise )?(?:terminated|cancell?ed|revoked)|(?:unless and )?until (?:either|any|one) party|end(?:s)? when terminated|unless and until)\b/;
/** Until something happens whose day nobody knows. */
const untilEvent =
  /\b(?:until|through|so long as|as long as|for the duration of|terminates? upon|expires? (?:upon|if|when))\b (?:the )?[^.;]{0,120}\b(?:completion|completed|termination|terminated|expiration|expiry|expire|ceases?|remains?|earlier|later|last)\b/;

/** Not a notice period, nor a renewal, nor what goes on after the end. */
function isTerm(raw: string, { start, end, unit, count }: DurationMention): boolean {
  if (unit === 'week' && count < 4) return false;
  if (unit === 'day' && !/\bterm\b.{0,60}\bdays\b/is.test(raw)) return false;
  if (unit === 'day' && count < 30) return false;
  const before = raw.slice(Math.max(0, start - 70), start).toLowerCase();
  const after = raw.slice(end, end + 80).toLowerCase();
  if (
    /\b(?:renew\w*|extended|extension|additional|successive|further|notice|within|every|each|per|first|last|least once)\b[^.;]{0,40}$/.test(
      before,
    )
  ) {
    return false;
  }
  return !/^[^.;]{0,30}\b(?:notice|prior|before|renewal|ago|old)\b|^[^.;]{0,20}\b(?:after|following)\b[^.;]{0,25}\b(?:terminat|expir)|^\s*(?:thereafter|after such)\b[^.;]{0,20}\bshall not\b/.test(
    after,
  );
}

function computed(
  sentence: ReadSentence,
  duration: DurationMention,
  { date, words }: TermStart,
): ContractDate {
  const end = shift(date.value, duration);
  const earlier = dayBefore.test(sentence.plain);
  const value = earlier ? addDays(end, -1) : end;
  const explanation =
    `${durationText(duration)} from ${words} is ${spoken(end)}` +
    (earlier ? `; the term ends on the day before, ${spoken(value)}.` : '.');
  const evidence = [{ start: sentence.start, end: sentence.end }, ...date.evidence];
  return { value, basis: 'computed', explanation, evidence };
}

/** "the fifth anniversary" as five years. */
function anniversary(raw: string): DurationMention | undefined {
  const match = nth.exec(raw);
  const count = match?.[1] ? Number(match[1]) : match?.[2] ? ordinalOf(match[2]) : undefined;
  if (!match || !count) return undefined;
  return { start: match.index, end: match.index + match[0].length, count, unit: 'year' };
}

/**
 * What a sentence says of the end of the term: `unknown` where it gives one that cannot be told (a
 * blank, a term from an event whose day is not given), undefined where it gives none.
 */
export function termEnd(
  sentence: ReadSentence,
  text: string,
  anchors: Anchors,
): ContractDate | 'unknown' | undefined {
  const raw = text.slice(sentence.start, Math.min(sentence.end, sentence.start + 3000));
  const span = { start: sentence.start, end: sentence.end };
  const end = findDates(raw).find((date) =>
    untilDate.test(raw.slice(Math.max(0, date.start - 70), date.start)),
  );
  if (end) return end.value ? { value: end.value, basis: 'stated', evidence: [span] } : 'unknown';
  const lengths = [anniversary(raw), findDurations(raw).find((length) => isTerm(raw, length))]
    .filter((length) => length !== undefined)
    .sort((a, b) => a.start - b.start);
  const [first] = lengths;
  const beyond = untilEnded.exec(sentence.plain);
  if (first && !(beyond && beyond.index < first.start)) {
    const start = termStart(raw, sentence.start, first, anchors);
    return start ? computed(sentence, first, start) : 'unknown';
  }
  if (beyond) {
    const explanation = 'It runs until it is terminated; no end date is stated.';
    return { basis: 'perpetual', explanation, evidence: [span] };
  }
  if (untilEvent.test(sentence.plain) && !/\binitial term|expiration date\b/.test(sentence.plain)) {
    const explanation = 'It runs until an event; no end date is stated.';
    return { basis: 'perpetual', explanation, evidence: [span] };
  }
  return undefined;
}
