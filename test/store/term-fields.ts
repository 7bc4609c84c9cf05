import * as fc from 'fast-check';
import {
  executionStates,
  type ContractDate,
  type Duration,
  type NoticePeriod,
  type Reading,
  type RenewalTerm,
} from '../../src/domain/documents.ts';
import type { TermFields } from '../../src/store/current-term.ts';

/** Arbitrary facts from which terms are computed, for property tests. */

export const on = (value: string): ContractDate => ({ value, basis: 'stated', evidence: [] });
export const lengthOf = (count: number, unit: Duration['unit']): Duration => ({ count, unit });

/** Few, close days in months of different lengths, so that they often coincide. */
export const anyDay = fc.oneof(
  fc.constantFrom('2024-12-31', '2025-01-01', '2025-01-02', '2025-06-30'),
  fc
    .integer({ min: Date.parse('2019-01-01') / 864e5, max: Date.parse('2028-12-31') / 864e5 })
    .map((day) => new Date(day * 864e5).toISOString().slice(0, 10)),
);

const stated = anyDay.map(on);
const computed = anyDay.map((value): ContractDate => ({ value, basis: 'computed', evidence: [] }));
const perpetual = fc.constant<ContractDate>({ basis: 'perpetual', evidence: [] });
const unclear = fc.constant<ContractDate>({ basis: 'unclear', evidence: [] });

export const anyLength = fc.record({
  count: fc.integer({ min: 1, max: 40 }),
  unit: fc.constantFrom<Duration['unit']>('day', 'week', 'month', 'year'),
});

const renewalTerm: fc.Arbitrary<RenewalTerm> = fc.record(
  {
    kind: fc.constantFrom('automatic', 'automatic', 'optional', 'none'),
    length: anyLength,
    maximum: fc.integer({ min: 1, max: 4 }),
    evidence: fc.constant([]),
  },
  { requiredKeys: ['kind', 'evidence'] },
);

const noticePeriod: fc.Arbitrary<NoticePeriod> = fc.record(
  {
    value: fc.constant('some'),
    length: anyLength,
    businessDays: fc.constant(true as const),
    by: fc.oneof(fc.constant('09-30'), anyDay),
    toEndOf: fc.constantFrom('month', 'quarter', 'half_year', 'calendar_year', 'contract_year'),
    notBefore: anyDay,
    extends: fc.constant(true as const),
    evidence: fc.constant([]),
  },
  { requiredKeys: ['value', 'length', 'evidence'] },
);

/** Of a file whose second page was not read. */
export const readInPart: Reading = {
  pages: 2,
  ocrPages: 0,
  unreadPages: [{ first: 2, last: 2, reason: 'no_text' }],
  unreadParts: [],
  openRevisions: 0,
  comments: 0,
};
const reading = fc.constantFrom<Reading>({ ...readInPart, unreadPages: [] }, readInPart);

export const anyFields: fc.Arbitrary<TermFields> = fc.record(
  {
    agreementDate: stated,
    effectiveDate: stated,
    expirationDate: fc.oneof(stated, computed, perpetual, unclear),
    renewalTerm,
    noticePeriod,
    reading,
    execution: fc.record({
      value: fc.constantFrom(...executionStates),
      evidence: fc.constant([]),
    }),
  },
  { requiredKeys: [] },
);
