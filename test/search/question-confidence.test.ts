import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { probabilityAt, zScores } from '../../src/search/question-confidence.ts';

const similarities = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
  minLength: 1,
  maxLength: 300,
});

describe('the probability that a passage answers a question', () => {
  it('lies between 0 and 1 and follows the order of the similarities', () => {
    fc.assert(
      fc.property(similarities, (values) => {
        const probabilities = zScores(values).map(probabilityAt);
        for (const [at, probability] of probabilities.entries()) {
          expect(probability).toBeGreaterThan(0);
          expect(probability).toBeLessThan(1);
          const lower = probabilities.filter((_, other) => values[other]! < values[at]!);
          expect(lower.every((other) => other <= probability)).toBe(true);
        }
      }),
    );
  });

  it('does not depend on the mean and the spread of the similarities', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 2, maxLength: 50 }),
        fc.double({ min: 0.01, max: 10, noNaN: true }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        (values, scale, shift) => {
          const moved = zScores(values.map((value) => value * scale + shift));
          zScores(values).forEach((one, at) => expect(moved[at]).toBeCloseTo(one, 6));
        },
      ),
    );
  });

  it('is low without an outlier, and high for a single one', () => {
    expect(Math.max(...zScores([0.4, 0.4, 0.4]).map(probabilityAt))).toBeLessThan(0.01);
    expect(Math.max(...zScores([0.7]).map(probabilityAt))).toBeLessThan(0.01);
    const one = [0.9, ...Array.from({ length: 99 }, (_, at) => 0.1 + (at % 10) / 100)];
    expect(zScores(one).map(probabilityAt)[0]).toBeGreaterThan(0.9);
  });
});
