import {
  areaUnder,
  averagePrecision,
  curveOf,
  eventsOf,
  scorePair,
  precisionAt,
  type ScoredPair,
  type Pair,
} from './cuad-curve.ts';
import { groupBy, mean, weightedMean } from './statistics.ts';

/** CUAD's figures; all but `categoryAp` are one number each. */
export interface CuadFigures {
  aupr: number;
  precisionAt80: number;
  precisionAt90: number;
  /** The highest recall that any threshold reaches. */
  highestRecall: number;
  /** Average precision of each category that has labels, pooled over contracts, and their mean. */
  categoryAp: Map<string, number>;
  meanCategoryAp: number;
  /** Average precision within each contract that has labels, over its categories; the mean of them. */
  meanContractAp: number;
  /** Of the pairs with a label, how often the first prediction overlaps one: mean over categories. */
  firstOverlapRate: number;
  /** The same for matching one. */
  firstMatchRate: number;
}

export type CuadFigure = Exclude<keyof CuadFigures, 'categoryAp'>;

interface Pooled {
  pairs: ScoredPair[];
  events: ReturnType<typeof eventsOf>;
  /** Those with a label. */
  labelled: ScoredPair[];
}

/** Judged pairs sorted once, to be measured again and again with other weights. */
export interface PreparedPairs {
  all: Pooled;
  /** Those that any contract has. */
  categories: Map<string, Pooled>;
  /** Average precision of each contract that has labels; a weight counts it, and leaves it as it is. */
  contractAp: Map<string, number>;
}

const isLabelled = ({ labels }: ScoredPair) => labels > 0;

function pooled(pairs: ScoredPair[]): Pooled {
  return { pairs, events: eventsOf(pairs), labelled: pairs.filter(isLabelled) };
}

/** @param pairs all categories in every contract, labelled or not */
export function prepare(pairs: ScoredPair[]): PreparedPairs {
  const groups = (key: 'category' | 'contract') =>
    [...groupBy(pairs, (pair) => pair[key])].filter(([, group]) => group.some(isLabelled));
  return {
    all: pooled(pairs),
    categories: new Map(groups('category').map(([category, group]) => [category, pooled(group)])),
    contractAp: new Map(
      groups('contract').map(([contract, group]) => [contract, averagePrecision(curveOf(group))]),
    ),
  };
}

/** @param weight how often a contract counts; once where it is not given */
export function cuadFigures(
  { all, categories, contractAp }: PreparedPairs,
  weight: (contract: string) => number = () => 1,
): CuadFigures {
  const curve = curveWith(all, weight);
  const measurable = [...categories].filter(([, { labelled }]) =>
    labelled.some(({ contract }) => weight(contract) > 0),
  );
  const weightedRate = (pick: 'firstRight' | 'firstOverlaps') =>
    mean(
      measurable.map(([, { labelled }]) =>
        weightedMean(labelled.map((pair) => [pair[pick] ? 1 : 0, weight(pair.contract)])),
      ),
    );
  const categoryAp = new Map(
    measurable.map(([category, one]) => [category, averagePrecision(curveWith(one, weight))]),
  );
  return {
    aupr: areaUnder(curve),
    precisionAt80: precisionAt(curve, 0.8),
    precisionAt90: precisionAt(curve, 0.9),
    highestRecall: curve.at(-1)?.recall ?? 0,
    categoryAp,
    meanCategoryAp: mean([...categoryAp.values()]),
    meanContractAp: weightedMean([...contractAp].map(([name, ap]) => [ap, weight(name)])),
    firstOverlapRate: weightedRate('firstOverlaps'),
    firstMatchRate: weightedRate('firstRight'),
  };
}

function curveWith({ pairs, events }: Pooled, weight: (contract: string) => number) {
  const weights = pairs.map(({ contract }) => weight(contract));
  return curveOf(pairs, events, (pair) => weights[pair]!);
}

/** Judges and measures in one go: the quickest way to compare models. */
export function measure(pairs: Pair[]): CuadFigures {
  return cuadFigures(prepare(pairs.map(scorePair)));
}
