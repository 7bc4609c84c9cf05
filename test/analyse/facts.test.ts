import { describe, expect, it } from 'vitest';
import { analyseText, evidenceTexts } from './analysis-fixture.ts';

const opening = (date = 'March 1, 2015') =>
  `SUPPLY AGREEMENT\n\nThis Supply Agreement (the "Agreement") is entered into as of ${date} (the "Effective Date") by and between Brindlewood Tools, Inc., a Delaware corporation with its offices at 4 Quarry Road, Dunmore ("Supplier"), and Hart & Vole LLC, a Nevada limited liability company ("Buyer").\n\nWHEREAS, Supplier makes tools and Buyer sells them.\n\nThe parties agree as follows:\n\n`;
const withTerm = (term: string, date?: string) =>
  `${opening(date)}1. Supply\n\nSupplier sells and Buyer buys tools.\n\n2. Term\n\n${term}\n\n3. Governing Law\n\nThis Agreement is governed by the laws of the State of Delaware.\n`;

describe('parties', () => {
  it.each([
    [
      'with roles',
      opening(),
      [
        { name: 'Brindlewood Tools, Inc.', role: 'Supplier' },
        { name: 'Hart & Vole LLC', role: 'Buyer' },
      ],
    ],
    [
      'three of them, on lines of their own',
      'JOINT VENTURE AGREEMENT\n\nTHIS AGREEMENT is dated 4 May 2012\n\nBETWEEN:\n\n(1) ORLA FISHERIES LIMITED, a company incorporated in Scotland whose registered office is at 2 Pier Lane ("Orla");\n\n(2) TAMSIN MARINE PLC, a company incorporated in England and Wales ("Tamsin"); and\n\n(3) Østby Invest AS, a company incorporated in Norway ("Ostby").\n\nIT IS AGREED:\n',
      [
        { name: 'ORLA FISHERIES LIMITED', role: 'Orla' },
        { name: 'TAMSIN MARINE PLC', role: 'Tamsin' },
        { name: 'Østby Invest AS', role: 'Ostby' },
      ],
    ],
    [
      'a person and a company',
      'CONSULTING AGREEMENT\n\nThis Consulting Agreement is made on 2 July 2018 between Ilse Marrow, an individual residing at 9 Elm Row (hereinafter referred to as the "Consultant"), and J. P. Tamsin Co., a Maine corporation (the "Company").\n\nThe parties agree as follows:\n',
      [
        { name: 'Ilse Marrow', role: 'Consultant' },
        { name: 'J. P. Tamsin Co.', role: 'Company' },
      ],
    ],
    [
      'an opening in capitals',
      'LICENSE AGREEMENT\n\nTHIS LICENSE AGREEMENT IS ENTERED INTO BETWEEN COAST-LINE FREIGHT S.P.A., A COMPANY ORGANIZED IN ITALY ("LICENSOR") AND VOLE SHIPPING GMBH, HAVING ITS SEAT IN BREMEN ("LICENSEE").\n\nWHEREAS\n',
      [
        { name: 'COAST-LINE FREIGHT S.P.A.', role: 'LICENSOR' },
        { name: 'VOLE SHIPPING GMBH', role: 'LICENSEE' },
      ],
    ],
    [
      'labels',
      'Transport Contract\n\nParty A (Shipper): Lantern Mills Co., Ltd.\nAddress: 3 Canal Street\n\nParty B (Carrier): Redfern Haulage Ltd.\nAddress: 8 Dock Road\n\n1. The Carrier carries the goods.\n',
      [
        { name: 'Lantern Mills Co., Ltd.', role: 'Party A' },
        { name: 'Redfern Haulage Ltd.', role: 'Party B' },
      ],
    ],
  ])('are found: %s', (_, text, parties) => {
    const found = analyseText(text).parties;
    expect(found.map(({ name, role }) => ({ name, role }))).toEqual(parties);
    for (const party of found) {
      expect(evidenceTexts(text, party)[0]!.replace(/\s+/g, ' ')).toBe(party.name);
    }
  });

  it('are confirmed by the signature block', () => {
    const text = `${opening()}1. Supply\n\nSupplier sells tools.\n\nIN WITNESS WHEREOF, the parties have signed.\n\nBRINDLEWOOD TOOLS, INC.\nBy: /s/ Ann Reed\n\nHART & VOLE LLC\nBy: /s/ Bo Vole\n`;
    const { parties } = analyseText(text);
    expect(parties).toHaveLength(2);
    expect(evidenceTexts(text, parties[0]!)).toEqual([
      'Brindlewood Tools, Inc.',
      'BRINDLEWOOD TOOLS, INC.',
    ]);
  });

  it('are absent rather than guessed', () => {
    expect(analyseText('The company and the agent met between noon and one.').parties).toEqual([]);
  });
});

