import { analyse, type AnalysisInput } from '../../src/analyse/analyse.ts';
import {
  findClauses,
  sentenceMargins,
  type ClauseModel,
} from '../../src/analyse/clause-model/clause-model.ts';
import { openClauseModel } from '../../src/analyse/clause-model/model-file.ts';
import type { Reading } from '../../src/analyse/reading.ts';
import type { Analysis, Clause } from '../../src/documents.ts';
import { learnClauses } from '../../training/clauses/learn.ts';
import { bundledClauseModel, type Contract } from '../../training/corpus.ts';

/** The product's analysis with the model of one fold. */
export type Analyst = (input: AnalysisInput) => Analysis;

/** Everything that is learned from labelled contracts, learned from those of a fold alone. */
export function learnAnalyst(train: Contract[], log: (line: string) => void): Analyst {
  const clauses = { identity: 'of a fold', ...learnClauses(train, log) };
  return (input) => analyse(input, { clauses });
}

let bundled: ClauseModel | undefined;

/** Clause scoring alone, as it ships. */
export function scoreClauses(reading: Reading): Clause[] {
  bundled ??= openClauseModel(bundledClauseModel);
  return findClauses({ reading, stated: [] }, sentenceMargins(reading, bundled), bundled);
}
