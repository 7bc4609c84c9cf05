import { seededRandom } from '../../training/random.ts';

/** The values under each key, in order of appearance. */
export function groupBy<K, T>(values: readonly T[], key: (value: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const value of values) {
    const group = groups.get(key(value));
    if (group) group.push(value);
    else groups.set(key(value), [value]);
  }
  return groups;
}

export function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
}

/** Of `[value, weight]`; 0 where nothing has weight. */
export function weightedMean(values: [value: number, weight: number][]): number {
  let sum = 0;
  let weights = 0;
  for (const [value, weight] of values) {
    sum += value * weight;
    weights += weight;
  }
  return weights === 0 ? 0 : sum / weights;
}

/** `part` over `all`; NaN where `all` is 0. */
export const share = (part: number, all: number) => (all === 0 ? Number.NaN : part / all);

/** Of a sample, with n - 1; 0 for fewer than two values. */
export function standardDeviation(values: number[]): number {
  if (values.length < 2) return 0;
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/** Linear interpolation between the sorted values. */
export function quantile(values: number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = p * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}

/** A figure over all contracts, and how it varies. */
export interface Estimate {
  value: number;
  /** Lowest, highest and standard deviation over the folds. */
  low: number;
  high: number;
  deviation: number;
  /** The percentile bootstrap's 95 % interval over companies. */
  interval: [number, number];
}

/** Folds and samples with nothing to measure (NaN) are left out. */
export function estimate(value: number, allFolds: number[], allSamples: number[]): Estimate {
  const folds = allFolds.filter(Number.isFinite);
  const resampled = allSamples.filter(Number.isFinite);
  return {
    value,
    low: Math.min(...folds),
    high: Math.max(...folds),
    deviation: standardDeviation(folds),
    interval: [quantile(resampled, 0.025), quantile(resampled, 0.975)],
  };
}

/**
 * Bootstrap over companies, because contracts of one company are near-identical: draws as many
 * companies as there are, with replacement, and calls `figure` with how often each was drawn.
 */
export function bootstrap<T>(
  companies: string[],
  { resamples, seed }: { resamples: number; seed: number },
  figure: (times: (company: string) => number) => T,
): T[] {
  const random = seededRandom(seed);
  return Array.from({ length: resamples }, () => {
    const times = new Map<string, number>();
    for (let draw = 0; draw < companies.length; draw++) {
      const company = companies[Math.floor(random() * companies.length)]!;
      times.set(company, (times.get(company) ?? 0) + 1);
    }
    return figure((company) => times.get(company) ?? 0);
  });
}

/** Resamples of the bootstrap; ten of them lie beyond each end of the 95% interval. */
const resamples = 400;
const seed = 20_260_301;

/**
 * Computes figures of items in two steps: the first does what does not depend on weights, the function
 * it returns computes the figures where each company counts `times` often.
 */
export type Measure<T, K extends string> = (
  items: T[],
) => (times: (company: string) => number) => Record<K, number>;

/** Each figure over all items, and how it varies over folds and over companies. */
export function confidenceIntervals<T extends { company: string; fold: number }, K extends string>(
  items: T[],
  measure: Measure<T, K>,
): Record<K, Estimate> {
  const once = () => 1;
  const all = measure(items);
  const folds = [...groupBy(items, ({ fold }) => fold).values()].map((part) => measure(part)(once));
  const companies = [...new Set(items.map(({ company }) => company))];
  const resampled = bootstrap(companies, { resamples, seed }, all);
  const entries = Object.entries<number>(all(once)).map(([key, value]) => [
    key,
    estimate(
      value,
      folds.map((fold) => fold[key as K]),
      resampled.map((sample) => sample[key as K]),
    ),
  ]);
  return Object.fromEntries(entries) as Record<K, Estimate>;
}
