import {
  averagePrecision,
  cuadFigures,
  curveOf,
  eventsOf,
  prepare,
  type CuadFigure,
  type CurvePoint,
} from './cuad.ts';
import type { MeasuredContract } from './measured.ts';
import {
  confidenceIntervals,
  groupBy,
  weightedMean,
  type Estimate,
  type Measure,
} from './statistics.ts';

/** CUAD's measure under weights by company. */
export const measureCuad: Measure<MeasuredContract, CuadFigure> = (contracts) => {
  const prepared = prepare(contracts.flatMap(({ pairs }) => pairs));
  return (times) => {
    const weights = new Map(contracts.map(({ name, company }) => [name, times(company)]));
    const { categoryAp: _, ...figures } = cuadFigures(prepared, (name) => weights.get(name)!);
    return figures;
  };
};

/** One category alone, pooled over contracts; NaN where no contract has a label of it. */
function measureCategory(category: string): Measure<MeasuredContract, 'ap' | 'first'> {
  return (contracts) => {
    const pairsWithCompany = contracts.flatMap(({ company, pairs }) =>
      pairs.filter((pair) => pair.category === category).map((pair) => ({ pair, company })),
    );
    const pairs = pairsWithCompany.map(({ pair }) => pair);
    const events = eventsOf(pairs);
    return (times) => {
      const weights = pairsWithCompany.map(({ company }) => times(company));
      const weightedHits = pairs.flatMap(({ labels, firstOverlaps }, at): [number, number][] =>
        labels > 0 && weights[at]! > 0 ? [[firstOverlaps ? 1 : 0, weights[at]!]] : [],
      );
      if (weightedHits.length === 0) return { ap: Number.NaN, first: Number.NaN };
      const curve = curveOf(pairs, events, (at) => weights[at]!);
      return { ap: averagePrecision(curve), first: weightedMean(weightedHits) };
    };
  };
}

export interface CategoryFigures {
  contracts: number;
  labels: number;
  ap: Estimate;
  /** How often the first prediction overlaps a label. */
  first: Estimate;
}

/** Each category that has labels. */
export function categoryFigures(contracts: MeasuredContract[]): Map<string, CategoryFigures> {
  const byCategory = groupBy(
    contracts.flatMap(({ pairs }) => pairs),
    ({ category }) => category,
  );
  const figures = new Map<string, CategoryFigures>();
  for (const [category, pairs] of byCategory) {
    const labelled = pairs.filter(({ labels }) => labels > 0);
    if (labelled.length === 0) continue;
    figures.set(category, {
      contracts: labelled.length,
      labels: labelled.reduce((sum, { labels }) => sum + labels, 0),
      ...confidenceIntervals(contracts, measureCategory(category)),
    });
  }
  return figures;
}

/** The pooled curve, reduced to points that are distinct in a plot. */
export function pooledCurve(contracts: MeasuredContract[], points = 400): CurvePoint[] {
  const curve = curveOf(contracts.flatMap(({ pairs }) => pairs));
  const step = 1 / points;
  let last = -1;
  return curve.filter(({ recall }, at) => {
    if (recall - last < step && at < curve.length - 1) return false;
    last = recall;
    return true;
  });
}
