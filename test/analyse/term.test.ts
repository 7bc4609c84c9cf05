import { describe, expect, it } from 'vitest';
import { analyseText, evidenceTexts } from './analysis-fixture.ts';

const contract = (...clauses: string[]) =>
  `SUPPLY AGREEMENT\n\nThis Agreement is made on 5 May 2024 between Tarn Mills Limited (the "Supplier") and Holm Brothers Limited (the "Customer").\n\n1. Supply. The Supplier shall supply the Goods to the Customer.\n\n${clauses.map((clause, at) => `${at + 2}. ${clause}`).join('\n\n')}\n\n9. Law. This Agreement is governed by Irish law.\n`;

describe('a period of something else is not the term', () => {
  it.each([
    'Non-Competition. During the employment and for twelve (12) months thereafter (the "Restriction Period"), the Employee will not compete with the Company.',
    'Restraint. The Supplier shall not, for a period of three years from the date of this Agreement, supply the Goods to anybody else in Kerry.',
    '"Restricted Period" means the period commencing on the date of this Agreement and ending five years from the date hereof.',
    '"Non-Solicit Term" shall mean the two years following the date of this Agreement.',
    "Non-solicitation. For two years from the date of this Agreement, the Customer shall not employ any of the Supplier's staff.",
    'Standstill. Until 31 December 2025 the Customer will not acquire any shares in the Supplier.',
    'Price. The prices are fixed for a period of twelve months from the date of this Agreement.',
    'Prices. The price list is valid until 30 June 2025.',
    'Discount. A discount of 5% applies for the first 18 months from the date of this Agreement.',
    'Liability. The total liability of the Supplier under this Agreement shall not exceed the fees paid in the preceding twelve months.',
    'Warranty. The warranty period is 24 months from the date of this Agreement.',
    'Warranty. The Supplier warrants that the Goods will be free from defects for two years from delivery.',
    'Insurance. The Supplier shall maintain a policy of insurance for three years from the date of this Agreement.',
    'Records. The Supplier shall keep its books and records for six years from the date of this Agreement.',
    'Confidentiality. Each party shall keep the Confidential Information secret for five years from the date of this Agreement.',
    'Confidentiality. The obligations of confidentiality under this clause continue for five years from the date of this Agreement.',
    'Survival. Clauses 2 and 3 shall survive for three years after the termination of this Agreement.',
    'Payment. Interest is payable from 1 June 2024 until 31 December 2024.',
    'Probation. The probationary period is six months from the date of this Agreement.',
    'Severance. If the employment is terminated without cause, the Company will pay the salary for a period of twelve months.',
    'Forecast. On signing, the Customer shall give a forecast for the twelve months from the date of this Agreement.',
    'Exclusivity. The exclusivity period ends on 31 December 2025.',
    'Support. Free support is available for one year from the date of this Agreement.',
    'Licence fee. The licence fee is fixed for two years from the date of this Agreement.',
    'Acceptance. The test period ends on 30 June 2024.',
    'Delivery. The Goods shall be delivered by 30 June 2024.',
  ])('%s', (clause) => {
    const { expirationDate, initialTerm } = analyseText(contract(clause));
    expect(expirationDate?.value).toBeUndefined();
    expect(expirationDate?.basis).not.toBe('perpetual');
    expect(initialTerm).toBeUndefined();
  });

  it('beside the term, which is found', () => {
    const { expirationDate, initialTerm } = analyseText(
      contract(
        'Price. The prices are fixed for a period of twelve months from the date of this Agreement.',
        'Non-competition. For ten years from the date of this Agreement the Supplier shall not compete.',
        'Term. This Agreement continues for three years from its date.',
      ),
    );
    expect(expirationDate).toMatchObject({ value: '2027-05-05', basis: 'computed' });
    expect(initialTerm).toMatchObject({ value: '3 years' });
  });
});

