import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureCalibration, reliability } from '../../bench/quality/calibration.ts';
import { categoryFigures, measureCuad } from '../../bench/quality/cuad-figures.ts';
import { factFigures, measureParties } from '../../bench/quality/fact-figures.ts';
import { companyFolds } from '../../training/folds.ts';
import { comparePdfs } from '../../bench/quality/pdf-difference.ts';
import { absenceTable, measurePresence, presenceByCategory } from '../../bench/quality/presence.ts';
import { confidenceIntervals } from '../../bench/quality/statistics.ts';
import {
  bootstrap,
  quantile,
  estimate,
  standardDeviation,
} from '../../bench/quality/statistics.ts';
import { measured } from './synthetic.ts';

const once = () => 1;

describe('company folds', () => {
  const contracts = fc.array(
    fc.record({ company: fc.constantFrom('ash', 'birch', 'cedar', 'elm', 'fir', 'oak', 'yew') }),
    { maxLength: 40 },
  );

  it('contain each contract once and each company in one fold, the same for the same seed', () => {
    fc.assert(
      fc.property(contracts, fc.integer({ min: 1, max: 6 }), fc.nat(), (all, count, seed) => {
        const folds = companyFolds(all, count, seed);
        expect(folds).toHaveLength(count);
        expect(new Set(folds.flat())).toEqual(new Set(all));
        expect(folds.flat()).toHaveLength(all.length);
        for (const { company } of all) {
          const foldsOfCompany = folds.filter((fold) =>
            fold.some((one) => one.company === company),
          );
          expect(foldsOfCompany).toHaveLength(1);
        }
        expect(companyFolds(all, count, seed)).toEqual(folds);
      }),
    );
  });

  it('are of about equal size', () => {
    const all = Array.from({ length: 50 }, (_, at) => ({ company: `company ${at >> 1}` }));
    expect(companyFolds(all, 5, 1).map((fold) => fold.length)).toEqual([10, 10, 10, 10, 10]);
  });
});

describe('estimates', () => {
  it('have folds, deviation and interval, and ignore values that could not be measured', () => {
    expect(standardDeviation([1, 2, 3])).toBe(1);
    expect(standardDeviation([7])).toBe(0);
    expect(quantile([3, 1, 2], 0.25)).toBe(1.5);
    expect(estimate(2, [1, Number.NaN, 3], [0, 10])).toEqual({
      value: 2,
      low: 1,
      high: 3,
      deviation: Math.SQRT2,
      interval: [0.25, 9.75],
    });
  });

  it('draw as many companies as there are, the same for the same seed', () => {
    const companies = ['ash', 'birch', 'cedar'];
    const draw = () =>
      bootstrap(companies, { resamples: 50, seed: 3 }, (times) => companies.map(times));
    for (const times of draw()) expect(times.reduce((sum, n) => sum + n)).toBe(3);
    expect(draw()).toEqual(draw());
    expect(new Set(draw().map(String)).size).toBeGreaterThan(5);
  });

  it('resample companies, not contracts: one company alone has no interval', () => {
    const share = (items: { right: number; company: string; fold: number }[]) =>
      confidenceIntervals(items, (some) => (times) => {
        const weights = some.map(({ company }) => times(company));
        const right = some.reduce((sum, item, at) => sum + item.right * weights[at]!, 0);
        return { share: right / weights.reduce((sum, weight) => sum + weight, 0) };
      }).share;
    const items = [1, 0, 1, 0].map((right, fold) => ({ right, fold: fold % 2, company: 'ash' }));
    expect(share(items)).toMatchObject({ value: 0.5, low: 0, high: 1, interval: [0.5, 0.5] });
    const separateCompanies = items.map((item, at) => ({ ...item, company: `company ${at}` }));
    expect(share(separateCompanies).interval[0]).toBeLessThan(0.3);
  });
});

const eggs = { labels: ['one fresh egg'], predictions: [] };
const found = (confidence: number) => ({ text: 'one fresh egg', confidence });
const other = (confidence: number) => ({ text: 'a barrel of tar', confidence });

describe('CUAD figures by company', () => {
  const contracts = [
    measured('a', 'ash', 0, { Insurance: { ...eggs, predictions: [found(0.9)] } }),
    measured('b', 'birch', 1, { Insurance: { ...eggs, predictions: [other(0.8)] } }),
  ];

  it('count a company as often as it was drawn', () => {
    const figures = measureCuad(contracts);
    expect(figures(once).highestRecall).toBe(0.5);
    expect(figures((company) => (company === 'ash' ? 2 : 0))).toMatchObject({ aupr: 1 });
    expect(figures((company) => (company === 'birch' ? 2 : 0))).toMatchObject({
      aupr: 0,
      firstOverlapRate: 0,
    });
  });

  it('contain the categories that have labels, each with an estimate', () => {
    const figures = categoryFigures(contracts);
    expect([...figures.keys()]).toEqual(['Insurance']);
    expect(figures.get('Insurance')).toMatchObject({
      contracts: 2,
      labels: 2,
      ap: { value: 0.5, low: 0, high: 1 },
      first: { value: 0.5, low: 0, high: 1 },
    });
  });
});

