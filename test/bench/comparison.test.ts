import { describe, expect, it } from 'vitest';
import { compareResults, incomparable } from '../../bench/comparison.ts';
import { figureOf, type Figures, type Result } from '../../training/result-file.ts';

const result = (figures: Figures): Result => ({
  name: 'bench',
  command: 'npm run bench',
  date: '2026-01-01',
  commit: 'abc1234',
  machine: { model: 'any', cores: 2, memoryGiB: 24, node: '20.20.2' },
  corpus: 'CUAD v1',
  figures,
});

const compare = (base: Figures, current: Figures) => compareResults(result(base), result(current));

describe('compared results', () => {
  it('count equal figures, and list those that only one result has', () => {
    const base = { a: figureOf(1, 'count'), gone: figureOf(2, 'ms') };
    const current = { a: figureOf(1, 'count'), fresh: figureOf(2, 'ms') };
    expect(compare(base, current)).toEqual({
      same: 1,
      differences: [],
      added: ['fresh'],
      removed: ['gone'],
    });
  });

  it('treat a value within the interval of the base as noise, and one outside as a change', () => {
    const aupr = (value: number) => ({
      aupr: { ...figureOf(value, 'share'), interval: [0.7, 0.74] as [number, number] },
    });
    expect(compare(aupr(0.72), aupr(0.71)).differences[0]).toMatchObject({ isNoise: true });
    expect(compare(aupr(0.72), aupr(0.75)).differences[0]).toMatchObject({
      isNoise: false,
      base: 0.72,
      current: 0.75,
      rule: '95% interval 0.7 – 0.74',
    });
  });

  it.each([
    ['ms', 100, 119, true],
    ['ms', 100, 121, false],
    ['ms', 100, 79, false],
    ['per second', 5, 4.1, true],
    ['per second', 5, 3.9, false],
    ['MiB', 300, 329, true],
    ['MiB', 300, 331, false],
    ['share', 0.9, 0.904, true],
    ['share', 0.1, 0.106, false],
    ['count', 85, 84, false],
  ] as const)('use the tolerance of %s: %d to %d', (unit, before, now, isNoise) => {
    const [difference] = compare(
      { a: figureOf(before, unit) },
      { a: figureOf(now, unit) },
    ).differences;
    expect(difference!.isNoise).toBe(isNoise);
    expect(difference!.ratio).toBeCloseTo(now / before, 12);
  });

  it('never treat a missing value or another unit as noise', () => {
    const missing = compare({ a: figureOf(1, 'ms') }, { a: figureOf(Number.NaN, 'ms') });
    expect(missing.differences).toMatchObject([{ isNoise: false, rule: 'not comparable' }]);
    const otherUnit = compare({ a: figureOf(1, 's') }, { a: figureOf(1.01, 'ms') });
    expect(otherUnit.differences).toMatchObject([{ isNoise: false, rule: 'not comparable' }]);
  });

  it('are not comparable where the command or the corpus differs', () => {
    const base = result({});
    expect(incomparable(base, base)).toBeUndefined();
    expect(incomparable(base, { ...base, corpus: 'the samples' })).toMatch(/corpus: CUAD v1 ≠/);
    expect(incomparable(base, { ...base, command: 'npm run bench -- 5' })).toMatch(/command/);
  });
});
