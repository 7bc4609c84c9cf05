import type { Contract } from './corpus.ts';
import type { Lesson, PairedQuery } from './contrast.ts';
import type { TrainingPassage } from './passages.ts';
import { paraphrases } from './paraphrases.ts';
import type { Random } from './random.ts';
import { overlap } from './spans.ts';

export interface LessonOptions {
  /** Share of a question's tokens that are left out at random, so that no single word is leant on. */
  dropout: number;
  /** Unlabelled queries for each labelled one: a stretch of a passage that asks for its surroundings. */
  surroundings: number;
  /** Share of questions that begin with the contract's name and parties, as people put them. */
  introduced: number;
}

/** What one contract teaches: each labelled category's questions, and its own stretches of text. */
export function lessonOf(
  contract: Contract,
  passages: TrainingPassage[],
  encode: (text: string) => Int32Array,
  options: LessonOptions,
): Lesson {
  const tokens = passages.map((passage) => encode(passage.text));
  const asked = [...contract.labels].flatMap(([category, spans]) => {
    const targets = shares(passages, (passage) =>
      spans.reduce((sum, span) => sum + overlap(passage, span), 0),
    );
    const wordings = (paraphrases[category] ?? []).map(encode);
    return targets.length > 0 && wordings.length > 0 ? [{ wordings, targets }] : [];
  });
  const introduction = encode(introductionOf(contract));
  return {
    passages: tokens,
    draw(random) {
      const queries: PairedQuery[] = asked.map(({ wordings, targets }) => {
        const wording = wordings[Math.floor(random() * wordings.length)]!;
        const kept = wording.filter(() => random() >= options.dropout);
        const introduced = random() < options.introduced;
        return { tokens: introduced ? Int32Array.of(...introduction, ...kept) : kept, targets };
      });
      const count = Math.round(Math.max(4, queries.length) * options.surroundings);
      for (let n = 0; n < count; n++) queries.push(surroundingsQuery(tokens, random));
      return queries;
    },
  };
}

function introductionOf(contract: Contract): string {
  const slices = (category: string, count: number): string[] =>
    (contract.labels.get(category) ?? [])
      .slice(0, count)
      .map((span) => contract.text.slice(span.start, span.end));
  const name = slices('Document Name', 1).join(' ');
  return `consider the ${name} between ${slices('Parties', 3).join(' and ')}`;
}

/** A stretch of 5 to 20 tokens of a passage; the passage answers it, its neighbours half as well. */
function surroundingsQuery(passages: Int32Array[], random: Random): PairedQuery {
  const at = Math.floor(random() * passages.length);
  const passage = passages[at]!;
  const length = 5 + Math.floor(random() * 16);
  const from = Math.floor(random() * Math.max(1, passage.length - length));
  const near = [at - 1, at, at + 1].filter((other) => other >= 0 && other < passages.length);
  const weights = near.map((other) => (other === at ? 2 : 1));
  const total = weights.reduce((a, b) => a + b, 0);
  return {
    tokens: passage.slice(from, from + length),
    targets: near.map((other, n) => ({ passage: other, share: weights[n]! / total })),
  };
}

function shares(
  passages: TrainingPassage[],
  weigh: (passage: TrainingPassage) => number,
): PairedQuery['targets'] {
  const weights = passages.map(weigh);
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.flatMap((weight, passage) =>
    weight > 0 ? [{ passage, share: weight / total }] : [],
  );
}
