import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partyKey } from '../../src/analyse/party-key.ts';

describe('partyKey', () => {
  it.each([
    [['Brindlewood Tools, Inc.', 'BRINDLEWOOD TOOLS INC', 'The Brindlewood Tools Incorporated']],
    [['Hart & Vole LLC', 'Hart and Vole, L.L.C.', 'Hart  &  Vole L. L. C.']],
    [['Grünfeld GmbH', 'Grunfeld G.m.b.H.', 'GRÜNFELD GMBH & Co. KG']],
    [["Orla's Kitchen Ltd", 'Orla’s Kitchen Limited', 'ORLAS KITCHEN']],
    [['J. P. Tamsin Co.', 'J.P. Tamsin Company', 'JP Tamsin']],
    [['Coast-Line Freight S.p.A.', 'Coast Line Freight SpA']],
    [['Østby A/S', 'Ostby AS']],
  ])('gives the spellings %s one key', (names) => {
    expect(new Set(names.map(partyKey)).size).toBe(1);
  });

  it.each([
    ['Brindlewood Tools, Inc.', 'Brindlewood Tool, Inc.'],
    ['Ostrava Marine Ltd', 'Ostrava Maritime Ltd'],
    ['Hart Holdings LLC', 'Hart LLC'],
    ['Hart International Inc.', 'Hart Inc.'],
    ['Fund II, L.P.', 'Fund III, L.P.'],
    ['Tamsin & Co.', 'Tamsin, Inc.'],
  ])('keeps %s and %s apart', (a, b) => expect(partyKey(a)).not.toBe(partyKey(b)));

  it('never empties a name that has a letter or digit', () => {
    expect(partyKey('The Limited, Inc.')).toBe('limited');
    expect(partyKey('Company')).toBe('company');
    expect(partyKey('株式会社')).toBe('株式会社');
    expect(partyKey(' — ')).toBe('');
    expect(partyKey('ᾠδή')).toBe(partyKey('ΩΙΔΗ'));
    expect(partyKey('Straße')).toBe(partyKey('STRASSE'));
  });

  it('is its own key, in single-spaced lower case', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (name) => {
        const key = partyKey(name);
        expect(key).not.toMatch(/^\s|\s\s|\s$/);
        expect(partyKey(name.toUpperCase().toLowerCase())).toBe(partyKey(name.toLowerCase()));
      }),
    );
  });
});
