import type { ContractDate, Span } from '../documents.ts';
import { findDates, type DateMention } from './date-text.ts';
import { findPreamble } from './preamble.ts';
import { isNoise, type Reading } from './reading.ts';

/** A date that the contract bears is announced by one of these within the characters before it. */
const announced =
  /\b(?:dated?|made|entered|executed|as\s+of|effective|this|signed|on)\b[^.]{0,60}$/i;
const aboutAnother =
  /\b(?:agreement|contract|lease|plan|act|filed|amended|prospectus|statement)\s+(?:dated|entered|effective|made|executed|of)\b[^.()]{0,60}$/i;

/** What the footers of filed contracts say of the filing: "Source: ACME, 10-K, 3/1/2010". */
const filing = /\bSource:[^\n]{0,80}$/;

function mentions(reading: Reading, span: Span): DateMention[] {
  const { text } = reading;
  return findDates(text.slice(span.start, span.end))
    .map((date) => ({ ...date, start: date.start + span.start, end: date.end + span.start }))
    .filter(
      (date) =>
        !isNoise(reading, date) &&
        !filing.test(text.slice(Math.max(0, date.start - 90), date.start)),
    );
}

function stated(date: DateMention, ...also: Span[]): ContractDate | undefined {
  if (date.value === undefined) return undefined;
  return {
    value: date.value,
    basis: 'stated',
    evidence: [{ start: date.start, end: date.end }, ...also],
  };
}

/** The date in the opening; a blank there means that the contract bears none yet. */
function inOpening(reading: Reading): DateMention | undefined {
  const { text } = reading;
  const preamble = findPreamble(text);
  const opens = preamble?.start ?? 0;
  const region = {
    start: Math.max(0, opens - 400),
    end: preamble?.end ?? Math.min(text.length, 3000),
  };
  const before = (date: Span, count: number) =>
    text.slice(Math.max(0, date.start - count), date.start);
  const dates = mentions(reading, region).filter((date) => announced.test(before(date, 80)));
  const inside = dates.filter(({ start }) => start >= opens);
  const own = inside.filter((date) => !aboutAnother.test(before(date, 80)));
  return own[0] ?? (preamble ? dates.find(({ start }) => start < opens) : undefined) ?? inside[0];
}

/** "Dated as of …" on a cover. */
function onCover(reading: Reading): DateMention | undefined {
  const { text } = reading;
  return mentions(reading, { start: 0, end: Math.min(text.length, 3000) }).find((date) =>
    /\b(?:dated?|last updated):?(?:\s+as\s+of)?:?\s*$/i.test(
      text.slice(Math.max(0, date.start - 30), date.start),
    ),
  );
}

/** The date over the signatures, else the last day on which a party signed. */
function overSignatures(reading: Reading): DateMention | undefined {
  const { text } = reading;
  const closing = Math.floor((text.length * 2) / 3);
  let from = -1;
  for (const match of text.matchAll(/\bin\s+witness\s+whereof\b/gi)) from = match.index;
  if (from >= 0) {
    const end = Math.min(text.length, from + 500);
    const [date] = mentions(reading, { start: from, end });
    if (date && announced.test(text.slice(Math.max(from, date.start - 80), date.start)))
      return date;
  }
  const signed = mentions(reading, { start: from < 0 ? closing : from, end: text.length }).filter(
    (date) =>
      date.value !== undefined &&
      /\b(?:dated?|signed|on)\s*:?[\s_]*$/i.test(
        text.slice(Math.max(0, date.start - 20), date.start),
      ),
  );
  return signed.toSorted((a, b) => (a.value! < b.value! ? 1 : -1))[0];
}

/**
 * The date the contract bears: in its opening, on its cover, over its signatures, or the last day
 * on which a party signed.
 */
export function findAgreementDate(reading: Reading): ContractDate | undefined {
  const date = inOpening(reading);
  // A blank in the opening is filled, if at all, by the day of the last signature.
  for (const found of [date, date ? undefined : onCover(reading), overSignatures(reading)]) {
    if (found?.value !== undefined) return stated(found);
  }
  return undefined;
}

