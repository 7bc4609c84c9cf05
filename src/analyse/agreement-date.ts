import type { ContractDate, Span } from '../domain/documents.ts';
import { findDateMentions, toStatedDate, type DatedText } from './date-mentions.ts';
import { formatDate, type DateMention } from './date-text.ts';
import { isOtherDate } from './date-subject.ts';
import { findPreamble } from './preamble.ts';

/** Words that introduce the date of the contract, in the characters before it. */
const dateIntroduction =
  /\b(?:dated?|made|entered|executed|as\s+of|effective|this|signed|on)\b[^.]{0,60}$/i;
const documentNoun =
  '(?:agreement|contract|lease|plan|act|prospectus|statement|amendment|letter|note|deed|schedule|order|addendum|memorandum|indenture|permit|policy|consent|offer|proposal|quotation|tender)s?';
/** A document and "dated" or the like, right before a date. */
const documentDated = new RegExp(
  `\\b(?:${documentNoun}|filed|amended)\\b["\\u201d')\\]]{0,2}(?:\\s+(?:between|among|with|by and)\\b(?:(?!\\bthis\\b)[^;]){0,140}?)?(?:,|,?\\s+(?:which\\s+)?((?:is|was|were|has been)\\s+)?(?:originally\\s+)?(?:dated|entered|effective|made|executed|signed|of)\\b)(?:(?!\\b(?:19|20)\\d\\d\\b)[^.()]){0,60}$`,
  'i',
);
const determiner = /\b(this|the|that|those|an?|such|certain|prior|previous|original|to|under)\b/gi;

/**
 * Whether a date belongs to another document: "the Lease dated …", but not "This Lease dated …".
 */
