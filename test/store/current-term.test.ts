import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, addMonths, shift } from '../../src/domain/calendar.ts';
import {
  currentTerm,
  currentTermOf,
  termEnd,
  type TermFields,
  type TermSchedule,
} from '../../src/store/current-term.ts';
import { anyDay, anyFields, anyLength, lengthOf, on } from './term-fields.ts';

const ends = (terms: TermSchedule, count: number) =>
  Array.from({ length: count }, (_, renewals) => termEnd(terms, terms.length!, renewals));

describe('the ends of successive terms', () => {
  const month = lengthOf(1, 'month');

  it('fall on the corresponding day, counted from the end of the first term', () => {
    const terms = { firstEnd: '2027-01-30', monthEnds: false, length: month };
    expect(ends(terms, 4)).toEqual(['2027-01-30', '2027-02-28', '2027-03-30', '2027-04-30']);
  });

  it('fall on the last day of the month where terms run in whole months', () => {
    const terms = { firstEnd: '2027-01-31', monthEnds: true, length: month };
    expect(ends(terms, 4)).toEqual(['2027-01-31', '2027-02-28', '2027-03-31', '2027-04-30']);
    const years = { firstEnd: '2025-02-28', monthEnds: true, length: lengthOf(1, 'year') };
    expect(ends(years, 4)).toEqual(['2025-02-28', '2026-02-28', '2027-02-28', '2028-02-29']);
  });

  it('do not drift over many renewals', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 1, max: 60 }), fc.nat(50), (firstEnd, count, n) => {
        const terms = { firstEnd, monthEnds: false, length: lengthOf(count, 'month') };
        const end = termEnd(terms, terms.length, n);
        expect(end).toBe(addMonths(firstEnd, n * count));
        const isLast = addDays(end, 1).endsWith('-01');
        expect(end.slice(8) === firstEnd.slice(8) || isLast).toBe(true);
        const whole = termEnd(
          { ...terms, monthEnds: true, firstEnd: monthEnd(firstEnd) },
          terms.length,
          n,
        );
        expect(addDays(whole, 1).slice(8)).toBe('01');
      }),
    );
  });
});

const monthEnd = (day: string) => addDays(`${addMonths(day, 1).slice(0, 7)}-01`, -1);

describe('the current term', () => {
  it('is the first that ends on the day or later, within the maximum of renewals', () => {
    fc.assert(
      fc.property(anyFields, anyDay, (fields, today) => {
        const term = currentTermOf(fields, today);
        const { renewalTerm: renewal, expirationDate: first } = fields;
        if (renewal?.kind !== 'automatic' || first?.value === undefined) {
          expect(term).toBeUndefined();
          return;
        }
        if (!renewal.length && first.value < today) {
          expect(term).toBeUndefined();
          return;
        }
        const maxRenewals = renewal.maximum ?? Infinity;
        expect(term!.renewals).toBeLessThanOrEqual(maxRenewals);
        expect(term!.isExpired).toBe(term!.end < today);
        expect(term!.renews).toBe(!term!.isExpired && term!.renewals < maxRenewals);
        if (term!.isExpired) expect(term!.renewals).toBe(maxRenewals);
        if (term!.renewals === 0) expect(term!.end).toBe(first.value);
        else {
          const begin = fields.effectiveDate?.value ?? fields.agreementDate?.value;
          const monthEnds =
            addDays(first.value, 1).endsWith('-01') &&
            (first.basis === 'stated' || begin?.endsWith('-01') === true);
          const terms = { firstEnd: first.value, monthEnds };
          expect(term!.end).toBe(termEnd(terms, renewal.length!, term!.renewals));
          expect(termEnd(terms, renewal.length!, term!.renewals - 1) < today).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('has the notice deadline of its end, and once that is past, the next one', () => {
    const terms = fc.record({
      firstEnd: anyDay,
      monthEnds: fc.constant(false),
      length: anyLength,
      notice: fc.record({ length: anyLength }),
    });
    fc.assert(
      fc.property(terms, anyDay, (fields, today) => {
        const term = currentTerm(fields, today)!;
        expect(term.noticeDeadline).toBe(shift(term.end, fields.notice.length, -1));
        expect(term.nextNotice === undefined).toBe(term.noticeDeadline! >= today);
        if (!term.nextNotice) return;
        const { deadline, end } = term.nextNotice;
        expect(deadline >= today && end > term.end).toBe(true);
        expect(deadline).toBe(shift(end, fields.notice.length, -1));
      }),
      { numRuns: 1000 },
    );
  });

  it('has the expected values in examples', () => {
    const fields: TermFields & Required<Pick<TermFields, 'renewalTerm' | 'noticePeriod'>> = {
      expirationDate: on('2024-05-27'),
      renewalTerm: { kind: 'automatic', length: lengthOf(1, 'year'), evidence: [] },
      noticePeriod: { value: '60 days', length: lengthOf(60, 'day'), evidence: [] },
    };
    expect(currentTermOf(fields, '2026-11-21')).toEqual({
      renewals: 3,
      end: '2027-05-27',
      isExpired: false,
      renews: true,
      noticeDeadline: '2027-03-28',
    });
    expect(currentTermOf(fields, '2027-03-28')).not.toHaveProperty('nextNotice');
    expect(currentTermOf(fields, '2027-03-29')).toMatchObject({
      noticeDeadline: '2027-03-28',
      nextNotice: { deadline: '2028-03-28', end: '2028-05-27' },
    });
    const twice = { ...fields, renewalTerm: { ...fields.renewalTerm, maximum: 2 } };
    expect(currentTermOf(twice, '2025-06-01')).toEqual({
      renewals: 2,
      end: '2026-05-27',
      isExpired: false,
      renews: false,
    });
    expect(currentTermOf(twice, '2026-05-28')).toMatchObject({ isExpired: true, renews: false });
    const inBusinessDays = { ...fields.noticePeriod, businessDays: true as const };
    expect(
      currentTermOf({ ...fields, noticePeriod: inBusinessDays }, '2026-11-21'),
    ).not.toHaveProperty('noticeDeadline');
  });
});
