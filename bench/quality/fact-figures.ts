import type { Outcome } from '../fact-outcomes.ts';
import type { MeasuredContract } from './measured.ts';
import { confidenceIntervals, share, type Estimate, type Measure } from './statistics.ts';

export type FactCounts = Record<Outcome, number>;

export interface FactFigures {
  counts: FactCounts;
  /** Right over answered. */
  right: Estimate;
  /** Right over found where there is an answer. */
  rightOfFound: Estimate;
  /** Right over answered among the companies on which the rules were written, and among the others. */
  developmentShare: number;
  heldOutShare: number;
}

/** Outcomes of one fact over contracts, each counted as often as its company. */
function countFact(
  contracts: MeasuredContract[],
  fact: string,
  times: (company: string) => number,
): FactCounts {
  const counts: FactCounts = { right: 0, wrong: 0, absent: 0, extra: 0, none: 0 };
  for (const { company, facts } of contracts) counts[facts[fact] ?? 'none'] += times(company);
  return counts;
}

const rightOfAnswered = ({ right, wrong, absent }: FactCounts) =>
  share(right, right + wrong + absent);
const rightOfFound = ({ right, wrong }: FactCounts) => share(right, right + wrong);

/** Each fact against the lawyers' answers. */
export function factFigures(contracts: MeasuredContract[]): Map<string, FactFigures> {
  const facts = Object.keys(contracts[0]?.facts ?? {});
  const developmentShare = rightShares(contracts.filter((contract) => contract.isDevelopment));
  const heldOutShare = rightShares(contracts.filter((contract) => !contract.isDevelopment));
  return new Map(
    facts.map((fact) => {
      const figures = confidenceIntervals(contracts, (some: MeasuredContract[]) => (times) => {
        const counts = countFact(some, fact, times);
        return { right: rightOfAnswered(counts), rightOfFound: rightOfFound(counts) };
      });
      const shares = {
        developmentShare: developmentShare.get(fact) ?? Number.NaN,
        heldOutShare: heldOutShare.get(fact) ?? Number.NaN,
      };
      return [fact, { counts: countFact(contracts, fact, () => 1), ...figures, ...shares }];
    }),
  );
}

/** Right over answered, of each fact, among some of the contracts. */
export function rightShares(contracts: MeasuredContract[]): Map<string, number> {
  const facts = Object.keys(contracts[0]?.facts ?? {});
  return new Map(facts.map((fact) => [fact, rightOfAnswered(countFact(contracts, fact, () => 1))]));
}

export type PartyFigure = 'precision' | 'recall';

/** Precision and recall of party names, pooled over contracts. */
export const measureParties: Measure<MeasuredContract, PartyFigure> = (contracts) => (times) => {
  const sum = { answered: 0, named: 0, right: 0, missing: 0 };
  for (const { company, parties } of contracts) {
    // Without names from the lawyers, a name found cannot be judged.
    if (parties.answered === 0) continue;
    for (const key of ['answered', 'named', 'right', 'missing'] as const) {
      sum[key] += parties[key] * times(company);
    }
  }
  return {
    precision: share(sum.right, sum.named),
    recall: share(sum.answered - sum.missing, sum.answered),
  };
};
