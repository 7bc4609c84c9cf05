import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalPartyKey } from '../../src/analyse/canonical-party-key.ts';

describe('canonicalPartyKey', () => {
  it.each([
    [['Brindlewood Tools, Inc.', 'BRINDLEWOOD TOOLS INC', 'The Brindlewood Tools Incorporated']],
    [['Hart & Vole LLC', 'Hart and Vole, L.L.C.', 'Hart  &  Vole L. L. C.']],
    [['Grünfeld GmbH', 'Grunfeld G.m.b.H.', 'GRÜNFELD GMBH & Co. KG']],
    [["Orla's Kitchen Ltd", 'Orla’s Kitchen Limited', 'ORLAS KITCHEN']],
    [['J. P. Tamsin Co.', 'J.P. Tamsin Company', 'JP Tamsin']],
    [['Coast-Line Freight S.p.A.', 'Coast Line Freight SpA']],
    [['Østby A/S', 'Ostby AS']],
  ])('gives the spellings %s one key', (names) => {
    expect(new Set(names.map(canonicalPartyKey)).size).toBe(1);
  });

  it.each([
    ['Brindlewood Tools, Inc.', 'Brindlewood Tool, Inc.'],
    ['Ostrava Marine Ltd', 'Ostrava Maritime Ltd'],
    ['Hart Holdings LLC', 'Hart LLC'],
    ['Hart International Inc.', 'Hart Inc.'],
    ['Fund II, L.P.', 'Fund III, L.P.'],
    ['Tamsin & Co.', 'Tamsin, Inc.'],
  ])('distinguishes %s and %s', (a, b) =>
    expect(canonicalPartyKey(a)).not.toBe(canonicalPartyKey(b)),
  );

  it('is never empty for a name that has a letter or digit', () => {
    expect(canonicalPartyKey('The Limited, Inc.')).toBe('limited');
    expect(canonicalPartyKey('Company')).toBe('company');
    expect(canonicalPartyKey('株式会社')).toBe('株式会社');
    expect(canonicalPartyKey(' — ')).toBe('');
    expect(canonicalPartyKey('ᾠδή')).toBe(canonicalPartyKey('ΩΙΔΗ'));
    expect(canonicalPartyKey('Straße')).toBe(canonicalPartyKey('STRASSE'));
  });

  it('is single-spaced and does not depend on case', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (name) => {
        const key = canonicalPartyKey(name);
        expect(key).not.toMatch(/^\s|\s\s|\s$/);
        expect(canonicalPartyKey(name.toUpperCase().toLowerCase())).toBe(
          canonicalPartyKey(name.toLowerCase()),
        );
      }),
    );
  });

  it('is that of the whole name, normalized at once', () => {
    /** The definition, without a shortcut. */
    const normalize = (name: string): string =>
      name
        .normalize('NFKD')
        .toUpperCase()
        .normalize('NFKD')
        .replace(/[\u0300-\u036f]/g, '')
        .toLowerCase()
        .replace(/['\u2018\u2019`]/g, '')
        .replace(/[&+]/g, ' and ')
        .replace(/(?<=(?:^|[^\p{L}\p{N}])\p{L})\./gu, '')
        .replace(/[^\p{L}\p{N}]+/gu, ' ')
        .trim()
        .replace(/(?<![\p{L}\p{N}])\p{L}(?: \p{L}(?![\p{L}\p{N}]))+/gu, (initials) =>
          initials.replaceAll(' ', ''),
        )
        .replace(/^the (?=.)/, '');
    const part = fc.oneof(
      fc.constantFrom(
        'the ',
        'A',
        'b.',
        ' ',
        '\n',
        '.',
        '&',
        '+',
        "'",
        '\u2019',
        '\u00a0',
        '(',
        'AT',
      ),
      fc.constantFrom('\u0301', 'Σ', 'ΑΣ', '\u{1d400}', '½', '漢', '1', '-', 'word', '™', '\ufeff'),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 14 }), (parts) => {
        const name = parts.join('').replace(/[ßæœøłđðþıÆŒØŁĐÐÞẞ]/g, '');
        // a word after it that is no legal form, so that none is removed
        expect(canonicalPartyKey(`${name} Tools`)).toBe(normalize(`${name} Tools`));
      }),
      { numRuns: 2000 },
    );
  });
});