describe('calibration', () => {
  it('counts the predictions of each range that match a label', () => {
    const predictions = [found(0.85), other(0.85), other(1), found(0.05)];
    const contracts = [measured('a', 'ash', 0, { Insurance: { ...eggs, predictions } })];
    const table = reliability(contracts);
    expect(table[8]).toMatchObject({ count: 2, right: 1, meanConfidence: 0.85 });
    expect(table[9]).toMatchObject({ count: 1, right: 0, meanConfidence: 1 });
    expect(table[0]).toMatchObject({ count: 1, right: 1 });
    const { error, errorFromHalf, rightFromHalf } = measureCalibration(contracts)(once);
    expect(error).toBeCloseTo((0.7 + 1 + 0.95) / 4, 12);
    expect(errorFromHalf).toBeCloseTo((0.7 + 1) / 3, 12);
    expect(rightFromHalf).toBeCloseTo(1 / 3, 12);
  });

  it('has no error where the share right equals the confidence', () => {
    const predictions = [...Array(3).fill(found(0.75)), other(0.75)];
    const contracts = [measured('a', 'ash', 0, { Insurance: { ...eggs, predictions } })];
    expect(measureCalibration(contracts)(once).error).toBeCloseTo(0, 12);
  });
});

describe('presence', () => {
  const contracts = [
    measured('a', 'ash', 0, { Insurance: { ...eggs, predictions: [other(0.3), found(0.5)] } }),
    measured('b', 'birch', 0, { Insurance: { ...eggs, predictions: [found(0.49)] } }),
    measured('c', 'cedar', 1, { Insurance: { labels: [], predictions: [other(0.6)] } }),
    measured('d', 'elm', 1, { Insurance: { labels: [], predictions: [other(0.1)] } }),
  ];

  it('predicts a type where the best candidate reaches one half', () => {
    expect(presenceByCategory(contracts).get('Insurance')).toEqual({
      right: 1,
      wrong: 1,
      missed: 1,
      absent: 1,
    });
    const figures = measurePresence(contracts)(once);
    expect(figures).toMatchObject({ precision: 0.5, recall: 0.5, meanRecall: 0.5 });
    // forty categories that none of the four has, or is predicted to have
    expect(figures.absencePrecision).toBeCloseTo(161 / 162, 12);
    expect(figures.absenceRecall).toBeCloseTo(161 / 162, 12);
  });

  it('counts how often an absence is right, by the confidence of the best candidate', () => {
    const rows = absenceTable(contracts).filter(({ count }) => count > 0);
    expect(rows).toEqual([
      { from: 0, to: 0.02, count: 160, lack: 160 },
      { from: 0.1, to: 0.2, count: 1, lack: 1 },
      { from: 0.4, to: 0.5, count: 1, lack: 0 },
    ]);
  });
});

describe('facts', () => {
  it('count wrong, absent and extra separately, and development companies separately from held-out ones', () => {
    const contracts = [
      measured('a', 'ash', 0, {}, { law: 'right' }),
      measured('b', 'birch', 0, {}, { law: 'wrong' }),
      measured('c', 'cedar', 1, {}, { law: 'absent' }),
      measured('d', 'elm', 1, {}, { law: 'extra' }),
    ];
    expect(factFigures(contracts).get('law')).toMatchObject({
      counts: { right: 1, wrong: 1, absent: 1, extra: 1, none: 0 },
      right: { value: 1 / 3, low: 0, high: 0.5 },
      rightOfFound: { value: 0.5 },
      developmentShare: 0.5,
      heldOutShare: 0,
    });
  });
});

describe('names of parties', () => {
  it('are counted in contracts for which the lawyers name parties', () => {
    const counts = (answered: number, named: number, right: number, missing: number) => ({
      answered,
      named,
      right,
      missing,
    });
    const contracts = [
      measured('a', 'ash', 0, {}, {}, counts(2, 3, 2, 0)),
      measured('b', 'birch', 0, {}, {}, counts(3, 1, 1, 2)),
      measured('c', 'cedar', 0, {}, {}, counts(0, 5, 0, 0)),
    ];
    expect(measureParties(contracts)(once)).toEqual({ precision: 3 / 4, recall: 3 / 5 });
    const withoutLabels = measureParties(contracts.slice(2))(once);
    expect(withoutLabels).toEqual({ precision: Number.NaN, recall: Number.NaN });
  });
});

describe('PDFs compared with texts', () => {
  const measuredContracts = (wrong: number) =>
    Array.from({ length: 100 }, (_, at) =>
      measured(
        `${at}`,
        `${at}`,
        0,
        { Insurance: { ...eggs, predictions: [found(0.9)] } },
        {
          law: at < wrong ? 'wrong' : 'right',
        },
      ),
    );

  it('are reported where a figure is lower by more than 0.03', () => {
    expect(
      comparePdfs(measuredContracts(0), measuredContracts(2)).filter(({ tooLow }) => tooLow),
    ).toEqual([]);
    const tooLow = comparePdfs(measuredContracts(0), measuredContracts(4)).filter(
      (one) => one.tooLow,
    );
    expect(tooLow.map(({ figure }) => figure)).toEqual(['fact: law']);
    expect(tooLow[0]!.difference).toBeCloseTo(-0.04, 12);
    expect(comparePdfs(measuredContracts(4), measuredContracts(0)).some((one) => one.tooLow)).toBe(
      false,
    );
  });
});
