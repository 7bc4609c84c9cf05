import type { Analysis, Structure } from '../domain/documents.ts';
import {
  findClauses,
  scoresForType,
  scoreSentences,
  type ClauseModel,
} from './clause-model/clause-model.ts';
import { findFacts, type FileNames } from './facts.ts';
import type { PartyModel } from './party-model/party-model.ts';
import { prepareText } from './prepared-text.ts';
import { reliableSpans, addValues } from './stated-clauses.ts';

export interface AnalysisInput extends FileNames {
  text: string;
  structure: Structure;
}

/** What was learned from labelled contracts; another model may find other things. */
export interface AnalysisModels {
  clauses: ClauseModel;
  /** Without it the parties are found by rules alone. */
  parties?: PartyModel;
}

/** Everything Deedbox understands of one contract; pure, and the same for the same input. */
export function analyse(
  { text, structure, ...names }: AnalysisInput,
  models: AnalysisModels,
): Analysis {
  const prepared = prepareText(text, structure);
  const { clauses: model, parties } = models;
  const scores = scoreSentences(prepared, model);
  const expiration = scoresForType(scores, model.types, 'expiration_date');
  const facts = findFacts(prepared, names, { expiration, parties });
  const clauses = findClauses(
    { prepared, title: facts.titleSpan, stated: reliableSpans(facts) },
    scores,
    model,
  );
  const { titleSpan: _, ...stated } = facts;
  return { ...stated, clauses: addValues(clauses, facts) };
}
