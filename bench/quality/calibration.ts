import type { MeasuredContract } from './measured.ts';
import type { Measure } from './spreads.ts';

/** Predictions of one range of confidence; `right` are those that match a label. */
export interface CalibrationBin {
  from: number;
  to: number;
  count: number;
  right: number;
  meanConfidence: number;
}

const bins = 10;

type Weighted = [confidence: number, right: boolean, weight: number];

function weighted(contracts: MeasuredContract[], times: (company: string) => number): Weighted[] {
  return contracts.flatMap(({ company, pairs }) => {
    const weight = times(company);
    return pairs.flatMap(({ right, wrong }) => [
      ...right.map((confidence): Weighted => [confidence, true, weight]),
      ...wrong.map((confidence): Weighted => [confidence, false, weight]),
    ]);
  });
}

/** Ten ranges of confidence, each without its upper end, the last one with it. */
function binned(predictions: Weighted[]): CalibrationBin[] {
  const table = Array.from({ length: bins }, (_, at) => ({
    from: at / bins,
    to: (at + 1) / bins,
    count: 0,
    right: 0,
    sum: 0,
  }));
  for (const [confidence, right, weight] of predictions) {
    const bin = table[Math.min(bins - 1, Math.floor(confidence * bins))]!;
    bin.count += weight;
    bin.sum += confidence * weight;
    if (right) bin.right += weight;
  }
  return table.map(({ sum, ...bin }) => ({
    ...bin,
    meanConfidence: bin.count === 0 ? (bin.from + bin.to) / 2 : sum / bin.count,
  }));
}

/** Mean distance of the mean confidence of a bin from its share of right ones, weighed by count. */
function calibrationError(table: CalibrationBin[]): number {
  const total = table.reduce((sum, { count }) => sum + count, 0);
  const off = table.map(({ count, right, meanConfidence }) =>
    Math.abs(meanConfidence * count - right),
  );
  return total === 0 ? 0 : off.reduce((sum, value) => sum + value, 0) / total;
}

export const reliability = (contracts: MeasuredContract[]): CalibrationBin[] =>
  binned(weighted(contracts, () => 1));

export type CalibrationFigure = 'error' | 'errorFromHalf' | 'rightFromHalf';

/**
 * Expected calibration error of all predictions and of those at or above 0.5, where few of the many
 * faint ones can hide what matters; and how many of the latter are right.
 */
export const measureCalibration: Measure<MeasuredContract, CalibrationFigure> =
  (contracts) => (times) => {
    const table = binned(weighted(contracts, times));
    const upper = table.filter(({ from }) => from >= 0.5);
    const count = upper.reduce((sum, bin) => sum + bin.count, 0);
    const right = upper.reduce((sum, bin) => sum + bin.right, 0);
    return {
      error: calibrationError(table),
      errorFromHalf: calibrationError(upper),
      rightFromHalf: count === 0 ? 0 : right / count,
    };
  };
