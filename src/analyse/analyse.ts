import type { Analysis, Structure } from '../documents.ts';
import {
  findClauses,
  marginsOfType,
  sentenceMargins,
  type ClauseModel,
} from './clause-model/clause-model.ts';
import { findFacts, type FileNames } from './facts.ts';
import type { PartyModel } from './party-model/party-model.ts';
import { read } from './reading.ts';
import { tellingFacts, withValues } from './stated-clauses.ts';

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
  const reading = read(text, structure);
  const { clauses: model, parties } = models;
  const margins = sentenceMargins(reading, model);
  const expiration = marginsOfType(margins, model.types, 'expiration_date');
  const facts = findFacts(reading, names, { expiration, parties });
  const clauses = findClauses(
    { reading, title: facts.titleSpan, stated: tellingFacts(facts) },
    margins,
    model,
  );
  const { titleSpan: _, ...stated } = facts;
  return { ...stated, clauses: withValues(clauses, facts) };
}
