import { bootstrap, groupBy, estimate, type Estimate } from './statistics.ts';

/** Resamples of the bootstrap; the ends of a 95 % interval then rest on ten values each side. */
const resamples = 400;
const seed = 20_260_301;

/** What is measured: first what does not depend on weights, then the figures under weights. */
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
