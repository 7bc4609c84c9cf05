import { cuadCategory } from '../../src/analyse/clause-types.ts';
import { scorePair, type Prediction } from '../../bench/quality/cuad.ts';
import type { MeasuredContract } from '../../bench/quality/measured.ts';
import type { Outcome } from '../../bench/fact-outcomes.ts';
import type { PartyCounts } from '../../training/party-answers.ts';

/** A measured contract with labels and predictions in the given categories alone. */
export function measured(
  name: string,
  company: string,
  fold: number,
  categories: Record<string, { labels: string[]; predictions: Prediction[] }>,
  facts: Record<string, Outcome> = {},
  parties: PartyCounts = { answered: 0, named: 0, right: 0, missing: 0 },
): MeasuredContract {
  const pairs = Object.keys(cuadCategory).map((category) =>
    scorePair({
      contract: name,
      category,
      ...(categories[category] ?? { labels: [], predictions: [] }),
    }),
  );
  return { name, company, fold, isDevelopment: fold === 0, pairs, facts, parties };
}
