import { analyse, type AnalysisInput } from '../../src/analyse/analyse.ts';
import { findClauses } from '../../src/analyse/clauses.ts';
import type { Reading } from '../../src/analyse/reading.ts';
import type { Analysis, Clause } from '../../src/documents.ts';
import type { Contract } from '../../training/corpus.ts';
import { seededRandom, shuffle } from '../../training/random.ts';

/** The product's analysis with the model of one fold. */
export type Analyst = (input: AnalysisInput) => Analysis;

/**
 * The one place that knows what is learned from the contracts of a fold. Clauses are found by rules,
 * which learn nothing.
 */
export const learnAnalyst: (train: Contract[], log: (line: string) => void) => Analyst = () =>
  analyse;

/** Clause scoring alone, as it ships. */
export const scoreClauses: (reading: Reading) => Clause[] = findClauses;

/** The folder of `models` that holds what scores clauses, for its size. */
export const clauseModel = 'contract-clauses';

/**
 * Parts of about equal size, the contracts of one company in one part: companies in seeded order,
 * each into the part that has the fewest contracts.
 */
export function companyFolds<T extends { company: string }>(
  contracts: T[],
  count: number,
  seed: number,
): T[][] {
  const companies = [...new Set(contracts.map(({ company }) => company))].sort();
  shuffle(companies, seededRandom(seed));
  const folds = Array.from({ length: count }, (): T[] => []);
  for (const company of companies) {
    const smallest = folds.reduce((least, fold) => (fold.length < least.length ? fold : least));
    smallest.push(...contracts.filter((contract) => contract.company === company));
  }
  return folds;
}
