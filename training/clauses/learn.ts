import { forEachCandidate } from '../../src/analyse/clause-model/candidates.ts';
import { scoresForType, type ClauseModel } from '../../src/analyse/clause-model/clause-model.ts';
import { findFacts } from '../../src/analyse/facts.ts';
import { reliableSpans } from '../../src/analyse/stated-clauses.ts';
import {
  FeatureIndex,
  computeScores,
  type LinearModel,
} from '../../src/analyse/clause-model/linear-model.ts';
import type { Contract } from '../corpus.ts';
import { companyFolds } from '../folds.ts';
import { labelContract, trainedTypes, type LabelledContract } from './training-examples.ts';
import { learnLinear } from './linear.ts';
import { createCandidateLabeller, learnRanking, type LabelledCandidate } from './ranking.ts';

type Log = (line: string) => void;

/**
 * Number of folds. Each is scored by a linear model of the other folds, to train the ranking model.
 */
const folds = 3;
const seed = 20_261_123;

/** Trains a model on the labels and headings of the contracts given. */
export function learnClauses(
  contracts: readonly Contract[],
  log: Log,
): Omit<ClauseModel, 'identity'> {
  const labelled = contracts.map(labelContract);
  const foldContracts = companyFolds(
    labelled.map((contract) => ({ ...contract, company: contract.contract.company })),
    Math.min(folds, new Set(contracts.map(({ company }) => company)).size),
    seed,
  );
  const labelledCandidates: LabelledCandidate[] = [];
  foldContracts.forEach((part, at) => {
    const others = foldContracts.filter((_, other) => other !== at).flat();
    const linear = learnLinear(others.length > 0 ? others : part, log);
    labelledCandidates.push(...labelCandidates(linear, part));
    log(
      `part ${at + 1} of ${foldContracts.length}: ${labelledCandidates.length} candidates so far`,
    );
  });
  const linear = learnLinear(labelled, log);
  return {
    types: trainedTypes,
    linear,
    index: new FeatureIndex(linear.hashes),
    ranking: learnRanking(labelledCandidates),
  };
}

/** The labelled candidates of contracts that the linear model was not trained on. */
function labelCandidates(
  linear: LinearModel,
  part: readonly LabelledContract[],
): LabelledCandidate[] {
  const index = new FeatureIndex(linear.hashes);
  const labelledCandidates: LabelledCandidate[] = [];
  for (const contract of part) {
    const { prepared } = contract;
    const scores = computeScores(linear, index, prepared);
    const expiration = scoresForType(scores, trainedTypes, 'expiration_date');
    // Without file names: in the corpus they state the type of the contract.
    const facts = findFacts(prepared, { fileName: 'contract.txt' }, { expiration });
    const isPositive = createCandidateLabeller(contract);
    forEachCandidate(
      { prepared, title: facts.titleSpan, stated: reliableSpans(facts) },
      trainedTypes,
      scores,
      (candidate, { slots, values, count }) => {
        const isLabelPositive = isPositive(candidate);
        if (isLabelPositive === undefined) return;
        labelledCandidates.push({
          slots: slots.slice(0, count),
          values: values.slice(0, count),
          isPositive: isLabelPositive,
        });
      },
    );
  }
  return labelledCandidates;
}
