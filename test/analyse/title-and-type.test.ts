import { describe, expect, it } from 'vitest';
import { analyseText } from './analysis-fixture.ts';

const rest =
  '\n\nThis agreement is made between Orla Inc. ("Orla") and Vole Inc. ("Vole").\n\n1. Orla pays Vole.\n';

describe('title', () => {
  it.each([
    ['EXHIBIT 10.4\n\nEXECUTION VERSION\n\nMASTER SERVICES AGREEMENT', 'MASTER SERVICES AGREEMENT'],
    [
      'Exhibit 10.2 STRATEGIC ALLIANCE AGREEMENT THIS AGREEMENT is old.',
      'STRATEGIC ALLIANCE AGREEMENT',
    ],
    ['ORLA INC.\nHOSTING AND LICENSE AGREEMENT', 'HOSTING AND LICENSE AGREEMENT'],
    ['AMENDMENT NO. 2 TO\n\nDISTRIBUTION AGREEMENT', 'AMENDMENT NO. 2 TO DISTRIBUTION AGREEMENT'],
    ['Mutual Non-Disclosure Agreement', 'Mutual Non-Disclosure Agreement'],
    ['Statement of Work No. 3', 'Statement of Work No. 3'],
    ['SUPPLY AGREEMENT ORLA FISHERIES, INC. Under the rules', 'SUPPLY AGREEMENT'],
    ['Agreement Number 4711\nWIRELESS LICENSE AGREEMENT', 'WIRELESS LICENSE AGREEMENT'],
    ['FORM OF SERVICING AGREEMENT', 'SERVICING AGREEMENT'],
    ['Last Updated: May 6, 2007 HARBOR AFFILIATE AGREEMENT', 'HARBOR AFFILIATE AGREEMENT'],
    ['LIMITED POWER OF ATTORNEY', 'LIMITED POWER OF ATTORNEY'],
  ])('%j', (head, title) => expect(analyseText(head + rest).title).toBe(title));

  it('is what the opening calls the contract if there is no heading', () => {
    const text =
      'This Sponsorship Agreement (the "Agreement") is made between Orla Inc. ("Orla") and Vole Inc. ("Vole").';
    expect(analyseText(text).title).toBe('Sponsorship Agreement');
  });

  it('is the claimed title, then the file name, where the text has none', () => {
    const text = 'Orla pays Vole ten crowns for the boat.';
    expect(analyseText(text, 'boat_sale_2011.txt', 'Sale of a boat').title).toBe('Sale of a boat');
    expect(analyseText(text, 'boat_sale_2011.txt', 'Microsoft Word - Document1').title).toBe(
      'boat sale 2011',
    );
    expect(analyseText('', '.txt').title).not.toBe('');
  });
});

describe('document type', () => {
  it.each([
    ['MUTUAL NON-DISCLOSURE AGREEMENT', 'nda'],
    ['MASTER SERVICES AGREEMENT', 'msa'],
    ['STATEMENT OF WORK', 'sow'],
    ['FIRST AMENDMENT TO LEASE', 'amendment'],
    ['AMENDED AND RESTATED SUPPLY AGREEMENT', 'supply'],
    ['SOFTWARE LICENSE AGREEMENT', 'software_license'],
    ['TRADEMARK LICENSE AGREEMENT', 'license'],
    ['EXCLUSIVE DISTRIBUTOR AGREEMENT', 'distribution'],
    ['EMPLOYMENT AGREEMENT', 'employment'],
    ['OFFICE LEASE', 'lease'],
    ['CO-BRANDING AGREEMENT', 'co_branding'],
    ['JOINT FILING AGREEMENT', 'joint_filing'],
    ['LOAN AGREEMENT', 'loan'],
    ['CONSULTING AGREEMENT', 'consulting'],
  ])('of %s is %s', (title, type) => {
    const text = title + rest;
    const analysis = analyseText(text);
    expect(analysis.documentType).toBe(type);
    expect(analysis.documentTypeEvidence.map(({ start, end }) => text.slice(start, end))).toEqual([
      title,
    ]);
  });

  it('comes from the file name, without evidence, if the text does not state it', () => {
    const analysis = analyseText('Orla and Vole are friends.', 'Franchise Agreement Vole.txt');
    expect(analysis.documentType).toBe('franchise');
    expect(analysis.documentTypeEvidence).toEqual([]);
    expect(analyseText('Orla and Vole are friends.', 'letter.txt').documentType).toBe('other');
  });
});