const effectiveName = /["\u201c'\u2018](?:\w+\s)?Effective\s+Date["\u201d'\u2019]/i;
const startName =
  /["\u201c'\u2018](?:\w+\s)?(?:Commencement|Start|Services? Start)\s+Date["\u201d'\u2019]/i;
const definesEffective =
  /"?effective date"?\)?\s*(?:means|shall mean|is|shall be|of this agreement (?:is|shall be)|:)/;
const takesEffect =
  /\b(?:effective|take effect|takes effect|commenc\w+|begin\w*|comes? into (?:force|effect)|enter\w* into force|in effect)\b/;
const bearsDate =
  /\b(?:date (?:hereof|of this agreement|first (?:above )?(?:written|set forth|above)|first set forth above|(?:first )?(?:above|hereinabove) (?:written|mentioned)|stated above)|signing date)\b/;
/** On the day of the last signature, which is the day the contract bears where it bears no other. */
const onSignature =
  /\b(?:(?:later|latest|last)(?: of the)?(?: two)?(?: signature)? dates?|last (?:date )?(?:signed|written|signat\w+)|final signature|upon (?:the )?(?:signature|execution)|dates? (?:of (?:its |the )?(?:execution|signature)|(?:set forth|beneath|shown|of signature|signed))|is signed by)\b/;

/**
 * The date from which the contract has effect: the one it defines as its effective date, the day
 * on which it says that it or its term begins, or the date it bears where
 * it says so or says nothing. Absent where it is left to an event, or blank.
 */
export function findEffectiveDate(
  reading: Reading,
  agreementDate: ContractDate | undefined,
): ContractDate | undefined {
  const { text, sentences } = reading;
  // … June 8, 2010 (the "Effective Date")
  const defined = effectiveName.exec(text) ?? startName.exec(text);
  if (defined) {
    const before = mentions(reading, {
      start: Math.max(0, defined.index - 250),
      end: defined.index,
    }).at(-1);
    const gap = before && text.slice(before.end, defined.index);
    if (before && gap !== undefined && gap.length < 120 && !/[.;]\s+[A-Z]/.test(gap)) {
      if (before.value === undefined) return undefined;
      return stated(before, { start: before.start, end: defined.index + defined[0].length });
    }
  }
  const labelled = /\beffective\s+date\s*(?::|of\s+this\s+agreement\s*:)\s*/i.exec(
    text.slice(0, 6000),
  );
  if (labelled) {
    const from = labelled.index + labelled[0].length;
    const date = mentions(reading, { start: from, end: Math.min(text.length, from + 40) })[0];
    if (date && date.start - from < 6) return stated(date);
  }
  let byAgreement: Span | undefined;
  let open = false;
  for (const sentence of sentences) {
    const defines = definesEffective.test(sentence.plain);
    const ofThis =
      /\b(?:this|the) (?:\w+ ){0,3}(?:agreement|contract|lease|amendment|employment|statement of work)\b|\bterm\b/.test(
        sentence.plain,
      );
    if (!defines && !(ofThis && takesEffect.test(sentence.plain))) continue;
    const own = mentions(reading, sentence).find((date) =>
      /\b(?:effective(?:\s+date)?|effect|force|commenc\w+|begin\w*|start\w*)\b[^.;]{0,60}$/i.test(
        text.slice(Math.max(sentence.start, date.start - 90), date.start),
      ),
    );
    const span = { start: sentence.start, end: sentence.end };
    if (own?.value !== undefined) return stated(own, span);
    if (own) return undefined;
    if (bearsDate.test(sentence.plain) || onSignature.test(sentence.plain)) byAgreement ??= span;
    else open ||= defines;
  }
  if (!agreementDate) return undefined;
  if (byAgreement) return { ...agreementDate, evidence: [...agreementDate.evidence, byAgreement] };
  if (open) return undefined;
  const explanation = 'No other effective date is stated, so it is the date of the agreement.';
  return { ...agreementDate, basis: 'computed', explanation };
}
