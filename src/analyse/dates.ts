import type { ContractDate, Span } from '../documents.ts';
import { findDates, type DateMention } from './date-text.ts';
import { findPreamble } from './preamble.ts';
import type { Reading } from './reading.ts';
import { trimmed } from './reading.ts';

/** A date that the contract bears is announced by one of these within the characters before it. */
const announced =
  /\b(?:dated?|made|entered|executed|as\s+of|effective|this|signed|on)\b[^.]{0,60}$/i;
const aboutAnother =
  /\b(?:agreement|contract|lease|plan|act|filed|amended|prospectus|statement)\s+(?:dated|entered|effective|made|executed|of)\b[^.()]{0,60}$/i;

function mention(text: string, span: Span): DateMention[] {
  return findDates(text.slice(span.start, span.end)).map((date) => ({
    ...date,
    start: date.start + span.start,
    end: date.end + span.start,
  }));
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
function inOpening(text: string): DateMention | undefined {
  const preamble = findPreamble(text);
  const start = preamble ? Math.max(0, preamble.start - 400) : 0;
  const region = { start, end: preamble ? preamble.end : Math.min(text.length, 3000) };
  const opens = preamble?.start ?? 0;
  const dates = mention(text, region).filter((date) =>
    announced.test(text.slice(Math.max(0, date.start - 80), date.start)),
  );
  const own = dates.filter(
    (date) =>
      date.start >= opens &&
      !/amend\w*[^.]{0,200}$/i.test(text.slice(Math.max(opens, date.start - 200), date.start)) &&
      (date === dates.find((other) => other.start >= opens) ||
        !aboutAnother.test(text.slice(Math.max(0, date.start - 80), date.start))),
  );
  return own[0] ?? dates.find((date) => date.start >= opens) ?? dates.at(-1);
}

/** "Dated as of …" on a cover, or the date over the signatures. */
function elsewhere(text: string): DateMention | undefined {
  const cover = mention(text, { start: 0, end: Math.min(text.length, 3000) }).find((date) =>
    /\bdated?:?(?:\s+as\s+of)?:?\s*$/i.test(text.slice(Math.max(0, date.start - 30), date.start)),
  );
  if (cover) return cover;
  let from = -1;
  for (const match of text.matchAll(/\bin\s+witness\s+whereof\b/gi)) from = match.index;
  if (from < 0) return undefined;
  return mention(text, { start: from, end: Math.min(text.length, from + 2500) })[0];
}

/** The date the contract bears: in its opening, on its cover, or over its signatures. */
export function findAgreementDate(text: string): ContractDate | undefined {
  const opening = inOpening(text);
  if (opening) return stated(opening);
  const other = elsewhere(text);
  return other && stated(other);
}

const definesEffective =
  /"?effective date"?\)?\s*(?:means|shall mean|is|shall be|of this agreement (?:is|shall be)|:)/;
const takesEffect =
  /\b(?:effective|take effect|takes effect|commenc\w+|begin\w*|come into (?:force|effect)|enter\w* into force|in effect)\b/;
const bearsDate =
  /\b(?:date (?:hereof|of this agreement|first (?:above )?(?:written|set forth|above)|first set forth above|(?:first )?(?:above|hereinabove) (?:written|mentioned)|stated above)|signing date)\b/;

/**
 * The date from which the contract has effect: the one it defines as its effective date, the day
 * on which it says that it or its term begins, or the date it bears where it says so.
 */
export function findEffectiveDate(
  { text, sentences }: Reading,
  agreementDate: ContractDate | undefined,
): ContractDate | undefined {
  // … June 8, 2010 (the "Effective Date")
  const defined = /["\u201c'\u2018](?:\w+\s)?Effective\s+Date["\u201d'\u2019]/i.exec(text);
  if (defined) {
    const before = mention(text, {
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
    const date = mention(text, { start: from, end: Math.min(text.length, from + 40) })[0];
    if (date && date.start - from < 6) return stated(date);
  }
  let byAgreement: Span | undefined;
  for (const sentence of sentences) {
    const defines = definesEffective.test(sentence.plain);
    const ofThis = /\bthis (?:\w+ ){0,3}(?:agreement|contract|lease|amendment)\b|\bterm\b/.test(
      sentence.plain,
    );
    if (!defines && !(ofThis && takesEffect.test(sentence.plain))) continue;
    const own = mention(text, sentence).find((date) =>
      /\b(?:effective(?:\s+date)?|effect|force|commenc\w+|begin\w*|start\w*)\b[^.;]{0,60}$/i.test(
        text.slice(Math.max(sentence.start, date.start - 90), date.start),
      ),
    );
    const span = trimmed(text, sentence)!;
    if (own?.value !== undefined) return stated(own, span);
    if (own) return undefined;
    if (!byAgreement && bearsDate.test(sentence.plain)) byAgreement = span;
  }
  if (byAgreement && agreementDate?.value) {
    return { ...agreementDate, evidence: [...agreementDate.evidence, byAgreement] };
  }
  return undefined;
}
