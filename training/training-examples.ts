import type { Contract } from './corpus.ts';
import type { TrainingExample, PairedQuery } from './contrastive.ts';
import type { TrainingPassage } from './passages.ts';
import { paraphrases } from './paraphrases.ts';
import type { Random } from './random.ts';
import { overlap } from './spans.ts';

export interface ExampleOptions {
  /** Dropout: the share of a question's tokens that are left out at random. */
  dropout: number;
  /**
   * Unlabelled queries for each labelled one: a part of a passage as a query for its surroundings.
   */
  contextRatio: number;
  /** Share of questions that begin with the contract's name and parties, as users write them. */
  introductionRatio: number;
}

/**
 * Builds a contract's training example: questions of each labelled category, and parts of its text.
 */
export function buildExample(
  contract: Contract,
  passages: TrainingPassage[],
  encode: (text: string) => Int32Array,
  options: ExampleOptions,
): TrainingExample {
  const tokens = passages.map((passage) => encode(passage.text));
  const labelledQueries = [...contract.labels].flatMap(([category, spans]) => {
    const targets = normalizeShares(passages, (passage) =>
      spans.reduce((sum, span) => sum + overlap(passage, span), 0),
    );
    const wordings = (paraphrases[category] ?? []).map(encode);
    return targets.length > 0 && wordings.length > 0 ? [{ wordings, targets }] : [];
  });
  const introduction = encode(buildIntroduction(contract));
  return {
    passages: tokens,
    sampleQueries(random) {
      const queries: PairedQuery[] = labelledQueries.map(({ wordings, targets }) => {
        const wording = wordings[Math.floor(random() * wordings.length)]!;
        const keptTokens = wording.filter(() => random() >= options.dropout);
        const hasIntroduction = random() < options.introductionRatio;
        return {
          tokens: hasIntroduction ? Int32Array.of(...introduction, ...keptTokens) : keptTokens,
          targets,
        };
      });
      const count = Math.round(Math.max(4, queries.length) * options.contextRatio);
      for (let n = 0; n < count; n++) queries.push(sampleContextQuery(tokens, random));
      return queries;
    },
  };
}

function buildIntroduction(contract: Contract): string {
  const slices = (category: string, count: number): string[] =>
    (contract.labels.get(category) ?? [])
      .slice(0, count)
      .map((span) => contract.text.slice(span.start, span.end));
  const name = slices('Document Name', 1).join(' ');
  return `consider the ${name} between ${slices('Parties', 3).join(' and ')}`;
}

/**
 * Samples 5 to 20 tokens of a passage as a query; the passage answers it, its neighbours half as
 * well.
 */
function sampleContextQuery(passages: Int32Array[], random: Random): PairedQuery {
  const at = Math.floor(random() * passages.length);
  const passage = passages[at]!;
  const length = 5 + Math.floor(random() * 16);
  const from = Math.floor(random() * Math.max(1, passage.length - length));
  const neighbours = [at - 1, at, at + 1].filter((other) => other >= 0 && other < passages.length);
  const weights = neighbours.map((other) => (other === at ? 2 : 1));
  const total = weights.reduce((a, b) => a + b, 0);
  return {
    tokens: passage.slice(from, from + length),
    targets: neighbours.map((other, n) => ({ passage: other, share: weights[n]! / total })),
  };
}

function normalizeShares(
  passages: TrainingPassage[],
  weightOf: (passage: TrainingPassage) => number,
): PairedQuery['targets'] {
  const weights = passages.map(weightOf);
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.flatMap((weight, passage) =>
    weight > 0 ? [{ passage, share: weight / total }] : [],
  );
}
