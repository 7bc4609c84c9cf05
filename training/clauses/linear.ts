import {
  forEachRow,
  FeatureIndex,
  type LinearModel,
  type SparseRow,
} from '../../src/analyse/clause-model/linear-model.ts';
import {
  emitSentenceFeatures,
  featureGroups,
} from '../../src/analyse/clause-model/sentence-features.ts';
import { isLabelled, label, trainedTypes, type LabelledContract } from './training-examples.ts';
import { logRatioScales, trainSvm } from './svm.ts';

const linearSettings = {
  vocabulary: { minSentences: 3, minContracts: 2 },
  cost: 0.3,
  positiveWeight: 3,
  maxPasses: 10,
  seed: 20_261_121,
};

interface Vocabulary {
  hashes: Uint32Array;
  idf: Float32Array;
  groupOf: Uint8Array;
}

/** Features that occur in enough sentences and contracts, the most frequent first. */
function buildFeatureVocabulary(labelledContracts: readonly LabelledContract[]): Vocabulary {
  const { minSentences, minContracts } = linearSettings.vocabulary;
  const seen = new Map<
    number,
    { sentences: number; contracts: number; sentence: number; contract: number; group: number }
  >();
  let sentence = 0;
  labelledContracts.forEach(({ prepared }, contract) => {
    const onSentence = () => sentence++;
    emitSentenceFeatures(prepared, onSentence, (group, hash) => {
      let entry = seen.get(hash);
      if (!entry) {
        seen.set(hash, (entry = { sentences: 0, contracts: 0, sentence: 0, contract: -1, group }));
      }
      if (entry.sentence !== sentence) entry.sentences++;
      if (entry.contract !== contract) entry.contracts++;
      entry.sentence = sentence;
      entry.contract = contract;
    });
  });
  const selected = [...seen]
    .filter(([, stats]) => stats.sentences >= minSentences && stats.contracts >= minContracts)
    .sort(([a, stats], [b, otherStats]) => otherStats.sentences - stats.sentences || a - b);
  return {
    hashes: Uint32Array.from(selected, ([hash]) => hash),
    idf: Float32Array.from(selected, ([, stats]) => Math.log(sentence / stats.sentences)),
    groupOf: Uint8Array.from(selected, ([, { group }]) => group),
  };
}

/** Feature groups that include headings, since a heading is often the sentence before or after. */
const headingGroups: ReadonlySet<(typeof featureGroups)[number]> = new Set([
  'before',
  'after',
  'heading',
]);

/** Removes the features that include headings, for types that are trained on headings. */
function removeHeadingFeatures({ features, values }: SparseRow, groupOf: Uint8Array): SparseRow {
  const selected = [...features.keys()].filter(
    (at) => !headingGroups.has(featureGroups[groupOf[features[at]!]!]!),
  );
  return {
    features: Int32Array.from(selected, (at) => features[at]!),
    values: Float32Array.from(selected, (at) => values[at]!),
  };
}

/** Trains a linear model for all types on labelled sentences. */
export function learnLinear(
  labelledContracts: readonly LabelledContract[],
  log: (line: string) => void,
): LinearModel {
  const { hashes, idf, groupOf } = buildFeatureVocabulary(labelledContracts);
  const index = new FeatureIndex(hashes);
  const rows: SparseRow[] = [];
  for (const { prepared } of labelledContracts) {
    forEachRow(prepared, index, idf, (_, { features, values }) => {
      rows.push({ features: features.slice(), values: values.slice() });
    });
  }
  const rowsWithoutHeadings = rows.map((row) => removeHeadingFeatures(row, groupOf));
  log(`${rows.length} sentences, ${hashes.length} features of ${featureGroups.length} groups`);
  const bias = new Float32Array(trainedTypes.length).fill(-1);
  const scales = new Float32Array(trainedTypes.length).fill(1);
  const quantized: Int8Array[] = [];
  trainedTypes.forEach((_, type) => {
    const labelledRows: number[] = [];
    const labels: number[] = [];
    let at = 0;
    for (const { sentenceLabels, prepared } of labelledContracts) {
      for (let sentence = 0; sentence < prepared.sentences.length; sentence++, at++) {
        const sentenceLabel = sentenceLabels[sentence * trainedTypes.length + type]!;
        if (sentenceLabel === label.unknown) continue;
        labelledRows.push(at);
        labels.push(sentenceLabel);
      }
    }
    const from = isLabelled[type] ? rows : rowsWithoutHeadings;
    const trainingRows = labelledRows.map((row) => from[row]!);
    const isOfType = Uint8Array.from(labels);
    const ratios = logRatioScales(trainingRows, isOfType, hashes.length);
    const hyperplane = trainSvm(trainingRows, isOfType, ratios, linearSettings);
    const largest = hyperplane.weights.reduce((max, weight) => Math.max(max, Math.abs(weight)), 0);
    scales[type] = largest > 0 ? largest / 127 : 1;
    bias[type] = labels.includes(label.positive) ? hyperplane.bias : -1;
    quantized.push(
      Int8Array.from(hyperplane.weights, (weight) => quantize(weight / scales[type]!)),
    );
  });
  return {
    types: trainedTypes.length,
    hashes,
    idf,
    scales,
    bias,
    ...toSparseRows(quantized, hashes.length),
  };
}

/**
 * Quantizes a weight. Weights below a fortieth of the largest become 0: seven in ten, without loss
 * of precision.
 */
function quantize(weight: number): number {
  const rounded = Math.round(weight);
  return Math.abs(rounded) < 3 ? 0 : rounded;
}

/** Converts columns of weights to compressed rows. */
function toSparseRows(columns: readonly Int8Array[], rows: number) {
  const offsets = new Uint32Array(rows + 1);
  for (const column of columns) {
    for (let row = 0; row < rows; row++) if (column[row] !== 0) offsets[row + 1]!++;
  }
  for (let row = 0; row < rows; row++) offsets[row + 1]! += offsets[row]!;
  const found = new Uint8Array(offsets[rows]!);
  const weights = new Int8Array(offsets[rows]!);
  const next = offsets.slice();
  columns.forEach((column, type) => {
    for (let row = 0; row < rows; row++) {
      if (column[row] === 0) continue;
      found[next[row]!] = type;
      weights[next[row]!++] = column[row]!;
    }
  });
  return { offsets, columns: found, weights };
}
