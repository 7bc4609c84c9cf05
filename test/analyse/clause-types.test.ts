import { describe, expect, it } from 'vitest';
import { clauseTypeIds, clauseTypes, cuadCategory } from '../../src/analyse/clause-types.ts';
import { analyseText } from './analysis-fixture.ts';

describe('the clause table', () => {
  it("has CUAD's 41 categories and twelve types of its own", () => {
    expect(Object.keys(cuadCategory)).toHaveLength(41);
    expect(new Set(Object.values(cuadCategory)).size).toBe(41);
    expect(clauseTypes.filter(({ origin }) => origin === 'deedbox')).toHaveLength(12);
    expect(new Set(clauseTypeIds).size).toBe(clauseTypeIds.length);
  });

  it.each(clauseTypes.map((type) => [type.id, type] as const))('%s is complete', (id, type) => {
    expect(id).toMatch(/^[a-z]+(?:_[a-z]+)*$/);
    expect(type.definition).toMatch(/^[A-Z].{20,}\.$/);
    expect(type.patterns.length).toBeGreaterThan(0);
    for (const pattern of type.patterns) expect(pattern.flags).toBe('');
  });
});

describe('findClauses', () => {
  it.each([
    ['governing_law', 'This Agreement is governed by the laws of the State of Ohio.'],
    [
      'anti_assignment',
      'Neither party may assign this Agreement without the prior written consent of the other.',
    ],
    [
      'cap_on_liability',
      'In no event shall either party be liable for indirect or consequential damages.',
    ],
    [
      'insurance',
      'Vendor shall maintain commercial general liability insurance and name Customer as an additional insured.',
    ],
    [
      'audit_rights',
      'Licensor may, on ten days notice, inspect and audit the books and records of Licensee.',
    ],
    [
      'license_grant',
      'Licensor hereby grants to Licensee a non-exclusive license to use the Software.',
    ],
    ['non_transferable_license', 'The license is personal to Licensee and non-transferable.'],
    [
      'irrevocable_or_perpetual_license',
      'Owner grants an irrevocable and perpetual license to the Drawings.',
    ],
    [
      'renewal_term',
      'The term will automatically renew for successive periods of one (1) year each.',
    ],
    [
      'notice_period_to_terminate_renewal',
      'It renews each year unless either party gives notice of non-renewal at least 60 days before the end of the term.',
    ],
    [
      'non_compete',
      'During the Term Agent shall not engage in any business that competes with the Company.',
    ],
    [
      'no_solicit_of_employees',
      'Neither party shall solicit for employment or hire any employee of the other.',
    ],
    ['non_disparagement', 'Sponsor shall not disparage the Athlete in any statement.'],
    [
      'termination_for_convenience',
      'Customer may terminate this Agreement at any time without cause on thirty days notice.',
    ],
    [
      'rofr_rofo_rofn',
      'If Landlord receives an offer from a third party to buy the Premises, Tenant shall have a right of first refusal to purchase them on the same terms.',
    ],
    ['change_of_control', 'A change of control of Supplier entitles Buyer to terminate.'],
    [
      'exclusivity',
      'Maker appoints Dealer as its sole and exclusive distributor in the Territory.',
    ],
    ['minimum_commitment', 'Buyer shall purchase at least a minimum of 500 units in each year.'],
    [
      'revenue_profit_sharing',
      'Licensee shall pay a royalty equal to six percent (6%) of net sales.',
    ],
    [
      'source_code_escrow',
      'Licensor shall deposit the source code of the Software with an escrow agent, who shall release the source code to Licensee if Licensor becomes insolvent.',
    ],
    ['joint_ip_ownership', 'Inventions made by both parties are jointly owned.'],
    [
      'ip_ownership_assignment',
      'Consultant hereby assigns to Company all right, title and interest in the Inventions.',
    ],
    [
      'liquidated_damages',
      'Contractor shall pay liquidated damages of $500 for each day of delay.',
    ],
    ['warranty_duration', 'The warranty period is twelve (12) months from delivery.'],
    [
      'third_party_beneficiary',
      'The Landlord is an intended third-party beneficiary of this guaranty.',
    ],
    [
      'covenant_not_to_sue',
      'Licensee shall not contest the validity of the Marks or of the registration.',
    ],
    [
      'indemnification',
      'Supplier shall indemnify, defend and hold harmless the Buyer from and against any and all claims, losses, damages, liabilities and expenses, including reasonable attorneys fees.',
    ],
    [
      'force_majeure',
      'Neither party shall be liable for any failure or delay in performance caused by acts of God, war, strikes or other events of force majeure beyond its reasonable control.',
    ],
    [
      'confidentiality',
      'Recipient shall keep the Confidential Information secret and in confidence.',
    ],
    [
      'entire_agreement',
      'This document is the entire agreement of the parties and supersedes all prior understandings.',
    ],
    [
      'severability',
      'If any provision is held invalid, the remaining provisions stay in full force.',
    ],
    ['dispute_resolution', 'Any dispute shall be finally settled by arbitration in Oslo.'],
    ['data_protection', 'Processor shall handle personal data in accordance with the GDPR.'],
    ['payment_terms', 'Invoices are payable within thirty days of receipt.'],
  ])('finds %s', (type, sentence) => {
    const text = `1. Provisions\n\nThe parties know each other well.\n\n${sentence}\n\nEach party keeps a copy of this document.\n`;
    const [first] = analyseText(text).clauses.filter((clause) => clause.type === type);
    expect(first && text.slice(first.start, first.end)).toBe(sentence);
  });

  it('finds the date of the agreement apart from its sentence', () => {
    const text =
      'SUPPLY AGREEMENT\n\nThis Supply Agreement is made as of March 5, 2020 by and between Orla Inc., a Delaware corporation ("Supplier"), and Vole Ltd ("Buyer").\n\n1. Supply. Supplier shall supply oats.\n';
    const dates = analyseText(text).clauses.filter(({ type }) => type === 'agreement_date');
    expect(dates.map(({ start, end }) => text.slice(start, end))).toContain('March 5, 2020');
  });

  it('gives a sentence under a heading of its type more confidence', () => {
    const sentence = 'The total liability of each party shall not exceed the fees paid.';
    const confidence = (heading: string) =>
      analyseText(`1. ${heading}\n\n${sentence}\n\n2. Other\n\nNothing more.\n`).clauses.find(
        (clause) => clause.type === 'cap_on_liability',
      )!.confidence;
    expect(confidence('Limitation of Liability')).toBeGreaterThan(confidence('Delivery'));
  });
});
