import type { Party, Span } from '../../domain/documents.ts';
import { displayPartyName } from '../party-names.ts';
import { findPreamble } from '../preamble.ts';
import { findSignatories, type PartyMention } from '../party-mentions.ts';
import {
  collectCandidateNames,
  type CandidateName,
  type PartySources,
  type TaggedName,
} from './candidate-names.ts';
import { beginTag, computeLattice, nameProbability, tagCount, type CrfWeights } from './crf.ts';
import {
  tokenizeOpening,
  type OpeningToken,
  collectRuleSpans,
  tokenFeatures,
} from './token-features.ts';

/**
 * The model that finds parties, in two steps. A CRF tags the names in the opening of a contract. A
 * logistic regression gives each candidate name, from the CRF or the rules, the probability that it
 * is a party. `training/parties` learns both; `openPartyModel` reads them from files.
 */
export interface PartyModel {
  /** Name and checksum. Models with different identities may find different parties. */
  identity: string;
  crf: CrfWeights;
  /** Weights of the logistic regression, by feature of a candidate. */
  nameWeights: ReadonlyMap<string, number>;
}

/** Spans with a smaller probability are not candidates. */
const minProbability = 0.004;
/** The most tokens of a name. */
const maxNameTokens = 22;

/**
 * Probabilities from which a name is a party: by itself, if the rules found it, and if there are
 * fewer than two parties.
 */
const thresholds = { standalone: 0.4, ruleBased: 0.2, fallback: 0.1 };

/** Finds the spans of the opening that are a name with at least `minProbability`. */
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
function partyProbability(
  { features }: CandidateName,
  nameWeights: ReadonlyMap<string, number>,
): number {
  const score = features.reduce((sum, feature) => sum + (nameWeights.get(feature) ?? 0), 0);
  return 1 / (1 + Math.exp(-score));
}

const overlap = (a: Span, b: Span) => a.start < b.end && b.start < a.end;

/**
 * Selects the candidates that are parties, in the order of the text; of two that overlap, the
 * likelier.
 */
function selectParties(
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

/** What rules find besides parties. */
type RuleFindings = Pick<PartySources, 'preamble' | 'signatories'>;

const findByRules = (text: string): RuleFindings => ({
  preamble: findPreamble(text),
  signatories: findSignatories(text),
});

/**
 * Collects the candidates of one contract.
 * @param ruleParties the parties that rules alone find
 */
export function findCandidates(
  text: string,
  ruleParties: readonly Party[],
  taggedNames: readonly TaggedName[],
  findings = findByRules(text),
): CandidateName[] {
  return collectCandidateNames({ text, ruleParties, taggedNames, ...findings });
}

/**
 * Finds the parties of a contract by rules and model; if the model selects none, the parties of the
 * rules.
 */
export function findPartiesWithModel(
  text: string,
  ruleParties: readonly Party[],
  { crf, nameWeights }: PartyModel,
  findings: RuleFindings,
): PartyMention[] {
  const tokens = tokenizeOpening(text);
  const ruleSpans = collectRuleSpans(text, ruleParties, findings.preamble);
  const features = tokenFeatures(text, tokens, ruleSpans, crf.buckets);
  const selected = selectParties(
    findCandidates(text, ruleParties, tagNames(tokens, features, crf), findings),
    nameWeights,
  ).filter(({ span }) => displayPartyName(text, span) !== '');
  if (selected.length > 0) return selected;
  return ruleParties.map(({ evidence, role }) => ({ span: evidence[0]!, ...(role && { role }) }));
}
