import { analyse, type AnalysisInput } from '../../src/analyse/analyse.ts';
import {
  findClauses,
  scoreSentences,
  type ClauseModel,
} from '../../src/analyse/clause-model/clause-model.ts';
import { openClauseModel } from '../../src/analyse/clause-model/model-file.ts';
import type { PreparedText } from '../../src/analyse/prepared-text.ts';
import type { Analysis, Clause } from '../../src/domain/documents.ts';
import { learnClauses } from '../../training/clauses/learn.ts';
import { bundledClauseModel, type Contract } from '../../training/corpus.ts';

/** The product's analysis with the model of one fold. */
export type Analyst = (input: AnalysisInput) => Analysis;

/** Everything that is learned from labelled contracts, learned from those of a fold alone. */
export function trainAnalyst(train: Contract[], log: (line: string) => void): Analyst {
  const clauses = { identity: 'of a fold', ...learnClauses(train, log) };
  return (input) => analyse(input, { clauses });
}

let bundled: ClauseModel | undefined;

/** Clause scoring alone, as it ships. */
export function scoreClauses(prepared: PreparedText): Clause[] {
  bundled ??= openClauseModel(bundledClauseModel);
  return findClauses({ prepared, stated: [] }, scoreSentences(prepared, bundled), bundled);
}
