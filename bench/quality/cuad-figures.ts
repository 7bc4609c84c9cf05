import { curveOf, type CurvePoint } from './cuad-curve.ts';
import { cuadFigures, prepare, type CuadFigure } from './cuad-measure.ts';
import type { MeasuredContract } from './measured.ts';
import { spreads, type Measure } from './spreads.ts';
import { groupBy, type Spread } from './statistics.ts';

/** CUAD's measure under weights by company. */
export const measureCuad: Measure<MeasuredContract, CuadFigure> = (contracts) => {
  const prepared = prepare(contracts.flatMap(({ pairs }) => pairs));
  const companies = new Map(contracts.map(({ name, company }) => [name, company]));
  return (times) => {
    const { categoryAp: _, ...figures } = cuadFigures(prepared, (name) =>
      times(companies.get(name)!),
    );
    return figures;
  };
};

/** One category alone, pooled over contracts; NaN where none of them has it. */
function measureCategory(category: string): Measure<MeasuredContract, 'ap' | 'first'> {
  return (contracts) => {
    const one = contracts.flatMap(({ pairs }) =>
      pairs.filter((pair) => pair.category === category),
    );
    const companies = new Map(contracts.map(({ name, company }) => [name, company]));
    const prepared = prepare(one);
    return (times) => {
      const figures = cuadFigures(prepared, (name) => times(companies.get(name)!));
      const labelled = figures.categoryAp.size > 0;
      return {
        ap: labelled ? figures.meanCategoryAp : Number.NaN,
        first: labelled ? figures.firstOverlapRate : Number.NaN,
      };
    };
  };
}

export interface CategoryFigures {
  contracts: number;
  labels: number;
  ap: Spread;
  /** How often the first prediction overlaps a label. */
  first: Spread;
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
      ...spreads(contracts, measureCategory(category)),
    });
  }
  return figures;
}

/** The pooled curve, thinned to points that a plot can tell apart. */
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
