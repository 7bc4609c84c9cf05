import { cuadCategory } from '../../src/analyse/clause-types.ts';
import type { Analysis, Clause } from '../../src/domain/documents.ts';
import { isDevelopmentCompany, type CuadContract } from '../../training/corpus.ts';
import { outcomes, type Outcome } from '../fact-outcomes.ts';
import { partiesFound, type PartyCounts } from '../../training/party-answers.ts';
import { scorePair, type ScoredPair } from './cuad.ts';
import { groupBy } from './statistics.ts';

/** One contract, compared with its labels, by a model that was not trained on its company. */
export interface MeasuredContract {
  name: string;
  company: string;
  fold: number;
  /** Whether the rules for facts were written on contracts of its company. */
  isDevelopment: boolean;
  /** All of CUAD's categories, in the order of the clause table. */
  pairs: ScoredPair[];
  facts: Record<string, Outcome>;
  parties: PartyCounts;
}

export interface Analysed {
  /** The analysed text: CUAD's, or the one extracted from the PDF. */
  text: string;
  analysis: Analysis;
}

/**
 * @param overlap by `offsets` where the analysed text is the labelled one, else by shared `words`
 */
export function measureContract(
  contract: CuadContract,
  fold: number,
  { text, analysis }: Analysed,
  overlap: 'offsets' | 'words',
): MeasuredContract {
  const byType = groupBy(analysis.clauses, ({ type }) => type);
  const pairs = Object.entries(cuadCategory).map(([category, type]) => {
    const labels = contract.labels.get(category) ?? [];
    const overlaps = (clause: Clause) =>
      labels.some((span) => span.start < clause.end && clause.start < span.end);
    return scorePair({
      contract: contract.name,
      category,
      labels: labels.map(({ start, end }) => contract.text.slice(start, end)),
      predictions: (byType.get(type) ?? []).map((clause) => ({
        text: text.slice(clause.start, clause.end),
        confidence: clause.confidence,
        ...(overlap === 'offsets' && { overlaps: overlaps(clause) }),
      })),
    });
  });
  const { name, company } = contract;
  return {
    name,
    company,
    fold,
    isDevelopment: isDevelopmentCompany(company),
    pairs,
    facts: outcomes(analysis, contract),
    parties: partiesFound(analysis, contract),
  };
}
