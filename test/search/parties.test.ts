import { describe, expect, it } from 'vitest';
import { partyKey } from '../../src/analyse/party-key.ts';
import { explainMatch, matchParty } from '../../src/search/parties.ts';

const known = [
  'Halden Marine Ltd',
  'Halden Maritime Logistics Ltd',
  'Brightwater & Sons, Inc.',
  'Ostrava Systems GmbH',
  'The Meridian Company',
].map((name) => ({ name, key: partyKey(name) }));

function names(asked: string): [string, string[]] | undefined {
  const match = matchParty(asked, known);
  return match && [match.kind, match.parties.map((party) => party.name)];
}

describe('matching a party by name', () => {
  it.each([
    ['halden marine limited', 'Halden Marine Ltd'],
    ['HALDEN MARINE, LTD.', 'Halden Marine Ltd'],
    ['Brightwater and Sons', 'Brightwater & Sons, Inc.'],
    ['ostrava systems', 'Ostrava Systems GmbH'],
  ])('takes %j for the same name as %j', (asked, name) => {
    expect(names(asked)).toEqual(['same_name', [name]]);
  });

  it('prefers the exact company over one of a similar name', () => {
    expect(names('Halden Marine Ltd')?.[1]).toEqual(['Halden Marine Ltd']);
    expect(names('Halden Maritime Logistics')?.[1]).toEqual(['Halden Maritime Logistics Ltd']);
  });

  it('finds all companies that a short name may mean, and says so', () => {
    const match = matchParty('Halden', known)!;
    expect(match.kind).toBe('short_name');
    expect(match.parties).toHaveLength(2);
    expect(explainMatch('Halden', match)).toContain('Halden Maritime Logistics Ltd');
  });

  it('tolerates a typo, and says that it did', () => {
    const match = matchParty('Ostrawa Systems', known)!;
    expect(match.kind).toBe('similar_spelling');
    expect(explainMatch('Ostrawa Systems', match)).toContain('check');
  });

  it.each(['Hal', 'Marine Halden', 'Sons of Brightwater', '...', 'Ltd'])(
    'does not take %j for anyone',
    (asked) => {
      expect(names(asked)).toBeUndefined();
    },
  );
});
