import type { MeasuredContract } from './measured.ts';
import type { Measure } from './statistics.ts';

/** Predictions in one range of confidence; `right` of them match a label. */
export interface CalibrationBin {
  from: number;
  to: number;
  count: number;
  right: number;
  meanConfidence: number;
}

const bins = 10;

/** Sums of one range of confidence. */
interface Sums {
  count: number;
  right: number;
  confidence: number;
}

const empty = (): Sums[] =>
  Array.from({ length: bins }, () => ({ count: 0, right: 0, confidence: 0 }));

function sumsOf({ pairs }: MeasuredContract): Sums[] {
  const sums = empty();
  const add = (confidence: number, right: number) => {
    const bin = sums[Math.min(bins - 1, Math.floor(confidence * bins))]!;
    bin.count++;
    bin.right += right;
    bin.confidence += confidence;
  };
  for (const { right, wrong } of pairs) {
    for (const confidence of right) add(confidence, 1);
    for (const confidence of wrong) add(confidence, 0);
  }
  return sums;
}

/** Ten ranges of confidence, each without its upper end, the last one with it. */
function binned(contracts: { sums: Sums[]; weight: number }[]): CalibrationBin[] {
  const total = empty();
  for (const { sums, weight } of contracts) {
    sums.forEach(({ count, right, confidence }, at) => {
      const bin = total[at]!;
      bin.count += count * weight;
      bin.right += right * weight;
      bin.confidence += confidence * weight;
    });
  }
  return total.map(({ count, right, confidence }, at) => {
    const [from, to] = [at / bins, (at + 1) / bins];
    const meanConfidence = count === 0 ? (from + to) / 2 : confidence / count;
    return { from, to, count, right, meanConfidence };
  });
}

/** Mean difference between the mean confidence of a bin and its share right, weighted by count. */
function calibrationError(table: CalibrationBin[]): number {
  const total = table.reduce((sum, { count }) => sum + count, 0);
  const deviations = table.map(({ count, right, meanConfidence }) =>
    Math.abs(meanConfidence * count - right),
  );
  return total === 0 ? 0 : deviations.reduce((sum, value) => sum + value, 0) / total;
}

export const reliability = (contracts: MeasuredContract[]): CalibrationBin[] =>
  binned(contracts.map((contract) => ({ sums: sumsOf(contract), weight: 1 })));

export type CalibrationFigure = 'error' | 'errorFromHalf' | 'rightFromHalf';

/**
 * Expected calibration error of all predictions and of those at or above 0.5, because the many
 * predictions of low confidence dominate the former; and the share of the latter that is right.
 */
export const measureCalibration: Measure<MeasuredContract, CalibrationFigure> = (contracts) => {
  const counted = contracts.map((one) => ({ company: one.company, sums: sumsOf(one) }));
  return (times) => {
    const table = binned(counted.map(({ company, sums }) => ({ sums, weight: times(company) })));
    const upper = table.filter(({ from }) => from >= 0.5);
    const count = upper.reduce((sum, bin) => sum + bin.count, 0);
    const right = upper.reduce((sum, bin) => sum + bin.right, 0);
    return {
      error: calibrationError(table),
      errorFromHalf: calibrationError(upper),
      rightFromHalf: count === 0 ? 0 : right / count,
    };
  };
};
