import {
  toComparedSpan,
  isMatch,
  sharesMostWords,
  type ComparedSpan,
} from '../../training/cuad-match.ts';
import { groupBy, mean, weightedMean } from './statistics.ts';

/** Predictions and labels of one category in one contract. */
export interface Pair {
  contract: string;
  /** CUAD's own name of the category, e.g. `Governing Law`. */
  category: string;
  labels: string[];
  predictions: Prediction[];
}

export interface Prediction {
  text: string;
  confidence: number;
  /** Whether it overlaps a label by offsets; if undefined, shared words decide. */
  overlaps?: boolean;
}

/**
 * A pair after matching. A label is found at thresholds up to the confidence of the best prediction
 * that matches it; a prediction is right if it matches any label.
 */
export interface ScoredPair {
  contract: string;
  category: string;
  labels: number;
  /** For each label that a prediction matches: the highest threshold at which it is found. */
  found: number[];
  right: number[];
  wrong: number[];
  /** Whether the prediction of the highest confidence is right; false where there is none. */
  firstRight: boolean;
  /** Whether it overlaps a label. */
  firstOverlaps: boolean;
}

/** Matches the predictions of a pair with its labels. Predictions without text are ignored. */
export function scorePair({ contract, category, labels, predictions }: Pair): ScoredPair {
  const predictionsWithText = predictions.filter(({ text }) => /\S/.test(text));
  const common = { contract, category, labels: labels.length, found: [] };
  if (labels.length === 0) {
    const wrong = predictionsWithText.map(({ confidence }) => confidence);
    return { ...common, right: [], wrong, firstRight: false, firstOverlaps: false };
  }
  const labelSpans: ComparedSpan[] = labels.map(toComparedSpan);
  const best = labelSpans.map(() => -Infinity);
  const right: number[] = [];
  const wrong: number[] = [];
  let first = { confidence: -Infinity, right: false, overlaps: false };
  for (const { text, confidence, overlaps } of predictionsWithText) {
    const prediction = toComparedSpan(text);
    let matched = false;
    labelSpans.forEach((label, at) => {
      if (!isMatch(category, prediction, label)) return;
      matched = true;
      best[at] = Math.max(best[at]!, confidence);
    });
    (matched ? right : wrong).push(confidence);
    if (confidence > first.confidence) {
      const near = overlaps ?? labelSpans.some((label) => sharesMostWords(prediction, label));
      first = { confidence, right: matched, overlaps: near };
    }
  }
  const found = best.filter((confidence) => confidence > -Infinity);
  return { ...common, found, right, wrong, firstRight: first.right, firstOverlaps: first.overlaps };
}

/** Precision and recall of the predictions at or above a confidence. */
export interface CurvePoint {
  confidence: number;
  recall: number;
  precision: number;
}

interface Event {
  confidence: number;
  found: number;
  wrong: number;
  /** Of the pair in the list that the events were made from. */
  pair: number;
}

/** Labels found and wrong predictions by confidence, the highest first. */
export function eventsOf(pairs: ScoredPair[]): Event[] {
  const events: Event[] = [];
  pairs.forEach(({ found, wrong }, pair) => {
    for (const confidence of found) events.push({ confidence, found: 1, wrong: 0, pair });
    for (const confidence of wrong) events.push({ confidence, found: 0, wrong: 1, pair });
  });
  return events.sort((a, b) => b.confidence - a.confidence);
}

/**
 * The precision-recall curve over all thresholds, pooled over the pairs, from the highest confidence
 * down. Each label found counts as a true positive, each label not found as a false negative, each
 * prediction that matches no label as a false positive. As in CUAD's evaluation, precision is then
 * made monotone: at each recall it is the best at that or any higher recall.
 * @param weight how often a pair counts, by its place in `pairs`; once where it is not given
 */
export function curveOf(
  pairs: ScoredPair[],
  events = eventsOf(pairs),
  weight: (pair: number) => number = () => 1,
): CurvePoint[] {
  let labels = 0;
  pairs.forEach((pair, at) => (labels += pair.labels * weight(at)));
  const curve: CurvePoint[] = [];
  let found = 0;
  let wrong = 0;
  events.forEach((event, at) => {
    found += event.found * weight(event.pair);
    wrong += event.wrong * weight(event.pair);
    if (event.confidence === events[at + 1]?.confidence || found + wrong === 0) return;
    const recall = labels === 0 ? 0 : found / labels;
    const last = curve.at(-1);
    const point = { confidence: event.confidence, recall, precision: found / (found + wrong) };
    // More wrong predictions at the same recall only lower the precision, which is made monotone below.
    if (last?.recall !== recall) curve.push(point);
  });
  for (let at = curve.length - 2; at >= 0; at--) {
    curve[at]!.precision = Math.max(curve[at]!.precision, curve[at + 1]!.precision);
  }
  return curve;
}

/**
 * Area under the curve by trapezoids, as CUAD's evaluation takes it; from recall 0 to the first point
 * at that point's precision, and nothing beyond the highest recall reached.
 */
export function areaUnder(curve: CurvePoint[]): number {
  let area = 0;
  let last = { recall: 0, precision: curve[0]?.precision ?? 0 };
  for (const point of curve) {
    area += ((point.recall - last.recall) * (point.precision + last.precision)) / 2;
    last = point;
  }
  return area;
}

/** Average precision: each step of recall at the (monotone) precision with which it is reached. */
export function averagePrecision(curve: CurvePoint[]): number {
  let area = 0;
  let reached = 0;
  for (const { recall, precision } of curve) {
    area += (recall - reached) * precision;
    reached = recall;
  }
  return area;
}

/** The best precision with which at least this recall is reached; 0 where it never is. */
export function precisionAt(curve: CurvePoint[], recall: number): number {
  return curve.find((point) => point.recall >= recall)?.precision ?? 0;
}

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

/** Scored pairs, sorted once and then measured with different weights. */
export interface PreparedPairs {
  all: Pooled;
  /** Those with a label in any contract. */
  categories: Map<string, Pooled>;
  /** Average precision of each contract that has labels. */
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

/** Scores pairs and computes their figures. */
export function measure(pairs: Pair[]): CuadFigures {
  return cuadFigures(prepare(pairs.map(scorePair)));
}
