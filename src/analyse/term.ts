import type { ContractDate } from '../documents.ts';
import type { Reading, ReadSentence } from './reading.ts';
import { termEnd } from './term-end.ts';
import type { Anchors } from './term-start.ts';

const contract =
  '(?:agreement|contract|lease|engagement|license|arrangement|amendment|franchise|employment|appointment|cooperation|statement of work)';
const signs: [RegExp, number][] = [
  [
    new RegExp(
      `\\b(?:the|this|its|initial|an?) "?(?:initial )?terms?"? of (?:this|the|your|such|our) (?:[\\w-]+ ){0,4}${contract}\\b(?!.{0,20}\\b(?:and for|each|the))`,
    ),
    2,
  ],
  [/\b(?:initial|original|primary|base) (?:\w+ )?(?:term|period)\b/, 2],
  [
    /\bthe "?(?:term|(?:agreement|contract) (?:term|period))"? (?:\(.{0,40}\) )?(?:of this|shall|will|is|commences?|begins?|runs|means)|\bthe "?term"?,? .{0,60}\b(?:ends on|is extended)/,
    2,
  ],
  [
    /\(?(?:the|this|an?) "(?:initial |agreement |contract )?term"|"(?:initial |agreement )?term"\)|"(?:expiration|end) date" (?:means|shall mean|is)|"(?:contract|license|initial) (?:period|term)" (?:means|shall mean)/,
    3,
  ],
  [
    new RegExp(
      `\\b(?:this|the) (?:[\\w-]+ ){0,3}${contract} (?:\\(.{0,40}\\) )?(?:shall|will|is|commences?|becomes?|begins?|continues?|remains?|takes?|expires?|terminates?|has|comes?)\\b`,
    ),
    1.5,
  ],
  [/\b(?:remain|continue|be|is|stay) (?:valid|in (?:full )?(?:force|effect)|effective)\b/, 1.5],
  [/\b(?:term|period) of .{0,30}\b(?:years?|months?)\b|\b(?:years?|months?) (?:term|period)\b/, 1],
  [/\b(?:expires?|shall end|will end|terminates? on|ending|through|until)\b/, 0.5],
];
const against: [RegExp, number][] = [
  [/\b(?:during|throughout|within|over) (?:the |any |such )?(?:[\w-]+ )?(?:term|period)\b/, 2],
  [
    /\b(?:surviv|warrant|confidential|audit|insur|invoice|records|indemn|non-?compet|solicit|cure|invalid|unenforceab|held to be|vest)\w*/,
    2,
  ],
  [/\b(?:after|following|upon) (?:the |its |any |such )?(?:expiration|termination|expiry)\b/, 1.5],
  [/\brenewal term\b.{0,30}\bmeans\b|\bmay renew\b|\bthereafter\b.{0,40}\bmonth to month\b/, 1],
];
const termHeading = /\bterm\b|\bduration\b|\bexpiration\b|\bcontract period\b/;
/** Candidates looked at, the likeliest first. */
const lookedAt = 8;
/** From here on a sentence is about the term, so that what it leaves open is left open. */
const certain = 4;
/** How much likelier a sentence must be to be believed before one that states the very day. */
const lead = 1.5;

function rank(sentence: ReadSentence): number {
  let points = 0;
  for (const [pattern, weight] of signs) if (pattern.test(sentence.plain)) points += weight;
  if (points === 0) return 0;
  for (const [pattern, weight] of against) if (pattern.test(sentence.plain)) points -= weight;
  if (termHeading.test(sentence.heading) || /^(?:[\d.() ]*)term(?:\b|:)/.test(sentence.plain))
    points += 2;
  if (sentence.kind === 'exhibit') points -= 1;
  return points;
}

/**
 * When the initial term ends: the date stated, or the term counted from the day it starts on, as
 * the corresponding day (a term of 5 years from 1 March 2015 ends on 1 March 2020) unless the text
 * says "the day before". `perpetual` where it runs until someone or something ends it.
 */
export function findExpiration(
  { text, sentences }: Reading,
  anchors: Anchors,
): ContractDate | undefined {
  const ends = sentences
    .map((sentence) => ({ sentence, points: rank(sentence) }))
    .filter(({ points }) => points >= 2)
    .sort((a, b) => b.points - a.points || a.sentence.start - b.sentence.start)
    .slice(0, lookedAt)
    .flatMap(({ sentence, points }) => {
      const end = termEnd(sentence, text, anchors);
      return end ? [{ end, points }] : [];
    });
  const [best] = ends;
  if (!best || (best.end === 'unknown' && best.points >= certain)) return undefined;
  const known = ends.flatMap(({ end, points }) => (end === 'unknown' ? [] : [{ end, points }]));
  const stated = known.find(({ end }) => end.basis === 'stated');
  return (stated && stated.points >= best.points - lead ? stated : known[0])?.end;
}
