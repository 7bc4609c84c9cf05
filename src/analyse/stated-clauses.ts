import type { Analysis, Clause, Span } from '../documents.ts';
import type { ClauseTypeId } from './clause-types.ts';

/** What the facts of a contract say of where its clauses are. */
type Facts = Pick<
  Analysis,
  | 'parties'
  | 'agreementDate'
  | 'effectiveDate'
  | 'expirationDate'
  | 'renewalTerm'
  | 'noticePeriod'
  | 'governingLaw'
> & { title: { value: string; span?: Span } };

/** How often each fact was right against lawyers' answers, rounded down (`npm run bench:facts`). */
const confidence = {
  document_name: 0.8,
  parties: 0.75,
  agreement_date: 0.85,
  effective_date: 0.7,
  expiration_date: 0.7,
  renewal_term: 0.75,
  notice_period_to_terminate_renewal: 0.75,
  governing_law: 0.9,
} satisfies Partial<Record<ClauseTypeId, number>>;

function clause(type: keyof typeof confidence, span: Span | undefined, value?: string): Clause[] {
  if (!span) return [];
  const { start, end } = span;
  return [{ type, start, end, confidence: confidence[type], ...(value && { value }) }];
}

/** The facts as clauses with their values, each at the span it rests on. */
function stated(facts: Facts): Clause[] {
  const { agreementDate, effectiveDate, expirationDate } = facts;
  return [
    ...clause('document_name', facts.title.span, facts.title.value),
    ...facts.parties.flatMap(({ name, evidence }) => clause('parties', evidence[0], name)),
    ...clause('agreement_date', agreementDate?.evidence[0], agreementDate?.value),
    ...clause('effective_date', effectiveDate?.evidence[0], effectiveDate?.value),
    ...clause(
      'expiration_date',
      expirationDate?.evidence[0],
      expirationDate?.value ?? expirationDate?.basis,
    ),
    ...clause('renewal_term', facts.renewalTerm?.evidence[0], facts.renewalTerm?.value),
    ...clause(
      'notice_period_to_terminate_renewal',
      facts.noticePeriod?.evidence[0],
      facts.noticePeriod?.value,
    ),
    ...clause('governing_law', facts.governingLaw?.evidence[0], facts.governingLaw?.value),
  ];
}

/** The clauses found, with those that facts rest on: a fact's clause takes the place of its twin. */
export function withStatedClauses(found: Clause[], facts: Facts): Clause[] {
  const clauses = stated(facts);
  const twins = new Set(clauses.map(({ type, start, end }) => `${type} ${start} ${end}`));
  return [
    ...clauses,
    ...found.filter(({ type, start, end }) => !twins.has(`${type} ${start} ${end}`)),
  ].sort(
    (a, b) => a.type.localeCompare(b.type) || b.confidence - a.confidence || a.start - b.start,
  );
}