describe('expiration date', () => {
  it.each([
    ['The term of this Agreement ends on June 30, 2019.', '2019-06-30', 'stated'],
    ['This Agreement remains in force until 31 December 2020.', '2020-12-31', 'stated'],
    [
      'This Agreement shall continue for a period of five (5) years from the Effective Date.',
      '2020-03-01',
      'computed',
    ],
    ['The initial term of this Agreement is eighteen (18) months.', '2016-09-01', 'computed'],
    [
      'This Agreement commences on April 1, 2015 and continues for two (2) years.',
      '2017-04-01',
      'computed',
    ],
    [
      'The term of this Agreement expires on the third anniversary of the Effective Date.',
      '2018-03-01',
      'computed',
    ],
    [
      'The term of this Agreement runs until the day before the second anniversary of the Effective Date.',
      '2017-02-28',
      'computed',
    ],
    [
      'This Agreement shall continue in effect until terminated by either party.',
      undefined,
      'perpetual',
    ],
    ['This Agreement shall remain in force indefinitely.', undefined, 'perpetual'],
    [
      'The term of this Agreement starts on April 1, 2015 and expires on March 31, 2018.',
      '2018-03-31',
      'stated',
    ],
    ['This Agreement shall continue until the end of June 2019.', '2019-06-30', 'computed'],
    [
      'The term of this Agreement commences on the date first written above and continues for three (3) years unless terminated by prior notice.',
      '2018-03-01',
      'computed',
    ],
    [
      'This Agreement remains in force until completion of the services described in Exhibit A.',
      undefined,
      'unclear',
    ],
    [
      'This Agreement covers the period between April 1, 2015 and May 31, 2018.',
      '2018-05-31',
      'stated',
    ],
    [
      'The engagement runs from April 1, 2015 to May 31, 2018, both days inclusive.',
      '2018-05-31',
      'stated',
    ],
    [
      'The obligations hereunder shall lapse on May 31, 2018 without notice.',
      '2018-05-31',
      'stated',
    ],
    [
      'The term of this Agreement shall be three [3] years from its date.',
      '2018-03-01',
      'computed',
    ],
    ['This Agreement shall last for 3 yrs. from the Effective Date.', '2018-03-01', 'computed'],
    [
      'The term of this Agreement is two and one-half (2 1/2) years from the Effective Date.',
      '2017-09-01',
      'computed',
    ],
    [
      'The term shall start on April 1, 2015 and end on the day that is twelve (12) months from that date.',
      '2016-04-01',
      'computed',
    ],
    [
      'The term of this Agreement is two (2) years, which shall begin on June 1, 2015.',
      '2017-06-01',
      'computed',
    ],
    [
      'This Agreement shall terminate upon the dissolution of the joint venture.',
      undefined,
      'unclear',
    ],
    [
      'This Agreement shall continue for so long as Buyer owns the plant in Dunmore.',
      undefined,
      'perpetual',
    ],
  ])('%s', (term, value, basis) => {
    const text = withTerm(term);
    const { expirationDate } = analyseText(text);
    expect(expirationDate?.value).toBe(value);
    expect(expirationDate?.basis).toBe(basis);
    expect(evidenceTexts(text, expirationDate!)[0]).toBe(term);
    expect(expirationDate?.explanation === undefined).toBe(basis === 'stated');
  });

  it('is the day in a row of a schedule', () => {
    const text = `${opening()}1. Supply\n\nSupplier sells tools.\n\nSCHEDULE 1\n\nPrice: 40 dollars a tool\n\nTerm: July 1, 2015 - June 30, 2017\n\nPlace: Dunmore\n`;
    expect(analyseText(text).expirationDate).toMatchObject({
      value: '2017-06-30',
      basis: 'stated',
    });
  });

  it.each([
    'Either party may terminate this Agreement at any time upon thirty (30) days written notice.',
    'This Agreement shall not be terminated by either party for any reason whatsoever.',
    'This Agreement may be terminated at any time by mutual consent in writing.',
  ])('is absent where the text does not say how long the contract runs: %s', (term) => {
    expect(analyseText(withTerm(term)).expirationDate).toBeUndefined();
  });

  it('respects months and leap years', () => {
    const end = (date: string, term: string) =>
      analyseText(withTerm(term, date)).expirationDate?.value;
    const years = (n: string) =>
      `The term of this Agreement is ${n} years from the Effective Date.`;
    expect(end('February 29, 2016', years('two (2)'))).toBe('2018-02-28');
    expect(end('February 29, 2016', years('four (4)'))).toBe('2020-02-29');
    expect(
      end(
        'August 31, 2016',
        'The term of this Agreement is six (6) months from the Effective Date.',
      ),
    ).toBe('2017-02-28');
  });

  it.each([
    'The term of this Agreement is three (3) years after the first commercial launch.',
    'The term of this Agreement ends on ________ __, 20__.',
    'The initial term of this Agreement is ten (10) years commencing on the date on which the plant opens.',
    'The term of this Agreement shall be for [***] from the Effective Date.',
    'Buyer may terminate this Agreement at any time prior to June 30, 2016.',
    'Invoices are due within thirty (30) days after receipt.',
    'The term of this Agreement is two (2) years, which shall begin on the day of the first delivery.',
    'The warranty on the tools ends upon their resale.',
    'If Buyer becomes insolvent, this Agreement shall terminate upon notice of default.',
  ])('is absent if it cannot be determined: %s', (term) => {
    expect(analyseText(withTerm(term)).expirationDate).toBeUndefined();
  });

  it('is found across layout gaps, with evidence in the original text', () => {
    const whitespace = ' '.repeat(60);
    const text = withTerm(
      `The term of this Agreement shall begin on${whitespace}April 1,${whitespace}2015 and${whitespace}continue for two${whitespace}(2) years.`,
    );
    const { expirationDate } = analyseText(text);
    expect(expirationDate).toMatchObject({ value: '2017-04-01', basis: 'computed' });
    expect(evidenceTexts(text, expirationDate!)).toContain(`April 1,${whitespace}2015`);
  });

  it('explains the date from which it was counted', () => {
    const text = withTerm('The term of this Agreement is five (5) years from the Effective Date.');
    const { expirationDate } = analyseText(text);
    expect(expirationDate?.explanation).toBe(
      '5 years from the effective date, 1 March 2015 is 1 March 2020.',
    );
    expect(evidenceTexts(text, expirationDate!)).toContain('March 1, 2015');
  });
});

