import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  toComparedSpan,
  jaccard,
  isMatch,
  sharesMostWords,
  tokenizeWords,
} from '../../training/cuad-match.ts';
import {
  areaUnder,
  averagePrecision,
  curveOf,
  scorePair,
  precisionAt,
  type Pair,
} from '../../bench/quality/cuad.ts';
import { measure } from '../../bench/quality/cuad.ts';

const pair = (
  labels: string[],
  predictions: [string, number][],
  category = 'Insurance',
  contract = 'one',
): Pair => ({
  contract,
  category,
  labels,
  predictions: predictions.map(([text, confidence]) => ({ text, confidence })),
});

const match = (category: string, prediction: string, label: string) =>
  isMatch(category, toComparedSpan(prediction), toComparedSpan(label));

describe('matching spans', () => {
  it('compares sets of lower-cased words without . , ; : and splits words at a slash', () => {
    expect([...tokenizeWords('The Buyer, the buyer;\n and/or  its   agents.')]).toEqual([
      'the',
      'buyer',
      'and',
      'or',
      'its',
      'agents',
    ]);
  });

  it('requires a Jaccard index of one half or more', () => {
    expect(jaccard(tokenizeWords('a b c'), tokenizeWords('b c d'))).toBe(0.5);
    expect(match('Insurance', 'A b, c', 'b c d')).toBe(true);
    expect(match('Insurance', 'a b c', 'b c d e')).toBe(false);
    expect(match('Insurance', '', '')).toBe(false);
  });

  it('accepts a prediction that contains the label for Parties alone, across line breaks', () => {
    const sentence = 'This pact is made by Quill & Sons\nLtd of Leeds and by the Baker of York.';
    expect(match('Parties', sentence, 'Quill & Sons Ltd')).toBe(true);
    expect(match('Insurance', sentence, 'Quill & Sons Ltd')).toBe(false);
    expect(match('Parties', 'Quill', 'This pact is made by Quill of Leeds in the year')).toBe(
      false,
    );
  });

  it('overlaps where most words of the shorter span are shared', () => {
    const shares = (a: string, b: string) => sharesMostWords(toComparedSpan(a), toComparedSpan(b));
    expect(shares('the hen lays one egg a day', 'one egg')).toBe(true);
    expect(shares('the hen lays one egg a day', 'one goose')).toBe(false);
    expect(shares('', '')).toBe(false);
  });
});

describe('the precision-recall curve', () => {
  it('counts labels found and predictions that match none', () => {
    // From 0.9 down: right, wrong, the same label again, wrong in a pair without labels, right.
    const pairs = [
      pair(
        ['pay the fee', 'keep the books'],
        [
          ['pay the fee', 0.9],
          ['sing a song', 0.8],
          ['pay the fee now', 0.7],
          ['keep the books', 0.5],
        ],
      ),
      pair([], [['dance', 0.6]], 'Insurance', 'two'),
      pair(['never found'], [], 'Insurance', 'three'),
    ];
    const curve = curveOf(pairs.map(scorePair));
    expect(curve.map(({ recall, precision }) => [recall, precision])).toEqual([
      [1 / 3, 1],
      [2 / 3, 0.5],
    ]);
    expect(averagePrecision(curve)).toBeCloseTo(1 / 3 + 0.5 / 3, 12);
    expect(areaUnder(curve)).toBeCloseTo(1 / 3 + 0.75 / 3, 12);
    expect(precisionAt(curve, 0.5)).toBe(0.5);
    expect(precisionAt(curve, 0.8)).toBe(0);
  });

  it('raises a precision to the best at a higher recall', () => {
    const pairs = [
      pair(
        ['one egg', 'two hens'],
        [
          ['a fox', 0.9],
          ['one egg', 0.8],
          ['two hens', 0.7],
        ],
      ),
    ];
    const curve = curveOf(pairs.map(scorePair));
    expect(curve.map(({ recall }) => recall)).toEqual([0, 0.5, 1]);
    for (const { precision } of curve) expect(precision).toBeCloseTo(2 / 3, 12);
    expect(areaUnder(curve)).toBeCloseTo(2 / 3, 12);
  });

  it('finds two labels with one prediction that matches both, and counts it once', () => {
    const scored = scorePair(pair(['one red egg', 'one blue egg'], [['one red blue egg', 0.4]]));
    expect(scored).toMatchObject({ labels: 2, found: [0.4, 0.4], right: [0.4], wrong: [] });
  });

  it('treats equal confidences together', () => {
    const tiedPair = pair(['hens'], [['foxes', 0.5], ['hens', 0.5]]); // prettier-ignore
    expect(curveOf([scorePair(tiedPair)])).toEqual([
      { confidence: 0.5, recall: 1, precision: 0.5 },
    ]);
  });

  it('is empty and its areas 0 where nothing is predicted or labelled', () => {
    const figures = measure([pair([], [])]);
    expect(figures).toMatchObject({ aupr: 0, precisionAt80: 0, meanCategoryAp: 0 });
    expect(measure([pair(['eggs'], [['', 1], [' \n', 1]])]).highestRecall).toBe(0); // prettier-ignore
  });
});

