import { normalizeForMatching } from './normalize-for-matching.ts';
import { allMatches, findRow } from './pattern-row.ts';
import {
  agreementAfterPeriod,
  agreementSubjects,
  nearTermWords,
  exceptionParts,
  otherPeriodAfter,
  otherSubjects,
  termHeadings,
  termVerbs,
} from './term-subject-rules.ts';

/**
 * What a period or a last day is about: the contract, nothing that is named under a heading on the
 * term, the services as a whole, or something else.
 */
export type PeriodSubject = 'agreement' | 'heading' | 'services' | 'other';

/** Replaces exceptions and asides by blanks, so that offsets stay the same. */
export function blankExceptions(text: string): string {
  let blanked = text;
  for (const { pattern } of exceptionParts) {
    blanked = blanked.replace(new RegExp(pattern.source, 'gi'), (part) => ' '.repeat(part.length));
  }
  return blanked;
}

/** Where one statement ends and another, with its own subject, begins. */
const statementBreak =
  /;\s|\b(?:provided|except)(?:,? however,?| further,?)? that\b|(?<=[a-z)]{2})\. (?=\S)/g;

/** The statement in which a text ends, with the one before where it is only a fragment. */
function lastStatement(text: string): string {
  const breaks = [...text.matchAll(statementBreak)];
  const last = breaks.at(-1);
  if (!last) return text;
  const from = last.index + last[0].length;
  return text.slice(from).trim().length < 4 && breaks.length > 1
    ? text.slice(breaks.at(-2)!.index + 1)
    : text.slice(from);
}

/** The row whose match goes as far as its period does. */
const besideEmployment = 'a period after the end or beside employment';
/** The most characters between the contract and the verb by which it lasts. */
const maxVerbDistance = 200;
/** Rows that hold their verb. */
const startsWithVerb =
  /^(?:it|hereby|employs?|engages?|appoints?|retains?|leases?|lets?|hires?|demises?|grants?|is|agrees?|shall|and it|[.;:,)] ?it)\b/;

/** The label of a row on the term: "Expiry date:", "Contract end:". */
const label =
  /^[\d.()\s\u00a7-]{0,10}(?:(?:contract(?:ual)?|agreement|term|initial|fixed|licen[cs]e|lease|subscription|service|expiration|expiry|expires|termination|end|ending|valid|validity|duration|period|date|until|through|to|of|the|this)\s?){1,6}(?:\([^()]{0,30}\)\s?)?[:|\t ]\s*$/;
/** A fragment under a heading on the term: "For an initial period of", "From", "Until". */
const fragment =
  /^["\d.():\s\u00a7-]{0,12}(?:\w{1,3}[.)] )?(?:(?:for|from|until|through|to|an?|the|initial|fixed|minimum|total|full|first|period|term|duration|length|of|is|shall|be|will|at|least|commencing|beginning|starting|on|ending|with|effect|runs?|lasts?|up|valid|\d{1,4}(?:st|nd|rd|th)?|january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b[ :,.]*)*$/;

/**
 * What the period or day between `before` and `after` is about, in a sentence under `heading`.
 * @param before the sentence up to the period, without exceptions (`blankExceptions`)
 * @param heading as in `PreparedSentence`
 */
export function findPeriodSubject(before: string, after: string, heading: string): PeriodSubject {
  const rest = normalizeForMatching(after.slice(0, 260));
  const restAfter = (after.startsWith(' ') ? ' ' : '') + rest;
  if (findRow(otherPeriodAfter, restAfter)) return 'other';
  const whole = normalizeForMatching(before);
  const statement = normalizeForMatching(lastStatement(whole)).concat(' ');
  const other = allMatches(otherSubjects, statement)[0];
  if (other?.id === 'another defined period') return 'other';
  const subject = allMatches(agreementSubjects, statement).find(
    ({ start, end }) =>
      start > (other ? (other.id === besideEmployment ? other.end - 1 : other.start) : -1) &&
      (findRow(termVerbs, statement.slice(end, end + maxVerbDistance)) ||
        (statement.length - end < 60 && findRow(nearTermWords, statement.slice(end))) ||
        startsWithVerb.test(statement.slice(start, end))),
  );
  if (subject) return subject.id === 'the services as a whole' ? 'services' : 'agreement';
  if (label.test(statement) && /[:|]/.test(statement)) return 'agreement';
  if (other) return 'other';
  if (findRow(agreementAfterPeriod, restAfter)) return 'agreement';
  const isUnderTerm = findRow(termHeadings, heading) !== undefined;
  if (isUnderTerm && fragment.test(statement)) return 'heading';
  return 'other';
}