describe('renewal', () => {
  const text = withTerm(
    'The initial term of this Agreement ends on March 31, 2020. Thereafter it automatically renews for successive terms of one (1) year each, unless either party gives written notice of non-renewal at least ninety (90) days before the end of the term then running.',
  );

  it('has its kind, length and notice, each with its sentence as evidence', () => {
    const { renewalTerm, noticePeriod } = analyseText(text);
    expect(renewalTerm).toMatchObject({
      kind: 'automatic',
      value: '1 year',
      length: { count: 1, unit: 'year' },
    });
    expect(renewalTerm).not.toHaveProperty('maximum');
    expect(noticePeriod).toMatchObject({ value: '90 days', length: { count: 90, unit: 'day' } });
    expect(evidenceTexts(text, renewalTerm!)[0]).toContain('automatically renews');
    expect(evidenceTexts(text, noticePeriod!)[0]).toContain('ninety (90) days');
  });

  it.each([
    'This Agreement ends on March 31, 2020. It does not renew automatically.',
    'This Agreement ends on March 31, 2020 and continues unless a party ends it by thirty (30) days notice.',
  ])('is absent: %s', (term) => {
    const analysis = analyseText(withTerm(term));
    expect(analysis.renewalTerm?.kind ?? 'none').toBe('none');
    expect(analysis.noticePeriod).toBeUndefined();
  });

  it('may be optional', () => {
    const analysis = analyseText(
      withTerm(
        'The term of this Agreement ends on March 31, 2020. Buyer may extend the term once for two (2) years.',
      ),
    );
    expect(analysis.renewalTerm).toMatchObject({ kind: 'optional', value: '2 years' });
  });
});

