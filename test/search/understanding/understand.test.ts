import { beforeAll, describe, expect, it } from 'vitest';
import type { SearchContext } from '../../../src/search/context.ts';
import type { Condition } from '../../../src/search/understanding/conditions.ts';
import { understoodOf } from '../../../src/search/understanding/descriptions.ts';
import { understand } from '../../../src/search/understanding/understand.ts';
import { onFileFinished } from '../../support/clean-up.ts';
import { manyContracts, openContracts, today } from './contracts-fixture.ts';

let context: SearchContext;
beforeAll(async () => {
  ({ context } = await openContracts(manyContracts, onFileFinished));
});

/** Each condition as "filter: value". */
const shown = (conditions: Condition[]) =>
  understoodOf(conditions).map(({ filter, value }) => `${filter}: ${value}`);

async function read(question: string, day = today) {
  const understanding = await understand({ ...context, today: () => day }, question);
  return { ...understanding, filters: shown(understanding.conditions) };
}

const nda = 'document_types: nda';
const amsel = 'party: Amsel Handels AG';
const birch = 'party: Birch Retail AG';
const signed = 'signed: true';
const year = (number: number) => `${number}-01-01..${number}-12-31`;

describe('whether a party has signed an NDA', () => {
  it.each([
    ['Has Amsel Handels AG signed an NDA with us?', [amsel, nda, signed]],
    ['has amsel handels signed an nda with us', [amsel, nda, signed]],
    ['Has our client Amsel Handels AG signed a non-disclosure agreement?', [amsel, nda, signed]],
    ['can you check whether Amsel has signed an NDA', [amsel, nda, signed]],
    ['Did Amsel sign our NDA?', [amsel, nda, signed]],
    ['Is there a mutual NDA between us and Amsel Handels?', [amsel, nda]],
    ['Please tell me if there’s an NDA with Amsel', [amsel, nda]],
    ['Does an NDA exist with Amsel Handels AG?', [amsel, nda]],
    ['Is there any confidentiality undertaking from Amsel Handels AG?', [amsel, nda]],
    ['Is Birch Retail under an NDA?', [birch, nda]],
    ['have we got an NDA in place with birch retail?', [birch, nda]],
    ['NDA Birch Retail AG', [birch, nda]],
    ["Birch Retail's NDA", [birch, nda]],
    ['unsigned NDAs with Birch Retail', [birch, nda, 'signed: false']],
    ['drafts of NDAs', [nda, 'signed: false']],
    ['Who has signed an NDA with us?', [nda, signed]],
  ])('%s', async (question, filters) => {
    expect(await read(question)).toMatchObject({ filters, asksForContracts: true, rest: '' });
  });
});

describe('a party', () => {
  it.each([
    ['a name with its legal form', 'contracts with Amsel Handels AG', amsel],
    ['a defined term', 'contracts with QPL', 'party: Quillmere Polymers, LLC'],
    ['an initialism', 'agreements with IBM', 'party: International Business Machines Corporation'],
    ['a family name', 'the contract of Thornquist', 'party: Mirelle Thornquist'],
    ['another spelling', 'agreements with Mueller Vertrieb', 'party: Müller Vertrieb GmbH'],
    ['small letters', 'contracts with quillmere', 'party: Quillmere Polymers, LLC'],
    [
      'common words',
      'contracts with General Electric Capital',
      'party: General Electric Capital Corporation',
    ],
    [
      'a typing error, which the answer points out',
      'agreements with Verrastonne Labs',
      'party: Verrastone Labs, Inc.',
    ],
    [
      'both of a short name',
      'contracts with Ostrevik',
      'party: Ostrevik Marine Ltd; Ostrevik Maritime Logistics GmbH',
    ],
    [
      'one of two alternatives',
      'contracts with Amsel or Birch Retail',
      'party: Amsel Handels AG; Birch Retail AG',
    ],
  ])('is known by %s', async (_, question, filter) => {
    expect((await read(question)).filters).toEqual([filter]);
  });

  it('is required beside another one', async () => {
    const { filters } = await read('contract between Amsel Handels AG and Birch Retail AG');
    expect(filters).toEqual([amsel, birch]);
  });

  it.each([
    'agreements between us and our customers',
    'contracts with clients',
    'the general terms of the contract',
    'contracts with third parties',
    'Which contracts mention Amsel Handels?',
    'contracts that refer to Birch Retail',
    'contracts with Germany',
    'contracts with automatic price increases',
    'capital expenditure under the agreement',
  ])('is not read into "%s"', async (question) => {
    expect((await read(question)).filters.filter((one) => one.startsWith('party'))).toEqual([]);
  });

  it.each([
    'Has Zebra GmbH signed an NDA?',
    'Do we have an NDA with Zebra GmbH?',
    'Check if Zebra GmbH has an NDA with us',
    'Is Zebra GmbH covered by an NDA?',
    'Show me the NDA we have with Zebra GmbH.',
    'Have Zebra GmbH and Amsel Handels AG signed an NDA?',
    'agreements with the company Zebra GmbH that expire in 2030',
  ])('that no contract has is one too: %s', async (question) => {
    const { conditions } = await read(question);
    const unknown = conditions.filter((one) => one.filter === 'party' && !one.match);
    expect(unknown.map(({ words }) => words)).toEqual(['Zebra GmbH']);
  });

  it('is a part of a longer name only as a whole', async () => {
    const { conditions } = await read('Has Birch Retail Estates LLP signed an NDA?');
    expect(conditions[0]).toMatchObject({ words: 'Birch Retail Estates LLP', match: undefined });
  });

  it('is not the place whose law is asked for', async () => {
    expect((await read('contracts with Birch Retail under Delaware law')).filters).toEqual([
      birch,
      'governing_law: Delaware',
    ]);
    expect((await read('contracts with Delaware Foods under Delaware law')).filters).toEqual([
      'party: Delaware Foods, Inc.',
      'governing_law: Delaware',
    ]);
  });
});