describe('CUAD figures', () => {
  it('average how often the first prediction is right over categories', () => {
    const figures = measure([
      pair(['eggs'], [['hens', 0.4], ['eggs', 0.9]], 'Insurance', 'one'), // prettier-ignore
      pair(['eggs'], [['hens', 0.9], ['eggs', 0.4]], 'Insurance', 'two'), // prettier-ignore
      pair(['milk'], [['milk', 0.1]], 'Audit Rights', 'two'),
      pair([], [['milk', 0.9]], 'Audit Rights', 'one'),
    ]);
    expect(figures.firstMatchRate).toBe(0.75);
    expect(figures.categoryAp.get('Audit Rights')).toBe(0.5);
    expect([...figures.categoryAp.keys()]).toEqual(['Insurance', 'Audit Rights']);
  });

  /** Precision and recall at a threshold, counted by their definition. */
  function countAtThreshold(pairs: Pair[], threshold: number) {
    let [found, missed, wrong] = [0, 0, 0];
    for (const { category, labels, predictions } of pairs) {
      const retained = predictions.filter(({ confidence }) => confidence >= threshold);
      const isFound = (label: string) => retained.some(({ text }) => match(category, text, label));
      found += labels.filter(isFound).length;
      missed += labels.filter((label) => !isFound(label)).length;
      wrong += retained.filter(
        ({ text }) => !labels.some((label) => match(category, text, label)),
      ).length;
    }
    return { precision: found / (found + wrong), recall: found / (found + missed) };
  }

  const text = fc
    .array(fc.constantFrom('hen', 'egg', 'fox', 'the', 'of'), { minLength: 1, maxLength: 4 })
    .map((chosen) => chosen.join(' '));
  const anyPair = fc.record({
    contract: fc.constantFrom('one', 'two'),
    category: fc.constantFrom('Parties', 'Insurance'),
    labels: fc.array(text, { maxLength: 3 }),
    predictions: fc.array(
      fc.record({ text, confidence: fc.integer({ min: 1, max: 9 }).map((n) => n / 10) }),
      { maxLength: 6 },
    ),
  });

  it('agree at every threshold with counting by the definition', () => {
    fc.assert(
      fc.property(fc.array(anyPair, { maxLength: 5 }), (pairs) => {
        const curve = curveOf(pairs.map(scorePair));
        const thresholds = [
          ...new Set(pairs.flatMap((p) => p.predictions.map((q) => q.confidence))),
        ];
        if (!pairs.some(({ labels }) => labels.length > 0)) return;
        const points = thresholds.map((threshold) => countAtThreshold(pairs, threshold));
        for (const { recall } of points) {
          const best = Math.max(
            ...points.filter((p) => p.recall >= recall).map((p) => p.precision),
          );
          expect(precisionAt(curve, recall)).toBeCloseTo(best, 12);
        }
        expect(curve.at(-1)?.recall ?? 0).toBe(Math.max(0, ...points.map((p) => p.recall)));
      }),
    );
  });

  it('lie between 0 and 1, and weigh a pair counted twice like two equal pairs', () => {
    fc.assert(
      fc.property(fc.array(anyPair, { minLength: 1, maxLength: 4 }), (pairs) => {
        const scored = pairs.map(scorePair);
        const area = areaUnder(curveOf(scored));
        expect(area).toBeGreaterThanOrEqual(0);
        expect(area).toBeLessThanOrEqual(1);
        expect(averagePrecision(curveOf(scored))).toBeLessThanOrEqual(area + 1e-12);
        const twice = areaUnder(curveOf([...scored, scored[0]!]));
        const weighted = areaUnder(curveOf(scored, undefined, (at) => (at === 0 ? 2 : 1)));
        expect(weighted).toBeCloseTo(twice, 12);
      }),
    );
  });
});