describe('agreement and effective date', () => {
  it('are distinguished', () => {
    const analysis = analyseText(
      'This Services Agreement is dated May 2, 2011 and made between Orla Inc. ("Orla") and Vole Inc. ("Vole").\n\n1. This Agreement takes effect on June 1, 2011.\n',
    );
    expect(analysis.agreementDate?.value).toBe('2011-05-02');
    expect(analysis.effectiveDate).toMatchObject({ value: '2011-06-01', basis: 'stated' });
  });

  it('are the same, with an explanation, if no effective date is stated', () => {
    const analysis = analyseText(
      'This Services Agreement is made on May 2, 2011 between Orla Inc. ("Orla") and Vole Inc. ("Vole").\n\n1. Orla pays Vole.\n',
    );
    expect(analysis.effectiveDate).toMatchObject({ value: '2011-05-02', basis: 'computed' });
    expect(analysis.effectiveDate?.explanation).toContain('No other effective date is stated');
  });

  it('are those of the contract itself, not of one that it mentions', () => {
    const analysis = analyseText(
      'FIRST AMENDMENT\n\nThis First Amendment to the Supply Agreement dated April 3, 2009 is made on June 1, 2012 between Orla Inc. ("Orla") and Vole Inc. ("Vole").\n\n1. Orla pays Vole.\n',
    );
    expect(analysis.agreementDate?.value).toBe('2012-06-01');
  });

  it.each([
    ['the laws of England and Wales', 'on 04/05/2023', '2023-05-04'],
    ['the laws of the State of Ohio', 'on 04/05/2023', '2023-04-05'],
    ['the laws of the Province of Ontario', 'on 04/05/2023', undefined],
  ])('read figures as under %s', (law, made, value) => {
    const { agreementDate } = analyseText(
      `SERVICES AGREEMENT\n\nThis Services Agreement is made ${made} between Orla Inc. ("Orla") and Vole Inc. ("Vole").\n\n1. This Agreement is governed by ${law}.\n`,
    );
    expect(agreementDate?.value).toBe(value);
  });

  it('count from a date that the contract defines', () => {
    const text = withTerm(
      'The term of this Agreement is two (2) years from the Opening Date. "Opening Date" means July 1, 2015.',
    );
    expect(analyseText(text).expirationDate).toMatchObject({
      value: '2017-07-01',
      explanation: '2 years from the opening date, 1 July 2015 is 1 July 2017.',
    });
  });

  it('are those of the signatures where an exhibit is signed without a date', () => {
    const text =
      'SERVICES AGREEMENT\n\nThis Services Agreement is entered into by and between Orla Tools, Inc., a Delaware corporation, and Brightwater LLC.\n\n1. Services\n\nOrla Tools serves Brightwater.\n\nIN WITNESS WHEREOF, the parties have signed.\n\nBy: /s/ Ann Orla\nDate: 5-14-18\n\nEXHIBIT A\n\nIN WITNESS WHEREOF, the parties have signed this exhibit.\n\nBy: /s/ Ann Orla\n';
    expect(analyseText(text).agreementDate?.value).toBe('2018-05-14');
  });

  it('are absent where they are blank', () => {
    const analysis = analyseText(
      'This Services Agreement is made this ____ day of ________, 2011 (the "Effective Date") between Orla Inc. ("Orla") and Vole Inc. ("Vole").\n\n1. Orla pays Vole.\n',
    );
    expect(analysis.agreementDate).toBeUndefined();
    expect(analysis.effectiveDate).toBeUndefined();
  });
});

