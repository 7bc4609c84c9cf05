import type { Party, Span } from '../../domain/documents.ts';
import { displayName } from '../party-names.ts';
import { findPreamble } from '../preamble.ts';
import { findSignatories, type PartyMention } from '../party-mentions.ts';
import { collectCandidateNames, type CandidateName, type TaggedName } from './candidate-names.ts';
import { beginTag, computeLattice, nameProbability, tagCount, type CrfWeights } from './crf.ts';
import {
  tokenizeOpening,
  type OpeningToken,
  collectRuleSpans,
  tokenFeatures,
} from './token-features.ts';

/** What tags the names in an opening, and what weighs each name that was found. */
export interface PartyModel {
  /** Changes whenever a file of the model does; part of what is remembered of an analysis. */
  identity: string;
  crf: CrfWeights;
  /** Of a logistic regression over the features of a candidate. */
  nameWeights: ReadonlyMap<string, number>;
}

/** Below this a stretch is not looked at. */
const minProbability = 0.004;
/** Tokens of the longest name. */
const maxNameTokens = 22;

/** From where on a name is a party: of itself, where the rules say so, where fewer than two are. */
const thresholds = { standalone: 0.4, ruleBased: 0.2, fallback: 0.1 };

/** Every stretch of the opening that may well be one whole name. */
export function tagNames(
  tokens: readonly OpeningToken[],
  features: readonly Int32Array[],
  crf: CrfWeights,
): TaggedName[] {
  const lattice = computeLattice(crf, features);
  const found: TaggedName[] = [];
  for (let first = 0; first < tokens.length; first++) {
    const at = first * tagCount + beginTag;
    if (Math.exp(lattice.forward[at]! + lattice.backward[at]! - lattice.total) < minProbability)
      continue;
    for (let next = first + 1; next <= Math.min(tokens.length, first + maxNameTokens); next++) {
      const probability = nameProbability(crf, lattice, first, next);
      if (probability < minProbability) continue;
      found.push({ start: tokens[first]!.start, end: tokens[next - 1]!.end, probability });
    }
  }
  return found;
}

/** The probability that a candidate is a party. */
export function partyProbability(
  { features }: CandidateName,
  nameWeights: ReadonlyMap<string, number>,
): number {
  const score = features.reduce((sum, feature) => sum + (nameWeights.get(feature) ?? 0), 0);
  return 1 / (1 + Math.exp(-score));
}

const overlap = (a: Span, b: Span) => a.start < b.end && b.start < a.end;

/** The candidates that are parties, in the order in which they are named; of two that overlap the likelier. */
export function selectParties(
  candidates: readonly CandidateName[],
  nameWeights: ReadonlyMap<string, number>,
): PartyMention[] {
  const scored = candidates
    .map((candidate) => ({ candidate, probability: partyProbability(candidate, nameWeights) }))
    .toSorted((a, b) => b.probability - a.probability);
  const selected: CandidateName[] = [];
  for (const { candidate, probability } of scored) {
    const isLikely =
      probability >= thresholds.standalone ||
      (candidate.isRuleBased && probability >= thresholds.ruleBased) ||
      (selected.length < 2 && probability >= thresholds.fallback);
    if (!isLikely || selected.some(({ span }) => overlap(span, candidate.span))) continue;
    selected.push(candidate);
  }
  return selected
    .toSorted((a, b) => a.span.start - b.span.start)
    .map(({ span, role }) => ({ span, ...(role && { role }) }));
}

/** The candidates of one contract, `rules` being the parties that the rules alone find. */
export function findCandidates(
  text: string,
  ruleParties: readonly Party[],
  taggedNames: readonly TaggedName[],
): CandidateName[] {
  return collectCandidateNames({
    text,
    ruleParties,
    preamble: findPreamble(text),
    signatories: findSignatories(text),
    taggedNames,
  });
}

/**
 * Where the parties of a contract are named, from what the rules found and what the model tags;
 * the rules' own parties where the model is sure of none.
 */
export function findPartiesWithModel(
  text: string,
  ruleParties: readonly Party[],
  { crf, nameWeights }: PartyModel,
): PartyMention[] {
  const tokens = tokenizeOpening(text);
  const features = tokenFeatures(text, tokens, collectRuleSpans(text, ruleParties), crf.buckets);
  const selected = selectParties(
    findCandidates(text, ruleParties, tagNames(tokens, features, crf)),
    nameWeights,
  ).filter(({ span }) => displayName(text, span) !== '');
  if (selected.length > 0) return selected;
  return ruleParties.map(({ evidence, role }) => ({ span: evidence[0]!, ...(role && { role }) }));
}