describe('a type', () => {
  it.each([
    ['Which supply contracts are there?', 'supply'],
    ['leases', 'lease'],
    ['all MSAs', 'msa'],
    ['employment contracts', 'employment'],
    ['software licence agreements', 'software_license'],
    ['licence agreements', 'license, software_license'],
    ['distributor agreements', 'distribution'],
    ['vendor agreements', 'supply, purchase, services, manufacturing, msa'],
    ['NDAs and leases', 'nda, lease'],
    ['distribution or reseller agreements', 'distribution, reseller'],
    ['which amendments are there', 'amendment'],
    ['statements of work', 'sow'],
    ['license and development agreements', 'license, software_license, development'],
  ])('%s', async (question, types) => {
    const { filters } = await read(question);
    expect(filters.map((one) => one.replace('document_types: ', '').split(', ').sort())).toEqual([
      types.split(', ').sort(),
    ]);
  });
});

describe('a governing law', () => {
  it.each([
    ['contracts under German law', 'Germany'],
    ['agreements governed by the laws of Delaware', 'Delaware'],
    ['leases subject to the law of the State of New York', 'New York'],
    ['contracts under New York or Delaware law', 'New York, Delaware'],
    ['agreements governed by the laws of Ontario, Canada', 'Ontario'],
    ['US law agreements', 'the United States'],
    ['contracts with a New York governing law clause', 'New York'],
    ['agreements under the laws of the People’s Republic of China', 'China'],
  ])('%s', async (question, law) => {
    expect((await read(question)).filters.at(-1)).toBe(`governing_law: ${law}`);
  });

  it('of England is that of England and Wales', async () => {
    expect((await read('contracts under English law')).filters[0]).toContain('England and Wales');
  });

  it.each(['contracts with offices in New York', 'deliveries to Germany under the contract'])(
    'is not read into "%s"',
    async (question) => {
      expect((await read(question)).filters.join()).not.toContain('governing_law');
    },
  );
});

describe('clauses', () => {
  it.each([
    ['contracts without a limitation of liability', 'lacks_clauses: cap_on_liability'],
    ['Which contracts lack a limitation of liability?', 'lacks_clauses: cap_on_liability'],
    [
      'agreements that do not have a termination for convenience clause',
      'lacks_clauses: termination_for_convenience',
    ],
    ["contracts that don't contain an audit right", 'lacks_clauses: audit_rights'],
    ['contracts with no insurance', 'lacks_clauses: insurance'],
    ['Which contracts have a non-compete?', 'has_clauses: non_compete'],
    ['contracts with exclusivity and a non-compete', 'has_clauses: exclusivity, non_compete'],
    ['do any of our contracts have uncapped liability?', 'has_clauses: uncapped_liability'],
    [
      'Which contracts allow termination for convenience?',
      'has_clauses: termination_for_convenience',
    ],
  ])('%s', async (question, filter) => {
    expect((await read(question)).filters).toEqual([filter]);
  });

  it.each([
    'Is there a non-compete in the agreement with Birch Retail?',
    'What is the cap on liability in the Birch Retail agreement?',
    'Does the agreement with Birch Retail have a limitation of liability?',
    'contracts with a non-compete or an audit right',
  ])('are no filter of "%s"', async (question) => {
    expect((await read(question)).filters.join()).not.toContain('_clauses');
  });
});

describe('a status and a signature', () => {
  it.each([
    ['active leases', 'status: in_force'],
    ['Which NDAs are still valid?', 'status: in_force'],
    ['contracts in force on 1 May 2025', 'status: in_force on 2025-05-01'],
    ['Which contracts were in force on 1 May?', 'status: in_force on 2026-05-01'],
    ['all expired NDAs', 'status: expired'],
    ['agreements that are no longer in force', 'status: expired'],
    ['agreements not yet in force', 'status: not_yet_effective'],
    ['signed leases', 'signed: true'],
    ['contracts that have not been signed', 'signed: false'],
  ])('%s', async (question, filter) => {
    expect((await read(question)).filters).toContain(filter);
  });
});