describe('the end of the term', () => {
  it.each([
    [
      'This Agreement, and all obligations and other provisions hereunder, shall terminate two years after the date of this Agreement.',
      '2026-05-05',
      '2 years',
    ],
    [
      'Except as otherwise provided herein, the obligations hereunder shall terminate and be of no further force or effect on the second anniversary of the date hereof.',
      '2026-05-05',
      '2 years',
    ],
    [
      'The restrictions and covenants set forth herein shall terminate upon the expiration of a period of two years from the date hereof.',
      '2026-05-05',
      '2 years',
    ],
    [
      'Your obligations under this Agreement shall expire eighteen months from the date hereof.',
      '2025-11-05',
      '18 months',
    ],
    [
      'Except for Sections 1 and 3, which shall be binding in perpetuity, this Agreement shall expire upon the date that is two years after the date of this Agreement.',
      '2026-05-05',
      '2 years',
    ],
    [
      'This Agreement shall expire on 31 May 2027; provided that the obligations of confidentiality shall survive in perpetuity.',
      '2027-05-31',
      undefined,
    ],
    [
      'Other than clause 4, which has no end, this Agreement ends on 31 May 2027.',
      '2027-05-31',
      undefined,
    ],
    [
      'This Agreement shall terminate automatically on the earlier of (a) 31 December 2036 and (b) completion of the Services.',
      '2036-12-31',
      undefined,
    ],
    [
      'This Agreement ends on the completion of the Services or on 31 December 2036, whichever is the earlier.',
      '2036-12-31',
      undefined,
    ],
    [
      'This Agreement continues until the first to occur of: (i) 31 December 2036; (ii) the sale of the Business.',
      '2036-12-31',
      undefined,
    ],
    [
      'This Agreement remains in force until the sooner of 31 December 2036 or the date on which the Customer ceases to trade.',
      '2036-12-31',
      undefined,
    ],
    [
      'This Agreement ends on the earlier of 30 June 2030 and 31 December 2029.',
      '2029-12-31',
      undefined,
    ],
    [
      'This Agreement ends on the later of 30 June 2030 and 31 December 2029.',
      '2030-06-30',
      undefined,
    ],
    [
      'This Agreement shall end three years following the launch, but in no event later than 28 February 2028.',
      '2028-02-28',
      undefined,
    ],
    ['This Agreement runs until the end of the calendar year 2027.', '2027-12-31', undefined],
    [
      'This Agreement continues until the end of the third quarter of 2027.',
      '2027-09-30',
      undefined,
    ],
    ['This Agreement is valid for the calendar years 2025 to 2027.', '2027-12-31', undefined],
    [
      'The contract period is twelve months commencing on 1 July 2024 and ending on 30 June 2025.',
      '2025-06-30',
      '12 months',
    ],
    [
      'The Supplier is hereby appointed for a term of four years from the date of this Agreement.',
      '2028-05-05',
      '4 years',
    ],
    [
      'Subject to earlier termination, it shall remain in force for five years from the date hereof.',
      '2029-05-05',
      '5 years',
    ],
    [
      'This Agreement shall come into force on 1 June 2024 and, unless terminated for non-payment of fees, shall continue for two years.',
      '2026-06-01',
      '2 years',
    ],
  ])('%s', (term, value, length) => {
    const text = contract(`Term. ${term}`);
    const { expirationDate, initialTerm } = analyseText(text);
    expect(expirationDate?.value).toBe(value);
    expect(initialTerm?.value).toBe(length);
    expect(evidenceTexts(text, expirationDate!)[0]).toContain(term.slice(-30, -1));
  });

  it.each([
    [
      'Expiry Date: 25/11/2026.',
      'The Appointment shall continue until it terminates on the Expiry Date without the need for notice.',
    ],
    ['"End Date" means 25 November 2026.', 'This Agreement ends on the End Date.'],
    [
      'Termination Date: 25 November 2026',
      'Unless ended earlier, this Agreement continues until the Termination Date.',
    ],
  ])('is a defined date: %s', (definition, term) => {
    const text = contract(`Definitions\n${definition}`, `Term\n${term}`);
    expect(analyseText(text).expirationDate).toMatchObject({
      value: '2026-11-25',
      basis: 'stated',
    });
  });
});

describe('an end that is no day', () => {
  it.each([
    'This Agreement is concluded for an indefinite period.',
    'This Agreement continues until terminated by either party on thirty days written notice.',
    'This Agreement shall continue until either party gives the other three months notice.',
    'The tenancy is a periodic tenancy commencing at noon on 1 July 2024 and continuing on a month-to-month basis until the Landlord or the Tenant terminates it.',
    'This Agreement is entered into for an unlimited period of time.',
    'This Agreement has no fixed term and continues until it is cancelled.',
    'This Agreement shall run from month to month from 1 June 2024.',
  ])('is perpetual where the text says so: %s', (term) => {
    const { expirationDate, initialTerm } = analyseText(contract(`Term. ${term}`));
    expect(expirationDate).toMatchObject({ basis: 'perpetual' });
    expect(expirationDate?.value).toBeUndefined();
    expect(initialTerm).toBeUndefined();
  });

  it.each([
    'This Agreement ends upon completion of the Services.',
    'This Agreement shall terminate on the later of (a) 31 December 2036 and (b) completion of the Services.',
    'This Agreement continues until 31 December 2036 or until the Works are completed, whichever is later.',
  ])('is unclear where it depends on an event: %s', (term) => {
    const text = contract(`Term. ${term}`);
    const { expirationDate } = analyseText(text);
    expect(expirationDate).toMatchObject({ basis: 'unclear' });
    expect(expirationDate?.value).toBeUndefined();
    expect(expirationDate?.explanation).toBeTruthy();
    expect(evidenceTexts(text, expirationDate!)[0]).toContain(term);
  });

  it('is unclear where two days are stated, with both', () => {
    const text = contract(
      'Term. The term of this Agreement ends on 31 December 2026.',
      'Duration. The term of this Agreement ends on 31 December 2028.',
    );
    const { expirationDate } = analyseText(text);
    expect(expirationDate).toMatchObject({ basis: 'unclear' });
    expect(expirationDate?.explanation).toContain('31 December 2026');
    expect(expirationDate?.explanation).toContain('31 December 2028');
    expect(expirationDate?.evidence).toHaveLength(2);
  });

  it('leaves the length of a term that starts with an event', () => {
    const { expirationDate, initialTerm } = analyseText(
      contract(
        'Term. This Agreement shall continue for three years from the launch of the website.',
      ),
    );
    expect(expirationDate).toBeUndefined();
    expect(initialTerm).toMatchObject({ value: '3 years', length: { count: 3, unit: 'year' } });
    expect(initialTerm?.explanation).toContain('does not state');
  });
});

describe('the start of the term', () => {
  it('is stated where it is another day than the effective date', () => {
    const { effectiveDate, startDate, expirationDate } = analyseText(
      `SERVICES AGREEMENT\n\nThis Agreement is made on 5 May 2024 (the "Effective Date") between Tarn Mills Limited and Holm Brothers Limited.\n\n1. Term. The term of this Agreement begins on 1 July 2024 and continues for two years.\n`,
    );
    expect(effectiveDate?.value).toBe('2024-05-05');
    expect(startDate).toMatchObject({ value: '2024-07-01', basis: 'stated' });
    expect(expirationDate?.value).toBe('2026-07-01');
  });

  it('is absent where it is the effective date', () => {
    const { startDate } = analyseText(contract('Term. This Agreement continues for two years.'));
    expect(startDate).toBeUndefined();
  });
});
