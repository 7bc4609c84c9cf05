import { seededRandom, shuffle } from './random.ts';

/**
 * Splits contracts into folds of about equal size, each company in one fold: companies in seeded
 * random order, each into the fold with the fewest contracts.
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
    const smallest = folds.reduce((current, fold) =>
      fold.length < current.length ? fold : current,
    );
    smallest.push(...contracts.filter((contract) => contract.company === company));
  }
  return folds;
}
