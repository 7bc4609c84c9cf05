import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldCharacters } from '../../src/analyse/fold-characters.ts';
import { analyseText } from './analysis-fixture.ts';

const contract = (end: string, length = 'two (2) years') =>
  `SUPPLY AGREEMENT\n\nThis Agreement is made on 1 March 2024 between Wexcombe Ltd ("Supplier") and Tarn Foods Ltd ("Customer").\n\n1. Term. ${end}\n\n2. Law. This Agreement is governed by the laws of England and Wales. Length: ${length}.`;

describe('folded characters', () => {
  it.each([
    ['28\u2011Feb\u20112036', '28-Feb-2036'],
    ['2036\u201003\u201031', '2036-03-31'],
    ['2036\u201303\u201331', '2036-03-31'],
    ['2036\u221203\uff0d31 \ufe58\ufe63', '2036-03-31 --'],
    ['2036\u00ad03\u00ad31', '2036-03-31'],
    ['Confi\u00addenti\u200bality', 'Confidentiality'],
    ['31\u200bMarch\u200b2036', '31 March 2036'],
    ['3\u200b1 M\u2060arch 20\ufeff36', '31 March 2036'],
    ['31\u00a0March\u202f2036\u3000', '31 March 2036 '],
    [
      '\uff13\uff11 \uff2d\uff41\uff52\uff43\uff48 \uff12\uff10\uff13\uff16\uff0c',
      '31 March 2036,',
    ],
    ['\u{1d7d1}\u{1d7cf}/03/\u{1d7da}\u{1d7d8}36', '31/03/2036'],
    ['\u0663\u06f1\u2044\u0966\u0969\u22152036', '31/03/2036'],
    ['31\u202403\u20242036', '31.03.2036'],
    ['o\ufb03ce \ufb01rst \u2163', 'office first IV'],
    ['Mu\u0308ller GmbH', 'Müller GmbH'],
    [
      'terms \u2013 and \u2014 dashes, one\u2013two',
      'terms \u2013 and \u2014 dashes, one\u2013two',
    ],
  ])('%j is read as %j', (stored, expected) => {
    expect(foldCharacters(stored).text).toBe(expected);
  });

  it('gives back the offsets of the stored text', () => {
    const parts = fc.constantFrom(
      'a',
      '7',
      ' ',
      '\u200b',
      '\u00ad',
      '\u2011',
      'ﬁ',
      '\u{1d7d1}',
      'u\u0308',
      'Z',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 30 }), (pieces) => {
        const stored = pieces.join('');
        const { text, toStored, toFolded } = foldCharacters(stored);
        for (let at = 0; at < text.length; at++) {
          const { start, end } = toStored({ start: at, end: at + 1 });
          expect(foldCharacters(stored.slice(start, end)).text).toMatch(/^[-a7 ZfiÜüu3]*$/);
          expect(end).toBeGreaterThan(start);
          expect(toFolded(start)).toBeLessThanOrEqual(at);
          expect(toFolded(end)).toBeGreaterThan(at);
        }
        expect(toFolded(stored.length)).toBe(text.length);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    'This Agreement expires on 28\u2011Feb\u20112036.',
    'This Agreement ex\u00adpires on 28\u00a0February\u200b 2036.',
    'This Agreement expires on 2036\uff0d02\uff0d28.',
    'This Agreement expires on \uff12\uff18 \uff26ebruary \uff12\uff10\uff13\uff16.',
    'This Agreement ends on 28\u200bth Febru\u200dary 2036.',
  ])('reads the date in %j', (sentence) => {
    const text = contract(sentence);
    const end = analyseText(text).expirationDate;
    expect(end).toMatchObject({ value: '2036-02-28', basis: 'stated' });
    expect(text.slice(end!.evidence[0]!.start, end!.evidence[0]!.end)).toBe(sentence);
  });

  it('reads durations and names', () => {
    const found = analyseText(
      contract(
        'The initial term is twenty\u2011four\u00a0(\uff12\uff14)\u200b months from 1 March 2024.',
      ).replace('Wexcombe Ltd', 'Wex\u00adcombe\u00a0L\u200btd'),
    );
    expect(found.expirationDate?.value).toBe('2026-03-01');
    expect(found.parties.map(({ name }) => name)).toContain('Wexcombe Ltd');
  });
});