function refersToOtherDocument(text: string, date: Span): boolean {
  const before = text
    .slice(Math.max(0, date.start - 220), date.start)
    // A short name in parentheses belongs to the document before it.
    .replace(/\((?:the\s|this\s|hereinafter[^()"\u201c]{0,40})?\s?["\u201c'][^()]{0,60}\)/gi, '')
    .split(/\n\s*\n|(?<=(?:[a-z)]|[A-Z]{5})[.;:])\s/)
    .at(-1)!;
  const match = documentDated.exec(before);
  if (!match) return false;
  if (/^(?:is|has been)\b/i.test(match[1] ?? '')) return false;
  const last = [...before.slice(0, match.index).matchAll(determiner)].at(-1);
  if (last === undefined || /^this$/i.test(last[1]!)) return false;
  // "This is an Agreement, entered into on …"
  if (/\bthis\s+is\s+$/i.test(before.slice(0, last.index))) return false;
  // A title in capitals opens a contract: "AMENDMENT TO SUPPLY AGREEMENT, dated …".
  const inCapitals = /^[A-Z]{4,}\b/.test(match[0]);
  return !(inCapitals && (/^to$/i.test(last[1]!) || last[1] !== last[1]!.toUpperCase()));
}

/** Signature blocks to search, the last first. */
const maxSignatureBlocks = 6;
/** Words that introduce the date of a contract without an opening. */
const ownIntroduction =
  /\b(?:dated?|(?:agreement|contract|lease|letter|deed|nda|undertaking)\b[^.;\n]{0,60}\b(?:made|entered|executed|signed|concluded|dated|effective)|(?:made|entered\s+into|executed|signed|concluded)\s+(?:at\s+\S+\s+)?(?:on|as\s+of|this)|as\s+of|this)\b[^.]{0,40}$/i;

const textBefore = (text: string, date: Span, count: number) =>
  text.slice(Math.max(0, date.start - count), date.start);

/** The date in the opening; a blank there means that the contract is not dated yet. */
function findInOpening(prepared: DatedText): DateMention | undefined {
  const { text } = prepared;
  const preamble = findPreamble(text);
  const openingStart = preamble?.start ?? 0;
  const region = {
    start: Math.max(0, openingStart - 400),
    end: preamble?.end ?? Math.min(text.length, 3000),
  };
  const dates = findDateMentions(prepared, region).filter(
    (date) =>
      (preamble ? dateIntroduction : ownIntroduction).test(textBefore(text, date, 80)) &&
      !isOtherDate(text, date) &&
      !refersToOtherDocument(text, date),
  );
  return dates.find(({ start }) => start >= openingStart) ?? (preamble ? dates[0] : undefined);
}

/** "Dated as of …" on a cover. */
function findOnCover(prepared: DatedText): DateMention | undefined {
  const { text } = prepared;
  return findDateMentions(prepared, { start: 0, end: Math.min(text.length, 3000) }).find(
    (date) =>
      /(?<!\b(?:effective|commencement|start|starting|end|expiry|expiration|termination|delivery|closing|completion|due)\s)\b(?:date|dated|last updated|(?:agreement|contract) date):?(?:\s+as\s+of)?:?\s*$/i.test(
        textBefore(text, date, 30),
      ) &&
      !isOtherDate(text, date) &&
      !refersToOtherDocument(text, date),
  );
}

/** A date on a line of its own at the top, as in letters. */
function findAtTop(prepared: DatedText): DateMention | undefined {
  const { text } = prepared;
  return findDateMentions(prepared, { start: 0, end: Math.min(text.length, 2500) }).find(
    (date) =>
      /(?:^|\n)[ \t]*(?:date:[ \t]*)?$/i.test(textBefore(text, date, 40)) &&
      /^[ \t.]*(?:\r?\n|$)/.test(text.slice(date.end, date.end + 20)),
  );
}

/** The last day on which a party signed, or the date above the signatures, after offset `from`. */
function findSignatureDate(
  prepared: DatedText,
  from: number,
  followsWitnessClause: boolean,
): DateMention | undefined {
  const { text } = prepared;
  if (followsWitnessClause) {
    const end = Math.min(text.length, from + 500);
    const [date] = findDateMentions(prepared, { start: from, end });
    if (
      date?.value !== undefined &&
      /\b(?:as\s+of|this|the|effective|on|dated?|day)\s*$/i.test(textBefore(text, date, 20)) &&
      !/\b(?:date|signed|on)\s*:\s*$/i.test(textBefore(text, date, 20)) &&
      !isOtherDate(text, date) &&
      !refersToOtherDocument(text, date)
    )
      return date;
  }
  let lastSigned: DateMention | undefined;
  // Dates of columns beside each other follow each other.
  const isBeside = ({ start }: DateMention) =>
    lastSigned !== undefined && /^[\s|,]{1,60}$/.test(text.slice(lastSigned.end, start));
  const isSigned = (date: DateMention) =>
    date.value !== undefined &&
    (isBeside(date) ||
      /\b(?:date|signed on)\s*[:.]?[\s_]*$|\bdated\s*:?\s*$|(?:signed|executed|agreed|accepted|delivered)\b[^.;]{0,60}\bon\s*:?[\s_]*$|(?:^|\n)\s*on\s*:?[\s_]*$/i.test(
        textBefore(text, date, 90),
      ) ||
      /^[^\n]{0,20}\n?\s{0,4}\/s\//.test(text.slice(date.end, date.end + 30))) &&
    !isOtherDate(text, date) &&
    !refersToOtherDocument(text, date);
  const signed = findDateMentions(prepared, { start: from, end: text.length }).filter((date) => {
    if (!isSigned(date)) return false;
    lastSigned = date;
    return true;
  });
  return signed.toSorted((a, b) => (a.value! < b.value! ? 1 : -1))[0];
}

/** The date of the last signature block that is dated; contracts with exhibits have several. */
function findAboveSignatures(prepared: DatedText): DateMention | undefined {
  const { text } = prepared;
  const witnessClauses = [...text.matchAll(/\bin\s+witness\s+(?:whereof|hereof|thereof)\b/gi)];
  for (const { index } of witnessClauses.toReversed().slice(0, maxSignatureBlocks)) {
    const found = findSignatureDate(prepared, index, true);
    if (found) return found;
  }
  return witnessClauses.length > 0
    ? undefined
    : findSignatureDate(prepared, Math.floor((text.length * 2) / 3), false);
}

/**
 * Finds the date of the contract: in its opening, on its cover, above its signatures, or the last
 * day on which a party signed. Never the date of another document that it mentions.
 */
export function findAgreementDate(prepared: DatedText): ContractDate | undefined {
  const opening = findInOpening(prepared);
  if (opening?.value !== undefined) return toStatedDate(opening);
  // An ambiguous date in figures is a date, not a blank.
  if (opening?.ambiguousValues) return toUnclearDate(opening);
  // For a blank in the opening, only the day of the last signature counts.
  const found = opening
    ? findAboveSignatures(prepared)
    : (findOnCover(prepared) ?? findAtTop(prepared) ?? findAboveSignatures(prepared));
  return found && (found.ambiguousValues ? toUnclearDate(found) : toStatedDate(found));
}

/** A date in figures of which either number may be the day. */
function toUnclearDate({ start, end, ambiguousValues }: DateMention): ContractDate {
  const [dayFirst, monthFirst] = ambiguousValues!.map(formatDate);
  const explanation =
    `It is ${dayFirst!} or ${monthFirst!}: ` +
    'nothing in the text tells whether the day or the month comes first.';
  return { basis: 'unclear', explanation, evidence: [{ start, end }] };
}
