import type { ContractDate } from '../documents.ts';
import { findDates, spoken } from './date-text.ts';
import { durationText, findDurations, shift, type DurationMention } from './duration-text.ts';
import { addDays } from './calendar.ts';
import { ordinalOf, ordinalWords } from './number-words.ts';
import type { Reading, ReadSentence } from './reading.ts';

/** What a term may be counted from. */
export interface Anchors {
  agreementDate?: ContractDate;
  effectiveDate?: ContractDate;
}

const contract =
  '(?:agreement|contract|lease|engagement|license|arrangement|amendment|franchise|employment|appointment)';
const signs: [RegExp, number][] = [
  [
    new RegExp(
      `\\b(?:the |this |its |initial |"?)term"? of (?:this|the|your|such) (?:[\\w-]+ ){0,4}${contract}\\b`,
    ),
    3,
  ],
  [/\b(?:initial|original|primary|base) (?:\w+ )?term\b/, 2.5],
  [
    /\bthe (?:"?term"?|"?(?:agreement|contract) (?:term|period)"?)(?: of this| \(|,| shall| will| is| commence| begin| means)/,
    1.5,
  ],
  [
    /"(?:initial |agreement )?term"\)?|\(the "term|"expiration date" means|"(?:contract|license) period"/,
    1.5,
  ],
  [
    new RegExp(
      `\\bthis (?:[\\w-]+ ){0,3}${contract} (?:\\(.{0,40}\\) )?(?:shall|will|is|commences?|becomes?|shall be|continues?|remains?|expires?|terminates?)\\b`,
    ),
    1.5,
  ],
  [/\b(?:remain|continue|be|is|stay) (?:valid|in (?:full )?(?:force|effect)|effective)\b/, 1.5],
  [/\b(?:expires?|shall end|will end|terminates? on|ending|through|until)\b/, 0.5],
];
const against: [RegExp, number][] = [
  [
    /\b(?:surviv|warrant|confidential|audit|insur|invoice|records|indemn|non-?compet|solicit|cure|breach of)\w*/,
    1.5,
  ],
  [/\b(?:after|following|upon) (?:the )?(?:expiration|termination)\b/, 1.5],
  [/\brenewal term\b.{0,30}\bmeans\b|\bmay renew\b/, 1],
];
const termHeading = /\b(?:term|duration|expir\w+|period)\b/;

const untilDate =
  /\b(?:until|through|to|thru|expir(?:e|es|ing|y|ation)(?:\s+date)?|ends?|ending|terminat(?:e|es|ing)|conclud(?:e|es|ing)|up\s+to)\b[^.;]{0,45}$/i;
const perpetual =
  /\b(?:perpetual(?:ly)?|in perpetuity|indefinite(?:ly)?|no fixed term|at[- ]will)\b|\b(?:until|unless)\b.{0,40}\b(?:terminated|cancell?ed|revoked|either party (?:gives|terminates))\b/;

function rank(sentence: ReadSentence): number {
  let points = 0;
  for (const [pattern, weight] of signs) if (pattern.test(sentence.plain)) points += weight;
  if (points === 0) return 0;
  for (const [pattern, weight] of against) if (pattern.test(sentence.plain)) points -= weight;
  if (termHeading.test(sentence.heading)) points += 1.5;
  if (sentence.kind === 'exhibit') points -= 1;
  return points;
}

interface Anchor {
  date: ContractDate;
  words: string;
}

/** The day from which a duration counts, by what the sentence says it counts from. */
function anchorOf(
  raw: string,
  plain: string,
  duration: { end: number },
  anchors: Anchors,
  own: number,
): Anchor | undefined {
  const dates = findDates(raw).filter((date) => date.value !== undefined);
  const near = dates.find((date) =>
    /\b(?:from|after|of|on|upon|commenc\w+|begin\w*|start\w*|effective|as\s+of|following)\b[^.;]{0,40}$/i.test(
      raw.slice(Math.max(0, date.start - 60), date.start),
    ),
  );
  if (near) {
    const span = { start: own + near.start, end: own + near.end };
    return {
      date: { value: near.value!, basis: 'stated', evidence: [span] },
      words: spoken(near.value!),
    };
  }
  const { effectiveDate, agreementDate } = anchors;
  const after = plain.slice(0, 1200);
  if (
    /\b(?:delivery|launch|acceptance|completion|closing|opening|first (?:commercial )?sale|approval|commercial operation|initial public offering)\b/.test(
      after.slice(0, 600),
    ) &&
    !/\beffective date\b|\bdate hereof\b/.test(after)
  ) {
    return undefined;
  }
  if (
    /\bdate (?:hereof|of this|first|above|of (?:execution|signing|signature))|\b(?:execution|signing) (?:hereof|of this|date)/.test(
      after,
    ) &&
    agreementDate?.value
  ) {
    return {
      date: agreementDate,
      words: `the date of the agreement, ${spoken(agreementDate.value)}`,
    };
  }
  if (effectiveDate?.value)
    return { date: effectiveDate, words: `the effective date, ${spoken(effectiveDate.value)}` };
  if (agreementDate?.value && !/\beffective date\b|\bcommencement date\b/.test(after)) {
    return {
      date: agreementDate,
      words: `the date of the agreement, ${spoken(agreementDate.value)}`,
    };
  }
  void duration;
  return undefined;
}

function computed(
  sentence: ReadSentence,
  duration: DurationMention,
  anchor: Anchor,
  dayBefore: boolean,
): ContractDate {
  const anniversary = shift(anchor.date.value!, duration);
  const value = dayBefore ? addDays(anniversary, -1) : anniversary;
  const explanation =
    `${durationText(duration)} from ${anchor.words}, is ${spoken(anniversary)}` +
    (dayBefore ? `; the term ends on the day before, ${spoken(value)}.` : '.');
  return {
    value,
    basis: 'computed',
    explanation,
    evidence: [{ start: sentence.start, end: sentence.end }, ...anchor.date.evidence],
  };
}

const ordinalYear = new RegExp(
  `\\b(?:(\\d{1,2})\\s?(?:st|nd|rd|th|t h|s t|n d|r d)?|(${ordinalWords}))\\s*(?:\\(\\s*\\d{1,2}\\s*\\w{0,3}(?:\\s\\w)?\\s*\\)\\s*)?(?:year\\s+)?anniversary\\b`,
  'i',
);

function endOf(sentence: ReadSentence, text: string, anchors: Anchors): ContractDate | undefined {
  const raw = text.slice(sentence.start, Math.min(sentence.end, sentence.start + 3000));
  const span = { start: sentence.start, end: sentence.end };
  const ends = findDates(raw).find((date) =>
    untilDate.test(raw.slice(Math.max(0, date.start - 70), date.start)),
  );
  if (ends) {
    if (ends.value === undefined) return undefined;
    return { value: ends.value, basis: 'stated', evidence: [span] };
  }
  const dayBefore =
    /\bday (?:before|prior to|preceding|immediately preceding)\b[^.;]{0,60}\banniversary\b/.test(
      sentence.plain,
    );
  const nth = ordinalYear.exec(raw);
  if (nth) {
    const count = nth[1] ? Number(nth[1]) : ordinalOf(nth[2]!);
    const duration: DurationMention = {
      start: nth.index,
      end: nth.index + nth[0].length,
      count: count ?? 0,
      unit: 'year',
    };
    const anchor = anchorOf(raw, sentence.plain, duration, anchors, sentence.start);
    if (count && anchor?.date.value) return computed(sentence, duration, anchor, dayBefore);
  }
  const duration = findDurations(raw).find((candidate) => isTerm(raw, candidate));
  if (duration) {
    const anchor = anchorOf(raw, sentence.plain, duration, anchors, sentence.start);
    return anchor?.date.value ? computed(sentence, duration, anchor, dayBefore) : undefined;
  }
  if (perpetual.test(sentence.plain)) return { basis: 'perpetual', evidence: [span] };
  return undefined;
}

/** Not a notice period, nor a renewal. */
function isTerm(raw: string, { start, end }: DurationMention): boolean {
  const before = raw.slice(Math.max(0, start - 70), start).toLowerCase();
  const after = raw.slice(end, end + 60).toLowerCase();
  if (
    /\b(?:renew\w*|extend\w*|additional|successive|further|notice|at least|not less than|within|upon)\b[^.;]{0,45}$/.test(
      before,
    )
  )
    return false;
  return !/^[^.;]{0,30}\b(?:notice|prior|before|renewal)\b/.test(after);
}

/**
 * When the initial term ends: the date stated, or the term counted from the day it starts on, as
 * the corresponding day (a term of 5 years from 1 March 2015 ends on 1 March 2020) unless the text
 * says "the day before". `perpetual` where it runs until someone ends it.
 */
export function findExpiration(
  { text, sentences }: Reading,
  anchors: Anchors,
): ContractDate | undefined {
  const ranked = sentences
    .map((sentence) => ({ sentence, points: rank(sentence) }))
    .filter(({ points }) => points >= 2)
    .sort((a, b) => b.points - a.points || a.sentence.start - b.sentence.start)
    .slice(0, 6);
  for (const { sentence } of ranked) {
    const end = endOf(sentence, text, anchors);
    if (end) return end;
  }
  return undefined;
}
