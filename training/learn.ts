import type { Contract } from './corpus.ts';
import { passagesOf } from './passages.ts';
import type { TextEmbedder } from './retrieval.ts';
import { addMean, foldFrequencyWeights } from './sif.ts';
import { countTokens, trainSkipGram } from './skip-gram.ts';
import { TokenEncoder } from './token-lists.ts';
import { buildVocabulary } from './vocabulary.ts';

/** A learned static model: the vector of a text is the mean of its tokens' rows, at unit length. */
export interface StaticModel {
  vocabulary: string[];
  dimensions: number;
  table: Float32Array;
}

export const settings = {
  vocabulary: { size: 30_000, pieces: 4_000, minimumCount: 4, minimumContracts: 2 },
  skipGram: {
    dimensions: 256,
    window: 8,
    negatives: 5,
    epochs: 2,
    learningRate: 0.05,
    subsample: 1e-4,
    seed: 20_260_701,
  },
  sif: { smoothing: 1e-3, components: 1 },
};

/** From contracts to the table, step by step; `log` hears what is being done. */
export function learn(contracts: Contract[], log: (line: string) => void): StaticModel {
  const vocabulary = buildVocabulary(
    contracts.map((contract) => contract.text),
    settings.vocabulary,
  );
  log(`vocabulary: ${vocabulary.length} tokens`);
  const encoder = new TokenEncoder(vocabulary);
  const passages = contracts.map((contract) =>
    passagesOf(contract).map((passage) => encoder.encode(passage.text)),
  );
  const texts = passages.map((list) => Int32Array.from(list.flatMap((tokens) => [...tokens])));
  const counts = countTokens(texts, vocabulary.length);
  log(`skip-gram over ${counts.reduce((a, b) => a + b, 0)} tokens`);
  const vectors = trainSkipGram(texts, vocabulary.length, settings.skipGram);
  const { dimensions } = settings.skipGram;
  const table = foldFrequencyWeights(vectors, dimensions, counts, passages.flat(), settings.sif);
  return { vocabulary, dimensions, table };
}

/** The model as it works before it is written to disk: full precision, same arithmetic. */
export function staticEmbedder(model: StaticModel): TextEmbedder {
  const encoder = new TokenEncoder(model.vocabulary);
  const embed = (text: string): Float32Array => {
    const mean = new Float64Array(model.dimensions);
    addMean(model.table, model.dimensions, encoder.encode(text), mean);
    const norm = Math.sqrt(mean.reduce((sum, value) => sum + value * value, 0)) || 1;
    return Float32Array.from(mean, (value) => value / norm);
  };
  return {
    passages: async (texts) => texts.map(embed),
    query: async (text) => embed(text),
  };
}
