import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clauseProbability } from '../../src/store/clause-probability.ts';

const confidence = fc.double({ min: 0, max: 1, noNaN: true });

describe('clauseProbability', () => {
  it('is the confidence of the only candidate, and 0 without one', () => {
    expect(clauseProbability([])).toBe(0);
    expect(clauseProbability([0.37])).toBe(0.37);
  });

  it('grows with every candidate, independently of their order', () => {
    expect(clauseProbability([0.3, 0.3])).toBe(0.51);
    fc.assert(
      fc.property(fc.array(confidence), confidence, (others, one) => {
        const whole = clauseProbability([...others, one]);
        expect(whole).toBeGreaterThanOrEqual(clauseProbability(others) - 1e-4);
        expect(whole).toBeGreaterThanOrEqual(one - 1e-4);
        expect(whole).toBeLessThanOrEqual(1);
        expect(Math.abs(clauseProbability([one, ...others]) - whole)).toBeLessThanOrEqual(1e-4);
      }),
    );
  });
});
