import { describe, expect, it } from 'vitest';
import type { NoticePeriod, RenewalTerm } from '../../src/domain/documents.ts';
import { analyseText } from './analysis-fixture.ts';

/** A small contract with the sentences as its clause on the term. */
const contract = (term: string) =>
  `This Supply Agreement is made on March 1, 2015 between Orla Inc. ("Orla") and Vole Inc. ("Vole").\n\n1. Supply. Orla sells, and Vole buys.\n\n2. Term. ${term}\n\n3. Law. The laws of Ohio govern this Agreement.\n`;

type Expected = Pick<RenewalTerm, 'kind' | 'value' | 'maximum'>;

describe('a renewal', () => {
  it.each<[term: string, expected: Expected]>([
    [
      'The first term ends on May 1, 2018; this Agreement then renews by itself for two (2) years at a time.',
      { kind: 'automatic', value: '2 years' },
    ],
    [
      'This Agreement runs for one year and shall thereafter be prolonged for up to three (3) further periods of six (6) months each, unless a party objects.',
      { kind: 'automatic', value: '6 months', maximum: 3 },
    ],
    [
      'After its initial term of one (1) year, the Agreement is automatically extended for two additional one-year terms.',
      { kind: 'automatic', value: '1 year', maximum: 2 },
    ],
    [
      'The term is one (1) year and, if neither party writes to the other before its end, shall be extended from year to year.',
      { kind: 'automatic', value: '1 year' },
    ],
    [
      'Once the first year is over, this Agreement continues on a month-to-month basis.',
      { kind: 'automatic', value: '1 month' },
    ],
    [
      'The term of this Agreement is five (5) years. It shall be tacitly renewed for periods of equal length.',
      { kind: 'automatic', value: '5 years' },
    ],
    [
      'This Agreement renews automatically after its first term. Each renewal term shall be eighteen (18) months.',
      { kind: 'automatic', value: '18 months' },
    ],
    [
      'This Agreement shall automatically renew for successive one (I) year terms.',
      { kind: 'automatic', value: '1 year' },
    ],
    ['This Agreement renews automatically when its first term is over.', { kind: 'automatic' }],
    [
      'Once the first term is over, this Agreement shall roll over for further terms of one (1) year.',
      { kind: 'automatic', value: '1 year' },
    ],
    [
      'Upon expiration of the first term, this Agreement shall remain in effect for additional two (2) year periods until a party gives notice that it shall end.',
      { kind: 'automatic', value: '2 years' },
    ],
    [
      'After the first term, the Agreement shall continue on a yearly basis.',
      { kind: 'automatic', value: '1 year' },
    ],
    [
      'Absent a written notice of non-renewal, a new term of six (6) months shall begin.',
      { kind: 'automatic', value: '6 months' },
    ],
    [
      'Upon request of Vole, the term of this Agreement shall be extended by two (2) years.',
      { kind: 'optional', value: '2 years' },
    ],
    [
      'Vole may renew this Agreement for one (1) additional term of three (3) years.',
      { kind: 'optional', value: '3 years', maximum: 1 },
    ],
    [
      'Vole has the option to extend the term of this Agreement once, for four years.',
      { kind: 'optional', value: '4 years', maximum: 1 },
    ],
    [
      'If the yearly sales exceed 500 pallets, this Agreement shall automatically renew for one (1) year.',
      { kind: 'optional', value: '1 year' },
    ],
    [
      'This Agreement shall automatically extend for two (2) more years, provided that Vole has achieved its sales goal.',
      { kind: 'optional', value: '2 years' },
    ],
    [
      'This Agreement is renewed automatically for additional terms of four (three) years.',
      { kind: 'automatic' },
    ],
  ])('%s', (term, expected) => {
    const { renewalTerm } = analyseText(contract(term));
    const { kind, value, maximum } = renewalTerm ?? {};
    expect({ kind, value, maximum }).toEqual({ value: undefined, maximum: undefined, ...expected });
  });

  it.each([
    'This Agreement ends on May 1, 2018 and shall not be renewed for another year.',
    'The parties may extend the term of this Agreement for two years by mutual written agreement.',
    'A delay caused by force majeure extends the term of this Agreement for at most six (6) months.',
    'The delivery period under this Agreement shall be extended by ten (10) days.',
    'The insurance policy required by this Agreement is automatically renewed for one (1) year.',
    '“Contract Year” means the twelve months from March 1 and thereafter successive periods of twelve (12) months of this Agreement.',
  ])('is absent: %s', (term) => {
    // a contract that says that it does not renew has a renewal of kind `none`
    expect(analyseText(contract(term)).renewalTerm?.kind ?? 'none').toBe('none');
  });
});

describe('notice against a renewal', () => {
  const renews = 'This Agreement renews automatically for successive terms of one (1) year';

  it.each<[term: string, expected: Pick<NoticePeriod, 'value' | 'businessDays'>]>([
    [
      `${renews}, unless either party declines by written notice at least sixty (60) days before the term ends.`,
      { value: '60 days' },
    ],
    [
      `${renews} unless terminated by a party not less than four months prior to the end of the term.`,
      { value: '4 months' },
    ],
    [
      `${renews} unless a party tells the other in writing that it will not. Such notice must be received forty-five (45) days before the expiration of the term.`,
      { value: '45 days' },
    ],
    [
      `${renews}. Either party may stop a renewal by notice given between thirty (30) and ninety (90) days before the end of a term.`,
      { value: '30 days' },
    ],
    [
      `${renews} unless a party gives notice not less than sixty (60) nor more than one hundred twenty (120) days before the end of the term.`,
      { value: '60 days' },
    ],
    [
      `${renews}, unless a party gives notice of non-renewal no later than twenty (20) business days before the end of the term.`,
      { value: '20 business days', businessDays: true },
    ],
  ])('%s', (term, expected) => {
    const { noticePeriod } = analyseText(contract(term));
    expect(noticePeriod).toMatchObject(expected);
    expect(noticePeriod?.businessDays).toBe(expected.businessDays);
  });

  it.each([
    `${renews}. Either party may terminate this Agreement at any time during a renewal term on thirty (30) days’ written notice.`,
  ])('is absent: %s', (term) => {
    expect(analyseText(contract(term)).noticePeriod).toBeUndefined();
  });
});
