import type { StatedFact, ContractDate, Span } from '../domain/documents.ts';
import { findUnambiguousDates, type DateOrder, findDates, type DateMention } from './date-text.ts';
import { findJurisdictions, usJurisdictions } from './jurisdictions.ts';
import { normalizeForMatching } from './normalize-for-matching.ts';
import { isInHeaderOrFooter, type PreparedText } from './prepared-text.ts';

/** Jurisdictions where both orders are used, so that they do not decide. */
const ambiguousJurisdictions = new Set(
  'Canada, Ontario, Quebec, British Columbia, Alberta, Manitoba, New Brunswick, Newfoundland and Labrador, Nova Scotia, Prince Edward Island, Saskatchewan, Philippines, China, Japan, South Korea, Taiwan, Hungary, Iran, Puerto Rico, Panama'.split(
    ', ',
  ),
);
const month =
  '(?:january|february|march|april|may|june|july|august|september|october|november|december)';
const writtenDayFirst = new RegExp(
  `\\b\\d{1,2}(?:st|nd|rd|th)?\\s+${month},?\\s+(?:19|20)\\d\\d\\b`,
  'i',
);
const writtenMonthFirst = new RegExp(
  `\\b${month}\\s+\\d{1,2}(?:st|nd|rd|th)?,?\\s+(?:19|20)\\d\\d\\b`,
  'i',
);

/** Of a filed contract: "Source: ACME, 10-K, 3/1/2010" is the date of the filing, not the contract's. */
const filingFooter = /\bSource:[^\n]{0,80}$/;

/** An address with a state and a ZIP code, or a securities act of the United States. */
const usMarks =
  /\b(?:A[LKZR]|C[AOT]|D[EC]|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[TA]|W[AVIY])\s{1,3}\d{5}\b|\bSecurities (?:Exchange )?Act of 193[34]\b/;

function agreedOrder(orders: (DateOrder | undefined)[]): DateOrder | undefined {
  const [first, ...rest] = orders.filter((order) => order !== undefined);
  return rest.every((order) => order === first) ? first : undefined;
}

function orderOfJurisdiction(jurisdiction: string): DateOrder | undefined {
  if (usJurisdictions.has(jurisdiction)) return 'month-first';
  return ambiguousJurisdictions.has(jurisdiction) ? undefined : 'day-first';
}

/** The order of dates with the month in words; undefined if the contract uses both or none. */
function orderOfWordedDates(text: string): DateOrder | undefined {
  const hasDayFirst = writtenDayFirst.test(text);
  const hasMonthFirst = writtenMonthFirst.test(text);
  if (hasDayFirst === hasMonthFirst) return undefined;
  return hasDayFirst ? 'day-first' : 'month-first';
}

/**
 * Decides which number of "04/05/2023" is the day in this contract: by its unambiguous dates
 * ("25/05/2023"), else by its governing law and its dates in words if they agree, else by the
 * jurisdictions named in its opening. Undefined if these contradict each other or there are none.
 */
function detectDateOrder(
  prepared: PreparedText,
  governingLaw: StatedFact | undefined,
): DateOrder | undefined {
  const { text } = prepared;
  const found = new Set<DateOrder>();
  for (const { order, start } of findUnambiguousDates(text)) {
    if (
      !isInHeaderOrFooter(prepared, { start, end: start + 1 }) &&
      !filingFooter.test(text.slice(Math.max(0, start - 90), start))
    )
      found.add(order);
  }
  if (found.size > 0) return agreedOrder([...found]);
  const governingOrders = governingLaw?.value.split('; ').map(orderOfJurisdiction) ?? [];
  const orders = [...governingOrders, orderOfWordedDates(text)];
  if (orders.some((order) => order !== undefined)) return agreedOrder(orders);
  const jurisdictions = findJurisdictions(normalizeForMatching(text.slice(0, 6000))).map(
    ({ name }) => orderOfJurisdiction(name),
  );
  const usOrders = usMarks.test(text) ? (['month-first'] as const) : [];
  return agreedOrder([...jurisdictions, ...usOrders]);
}

/** A contract prepared for finding dates. */
export interface DatedText extends PreparedText {
  /** Which number of a date in figures is the day; undefined if that is unknown. */
  order: DateOrder | undefined;
}

/** Adds the order in which the contract writes its dates. */
export function withDateOrder(
  prepared: PreparedText,
  governingLaw: StatedFact | undefined,
): DatedText {
  return { ...prepared, order: detectDateOrder(prepared, governingLaw) };
}

/** The dates that the contract states within a span. Their offsets are those of the text. */
export function findDateMentions(prepared: DatedText, span: Span): DateMention[] {
  const { text, order } = prepared;
  return findDates(text.slice(span.start, span.end), order)
    .map((date) => ({ ...date, start: date.start + span.start, end: date.end + span.start }))
    .filter(
      (date) =>
        !isInHeaderOrFooter(prepared, date) &&
        !filingFooter.test(text.slice(Math.max(0, date.start - 90), date.start)),
    );
}

/**
 * Converts a mentioned date to a fact with further evidence; undefined for a date without a value.
 */
export function toStatedDate(
  date: DateMention,
  ...furtherEvidence: Span[]
): ContractDate | undefined {
  if (date.value === undefined) return undefined;
  return {
    value: date.value,
    basis: 'stated',
    evidence: [{ start: date.start, end: date.end }, ...furtherEvidence],
  };
}
