import { describe, expect, it } from 'vitest';
import { answeredParties, sameParty } from '../../training/party-answers.ts';

const names = (answer: string) => answeredParties(answer, []).map(({ name }) => name);

describe('the parties of an answer', () => {
  it.each<[string, string[]]>([
    ['Orla Inc. ("Orla"); Vole (UK) Ltd ("Vole")', ['Orla Inc.', 'Vole (UK) Ltd']],
    ['Orla Inc. ("Orla") ("Party", together "Parties"); Vole Ltd', ['Orla Inc.', 'Vole Ltd']],
    ['(Orla Inc. ("Orla"); Vole Ltd ("Vole"))', ['Orla Inc.', 'Vole Ltd']],
    ['Orla Inc. ("Orla"); [] ("Franchisee"); You', ['Orla Inc.']],
    ['Orla Inc. ("O"); Vole Ltd ("V"); O and V (each a "Party")', ['Orla Inc.', 'Vole Ltd']],
    ['Orla Inc., a Maine corporation; Vole Ltd d/b/a Voles', ['Orla Inc.', 'Vole Ltd']],
    ['Orla, Inc. and Orla Europe, Inc. (collectively "Orla")', ['Orla, Inc.', 'Orla Europe, Inc.']],
  ])('%s', (answer, parties) => expect(names(answer)).toEqual(parties));

  it('are found under the same words alone', () => {
    const [party] = answeredParties('Orla Systems, Inc. ("Orla")', []);
    expect(sameParty('ORLA SYSTEMS INC', party!)).toBe(true);
    for (const other of ['Orla', 'Orla Systems Europe, Inc.', 'Orla System, Inc.']) {
      expect(sameParty(other, party!)).toBe(false);
    }
  });

  it('are read as the lawyers labelled them where an answer was retyped with a slip', () => {
    const labelled = ['ORLA FISHERIES LTD', 'Orla', 'Vole Ltd'];
    const parties = answeredParties('Orla Fisheris Ltd ("Orla"); Vole Ltd', labelled);
    expect(sameParty('Orla Fisheries Limited', parties[0]!)).toBe(true);
    expect(sameParty('Orla', parties[0]!)).toBe(false);
    expect(sameParty('Vole', parties[0]!)).toBe(false);
  });
});