describe('governing law', () => {
  it.each([
    [
      'This Agreement is governed by the laws of the State of New York, without regard to conflicts of law.',
      'New York',
    ],
    [
      'THIS AGREEMENT SHALL BE CONSTRUED UNDER THE LAWS OF THE COMMONWEALTH OF MASSACHUSETTS.',
      'Massachusetts',
    ],
    ['This Agreement is governed by English law.', 'England and Wales'],
    [
      'The laws of the Province of Ontario and the federal laws of Canada govern this Agreement.',
      'Ontario',
    ],
    ["This Agreement is governed by the laws of the People's Republic of China.", 'China'],
    ['This Agreement is governed by the laws of West Virginia.', 'West Virginia'],
    [
      'This Agreement shall be governed by the laws of the United States and the State of Maine.',
      'Maine',
    ],
    ['This Agreement is controlled by the laws of the State of Ohio.', 'Ohio'],
  ])('%s', (sentence, law) => {
    const text = `${opening()}1. Law\n\n${sentence}\n`;
    const { governingLaw } = analyseText(text);
    expect(governingLaw?.value).toBe(law);
    expect(sentence).toContain(evidenceTexts(text, governingLaw!)[0]);
  });

  it.each([
    'The courts of Texas have exclusive jurisdiction over this Agreement.',
    'Supplier is organized under the laws of the State of Delaware.',
    'This Agreement is governed by the laws of ____________.',
  ])('is not a venue, a place of incorporation or a blank: %s', (sentence) => {
    expect(analyseText(`Agreement\n\n1. Various\n\n${sentence}\n`).governingLaw).toBeUndefined();
  });
});

describe('signed', () => {
  it.each([
    ['signed', 'By: /s/ Ann Reed\nName: Ann Reed\n\nBy: /s/ Bo Vole\nName: Bo Vole'],
    ['signed', 'DocuSign Envelope ID: 1B2C3D4E-0000-1111\n\nOrla Inc.\nVole Inc.'],
    ['unsigned', 'By: ______________\nName:\nTitle:\n\nBy: ______________\nName:\nTitle:'],
    ['signed', 'ORLA INC.          VOLE INC.\n\nBy: /s/ Ann Reed          By: /s/ Bo Vole'],
    ['signed', 'By: Ann Reed\nTitle: Director\n\nBy: Bo Vole\nTitle: Manager'],
    ['signed', 'Ann Reed\nName: Ann Reed\n\nBo Vole\nName: Bo Vole'],
    ['signed', 'By:\n/s/ Ann Reed\n\nBy:\n/s/ Bo Vole'],
    [
      'signed',
      `By: /s/ Ann Reed\n\nBy: /s/ Bo Vole\n\nEXHIBIT A\n\n${'The form of the order. '.repeat(40)}\n\nBy: ____________`,
    ],
    ['unsigned', 'By: ______________     By: ______________\nName:              Name:'],
    ['unsigned', 'By: ____________________ By: ____________________ Name: Name:'],
    ['unsigned', '______________________\nAnn Reed\n\n______________________\nBo Vole'],
    ['unsigned', 'Signature: [__________]\nName: Ann Reed'],
    ['unknown', 'DocuSign Envelope ID: 1B2C3D4E-0000-1111\n\nBy: ____________\n\nBy: ____________'],
    ['unknown', 'By: /s/ Ann Reed\nName: Ann Reed\n\nBy: ______________\nName:'],
    ['unknown', 'Orla Inc.\nBy: Vole Partners LLC, its manager'],
    ['unknown', 'The parties are bound by what they said.'],
  ])('%s', (value, block) => {
    const text = `${opening()}1. Supply\n\nTools are sold.\n\nIN WITNESS WHEREOF, the parties have executed this Agreement.\n\n${block}\n`;
    const { signed } = analyseText(text);
    expect(signed.value).toBe(value);
    if (value === 'signed' || value === 'unsigned')
      expect(signed.evidence.length).toBeGreaterThan(0);
  });
});
