import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchPatterns, requiredTexts } from '../../src/analyse/clause-model/clause-patterns.ts';
import { clauseTypes } from '../../src/analyse/clause-types.ts';
import { prepareContract } from './analysis-fixture.ts';

const matchedNames = (normalized: string) => {
  const names: string[] = [];
  matchPatterns(normalized, (name) => names.push(name));
  return names;
};
const triedNames = (normalized: string) =>
  clauseTypes.flatMap(({ id, patterns }) =>
    patterns.flatMap((pattern, at) => (pattern.test(normalized) ? [`${id} ${at}`] : [])),
  );

describe('clause patterns', () => {
  it('match in the samples as when each pattern is tried', () => {
    const folder = join(import.meta.dirname, '../../samples/source');
    const sentences = readdirSync(folder).flatMap(
      (file) => prepareContract(readFileSync(join(folder, file), 'utf8')).sentences,
    );
    for (const { normalized } of sentences)
      expect(matchedNames(normalized)).toEqual(triedNames(normalized));
    expect(
      sentences.filter(({ normalized }) => matchedNames(normalized).length > 0).length,
    ).toBeGreaterThan(100);
  });

  it('match in random orders of their words as when each pattern is tried', () => {
    const sources = clauseTypes.flatMap(({ patterns }) => patterns.map(({ source }) => source));
    const words = [...new Set(sources.flatMap((source) => source.match(/[a-z]{2,}/g) ?? []))];
    const sentence = fc.array(fc.constantFrom(...words, ',', 'the', 'any', 'not'), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(sentence, (parts) => {
        const normalized = parts.join(' ');
        expect(matchedNames(normalized)).toEqual(triedNames(normalized));
      }),
      { numRuns: 500 },
    );
  });
});

describe('the texts that a pattern requires', () => {
  it.each([
    [/\bsource code\b/, ['source code']],
    [/\b(?:escrow|deposit)s? with/, ['escrow', 'deposit']],
    [/\bassign(?:s|ed)? .{0,20}invention/, ['invention']],
    [/\bnotice|\bwarn/, ['notice', 'warn']],
    [/(?:optional)?/, undefined],
    [/\bnot\b|\bnever\b/, undefined],
    [/colou?r/, ['colo']],
    [/[a-z]{4,9}/, undefined],
  ])('%s', (pattern, texts) => {
    expect(requiredTexts(pattern.source)).toEqual(texts);
  });
});
