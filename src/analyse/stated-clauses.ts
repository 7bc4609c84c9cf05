import type { Clause, ContractDate, Evidence, Span } from '../domain/documents.ts';
import type { StatedSpan } from './clause-model/candidates.ts';
import type { ClauseTypeId } from './clause-types.ts';
import type { ContractFacts } from './facts.ts';

/** A fact as a clause's value. */
interface ValuedSpan extends StatedSpan {
  value?: string;
}

/**
 * The spans of facts that are nearly always right, so that a clause there is likely. (For dates and
 * parties the model alone is better.)
 */
const reliableTypes: ReadonlySet<ClauseTypeId> = new Set([
  'expiration_date',
  'renewal_term',
  'notice_period_to_terminate_renewal',
  'governing_law',
]);

export function reliableSpans(facts: ContractFacts): StatedSpan[] {
  return collectStatedSpans(facts).filter(({ type }) => reliableTypes.has(type));
}

/** The end as a clause's value: none where it is unclear. */
const endValue = (end: ContractDate | undefined) =>
  end?.basis === 'unclear' ? undefined : (end?.value ?? end?.basis);

/** The evidence of facts that are also clause types, each with its value. */
function collectStatedSpans(facts: ContractFacts): ValuedSpan[] {
  const { agreementDate, effectiveDate, expirationDate } = facts;
  const at = (type: ClauseTypeId, span: Span | undefined, value: string | undefined) =>
    span ? [{ type, start: span.start, end: span.end, ...(value && { value }) }] : [];
  const first = (type: ClauseTypeId, fact: Evidence | undefined, value: string | undefined) =>
    at(type, fact?.evidence[0], value);
  return [
    ...at('document_name', facts.titleSpan, facts.title),
    ...facts.parties.flatMap((party) => first('parties', party, party.name)),
    ...first('agreement_date', agreementDate, agreementDate?.value),
    ...first('effective_date', effectiveDate, effectiveDate?.value),
    ...first('expiration_date', expirationDate, endValue(expirationDate)),
    ...first('renewal_term', facts.renewalTerm, facts.renewalTerm?.value),
    ...first('notice_period_to_terminate_renewal', facts.noticePeriod, facts.noticePeriod?.value),
    ...first('governing_law', facts.governingLaw, facts.governingLaw?.value),
  ];
}

const overlap = (a: Span, b: Span) => a.start < b.end && b.start < a.end;

/**
 * Adds to each clause the values of the facts whose evidence overlaps it; several are joined by ";
 * ".
 */
export function addValues(clauses: Clause[], facts: ContractFacts): Clause[] {
  const stated = collectStatedSpans(facts);
  return clauses.map((clause) => {
    const values = stated
      .filter((fact) => fact.type === clause.type && overlap(fact, clause))
      .flatMap(({ value }) => value ?? []);
    return values.length === 0 ? clause : { ...clause, value: [...new Set(values)].join('; ') };
  });
}
