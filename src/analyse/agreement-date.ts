import type { ContractDate, Span } from '../documents.ts';
import { mentions, stated, type DatedReading } from './date-mentions.ts';
import type { DateMention } from './date-text.ts';
import { findPreamble } from './preamble.ts';

/** A date that the contract bears is announced by one of these within the characters before it. */
const announced =
  /\b(?:dated?|made|entered|executed|as\s+of|effective|this|signed|on)\b[^.]{0,60}$/i;
const noun =
  '(?:agreement|contract|lease|plan|act|prospectus|statement|amendment|letter|note|deed|schedule|order|addendum)s?';
/** A document, and that it is dated, right before a date. */
const documentDated = new RegExp(
  `\\b(?:${noun}|filed|amended)\\b["\\u201d')\\]]{0,2}(?:,|,?\\s+(?:which\\s+)?((?:is|was|were|has been)\\s+)?(?:originally\\s+)?(?:dated|entered|effective|made|executed|signed|of)\\b)(?:(?!\\b(?:19|20)\\d\\d\\b)[^.()]){0,60}$`,
  'i',
);
const determiner = /\b(this|the|that|those|an?|such|certain|prior|previous|original|to|under)\b/gi;

/** Whether a date is said of another document: "the Lease dated …", but not "This Lease dated …". */
function ofAnother(text: string, date: Span): boolean {
  const before = text
    .slice(Math.max(0, date.start - 220), date.start)
    // A short name in parentheses is of the document before it.
    .replace(/\((?:the\s|this\s|hereinafter[^()"\u201c]{0,40})?\s?["\u201c'][^()]{0,60}\)/gi, '')
    .split(/\n\s*\n|(?<=(?:[a-z)]|[A-Z]{5})[.;:])\s/)
    .at(-1)!;
  const dated = documentDated.exec(before);
  if (!dated) return false;
  if (/^(?:is|has been)\b/i.test(dated[1] ?? '')) return false;
  const last = [...before.slice(0, dated.index).matchAll(determiner)].at(-1);
  if (last === undefined || /^this$/i.test(last[1]!)) return false;
  // A title in capitals opens a contract: "AMENDMENT TO SUPPLY AGREEMENT, dated …".
  const inCapitals = /^[A-Z]{4,}\b/.test(dated[0]);
  return !(inCapitals && (/^to$/i.test(last[1]!) || last[1] !== last[1]!.toUpperCase()));
}

/** Places where parties sign that are looked at, the last first. */
const signingPlaces = 6;
/** Said of a time that the date only bounds. */
const bounded = /\b(?:on or (?:after|before)|prior to|before|after|since|until|through)\s*$/i;

const before = (text: string, date: Span, count: number) =>
  text.slice(Math.max(0, date.start - count), date.start);

/** The date in the opening; a blank there means that the contract bears none yet. */
function inOpening(reading: DatedReading): DateMention | undefined {
  const { text } = reading;
  const preamble = findPreamble(text);
  const opens = preamble?.start ?? 0;
  const region = {
    start: Math.max(0, opens - 400),
    end: preamble?.end ?? Math.min(text.length, 3000),
  };
  const dates = mentions(reading, region).filter(
    (date) =>
      announced.test(before(text, date, 80)) &&
      !bounded.test(before(text, date, 20)) &&
      !ofAnother(text, date),
  );
  return dates.find(({ start }) => start >= opens) ?? (preamble ? dates[0] : undefined);
}

/** "Dated as of …" on a cover. */
function onCover(reading: DatedReading): DateMention | undefined {
  const { text } = reading;
  return mentions(reading, { start: 0, end: Math.min(text.length, 3000) }).find(
    (date) =>
      /\b(?:date|dated|last updated|(?:agreement|contract) date):?(?:\s+as\s+of)?:?\s*$/i.test(
        before(text, date, 30),
      ) && !ofAnother(text, date),
  );
}

/** A date on a line of its own at the top, as letters bear it. */
function atTop(reading: DatedReading): DateMention | undefined {
  const { text } = reading;
  return mentions(reading, { start: 0, end: Math.min(text.length, 2500) }).find(
    (date) =>
      /(?:^|\n)[ \t]*(?:date:[ \t]*)?$/i.test(before(text, date, 40)) &&
      /^[ \t.]*(?:\r?\n|$)/.test(text.slice(date.end, date.end + 20)),
  );
}

/** The last day on which a party signed, or the day over the signatures, after a place in the text. */
function signedAfter(
  reading: DatedReading,
  from: number,
  inWitness: boolean,
): DateMention | undefined {
  const { text } = reading;
  if (inWitness) {
    const end = Math.min(text.length, from + 500);
    const [date] = mentions(reading, { start: from, end });
    if (
      date?.value !== undefined &&
      /\b(?:as\s+of|this|the|effective|on|dated?|day)\s*$/i.test(before(text, date, 20)) &&
      !/\b(?:date|signed|on)\s*:\s*$/i.test(before(text, date, 20)) &&
      !ofAnother(text, date)
    )
      return date;
  }
  const signed = mentions(reading, { start: from, end: text.length }).filter(
    (date) =>
      date.value !== undefined &&
      (/\b(?:date|signed on)\s*[:.]?[\s_]*$|\bdated\s*:?\s*$|\bon\s*:?[\s_]*$/i.test(
        before(text, date, 20),
      ) ||
        /^[^\n]{0,20}\n?\s{0,4}\/s\//.test(text.slice(date.end, date.end + 30))) &&
      !ofAnother(text, date),
  );
  return signed.toSorted((a, b) => (a.value! < b.value! ? 1 : -1))[0];
}

/** Of several places where parties sign, as contracts with exhibits have them, the last that is dated. */
function overSignatures(reading: DatedReading): DateMention | undefined {
  const { text } = reading;
  const places = [...text.matchAll(/\bin\s+witness\s+(?:whereof|hereof|thereof)\b/gi)];
  for (const { index } of places.toReversed().slice(0, signingPlaces)) {
    const found = signedAfter(reading, index, true);
    if (found) return found;
  }
  return places.length > 0
    ? undefined
    : signedAfter(reading, Math.floor((text.length * 2) / 3), false);
}

/**
 * The date the contract bears: in its opening, on its cover, over its signatures, or the last day
 * on which a party signed; never that of another document it speaks of.
 */
export function findAgreementDate(reading: DatedReading): ContractDate | undefined {
  const opening = inOpening(reading);
  if (opening?.value !== undefined) return stated(opening);
  // A date in figures that reads in two ways is one that the contract bears, but not a blank.
  if (opening?.either) return undefined;
  // A blank in the opening is filled, if at all, by the day of the last signature.
  const found = opening
    ? overSignatures(reading)
    : (onCover(reading) ?? atTop(reading) ?? overSignatures(reading));
  return found && stated(found);
}
