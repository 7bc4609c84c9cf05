import { describe, expect, it } from 'vitest';
import { analyseText, evidenceTexts } from './analysis-fixture.ts';

const undated = (text: string) =>
  `SERVICES AGREEMENT\n\nTarn Mills Limited (the "Supplier") will provide services to Holm Brothers Limited (the "Customer").\n\n${text}\n\n2. Law. This Agreement is governed by Irish law.\n`;
const dated = (...clauses: string[]) =>
  `SUPPLY AGREEMENT\n\nThis Agreement is made on 5 May 2024 between Tarn Mills Limited (the "Supplier") and Holm Brothers Limited (the "Customer").\n\n${clauses.map((clause, at) => `${at + 1}. ${clause}`).join('\n\n')}\n`;

describe('a date of something else is not the date of the contract', () => {
  it.each([
    '1. Term. This Agreement ends on 31 December 2036.',
    '1. Term. The services are provided until 31 December 2036.',
    '1. Background. The Data Act 2018 came into force on 25 May 2018 and applies.',
    '1. Background. The Regulation (EU) 2016/679, effective 25 May 2018, applies.',
    'Date of birth: 11 October 2009',
    'Born on: 11 October 2009',
    'Date of delivery: 11 October 2009',
    'Invoice date: 11 October 2009',
    'Due date: 11 October 2009',
    '1. Background. The Supplier was incorporated on 11 October 2009.',
    '1. Policy. The Supplier follows the Travel Policy dated 11 October 2009.',
    '1. Paper. The Services are described in the Proposal between the parties dated 11 October 2009.',
    '1. Agency. On July 22, 2024, the agency released guidance on the matter.',
    '1. Event. The event is scheduled to take place on 22 April 2030.',
    '1. Background. The Customer acquired the plant on 3 March 2011.',
    'The text was last revised on 3 March 2011.',
    '1. Shares. The shares were granted on 3 March 2011.',
  ])('%s', (text) => {
    const { agreementDate, effectiveDate } = analyseText(undated(text));
    expect(agreementDate?.value).toBeUndefined();
    expect(effectiveDate?.value).toBeUndefined();
  });

  it.each([
    'Good Reason. This is no "Good Reason" as defined in the Tarn Severance Benefit Plan effective October 22, 2004.',
    'Plan. The Customer takes part in the bonus plan (as amended and restated effective January 1, 2015).',
    'Employment. During the employment of Ms Quill, which commenced April 15, 1999, the Supplier pays her.',
    'Payments. The payments will commence with the payroll following June 15, 2007.',
    'Policy. The Policy takes effect on 1 July 2030.',
    'Prices. The new prices are effective as of 1 July 2030.',
    'Separation. The employment of Ms Quill will end effective March 19, 2009.',
    'Term. This Agreement shall commence on the date hereof and shall end on December 31, 2030.',
  ])('nor its start: %s', (clause) => {
    const { agreementDate, effectiveDate } = analyseText(dated(clause));
    expect(agreementDate?.value).toBe('2024-05-05');
    expect(effectiveDate?.value).toBe('2024-05-05');
  });

  it('is not a footnote below a template', () => {
    const { agreementDate, effectiveDate } = analyseText(
      '# STOCK PURCHASE AGREEMENT\n\nTHIS STOCK PURCHASE AGREEMENT is made as of [_______], 20[__] by and among [_______________], a Delaware corporation (the "Company") and the investors.\n\n1. The Company shall sell the Shares.\n\n2. Governing Law. This Agreement is governed by the laws of Delaware.\n\n[1] On July 22, 2024, the agency released guidance on enforcement.\n',
    );
    expect(agreementDate).toBeUndefined();
    expect(effectiveDate).toBeUndefined();
  });
});

describe('the start that the contract states', () => {
  it.each([
    'Term. This Agreement starts on 1 June 2024.',
    'Term. Start date: 1 June 2024.',
    'Term. Commencement Date: 1 June 2024',
    'Term. This Agreement runs from 1 June 2024 to 31 May 2037.',
    'Term. The term of this Agreement begins on 1 June 2024.',
    'Term. This Agreement is valid from 1 June 2024.',
    'Term. This Agreement takes effect on 1 June 2024.',
    'Term. This Agreement shall enter into force on 1 June 2024 for a period of one year.',
    'Term. It shall come into force on 1 June 2024.',
    'Term. The services are provided from 1 June 2024 until 31 May 2027.',
    'Term. "Commencement Date" means 1 June 2024.',
    'Term. The commencement date for this contract will be 1 June 2024.',
  ])('%s', (clause) => {
    const text = dated('Supply. The Supplier supplies the Goods.', clause);
    const { agreementDate, effectiveDate } = analyseText(text);
    expect(agreementDate?.value).toBe('2024-05-05');
    expect(effectiveDate).toMatchObject({ value: '2024-06-01', basis: 'stated' });
    expect(evidenceTexts(text, effectiveDate!).join(' ')).toContain('1 June 2024');
  });
});

describe('the date of the contract', () => {
  it('is in an opening without a verb', () => {
    const { agreementDate } = analyseText(
      'INVENTION AGREEMENT\n\nThis is an Agreement, entered into on January 15, 2021, by and among Dana Quill ("Executive"), and Harrow Servicing, LLC ("Servicing").\n\n1. Confidentiality. Executive shall keep information secret.\n',
    );
    expect(agreementDate?.value).toBe('2021-01-15');
  });

  it('is the last of two days of signature beside each other', () => {
    const { agreementDate } = analyseText(
      `SALES AGREEMENT\n\nThis Agreement is between Tarn Mills, Inc. and Holm Brothers LLC.\n\n1. Sales. ${'The parties sell. '.repeat(200)}\n\nIN WITNESS WHEREOF, the parties have signed.\n\nBy: /s/ A. Reed        By: /s/ B. Falk\n\nDate:     Date:     3-29-2016     3-31-2016\n`,
    );
    expect(agreementDate?.value).toBe('2016-03-31');
  });

  it('is unclear where nothing tells the day from the month', () => {
    const text =
      'SALES AGREEMENT\n\nThis Agreement is made on 04/05/2023 between Tarn Mills and Holm Brothers.\n\n1. Sales. The parties sell.\n';
    const { agreementDate, effectiveDate } = analyseText(text);
    expect(agreementDate).toMatchObject({ basis: 'unclear' });
    expect(agreementDate?.value).toBeUndefined();
    expect(agreementDate?.explanation).toContain('4 May 2023 or 5 April 2023');
    expect(evidenceTexts(text, agreementDate!)).toEqual(['04/05/2023']);
    expect(effectiveDate?.value).toBeUndefined();
  });
});
