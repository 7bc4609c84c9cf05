import { describe, expect, it } from 'vitest';
import {
  detectAnsweringClauseTypes,
  detectClauseTypes,
} from '../../src/analyse/query-clause-types.ts';
import { clauseTypeIds } from '../../src/analyse/clause-types.ts';

describe('detectClauseTypes', () => {
  it.each([
    ['what is the expiry date', 'expiration_date'],
    ['When does it end?', 'expiration_date'],
    ['How long does the lease last?', 'expiration_date'],
    ['can they assign', 'anti_assignment'],
    ['is there a cap on damages', 'cap_on_liability'],
    ['limitation of liability', 'cap_on_liability'],
    ['Is liability unlimited for breach of confidentiality?', 'uncapped_liability'],
    ['Which law governs', 'governing_law'],
    ["what state's law applies", 'governing_law'],
    ['Who are the parties?', 'parties'],
    ['when was it signed', 'agreement_date'],
    ['When does the contract take effect?', 'effective_date'],
    ['Does this renew automatically?', 'renewal_term'],
    ['How much notice must we give to stop the renewal?', 'notice_period_to_terminate_renewal'],
    ['What happens if they are acquired?', 'change_of_control'],
    ['What changes when the company changes hands?', 'change_of_control'],
    ['What if the vendor is taken over?', 'change_of_control'],
    ['What may they do after a merger?', 'change_of_control'],
    ['Has it been bought by a competitor?', 'change_of_control'],
    ['What if the supplier sells its business?', 'change_of_control'],
    ['Can we terminate without cause?', 'termination_for_convenience'],
    ['Is there a non-compete?', 'non_compete'],
    ['exceptions to the non-compete', 'competitive_restriction_exception'],
    ['non-compete exceptions', 'competitive_restriction_exception'],
    ['Are we the exclusive distributor?', 'exclusivity'],
    ['May they poach our employees?', 'no_solicit_of_employees'],
    ['Can they solicit our customers?', 'no_solicit_of_customers'],
    ['Do we have audit rights?', 'audit_rights'],
    ['what insurance must they carry', 'insurance'],
    ['How long is the warranty?', 'warranty_duration'],
    ['Is there an early termination fee?', 'liquidated_damages'],
    ['Who owns the IP created?', 'ip_ownership_assignment'],
    ['jointly owned patents', 'joint_ip_ownership'],
    ['Is the license transferable?', 'non_transferable_license'],
    ['Is the license perpetual?', 'irrevocable_or_perpetual_license'],
    ['source code escrow', 'source_code_escrow'],
    ['right of first refusal', 'rofr_rofo_rofn'],
    ['What must be done after termination?', 'post_termination_services'],
    ['Can the vendor raise prices?', 'price_restrictions'],
    ['Must we buy a minimum quantity?', 'minimum_commitment'],
    ['royalties and revenue share', 'revenue_profit_sharing'],
    ['most favoured nation clause', 'most_favored_nation'],
    ['third party beneficiaries', 'third_party_beneficiary'],
    ['duty to indemnify', 'indemnification'],
    ['force majeure', 'force_majeure'],
    ['Where are disputes arbitrated?', 'dispute_resolution'],
    ['personal data and GDPR', 'data_protection'],
    ['what are the payment terms', 'payment_terms'],
  ])('%s → %s', (query, type) => expect(detectClauseTypes(query)[0]).toBe(type));

  it.each([
    [
      'Consider the Maintenance Agreement between Orla Inc. and Vole Ltd; Which law governs?',
      'governing_law',
    ],
    ['When does our software license agreement with Hart & Vole expire?', 'expiration_date'],
    ['Which law governs the non-compete agreement with Tamsin?', 'governing_law'],
  ])('does not take the name of the contract for the question: %s', (query, type) => {
    expect(detectClauseTypes(query)).toEqual([type]);
  });

  it.each(['Has Brindlewood signed an NDA with us?', 'list everything from last week', ''])(
    'finds none in: %s',
    (query) => expect(detectClauseTypes(query)).toEqual([]),
  );

  it('returns only ids of the table, each once', () => {
    const detected = detectClauseTypes(
      'liability, insurance, audit, license grant and insurance again',
    );
    expect(new Set(detected).size).toBe(detected.length);
    for (const id of detected) expect(clauseTypeIds).toContain(id);
  });
});

describe('detectAnsweringClauseTypes', () => {
  it.each([
    'What changes if they are acquired?',
    'What happens in a takeover?',
    'and if Brindlewood gets sold',
  ])('adds related types: %s', (question) => {
    expect(detectAnsweringClauseTypes(question)).toEqual([
      'change_of_control',
      'anti_assignment',
      'rofr_rofo_rofn',
    ]);
  });

  it('returns each type once, those of the query first', () => {
    expect(
      detectAnsweringClauseTypes('Can the contract be assigned in a merger?').toSorted(),
    ).toEqual(['anti_assignment', 'change_of_control', 'rofr_rofo_rofn']);
    expect(detectAnsweringClauseTypes('Which law governs?')).toEqual(['governing_law']);
  });

  it('is empty where no type fits', () => {
    expect(detectAnsweringClauseTypes('Who pays for travel?')).toEqual([]);
    expect(detectAnsweringClauseTypes('Which products may be sold to children?')).toEqual([]);
  });
});
