import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findParties } from '../../src/analyse/parties.ts';

const findPartyNames = (text: string) =>
  findParties(text).map(({ name, role }) => (role === undefined ? name : `${name} [${role}]`));

describe('parties of an opening', () => {
  it.each<[string, string, string[]]>([
    [
      'registered companies in a numbered list, roles in bare parentheses',
      'THIS AGREEMENT is dated 4 May 2018\nPARTIES\n(1) TAMSIN WELLS LIMITED incorporated and registered in England and Wales with company number 01234567 whose registered office is at 1 High Street, Leeds LS1 4AB (Supplier)\n(2) ORLA FREIGHT PLC incorporated and registered in Scotland with company number SC765432 whose registered office is at 9 Dock Road, Leith (Customer)\nBACKGROUND\n(A) The Supplier',
      ['TAMSIN WELLS LIMITED [Supplier]', 'ORLA FREIGHT PLC [Customer]'],
    ],
    [
      'a person in a numbered list',
      "THIS AGREEMENT is made on 1 May 2019 BETWEEN:\n(1) VOLE 2003 LIMITED (registered number 01003653) whose registered office is at 18 Ground Row, London (the Company)\n(2) EDDA QUARREL of 3 Mill Lane (the ''Employee'')\nIT IS AGREED as follows:",
      ['VOLE 2003 LIMITED [Company]', 'EDDA QUARREL [Employee]'],
    ],
    [
      'a person without a role',
      'EMPLOYMENT AGREEMENT\n\nThis Employment Agreement is entered into as of June 1, 2020, between Vantage Ridge Holdings, Inc., a Nevada corporation, and Maria T. Delgado.\n\n1. Position.',
      ['Vantage Ridge Holdings, Inc.', 'Maria T. Delgado'],
    ],
    [
      'a person with a degree and one with a nickname',
      'This Endorsement Agreement is by and between Tom "Ace" Brannigan ("Athlete"), Ilse Marrow, M.D. ("Doctor") and Volley Sports, Inc. ("Company").',
      [
        'Tom Ace Brannigan [Athlete]',
        'Ilse Marrow, M.D. [Doctor]',
        'Volley Sports, Inc. [Company]',
      ],
    ],
    [
      'no addresses',
      'This Agreement is made between Harlow Peak, Inc., with offices at 12 Elm Street, Suite 400, Boston, Massachusetts 02110 ("Harlow"), and Brightline Foods B.V., having its registered office at Keizersgracht 5, Third Floor, Amsterdam ("Brightline").',
      ['Harlow Peak, Inc. [Harlow]', 'Brightline Foods B.V. [Brightline]'],
    ],
    [
      'names on lines of their own',
      'THIS LEASE made this 5th day of May, 2001 by and between\n\nPINE STREET ASSOCIATES\n(hereinafter called "Landlord")\n\nand\n\nGREENLEAF MARKETS, INC.\n(hereinafter called "Tenant")\n\nWITNESSETH',
      ['PINE STREET ASSOCIATES [Landlord]', 'GREENLEAF MARKETS, INC. [Tenant]'],
    ],
    [
      'foreign legal forms',
      'This Agreement is entered into between KOSAKA DENKI KABUSHIKI KAISHA, a corporation existing under the laws of Japan (hereinafter referred to as "KDK"), Centro Marino S.A. de C.V. ("CM"), Dune Chemicals Pty Ltd (ACN 123 456 789) ("Dune") and Lindqvist & Berg AB, a corporation organized under the laws of Sweden (hereinafter referred to as "L&B").\nWHEREAS',
      [
        'KOSAKA DENKI KABUSHIKI KAISHA [KDK]',
        'Centro Marino S.A. de C.V. [CM]',
        'Dune Chemicals Pty Ltd [Dune]',
        'Lindqvist & Berg AB [L&B]',
      ],
    ],
    [
      'a name with "and" in it, where a third party follows',
      'This Agreement is made by and between Quarrel Research and Engineering Company ("Quarrel") and Orla Cells, Inc. ("Orla").',
      ['Quarrel Research and Engineering Company [Quarrel]', 'Orla Cells, Inc. [Orla]'],
    ],
    [
      'two names joined by "and"',
      'MASTER AGREEMENT\nThis Master Agreement is between Clearwell Homes (the "Owner") and RadialFold, LLC (the "Contractor").',
      ['Clearwell Homes [Owner]', 'RadialFold, LLC [Contractor]'],
    ],
    [
      'trade names and affiliates',
      'Agreement made as of May 1, 1999 between First National Bank of Westfield, N.A., a national banking association ("Bank") and Thistle & Rowe Publishing Company, Ltd., d/b/a Thistle Books, on behalf of itself and its affiliates ("Thistle").',
      [
        'First National Bank of Westfield, N.A. [Bank]',
        'Thistle & Rowe Publishing Company, Ltd. [Thistle]',
      ],
    ],
    [
      'numbers and prepositions in a name',
      'THIS AGREEMENT is between 1661 Holdings LLC ("1661") and LEAN ON HARBOR FOODS, INC. ("Harbor").',
      ['1661 Holdings LLC [1661]', 'LEAN ON HARBOR FOODS, INC. [Harbor]'],
    ],
    [
      'the opening of this contract, not of the one it amends',
      'AMENDMENT NO. 2\nThis Amendment No. 2 to the Supply Agreement dated January 2, 2010 between Falcon Mills Co. and Osprey Mills Co. is made effective as of July 1, 2012 (the "Amendment Date") by and between Falcon Mills Co. ("Falcon") and Dune Chemicals Ltd ("Dune").\n1. Amendment.',
      ['Falcon Mills Co. [Falcon]', 'Dune Chemicals Ltd [Dune]'],
    ],
    [
      'an opening without "between"',
      'HOSTING AGREEMENT\nQuillon Widgets, Inc. ("Quillon"), and HostRight, LLC ("HostRight") hereby agree as follows:\n1. Hosting',
      ['Quillon Widgets, Inc. [Quillon]', 'HostRight, LLC [HostRight]'],
    ],
  ])('%s', (_, text, parties) => expect(findPartyNames(text)).toEqual(parties));

  it('come from the signatures where no opening names them, without signers and managers', () => {
    const text =
      'JOINT STATEMENT\n\nThe undersigned agree to file together.\n\nIN WITNESS WHEREOF, the undersigned execute this statement.\n\nQUARREL FUND IV, L.P.\nBy: Quarrel GP, LLC, its general partner\nBy: /s/ Ann Reed\nName: Ann Reed\nTitle: Managing Director\nORLA PARTNERS GP, LTD.     VOLE LIFE AND ANNUITY COMPANY\n\nBy: /s/ Bo Vole     By: /s/ Cy Hart\n';
    expect(findPartyNames(text)).toEqual([
      'QUARREL FUND IV, L.P.',
      'ORLA PARTNERS GP, LTD.',
      'VOLE LIFE AND ANNUITY COMPANY',
    ]);
  });

  it('are named in the words of the text, whatever the companies are called', () => {
    const word = fc.stringMatching(/^[B-DF-HJ-NP-TV-Z][a-z]{4,9}$/);
    const name = fc
      .tuple(fc.array(word, { minLength: 1, maxLength: 3 }), fc.constantFrom('Inc.', 'LLC', 'GmbH'))
      .map(([words, form]) => `${words.join(' ')} ${form}`);
    fc.assert(
      fc.property(name, name, (a, b) => {
        fc.pre(a !== b);
        const text = `SUPPLY AGREEMENT\n\nThis Supply Agreement is made by and between ${a}, a company with offices at 4 Quarry Road, Dunmore (the "Supplier"), and ${b}, a company with offices at 9 Pier Lane, Leith (the "Buyer").\n`;
        const parties = findParties(text);
        expect(parties.map((party) => party.name)).toEqual([a, b]);
        for (const { name: partyName, evidence } of parties) {
          expect(text.slice(evidence[0]!.start, evidence[0]!.end)).toBe(partyName);
        }
      }),
    );
  });
});
