import type { ContractDate, Span } from '../domain/documents.ts';
import { findDateMentions, toStatedDate, type DatedText } from './date-mentions.ts';

const effectiveName = /["\u201c'\u2018*](?:\w+\s)?Effective\s*Date[,.]?["\u201d'\u2019]/i;
const startName =
  /["\u201c'\u2018](?:\w+\s)?(?:Commencement|Start|Services? Start)\s*Date["\u201d'\u2019]/i;
const definesEffective =
  /"?effective date"?\)?\s*(?:means|shall mean|is|shall be|of this agreement (?:is|shall be|means)|:)/;
const takesEffect =
  /\b(?:effective|take effect|takes effect|commenc\w+|begin\w*|comes? into (?:force|effect)|enter\w* into force|in effect)\b/;
const bearsDate =
  /\b(?:date (?:hereof|of (?:this|the) agreement|first (?:above )?(?:written|set forth|above)|first set forth above|(?:first )?(?:above|hereinabove) (?:written|mentioned)|stated above)|signing date)\b/;
/** On the day of the last signature, which is the agreement date if no other is stated. */
const onSignature =
  /\b(?:(?:later|latest|last)(?: of the)?(?: two)?(?: signature)? dates?|last (?:date )?(?:signed|written|signat\w+)|final signature|upon (?:the )?(?:signature|execution)|dates? (?:of (?:its |the )?(?:execution|signature)|(?:set forth|beneath|shown|of signature|signed))|is signed by)\b/;
const ofThisContract =
  /\b(?:this|the) (?:\w+ ){0,3}(?:agreement|contract|lease|amendment|employment|statement of work)\b|\bterm\b/;
/** Another document or a law takes effect, not this contract. */
const otherDocument =
  /\b(?:confidentiality|non-?disclosure|prior|previous|existing|certain|original) (?:\w+ ){0,3}agreement\b|\bthat certain\b|\b(?:supersede|policy|policies|statute|tariff)\w*\b/;

/** … June 8, 2010 (the "Effective Date"): undefined if there is none, `blank` for a blank. */
function findDefinedDate(prepared: DatedText): ContractDate | 'blank' | undefined {
  const { text } = prepared;
  const name = effectiveName.exec(text) ?? startName.exec(text);
  if (!name) return undefined;
  const before = findDateMentions(prepared, {
    start: Math.max(0, name.index - 250),
    end: name.index,
  }).at(-1);
  const textBetween = before && text.slice(before.end, name.index);
  if (
    before &&
    textBetween !== undefined &&
    textBetween.length < 120 &&
    !/[.;]\s+[A-Z]/.test(textBetween)
  ) {
    const to = { start: before.start, end: name.index + name[0].length };
    return toStatedDate(before, to) ?? 'blank';
  }
  // "Effective Date" means … June 8, 2010
  const from = name.index + name[0].length;
  const means = /^\)?\s*(?:shall\s+mean|means|is|shall\s+be|:)\s/.exec(text.slice(from, from + 30));
  if (!means) return undefined;
  const sentenceEnd = text.slice(from, from + 160).search(/[a-z0-9]{2}[.;]\s/);
  const [date] = findDateMentions(prepared, {
    start: from,
    end: from + (sentenceEnd < 0 ? 120 : sentenceEnd + 2),
  });
  return date && (toStatedDate(date, { start: name.index, end: date.end }) ?? 'blank');
}

/** Effective Date: June 8, 2010 */
function findLabelledDate(prepared: DatedText): ContractDate | undefined {
  const { text } = prepared;
  const label = /\beffective\s+date\s*(?::|of\s+this\s+agreement\s*:)\s*/i.exec(
    text.slice(0, 6000),
  );
  if (!label) return undefined;
  const from = label.index + label[0].length;
  const [date] = findDateMentions(prepared, { start: from, end: Math.min(text.length, from + 40) });
  return date && date.start - from < 6 ? toStatedDate(date) : undefined;
}

/**
 * Finds the date from which the contract has effect: the date that it defines as its effective
 * date, the day on which it or its term begins, or the agreement date if it says so or says
 * nothing. Undefined if the date depends on an event or is blank.
 */
export function findEffectiveDate(
  prepared: DatedText,
  agreementDate: ContractDate | undefined,
): ContractDate | undefined {
  const { text, sentences } = prepared;
  const defined = findDefinedDate(prepared);
  if (defined === 'blank') return undefined;
  if (defined) return defined;
  const labelled = findLabelledDate(prepared);
  if (labelled) return labelled;
  let agreementSpan: Span | undefined;
  let isUndetermined = false;
  for (const sentence of sentences) {
    const definesDate = definesEffective.test(sentence.normalized);
    if (
      !definesDate &&
      !(ofThisContract.test(sentence.normalized) && takesEffect.test(sentence.normalized))
    )
      continue;
    if (!definesDate && otherDocument.test(sentence.normalized)) continue;
    const ownDate = findDateMentions(prepared, sentence).find((date) =>
      /\b(?:effective(?:\s+date)?|effect|force|commenc\w+|begin\w*|start\w*)\b[^.;]{0,60}$/i.test(
        text.slice(Math.max(sentence.start, date.start - 90), date.start),
      ),
    );
    const span = { start: sentence.start, end: sentence.end };
    if (ownDate?.value !== undefined) return toStatedDate(ownDate, span);
    if (ownDate) return undefined;
    if (bearsDate.test(sentence.normalized) || onSignature.test(sentence.normalized))
      agreementSpan ??= span;
    else isUndetermined ||= definesDate;
  }
  if (!agreementDate) return undefined;
  if (agreementSpan)
    return { ...agreementDate, evidence: [...agreementDate.evidence, agreementSpan] };
  if (isUndetermined) return undefined;
  const explanation = 'No other effective date is stated, so it is the date of the agreement.';
  return { ...agreementDate, basis: 'computed', explanation };
}
