import { eachCandidate } from '../../src/analyse/clause-model/candidates.ts';
import { marginsOfType, type ClauseModel } from '../../src/analyse/clause-model/clause-model.ts';
import { findFacts } from '../../src/analyse/facts.ts';
import { tellingFacts } from '../../src/analyse/stated-clauses.ts';
import {
  FeatureIndex,
  marginsOf,
  type LinearModel,
} from '../../src/analyse/clause-model/linear-model.ts';
import type { Contract } from '../corpus.ts';
import { companyFolds } from '../folds.ts';
import { taught, taughtTypes, type TaughtContract } from './lessons.ts';
import { learnLinear } from './linear.ts';
import { judgeOf, learnRanking, type Judged } from './ranking.ts';

type Log = (line: string) => void;

/** Parts of the contracts, each read by a linear model of the others, for the ranking to learn from. */
const folds = 3;
const seed = 20_261_123;

/** A model learned from the labels and headings of the contracts given, and from nothing else. */
export function learnClauses(
  contracts: readonly Contract[],
  log: Log,
): Omit<ClauseModel, 'identity'> {
  const all = contracts.map(taught);
  const parts = companyFolds(
    all.map((one) => ({ ...one, company: one.contract.company })),
    Math.min(folds, new Set(contracts.map(({ company }) => company)).size),
    seed,
  );
  const judged: Judged[] = [];
  parts.forEach((part, at) => {
    const others = parts.filter((_, other) => other !== at).flat();
    const linear = learnLinear(others.length > 0 ? others : part, log);
    judged.push(...judgedBy(linear, part));
    log(`part ${at + 1} of ${parts.length}: ${judged.length} candidates so far`);
  });
  const linear = learnLinear(all, log);
  return {
    types: taughtTypes,
    linear,
    index: new FeatureIndex(linear.hashes),
    ranking: learnRanking(judged),
  };
}

/** The candidates that a linear model finds in contracts that it has not seen. */
function judgedBy(linear: LinearModel, part: readonly TaughtContract[]): Judged[] {
  const index = new FeatureIndex(linear.hashes);
  const judged: Judged[] = [];
  for (const one of part) {
    const { reading } = one;
    const margins = marginsOf(linear, index, reading);
    const expiration = marginsOfType(margins, taughtTypes, 'expiration_date');
    // Of file names nothing is to be learned: in the corpus they say what the contract is.
    const facts = findFacts(reading, { fileName: 'contract.txt' }, { expiration });
    const isRight = judgeOf(one);
    eachCandidate(
      { reading, title: facts.titleSpan, stated: tellingFacts(facts) },
      taughtTypes,
      margins,
      (candidate, { slots, values, count }) => {
        const right = isRight(candidate);
        if (right === undefined) return;
        judged.push({ slots: slots.slice(0, count), values: values.slice(0, count), right });
      },
    );
  }
  return judged;
}
