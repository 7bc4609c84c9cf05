import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalPartyKey } from '../../src/analyse/canonical-party-key.ts';
import { describeMatch, matchParty, similarParties } from '../../src/search/party-matching.ts';

const known = [
  'Halden Marine Ltd',
  'Halden Maritime Logistics Ltd',
  'Brightwater & Sons, Inc.',
  'Ostrava Systems GmbH',
  'Ostrava Systems Europe B.V.',
  'The Meridian Company',
  'First Bank of Wexcombe, N.A.',
  'Müller Feinguss GmbH',
  'Northern Copper Mining Corporation',
  'Elena R. Castaway',
  'Global Freight, Inc.',
  'Global Ferries plc',
  'TerraLink Networks LLC',
].map((name) => ({ name, key: canonicalPartyKey(name) }));

function names(query: string, parties = known): [string, string[]] | undefined {
  const match = matchParty(query, parties);
  return match && [match.kind, match.parties.map((party) => party.name)];
}

function matchDescription(query: string, parties = known): string {
  return describeMatch(query, matchParty(query, parties)!);
}

describe('matching a party by name', () => {
  it.each([
    ['halden marine limited', 'Halden Marine Ltd'],
    ['HALDEN MARINE, LTD.', 'Halden Marine Ltd'],
    ['Brightwater and Sons', 'Brightwater & Sons, Inc.'],
    ['ostrava systems', 'Ostrava Systems GmbH'],
    ['Mueller Feinguss', 'Müller Feinguss GmbH'],
    ['Muller Feinguss', 'Müller Feinguss GmbH'],
  ])('matches %j with %j as the same name', (query, name) => {
    expect(names(query)).toEqual(['same_name', [name]]);
  });

  it('prefers the exact name over a similar one, and names the one left out', () => {
    expect(names('Halden Marine Ltd')?.[1]).toEqual(['Halden Marine Ltd']);
    expect(names('Halden Maritime Logistics')?.[1]).toEqual(['Halden Maritime Logistics Ltd']);
    expect(matchDescription('Ostrava Systems')).toMatch(/same name.*Not searched.*Europe/);
  });

  it('says that a longer name may be another company', () => {
    expect(names('Bank of Wexcombe')).toEqual(['short_name', ['First Bank of Wexcombe, N.A.']]);
    expect(matchDescription('Bank of Wexcombe')).toContain('check');
  });

  it('does not match a longer name with a shorter known one', () => {
    expect(matchParty('Halden Marine Insurance', known)).toBeUndefined();
    expect(similarParties('Halden Marine Insurance', known)[0]?.name).toBe('Halden Marine Ltd');
    expect(similarParties('Global Insurance', known)).toEqual([]);
  });

  it('notes another corporate form', () => {
    expect(matchDescription('Ostrava Systems AG')).toContain('another corporate form');
    expect(matchDescription('Ostrava Systems G.m.b.H.')).not.toContain('another corporate form');
    expect(matchDescription('Halden Marine Limited')).not.toContain('another corporate form');
  });

  it('finds all companies that a short name fits, and says so', () => {
    const match = matchParty('Halden', known)!;
    expect(match.kind).toBe('short_name');
    expect(match.parties).toHaveLength(2);
    expect(describeMatch('Halden', match)).toContain('Halden Maritime Logistics Ltd');
    expect(matchDescription('global')).toMatch(
      /"Global Freight, Inc\."; "Global Ferries plc".*2 parties/,
    );
  });

  it('matches a defined term for a party', () => {
    const parties = [
      { name: 'Quillon Health Partners LLC', key: 'quillon health partners', aliases: ['qhp'] },
    ];
    expect(names('QHP', parties)).toEqual(['short_name', ['Quillon Health Partners LLC']]);
  });

  it('matches initials with a name of three words or more, and says so', () => {
    expect(names('NCM')).toEqual(['initials', ['Northern Copper Mining Corporation']]);
    expect(matchDescription('NCM')).toContain('initials');
    expect(matchParty('GF', known)).toBeUndefined();
  });

  it('matches a name with and without a middle initial, not with another one', () => {
    expect(names('Elena Castaway')).toEqual(['without_initial', ['Elena R. Castaway']]);
    expect(matchParty('Elena T. Castaway', known)).toBeUndefined();
  });

  it.each([
    ['Ostrawa Systems', 'Ostrava Systems GmbH'],
    ['Meridain', 'The Meridian Company'],
    ['Terra Link Networks', 'TerraLink Networks LLC'],
  ])('matches the typo %j with %j, and says so', (query, name) => {
    expect(names(query)).toEqual(['similar_spelling', [name]]);
    expect(matchDescription(query)).toContain('check');
  });

  it.each(['Hal', 'Marine Halden', 'Sons of Brightwater', '...', 'Ltd'])(
    'matches %j with no party',
    (query) => {
      expect(names(query)).toBeUndefined();
    },
  );

  it('distinguishes numbers', () => {
    const funds = ['Fund 20190 L.P.', 'Harbor Fund II LP'].map((name) => ({
      name,
      key: canonicalPartyKey(name),
    }));
    expect(matchParty('Fund 20191 LP', funds)).toBeUndefined();
    expect(matchParty('Harbor Fund III LP', funds)).toBeUndefined();
  });
});

const word = fc.stringMatching(/^[A-Z][a-z]{3,9}$/);
const core = fc.array(word, { minLength: 1, maxLength: 4 });
const suffix = fc.constantFrom(
  '',
  ' Inc.',
  ', Inc',
  ' LLC',
  ' L.L.C.',
  ' GmbH',
  ', Ltd.',
  ' S.p.A.',
);
const variant = fc.constantFrom<(name: string) => string>(
  (name) => name,
  (name) => name.toUpperCase(),
  (name) => name.toLowerCase(),
  (name) => `The ${name}`,
  (name) => name.replaceAll(' ', '  '),
  (name) => `${name}.`,
);

describe('matching any name', () => {
  it('ignores case, punctuation and corporate form', () => {
    fc.assert(
      fc.property(core, suffix, suffix, variant, (words, one, other, vary) => {
        const name = words.join(' ');
        const party = { name: name + one, key: canonicalPartyKey(name + one) };
        expect(matchParty(vary(name + other), [party])).toMatchObject({
          kind: 'same_name',
          parties: [party],
        });
      }),
    );
  });

  it('never calls another name the same', () => {
    fc.assert(
      fc.property(core, core, suffix, (query, other, form) => {
        fc.pre(canonicalPartyKey(query.join(' ')) !== canonicalPartyKey(other.join(' ')));
        const name = other.join(' ') + form;
        const match = matchParty(query.join(' '), [{ name, key: canonicalPartyKey(name) }]);
        expect(match?.kind).not.toBe('same_name');
      }),
    );
  });

  it('never matches another company where the requested one is known', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(core, { minLength: 2, selector: String }),
        suffix,
        (cores, form) => {
          const parties = cores.map((words) => {
            const name = words.join(' ') + form;
            return { name, key: canonicalPartyKey(name) };
          });
          const [query] = parties;
          const match = matchParty(query!.name.toUpperCase(), parties)!;
          expect(match.kind).toBe('same_name');
          expect(match.parties.every(({ key }) => key === query!.key)).toBe(true);
        },
      ),
    );
  });
});
