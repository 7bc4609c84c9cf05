import { describe, expect, it } from 'vitest';
import {
  currentTermOf,
  noticeDeadlineOf,
  renewsAutomatically,
} from '../../src/store/current-term.ts';
import { analyseText } from './analysis-fixture.ts';

const contract = (...clauses: string[]) =>
  `SUPPLY AGREEMENT\n\nThis Agreement is made on 5 May 2024 between Tarn Mills Limited (the "Supplier") and Holm Brothers Limited (the "Customer").\n\n1. Supply. The Supplier shall supply the Goods to the Customer.\n\n${clauses.map((clause, at) => `${at + 2}. ${clause}`).join('\n\n')}\n\n9. Law. This Agreement is governed by Irish law.\n`;
const today = '2026-11-28';
const ends = 'This Agreement ends on 31 December 2036.';

describe('an automatic renewal in other words', () => {
  it.each([
    [
      `${ends} It renews for one year each time unless either party gives ninety days notice before its end.`,
      '1 year',
      '90 days',
      '2036-10-02',
    ],
    [
      `${ends} It shall be tacitly renewed for successive one-year periods, unless denounced by registered letter three months before its expiry.`,
      '1 year',
      '3 months',
      '2036-09-30',
    ],
    [
      'This Agreement ends on 31 December 2036 and renews automatically for one year unless notice of non-renewal is given by 30 September 2036.',
      '1 year',
      undefined,
      '2036-09-30',
    ],
    [
      'This Agreement ends on 31 December 2036 and renews automatically for one year unless notice of non-renewal is given no later than 30 September of each year.',
      '1 year',
      undefined,
      '2036-09-30',
    ],
    [
      'This Agreement ends on 31 December 2036 and renews automatically for one year unless notice of non-renewal is given before 1 October 2036.',
      '1 year',
      undefined,
      '2036-09-30',
    ],
    [
      'This Agreement ends on 31 December 2036 and renews automatically for one year unless cancelled in writing by the end of September.',
      '1 year',
      undefined,
      '2036-09-30',
    ],
    [
      'This Agreement ends on 31 December 2036 and is renewed automatically for one year unless a party objects by registered letter at least three months before expiry.',
      '1 year',
      '3 months',
      '2036-09-30',
    ],
    [
      `${ends} It shall be prolonged by six months each time unless a party declares in writing, one month before its end, that it does not wish to continue.`,
      '6 months',
      '1 month',
      '2036-11-30',
    ],
    [
      'This Agreement ends on 31 December 2036. Thereafter it continues for rolling terms of twelve months unless either party opposes the renewal by written notice at least 60 days before the end of the term.',
      '12 months',
      '60 days',
      '2036-11-01',
    ],
    [
      "The initial term ends on 31 December 2036 and rolls over for further periods of one year unless terminated on three months' notice before the end of the term.",
      '1 year',
      '3 months',
      '2036-09-30',
    ],
    [
      `${ends} It shall be automatically extended by two years unless notice against the extension is received six months before the end of the term.`,
      '2 years',
      '6 months',
      '2036-06-30',
    ],
  ])('%s', (term, renewal, notice, deadline) => {
    const facts = analyseText(contract(`Term. ${term}`));
    expect(facts.expirationDate?.value).toBe('2036-12-31');
    expect(facts.renewalTerm).toMatchObject({ kind: 'automatic', value: renewal });
    expect(facts.noticePeriod?.value).toBe(notice);
    expect(noticeDeadlineOf(facts, today)).toEqual({ deadline, end: '2036-12-31' });
    expect(renewsAutomatically(facts, today)).toBe(true);
  });

  it('has a cap', () => {
    const facts = analyseText(
      contract(
        'Term. This Agreement ends on 31 December 2024. It renews automatically twice for one year unless a party gives 30 days notice before its end.',
      ),
    );
    expect(facts.renewalTerm).toMatchObject({ kind: 'automatic', value: '1 year', maximum: 2 });
    expect(currentTermOf(facts, '2027-01-01')).toMatchObject({
      end: '2026-12-31',
      isExpired: true,
    });
  });

  it('keeps a stated day in each of its terms', () => {
    const facts = analyseText(
      contract(
        'Term. This Agreement ends on 31 December 2024 and renews automatically for one year each time unless notice of non-renewal is given by 30 September 2024.',
      ),
    );
    expect(noticeDeadlineOf(facts, today)).toEqual({ deadline: '2026-09-30', end: '2026-12-31' });
    expect(currentTermOf(facts, today)?.nextNotice).toEqual({
      deadline: '2027-09-30',
      end: '2027-12-31',
    });
  });
});

describe('no renewal', () => {
  it.each([
    'It does not renew automatically.',
    'There is no automatic renewal.',
    'Tacit renewal of this Agreement is excluded.',
    'The term shall not be extended.',
  ])('%s', (sentence) => {
    const facts = analyseText(contract(`Term. ${ends} ${sentence}`));
    expect(facts.renewalTerm).toMatchObject({ kind: 'none' });
    expect(facts.noticePeriod).toBeUndefined();
    expect(renewsAutomatically(facts, today)).toBe(false);
  });
});

it.each([
  'The Customer may extend it by two further periods of 12 months by notice given at least 90 days before expiry. It does not renew automatically.',
  'The Customer has the option to extend the term for a further period of one year by giving written notice at least 90 days before the end of the term.',
])('an extension by notice has its last day: %s', (sentence) => {
  const facts = analyseText(contract(`Term. ${ends} ${sentence}`));
  expect(facts.renewalTerm).toMatchObject({ kind: 'optional' });
  expect(facts.noticePeriod).toMatchObject({ value: '90 days', extends: true });
  expect(noticeDeadlineOf(facts, today)).toEqual({ deadline: '2036-10-02', end: '2036-12-31' });
  expect(renewsAutomatically(facts, today)).toBe(false);
});

describe('notice that ends a contract without an end', () => {
  it.each([
    [
      "three months' notice to the end of a calendar quarter, for the first time as of 31 December 2037",
      '3 months',
      { deadline: '2037-09-30', end: '2037-12-31' },
    ],
    [
      "three months' notice to the end of a calendar quarter",
      '3 months',
      { deadline: '2026-12-31', end: '2027-03-31' },
    ],
    [
      "one month's notice to the end of a month",
      '1 month',
      { deadline: '2026-11-30', end: '2026-12-31' },
    ],
    [
      "six weeks' notice to the end of a half-year",
      '6 weeks',
      { deadline: '2027-05-19', end: '2027-06-30' },
    ],
    [
      "six months' notice to the end of a calendar year",
      '6 months',
      { deadline: '2027-06-30', end: '2027-12-31' },
    ],
    [
      "three months' notice to the end of a contract year",
      '3 months',
      { deadline: '2027-02-04', end: '2027-05-04' },
    ],
    ["30 days' notice", '30 days', undefined],
  ])('%s', (words, value, deadline) => {
    const facts = analyseText(
      contract(
        `Term. This Agreement is concluded for an indefinite period. It may be terminated by either party with ${words}.`,
      ),
    );
    expect(facts.expirationDate?.basis).toBe('perpetual');
    expect(facts.noticePeriod?.value).toBe(value);
    expect(noticeDeadlineOf(facts, today)).toEqual(deadline);
  });
});
