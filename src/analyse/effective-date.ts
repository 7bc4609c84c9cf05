import type { ContractDate, Span } from '../documents.ts';
import { mentions, stated, type DatedReading } from './date-mentions.ts';

const effectiveName = /["\u201c'\u2018*](?:\w+\s)?Effective\s*Date[,.]?["\u201d'\u2019]/i;
const startName =
  /["\u201c'\u2018](?:\w+\s)?(?:Commencement|Start|Services? Start)\s*Date["\u201d'\u2019]/i;
const definesEffective =
  /"?effective date"?\)?\s*(?:means|shall mean|is|shall be|of this agreement (?:is|shall be|means)|:)/;
const takesEffect =
  /\b(?:effective|take effect|takes effect|commenc\w+|begin\w*|comes? into (?:force|effect)|enter\w* into force|in effect)\b/;
const bearsDate =
  /\b(?:date (?:hereof|of (?:this|the) agreement|first (?:above )?(?:written|set forth|above)|first set forth above|(?:first )?(?:above|hereinabove) (?:written|mentioned)|stated above)|signing date)\b/;
/** On the day of the last signature, which is the day the contract bears where it bears no other. */
const onSignature =
  /\b(?:(?:later|latest|last)(?: of the)?(?: two)?(?: signature)? dates?|last (?:date )?(?:signed|written|signat\w+)|final signature|upon (?:the )?(?:signature|execution)|dates? (?:of (?:its |the )?(?:execution|signature)|(?:set forth|beneath|shown|of signature|signed))|is signed by)\b/;
const ofThisContract =
  /\b(?:this|the) (?:\w+ ){0,3}(?:agreement|contract|lease|amendment|employment|statement of work)\b|\bterm\b/;
/** What took effect is another document, or a law. */
const ofAnother =
  /\b(?:confidentiality|non-?disclosure|prior|previous|existing|certain|original) (?:\w+ ){0,3}agreement\b|\bthat certain\b|\b(?:supersede|policy|policies|statute|tariff)\w*\b/;

/** … June 8, 2010 (the "Effective Date"): undefined where it names none, `blank` for a blank. */
function defined(reading: DatedReading): ContractDate | 'blank' | undefined {
  const { text } = reading;
  const name = effectiveName.exec(text) ?? startName.exec(text);
  if (!name) return undefined;
  const before = mentions(reading, {
    start: Math.max(0, name.index - 250),
    end: name.index,
  }).at(-1);
  const gap = before && text.slice(before.end, name.index);
  if (before && gap !== undefined && gap.length < 120 && !/[.;]\s+[A-Z]/.test(gap)) {
    const to = { start: before.start, end: name.index + name[0].length };
    return stated(before, to) ?? 'blank';
  }
  // "Effective Date" means … June 8, 2010
  const from = name.index + name[0].length;
  const means = /^\)?\s*(?:shall\s+mean|means|is|shall\s+be|:)\s/.exec(text.slice(from, from + 30));
  if (!means) return undefined;
  const upTo = text.slice(from, from + 160).search(/[a-z0-9]{2}[.;]\s/);
  const [date] = mentions(reading, { start: from, end: from + (upTo < 0 ? 120 : upTo + 2) });
  return date && (stated(date, { start: name.index, end: date.end }) ?? 'blank');
}

/** Effective Date: June 8, 2010 */
function labelled(reading: DatedReading): ContractDate | undefined {
  const { text } = reading;
  const label = /\beffective\s+date\s*(?::|of\s+this\s+agreement\s*:)\s*/i.exec(
    text.slice(0, 6000),
  );
  if (!label) return undefined;
  const from = label.index + label[0].length;
  const [date] = mentions(reading, { start: from, end: Math.min(text.length, from + 40) });
  return date && date.start - from < 6 ? stated(date) : undefined;
}

/**
 * The date from which the contract has effect: the one it defines as its effective date, the day
 * on which it says that it or its term begins, or the date it bears where
 * it says so or says nothing. Absent where it is left to an event, or blank.
 */
export function findEffectiveDate(
  reading: DatedReading,
  agreementDate: ContractDate | undefined,
): ContractDate | undefined {
  const { text, sentences } = reading;
  const byName = defined(reading);
  if (byName === 'blank') return undefined;
  if (byName) return byName;
  const byLabel = labelled(reading);
  if (byLabel) return byLabel;
  let byAgreement: Span | undefined;
  let open = false;
  for (const sentence of sentences) {
    const defines = definesEffective.test(sentence.plain);
    if (!defines && !(ofThisContract.test(sentence.plain) && takesEffect.test(sentence.plain)))
      continue;
    if (!defines && ofAnother.test(sentence.plain)) continue;
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