describe('a time', () => {
  it.each([
    ['Which contracts expire in 2021?', `expires: ${year(2021)}`],
    ['contracts that expire before March', 'expires: 2026-06-15..2027-02-28'],
    ['contracts that expired before March', 'expires: ..2026-02-28'],
    ['contracts that expire before 2021', 'expires: ..2020-12-31'],
    ['Which contracts end within 90 days?', 'expires: 2026-06-15..2026-09-13'],
    ['Which agreements will end in the next 6 months?', 'expires: 2026-06-15..2026-12-15'],
    ['contracts expiring by the end of June 2027', 'expires: 2026-06-15..2027-06-30'],
    ['contracts that run out between May and July', 'expires: 2026-05-01..2026-07-31'],
    ['contracts expiring between November and February', 'expires: 2026-11-01..2027-02-28'],
    ['leases ending in Q3 2026', 'expires: 2026-07-01..2026-09-30'],
    ['what expires this year?', `expires: ${year(2026)}`],
    ['contracts that expired last quarter', 'expires: 2026-01-01..2026-03-31'],
    ['contracts ending on 31 December 2026', 'expires: 2026-12-31..2026-12-31'],
    ['contracts ending after 2030', 'expires: 2031-01-01..'],
    ['contracts ending next week', 'expires: 2026-06-22..2026-06-28'],
    [
      'What contracts are up for renewal in the first half of 2027?',
      'expires: 2027-01-01..2027-06-30',
    ],
    ['Which contracts renew next quarter?', 'expires: 2026-07-01..2026-09-30'],
    ['For which contracts is notice due this month?', 'notice: 2026-06-01..2026-06-30'],
    ['notice deadlines in December', 'notice: 2026-12-01..2026-12-31'],
    ['Which contracts need notice before the end of March?', 'notice: 2026-06-15..2027-03-31'],
    ['contracts signed since 2020', 'agreement: 2020-01-01..'],
    ['NDAs signed this year', `agreement: ${year(2026)}`],
    ['contracts we entered into in 2019', `agreement: ${year(2019)}`],
    ['Has Birch Retail signed an NDA since 2020?', 'agreement: 2020-01-01..'],
    ['contracts dated between 1 March 2019 and 30 June 2019', 'agreement: 2019-03-01..2019-06-30'],
    ['agreements from 2018', `agreement: ${year(2018)}`],
    ['Which agreements took effect after 1 January 2022?', 'effective: 2022-01-02..'],
    ['contracts with a 2021 expiry', `expires: ${year(2021)}`],
  ])('%s', async (question, filter) => {
    expect((await read(question)).filters).toContain(filter);
  });

  it('says that a contract renews by itself', async () => {
    for (const question of [
      'Which contracts renew next quarter?',
      'contracts that renew automatically unless notice is given',
      'contracts with automatic renewal',
    ])
      expect((await read(question)).filters).toContain('renews_automatically: true');
    expect((await read('agreements that do not renew')).filters).toEqual([
      'renews_automatically: false',
    ]);
  });

  it.each([
    'contracts expiring soon',
    'Can they terminate the contract within 30 days?',
    'What does the contract say about May deliveries?',
    'contracts ending on 1/2/2026',
    'invoices under the contract are paid within 30 days',
  ])('is not read into "%s"', async (question) => {
    expect((await read(question)).filters).toEqual([]);
  });
});

describe('a question about something else', () => {
  it.each([
    'Who is our data protection officer?',
    'confidential information',
    'Where is Amsel mentioned?',
    'Amsel Handels AG',
    'Who owns the deliverables that Birch Retail produces?',
    'termination for convenience',
    'What happens if Birch Retail is sold to a competitor?',
  ])('has no conditions: %s', async (question) => {
    expect(await read(question)).toMatchObject({ filters: [], rest: question });
  });

  it('keeps the words that rank it', async () => {
    const { rest, asksForContracts } = await read(
      'What is the cap on liability in the Birch Retail agreement?',
    );
    expect(rest).toContain('cap on liability');
    expect(asksForContracts).toBe(false);
    expect((await read('contracts with Birch Retail about steel pipes')).rest).toContain(
      'steel pipes',
    );
  });

  it('ends in time, whatever it says', async () => {
    const hostile = [
      'contract '.repeat(40),
      'contracts with A '.repeat(20),
      `Has ${'very '.repeat(70)} signed an NDA`,
      `contracts ${'that expire in '.repeat(24)}2021`,
      `${'with '.repeat(70)}NDA`,
    ];
    for (const question of hostile) await read(question.slice(0, 400));
  });
});
