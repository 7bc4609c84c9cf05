import {
  eachRow,
  FeatureIndex,
  type LinearModel,
  type SparseRow,
} from '../../src/analyse/clause-model/linear-model.ts';
import { describeSentences, groups } from '../../src/analyse/clause-model/features.ts';
import { isLabelled, lesson, taughtTypes, type TaughtContract } from './lessons.ts';
import { logRatioScales } from './log-ratios.ts';
import { separate } from './support-vectors.ts';

export const linearSettings = {
  vocabulary: { minimumSentences: 3, minimumContracts: 2 },
  cost: 0.3,
  positives: 3,
  passes: 10,
  seed: 20_261_121,
};

interface Vocabulary {
  hashes: Uint32Array;
  idf: Float32Array;
  groupOf: Uint8Array;
}

/** Features of enough sentences and contracts, the most frequent first. */
function vocabularyOf(taught: readonly TaughtContract[]): Vocabulary {
  const { minimumSentences, minimumContracts } = linearSettings.vocabulary;
  const seen = new Map<
    number,
    { sentences: number; contracts: number; sentence: number; contract: number; group: number }
  >();
  let sentence = 0;
  taught.forEach(({ reading }, contract) => {
    const begin = () => sentence++;
    describeSentences(reading, begin, (group, hash) => {
      let known = seen.get(hash);
      if (!known) {
        seen.set(hash, (known = { sentences: 0, contracts: 0, sentence: 0, contract: -1, group }));
      }
      if (known.sentence !== sentence) known.sentences++;
      if (known.contract !== contract) known.contracts++;
      known.sentence = sentence;
      known.contract = contract;
    });
  });
  const kept = [...seen]
    .filter(([, one]) => one.sentences >= minimumSentences && one.contracts >= minimumContracts)
    .sort(([a, one], [b, other]) => other.sentences - one.sentences || a - b);
  return {
    hashes: Uint32Array.from(kept, ([hash]) => hash),
    idf: Float32Array.from(kept, ([, one]) => Math.log(sentence / one.sentences)),
    groupOf: Uint8Array.from(kept, ([, { group }]) => group),
  };
}

/** What a heading is part of: it often stands as a sentence before or after. */
const toldByHeadings: ReadonlySet<(typeof groups)[number]> = new Set([
  'before',
  'after',
  'heading',
]);

/** Without the features that a heading has a part in, for types that are learned from headings. */
function withoutHeadings({ features, values }: SparseRow, groupOf: Uint8Array): SparseRow {
  const kept = [...features.keys()].filter(
    (at) => !toldByHeadings.has(groups[groupOf[features[at]!]!]!),
  );
  return {
    features: Int32Array.from(kept, (at) => features[at]!),
    values: Float32Array.from(kept, (at) => values[at]!),
  };
}

/** A margin for each type, learned from what the contracts' sentences teach. */
export function learnLinear(
  taught: readonly TaughtContract[],
  log: (line: string) => void,
): LinearModel {
  const { hashes, idf, groupOf } = vocabularyOf(taught);
  const index = new FeatureIndex(hashes);
  const rows: SparseRow[] = [];
  for (const { reading } of taught) {
    eachRow(reading, index, idf, (_, { features, values }) => {
      rows.push({ features: features.slice(), values: values.slice() });
    });
  }
  const bare = rows.map((row) => withoutHeadings(row, groupOf));
  log(`${rows.length} sentences, ${hashes.length} features of ${groups.length} groups`);
  const bias = new Float32Array(taughtTypes.length).fill(-1);
  const scales = new Float32Array(taughtTypes.length).fill(1);
  const quantised: Int8Array[] = [];
  taughtTypes.forEach((_, type) => {
    const taughtHere: number[] = [];
    const ofType: number[] = [];
    let at = 0;
    for (const { lessons, reading } of taught) {
      for (let sentence = 0; sentence < reading.sentences.length; sentence++, at++) {
        const what = lessons[sentence * taughtTypes.length + type]!;
        if (what === lesson.nothing) continue;
        taughtHere.push(at);
        ofType.push(what);
      }
    }
    const from = isLabelled[type] ? rows : bare;
    const those = taughtHere.map((row) => from[row]!);
    const isOfType = Uint8Array.from(ofType);
    const ratios = logRatioScales(those, isOfType, hashes.length);
    const plane = separate(those, isOfType, ratios, linearSettings);
    const largest = plane.weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
    scales[type] = largest > 0 ? largest / 127 : 1;
    bias[type] = ofType.includes(lesson.yes) ? plane.bias : -1;
    quantised.push(Int8Array.from(plane.weights, (weight) => quantise(weight / scales[type]!)));
  });
  return {
    types: taughtTypes.length,
    hashes,
    idf,
    scales,
    bias,
    ...sparse(quantised, hashes.length),
  };
}

/** Weights below a fortieth of the largest are left out: seven in ten, at no cost in precision. */
function quantise(weight: number): number {
  const rounded = Math.round(weight);
  return Math.abs(rounded) < 3 ? 0 : rounded;
}

/** Columns of weights as rows of those that are not zero. */
function sparse(columns: readonly Int8Array[], rows: number) {
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
