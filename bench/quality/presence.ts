import { clauseThreshold } from '../../src/search/clause-presence.ts';
import { clauseProbability } from '../../src/store/clause-probability.ts';
import type { ScoredPair } from './cuad.ts';
import type { MeasuredContract } from './measured.ts';
import { mean, type Measure } from './statistics.ts';

/** Contracts by whether they have a clause type and whether they are predicted to have it. */
export interface PresenceCounts {
  /** True positives, false positives, false negatives and true negatives. */
  right: number;
  wrong: number;
  missed: number;
  absent: number;
}

/** Contracts predicted to lack a type, by the probability that they have it. */
export interface AbsenceBin {
  /** Probability from here, and below `to`. */
  from: number;
  to: number;
  count: number;
  lack: number;
}

/** The probability that the contract has the type, computed as the store does. */
const probability = ({ right, wrong }: ScoredPair) => clauseProbability([...right, ...wrong]);

const none = (): PresenceCounts => ({ right: 0, wrong: 0, missed: 0, absent: 0 });

function verdict(pair: ScoredPair): keyof PresenceCounts {
  const isPredicted = probability(pair) >= clauseThreshold;
  if (pair.labels > 0) return isPredicted ? 'right' : 'missed';
  return isPredicted ? 'wrong' : 'absent';
}

/** The prediction for each type in each contract, against the labels. */
function verdictsOf(contracts: MeasuredContract[]) {
  return contracts.flatMap(({ company, pairs }) =>
    pairs.map((pair) => ({ company, category: pair.category, verdict: verdict(pair) })),
  );
}

function countVerdicts(
  verdicts: ReturnType<typeof verdictsOf>,
  times: (company: string) => number,
): Map<string, PresenceCounts> {
  const byCategory = new Map<string, PresenceCounts>();
  for (const one of verdicts) {
    const counts = byCategory.get(one.category) ?? none();
    byCategory.set(one.category, counts);
    counts[one.verdict] += times(one.company);
  }
  return byCategory;
}

/** By category, in the order of the pairs. */
export function presenceByCategory(contracts: MeasuredContract[]): Map<string, PresenceCounts> {
  return countVerdicts(verdictsOf(contracts), () => 1);
}

const share = (part: number, rest: number) => (part + rest === 0 ? 0 : part / (part + rest));

export const precisionOf = ({ right, wrong }: PresenceCounts) => share(right, wrong);
export const recallOf = ({ right, missed }: PresenceCounts) => share(right, missed);
/** Share of the contracts predicted to lack the type that do. */
export const absencePrecisionOf = ({ absent, missed }: PresenceCounts) => share(absent, missed);
/** Share of the contracts that lack the type that are predicted to. */
export const absenceRecallOf = ({ absent, wrong }: PresenceCounts) => share(absent, wrong);

export type PresenceFigure =
  'precision' | 'recall' | 'meanPrecision' | 'meanRecall' | 'absencePrecision' | 'absenceRecall';

/** Pooled over types, and as means over the types that any contract has. */
export const measurePresence: Measure<MeasuredContract, PresenceFigure> = (contracts) => {
  const verdicts = verdictsOf(contracts);
  return (times) => {
    const all = [...countVerdicts(verdicts, times).values()];
    const pooled = none();
    for (const counts of all) {
      for (const key of ['right', 'wrong', 'missed', 'absent'] as const) pooled[key] += counts[key];
    }
    const had = all.filter(({ right, missed }) => right + missed > 0);
    return {
      precision: precisionOf(pooled),
      recall: recallOf(pooled),
      meanPrecision: mean(had.map(precisionOf)),
      meanRecall: mean(had.map(recallOf)),
      absencePrecision: absencePrecisionOf(pooled),
      absenceRecall: absenceRecallOf(pooled),
    };
  };
};

const edges = [0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, clauseThreshold];

/** Pairs of contract and type predicted to be absent, by the probability of presence. */
export function absenceTable(contracts: MeasuredContract[]): AbsenceBin[] {
  const table = edges
    .slice(1)
    .map((to, at): AbsenceBin => ({ from: edges[at]!, to, count: 0, lack: 0 }));
  for (const pair of contracts.flatMap(({ pairs }) => pairs)) {
    const likely = probability(pair);
    const bin = table.find(({ from, to }) => likely >= from && likely < to);
    if (!bin) continue;
    bin.count++;
    if (pair.labels === 0) bin.lack++;
  }
  return table;
}
