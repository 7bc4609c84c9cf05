import { seededRandom } from './random.ts';

export interface SkipGramOptions {
  dimensions: number;
  /** The most tokens to each side; each position samples its window size up to this. */
  window: number;
  negatives: number;
  epochs: number;
  learningRate: number;
  /** Tokens more frequent than this share are subsampled. */
  subsample: number;
  seed: number;
}

/**
 * Token vectors by skip-gram with negative sampling (Mikolov et al. 2013, arXiv 1310.4546). Returns
 * `vocabularySize` rows of `dimensions`; tokens that never occur have a row of zeros.
 */
export function trainSkipGram(
  texts: Int32Array[],
  vocabularySize: number,
  options: SkipGramOptions,
): Float32Array {
  const { dimensions, negatives } = options;
  const random = seededRandom(options.seed);
  const counts = countTokens(texts, vocabularySize);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const negativeTable = buildNegativeTable(counts);
  const keepProbability = Float64Array.from(counts, (count) => {
    const share = count / total;
    return Math.min(1, Math.sqrt(options.subsample / share) + options.subsample / share);
  });
  const vectors = new Float32Array(vocabularySize * dimensions);
  for (let id = 0; id < vocabularySize; id++) {
    if (counts[id] === 0) continue;
    for (let k = 0; k < dimensions; k++) {
      vectors[id * dimensions + k] = (random() - 0.5) / dimensions;
    }
  }
  const contexts = new Float32Array(vocabularySize * dimensions);
  const gradient = new Float32Array(dimensions);
  let processedTokens = 0;
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    for (const text of texts) {
      const sampledTokens = text.filter((id) => random() < keepProbability[id]!);
      const progress = processedTokens / (total * options.epochs);
      const rate = options.learningRate * Math.max(1e-2, 1 - progress);
      processedTokens += text.length;
      for (let position = 0; position < sampledTokens.length; position++) {
        const radius = 1 + Math.floor(random() * options.window);
        const from = Math.max(0, position - radius);
        const to = Math.min(sampledTokens.length - 1, position + radius);
        const target = sampledTokens[position]!;
        for (let other = from; other <= to; other++) {
          if (other === position) continue;
          const row = sampledTokens[other]! * dimensions;
          gradient.fill(0);
          for (let draw = 0; draw <= negatives; draw++) {
            const sample =
              draw === 0 ? target : negativeTable[Math.floor(random() * negativeTable.length)]!;
            if (draw > 0 && sample === target) continue;
            const context = sample * dimensions;
            let dot = 0;
            for (let k = 0; k < dimensions; k++) dot += vectors[row + k]! * contexts[context + k]!;
            const step = rate * ((draw === 0 ? 1 : 0) - 1 / (1 + Math.exp(-dot)));
            for (let k = 0; k < dimensions; k++) {
              gradient[k]! += step * contexts[context + k]!;
              contexts[context + k]! += step * vectors[row + k]!;
            }
          }
          for (let k = 0; k < dimensions; k++) vectors[row + k]! += gradient[k]!;
        }
      }
    }
  }
  return vectors;
}

/** How often each token occurs in the texts. */
export function countTokens(texts: Int32Array[], vocabularySize: number): Float64Array {
  const counts = new Float64Array(vocabularySize);
  for (const text of texts) for (const id of text) counts[id]!++;
  return counts;
}

/**
 * A table of token ids in proportion to their count to the power of 3/4, to sample negatives from.
 */
function buildNegativeTable(counts: Float64Array): Int32Array {
  const size = 2_000_000;
  const total = counts.reduce((sum, count) => sum + count ** 0.75, 0);
  const table = new Int32Array(size);
  let filled = 0;
  let share = 0;
  for (let id = 0; id < counts.length; id++) {
    share += counts[id]! ** 0.75 / total;
    while (filled < size && filled < share * size) table[filled++] = id;
  }
  table.fill(table[filled - 1] ?? 0, filled);
  return table;
}
