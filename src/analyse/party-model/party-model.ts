import type { Party, Span } from '../../documents.ts';
import { shownName } from '../is-party-name.ts';
import { findPreamble } from '../preamble.ts';
import { signing } from '../signature-parties.ts';
import type { PartyMention } from '../party-roles.ts';
import { candidateNames, type CandidateName, type TaggedName } from './candidate-names.ts';
import { begins, lattice, nameProbability, tagCount, type ChainWeights } from './linear-chain.ts';
import { openingTokens, type OpeningToken } from './opening-tokens.ts';
import { ruleSpans } from './rule-spans.ts';
import { tokenFeatures } from './token-features.ts';

/** What tags the names in an opening, and what weighs each name that was found. */
export interface PartyModel {
  /** Changes whenever a file of the model does; part of what is remembered of an analysis. */
  identity: string;
  chain: ChainWeights;
  /** Of a logistic regression over the features of a candidate. */
  names: ReadonlyMap<string, number>;
}

/** Below this a stretch is not looked at. */
const leastLikely = 0.004;
/** Tokens of the longest name. */
const longest = 22;

/** From where on a name is a party: of itself, where the rules say so, where fewer than two are. */
const thresholds = { alone: 0.4, ruled: 0.2, needed: 0.1 };

/** Every stretch of the opening that may well be one whole name. */
export function tagNames(
  tokens: readonly OpeningToken[],
  features: readonly Int32Array[],
  chain: ChainWeights,
): TaggedName[] {
  const field = lattice(chain, features);
  const found: TaggedName[] = [];
  for (let first = 0; first < tokens.length; first++) {
    const at = first * tagCount + begins;
    if (Math.exp(field.forward[at]! + field.backward[at]! - field.total) < leastLikely) continue;
    for (let next = first + 1; next <= Math.min(tokens.length, first + longest); next++) {
      const probability = nameProbability(chain, field, first, next);
      if (probability < leastLikely) continue;
      found.push({ start: tokens[first]!.start, end: tokens[next - 1]!.end, probability });
    }
  }
  return found;
}

/** The probability that a candidate is a party. */
export function partyProbability(
  { features }: CandidateName,
  names: ReadonlyMap<string, number>,
): number {
  const score = features.reduce((sum, feature) => sum + (names.get(feature) ?? 0), 0);
  return 1 / (1 + Math.exp(-score));
}

const overlap = (a: Span, b: Span) => a.start < b.end && b.start < a.end;

/** The candidates that are parties, in the order in which they are named; of two that overlap the likelier. */
export function chosenParties(
  candidates: readonly CandidateName[],
  names: ReadonlyMap<string, number>,
): PartyMention[] {
  const weighed = candidates
    .map((candidate) => ({ candidate, probability: partyProbability(candidate, names) }))
    .toSorted((a, b) => b.probability - a.probability);
  const chosen: CandidateName[] = [];
  for (const { candidate, probability } of weighed) {
    const enough =
      probability >= thresholds.alone ||
      (candidate.ruled && probability >= thresholds.ruled) ||
      (chosen.length < 2 && probability >= thresholds.needed);
    if (!enough || chosen.some(({ span }) => overlap(span, candidate.span))) continue;
    chosen.push(candidate);
  }
  return chosen
    .toSorted((a, b) => a.span.start - b.span.start)
    .map(({ span, role }) => ({ span, ...(role && { role }) }));
}

/** The candidates of one contract, `rules` being the parties that the rules alone find. */
export function candidatesIn(
  text: string,
  rules: readonly Party[],
  tagged: readonly TaggedName[],
): CandidateName[] {
  return candidateNames({
    text,
    rules,
    preamble: findPreamble(text),
    signers: signing(text),
    tagged,
  });
}

/**
 * Where the parties of a contract are named, from what the rules found and what the model tags;
 * the rules' own parties where the model is sure of none.
 */
export function taggedParties(
  text: string,
  rules: readonly Party[],
  { chain, names }: PartyModel,
): PartyMention[] {
  const tokens = openingTokens(text);
  const features = tokenFeatures(text, tokens, ruleSpans(text, rules), chain.buckets);
  const chosen = chosenParties(
    candidatesIn(text, rules, tagNames(tokens, features, chain)),
    names,
  ).filter(({ span }) => shownName(text, span) !== '');
  if (chosen.length > 0) return chosen;
  return rules.map(({ evidence, role }) => ({ span: evidence[0]!, ...(role && { role }) }));
}
