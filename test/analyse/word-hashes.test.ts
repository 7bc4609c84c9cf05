import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashWords, tokenizeWords } from '../../src/analyse/clause-model/word-hashes.ts';
import { hashString } from '../../src/analyse/feature-hash.ts';

function hash(normalized: string): number[] {
  const hashes = new Int32Array(normalized.length + 1);
  return [...hashes.subarray(1, hashWords(normalized, hashes, 1))];
}

describe('words of a normalized text', () => {
  it('are letters, numbers without their digits, years, signs and rules', () => {
    expect(tokenizeWords("the buyer's 2,500.00 in 2015: $5 ____ * ** 10/12/1999")).toEqual([
      'the', "buyer's", '0,000.', 'in', '#year', '$', '0', '____', '**', '00/00/',
    ]); // prettier-ignore
  });

  it('are hashed as their strings are', () => {
    const part = fc.oneof(
      fc.constantFrom(
        ' ',
        'the',
        "'",
        '-',
        '1999',
        '2015',
        '.',
        ',',
        '/',
        '12',
        '$',
        '%',
        '"',
        '*',
      ),
      fc.constantFrom('__', '_', '**', 'é', '\u2019', '\u{1d400}', ':', '19', '20'),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
        const normalized = parts.join('');
        expect(hash(normalized)).toEqual(tokenizeWords(normalized).map(hashString));
      }),
      { numRuns: 1000 },
    );
  });
});
