import { tuneForRetrieval } from './contrast.ts';
import type { Contract } from './corpus.ts';
import { lessonOf } from './lessons.ts';
import { passagesOf, type TrainingPassage } from './passages.ts';
import { foldFrequencyWeights } from './sif.ts';
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
  vocabulary: { size: 30_000, pieces: 4_000, minimumCount: 3, minimumContracts: 2 },
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
  lessons: { dropout: 0.2, surroundings: 0.5, introduced: 0.2 },
  contrast: { epochs: 6, learningRate: 0.03, temperature: 0.05, anchor: 0, seed: 20_260_702 },
};

type Log = (line: string) => void;

/** Contracts with their passages, which every step needs and which take seconds to cut. */
export interface Prepared {
  contract: Contract;
  passages: TrainingPassage[];
}

export function prepare(contracts: Contract[]): Prepared[] {
  return contracts.map((contract) => ({ contract, passages: passagesOf(contract) }));
}

/** From text alone: skip-gram vectors, weighted by frequency, without their common direction. */
export function learnLanguage(prepared: Prepared[], log: Log): StaticModel {
  const texts = prepared.map(({ contract }) => contract.text);
  const vocabulary = buildVocabulary(texts, settings.vocabulary);
  const encoder = new TokenEncoder(vocabulary);
  const running = texts.map((text) => encoder.encode(text));
  const counts = countTokens(running, vocabulary.length);
  log(`skip-gram: ${vocabulary.length} tokens over ${counts.reduce((a, b) => a + b, 0)} places`);
  const vectors = trainSkipGram(running, vocabulary.length, settings.skipGram);
  const { dimensions } = settings.skipGram;
  const passages = prepared.flatMap((one) => one.passages.map(({ text }) => encoder.encode(text)));
  const table = foldFrequencyWeights(vectors, dimensions, counts, passages, settings.sif);
  return { vocabulary, dimensions, table };
}

/** From the lawyers' labels: the same rows, tuned so that questions find the clauses they ask for. */
export function learnQuestions(language: StaticModel, prepared: Prepared[], log: Log): StaticModel {
  const encoder = new TokenEncoder(language.vocabulary);
  const lessons = prepared.map(({ contract, passages }) =>
    lessonOf(contract, passages, (text) => encoder.encode(text), settings.lessons),
  );
  const { dimensions } = language;
  const table = tuneForRetrieval(language.table, dimensions, lessons, settings.contrast, log);
  return { ...language, table };
}
