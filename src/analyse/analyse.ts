import type { Analysis, Structure } from '../domain/documents.ts';
import {
  findClauses,
  scoresForType,
  scoreSentences,
  type ClauseModel,
} from './clause-model/clause-model.ts';
import { findFacts, type FileNames } from './facts.ts';
import { foldCharacters } from './fold-characters.ts';
import { foldStructure, toStoredAnalysis } from './folded-spans.ts';
import { withTickedOptions } from './options.ts';
import type { PartyModel } from './party-model/party-model.ts';
import { prepareText } from './prepared-text.ts';
import { reliableSpans, addValues } from './stated-clauses.ts';
import { notAContractError } from './too-large-error.ts';

/** A contract as extraction and segmentation return it. */
export interface AnalysisInput extends FileNames {
  /** The stored text. All spans of the analysis are offsets in it. */
  text: string;
  structure: Structure;
}

/** The trained models. Analyses with different models may differ. */
export interface AnalysisModels {
  clauses: ClauseModel;
  /** Without it, rules alone find the parties. */
  parties?: PartyModel;
}

/**
 * Bounds the time and memory for a text. A contract of 2,000 pages has fewer sentences; a text with
 * more is a list and not a contract.
 */
const maxSentences = 100_000;

/**
 * Analyses one contract: title, type, parties, dates, governing law, signatures and clauses. Pure:
 * the same input gives the same analysis.
 *
 * It reads the text with folded characters, and facts without the options of forms that are not ticked
 * (`withTickedOptions`). Rules find the facts (`findFacts`), a linear model scores every sentence for every clause type,
 * and a second model turns the scores of candidates, and the facts near them, into confidences
 * (`findClauses`). Every fact has the spans of the text that are its evidence; a fact that the
 * contract does not state is absent.
 * @throws DeedboxError `too_large` for a text with more sentences than any contract
 */
export function analyse(
  { text, structure, ...names }: AnalysisInput,
  models: AnalysisModels,
): Analysis {
  const { clauses: model, parties } = models;
  if (structure.sentences.length > maxSentences) throw notAContractError('sentences');
  const folded = foldCharacters(text);
  const prepared = prepareText(folded.text, foldStructure(structure, folded));
  const scores = scoreSentences(prepared, model);
  const expiration = scoresForType(scores, model.types, 'expiration_date');
  const facts = findFacts(withTickedOptions(prepared), names, { expiration, parties });
  const clauses = findClauses(
    { prepared, title: facts.titleSpan, stated: reliableSpans(facts) },
    scores,
    model,
  );
  const { titleSpan: _, ...stated } = facts;
  return toStoredAnalysis({ ...stated, clauses: addValues(clauses, facts) }, folded);
}
