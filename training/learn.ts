import { tuneForRetrieval } from './contrastive.ts';
import type { Contract } from './corpus.ts';
import { buildExample } from './training-examples.ts';
import { segmentPassages, type TrainingPassage } from './passages.ts';
import { foldFrequencyWeights } from './sif.ts';
import { countTokens, trainSkipGram } from './skip-gram.ts';
import { TokenEncoder } from './token-encoder.ts';
import { buildVocabulary } from './vocabulary.ts';

/**
 * A trained static embedding model: the vector of a text is the mean of its tokens' rows, at unit
 * length.
 */
export interface StaticModel {
  vocabulary: string[];
  dimensions: number;
  table: Float32Array;
}

const settings = {
  vocabulary: { size: 30_000, pieces: 4_000, minCount: 3, minContracts: 2 },
  skipGram: {
    dimensions: 256,
    window: 5,
    negatives: 5,
    epochs: 2,
    learningRate: 0.05,
    subsample: 1e-4,
    seed: 20_260_701,
  },
  sif: { smoothing: 1e-3, components: 1 },
  examples: { dropout: 0.2, contextRatio: 0.5, introductionRatio: 0.2 },
  contrastive: { epochs: 6, learningRate: 0.03, temperature: 0.05, anchor: 0, seed: 20_260_702 },
};

type Log = (line: string) => void;

/** A contract with its passages. Every step needs them, and segmentation takes seconds. */
export interface PreparedContract {
  contract: Contract;
  passages: TrainingPassage[];
}

export function prepareContracts(contracts: Contract[]): PreparedContract[] {
  return contracts.map((contract) => ({ contract, passages: segmentPassages(contract) }));
}

/**
 * Trains on text alone: skip-gram vectors, weighted by frequency, without their common component.
 */
export function learnLanguage(prepared: PreparedContract[], log: Log): StaticModel {
  const texts = prepared.map(({ contract }) => contract.text);
  const vocabulary = buildVocabulary(texts, settings.vocabulary);
  const encoder = new TokenEncoder(vocabulary);
  const encodedTexts = texts.map((text) => encoder.encode(text));
  const counts = countTokens(encodedTexts, vocabulary.length);
  log(`skip-gram: ${vocabulary.length} tokens, ${counts.reduce((a, b) => a + b, 0)} occurrences`);
  const vectors = trainSkipGram(encodedTexts, vocabulary.length, settings.skipGram);
  const { dimensions } = settings.skipGram;
  const passages = prepared.flatMap((one) => one.passages.map(({ text }) => encoder.encode(text)));
  const table = foldFrequencyWeights(vectors, dimensions, counts, passages, settings.sif);
  return { vocabulary, dimensions, table };
}

/** Trains on the lawyers' labels: tunes the rows so that questions find their clauses. */
export function learnQuestions(
  language: StaticModel,
  prepared: PreparedContract[],
  log: Log,
): StaticModel {
  const encoder = new TokenEncoder(language.vocabulary);
  const examples = prepared.map(({ contract, passages }) =>
    buildExample(contract, passages, (text) => encoder.encode(text), settings.examples),
  );
  const { dimensions } = language;
  const table = tuneForRetrieval(language.table, dimensions, examples, settings.contrastive, log);
  return { ...language, table };
}
