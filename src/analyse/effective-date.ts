import type { ContractDate, Span } from '../domain/documents.ts';
import { findDateMentions, toStatedDate, type DatedText } from './date-mentions.ts';
import { isOtherDate } from './date-subject.ts';
import type { PreparedSentence } from './prepared-text.ts';
import { blankExceptions, findPeriodSubject } from './term-subject.ts';

const effectiveName = /["\u201c'\u2018*](?:\w+\s)?Effective\s*Date[,.]?["\u201d'\u2019]/i;
const startName =
  /["\u201c'\u2018](?:\w+\s)?(?:Commencement|Start|Services? Start)\s*Date["\u201d'\u2019]/i;
const definesEffective =
  /"?(?:effective|commencement|start|starting) date"?\)?(?: (?:for|of) (?:this|the) \w+)?\s*(?:means|shall mean|is|shall be|will be|of this agreement (?:is|shall be|means)|:)/;
const takesEffect =
  /\b(?:effective|(?:commencement|start) date|takes? effect|commenc(?:e|es|ing)|begins?|beginning|starts?|starting|runs? from|valid from|provided from|comes? into (?:force|effect)|enters? into (?:force|effect)|in (?:force|effect) (?:from|as of|since|beginning|commencing))\b/;
/** Right before the day: the verb, and nothing that ends in between. */
const effectVerb =
  /\b(?:effective(?:\s+date)?|(?:commencement|start)\s+date|effect|force|commenc(?:e|es|ing)|begins?|beginning|starts?|starting|runs?\s+from|valid\s+from|provided\s+from|from)\b(?:(?!\b(?:ends?|ending|expires?|expiring|terminates?|until|through|to|after|before)\b)[^.;]){0,60}$/i;
const bearsDate =
  /\b(?:date (?:hereof|of (?:this|the) agreement|first (?:above )?(?:written|set forth|above)|first set forth above|(?:first )?(?:above|hereinabove) (?:written|mentioned)|stated above)|signing date)\b/;
/** On the day of the last signature, which is the agreement date if no other is stated. */
const onSignature =
  /\b(?:(?:later|latest|last)(?: of the)?(?: two)?(?: signature)? dates?|last (?:date )?(?:signed|written|signat\w+)|final signature|upon (?:the )?(?:signature|execution)|dates? (?:of (?:its |the )?(?:execution|signature)|(?:set forth|beneath|shown|of signature|signed))|is signed by)\b/;
const ofThisContract =
  /\b(?:this|the|your|it|its|executive's|employee's) (?:[\w-]+ ){0,3}?(?:agreement|contract|lease|tenancy|amendment|employment|engagement|appointment|subscription|licen[cs]e|statement of work|membership|services)\b|\bterm\b|^(?:[\d.()]+ )?it\b/;
/** Another document or a law takes effect, not this contract. */
const otherDocument =
  /\b(?:confidentiality|non-?disclosure|prior|previous|existing|certain|original) (?:\w+ ){0,3}agreement\b|\bthat certain\b|\b(?:supersede|policy|policies|statute|tariff)\w*\b/;

/** "your retirement is effective February 10, 2015 (the "Effective Date")" */
const ofAPerson =
  /\b(?:retirement|resignation|separation|termination|employment)\b[^.;]{0,80}\b(?:is|are|was|will\s+be|shall\s+be)\s+effective\b[^.;]{0,20}$/i;
/** Of several days or events, so that no one day is stated. */
const ofSeveral = /\b(?:earlier|later|earliest|latest|first\s+to\s+occur|last\s+to\s+occur)\b/i;

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
    !/[.;]\s+[A-Z]/.test(textBetween) &&
    !ofAPerson.test(text.slice(Math.max(0, before.start - 120), before.start))
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
  if (date && ofSeveral.test(text.slice(from, date.start))) return 'blank';
  return date && (toStatedDate(date, { start: name.index, end: date.end }) ?? 'blank');
}

/** Where the label of a row gives the day. */
const effectiveLabel = /\beffective\s+date\s*(?::|\||\t|of\s+this\s+agreement\s*:)[\s|]*/gi;
const startLabel =
  /(?<=^|\n|[.;|]\s|\d\.\s|\d\s)(?:(?:contract|agreement|term|services?|lease|subscription|licen[cs]e|project|employment)\s+)?(?:(?:commencement|start|starting|begin(?:ning)?|inception|entry)\s+date|(?:contract|agreement|term)\s+(?:start|begin|commencement)s?|date\s+of\s+commencement|commencement\s+of\s+(?:the\s+)?(?:contract|agreement|term|services|employment))\s*(?::|\||\t)[\s|]*/gi;

/** Effective Date: June 8, 2010; Start date: 1 June 2024 */
function findLabelledDate(prepared: DatedText): ContractDate | undefined {
  const { text } = prepared;
  for (const label of [...text.matchAll(effectiveLabel), ...text.matchAll(startLabel)]) {
    const from = label.index + label[0].length;
    const region = { start: from, end: Math.min(text.length, from + 40) };
    const [date] = findDateMentions(prepared, region);
    if (date?.value !== undefined && date.start - from < 6) return toStatedDate(date);
  }
  return undefined;
}

/** Whether the sentence up to a day is about the contract: "This Agreement starts on", "The term begins". */
function isOfContract(
  { text }: DatedText,
  sentence: PreparedSentence,
  { start, end }: Span,
): boolean {
  const before = collapse(text.slice(sentence.start, start));
  const after = collapse(text.slice(end, sentence.end));
  return findPeriodSubject(blankExceptions(before), after, sentence.heading) !== 'other';
}

const collapse = (text: string) => text.replace(/\s+/g, ' ');

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
    const ownDate = findDateMentions(prepared, sentence).find(
      (date) =>
        effectVerb.test(text.slice(Math.max(sentence.start, date.start - 90), date.start)) &&
        !isOtherDate(text, date) &&
        (definesDate || isOfContract(prepared, sentence, date)),
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
