import type { ModelIdentity, NewRevision } from '../src/store/records.ts';
import { seededRandom } from '../training/random.ts';

/** Synthetic contracts, deterministic for a seed. */

const dimensions = 256;
export const model: ModelIdentity = { name: 'bench', checksum: 'bench', dimensions };
const wordsPerPassage = 80;
const vocabulary = 20_000;
const topics = 400;

/** Stop words, which a search leaves out. */
const stopWords = 50;
/** Learned vectors of 256 numbers vary in far fewer directions. */
const directions = 32;

const wordVectors = new Map<number, Float32Array>();
const axes = Array.from({ length: directions }, (_, axis) => noise(1_000_000 + axis, dimensions));

function noise(seed: number, length: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length }, () => random() + random() - 1);
}

/** Zipf's law: the n-th most frequent word occurs about 1/n as often as the first. */
function zipf(random: () => number): number {
  return Math.floor(Math.exp(random() * Math.log(vocabulary)));
}

function wordAt(rank: number): string {
  let word = '';
  for (let rest = rank + 7; rest > 0; rest = Math.floor(rest / 20)) {
    word += 'bcdfghjklmnpqrstvwxz'[rest % 20] ?? '';
    word += 'aeiou'[rest % 5] ?? '';
  }
  return word;
}

/** Mean of random word vectors, rare words weighing more, as static embedding models make them. */
function vectorOf(ranks: number[]): Float32Array {
  const sum = new Float32Array(dimensions);
  for (const rank of ranks) {
    let vector = wordVectors.get(rank);
    if (!vector) {
      vector = noise(rank, dimensions);
      noise(500_000 + rank, directions).forEach((amount, axis) => {
        axes[axis]?.forEach((value, i) => (vector![i] = vector![i]! + amount * value));
      });
      wordVectors.set(rank, vector);
    }
    const weight = 1 / (1e-3 + 0.1 / rank);
    for (let i = 0; i < dimensions; i += 1) sum[i] = (sum[i] ?? 0) + weight * (vector[i] ?? 0);
  }
  const length = Math.hypot(...sum);
  return sum.map((number) => number / length);
}

/** Half of a passage's words are those of its topic, so that passages have neighbours. */
function topicWords(topic: number, random: () => number): number[] {
  return Array.from({ length: wordsPerPassage }, () => {
    if (random() < 0.5) return 1 + zipf(random);
    const own = seededRandom(topic * 1000 + Math.floor(random() * 60));
    return 1 + zipf(own);
  });
}

/** A query: some words of a passage of the topic, and their vector. */
export function question(
  random: () => number,
  words: number,
): { terms: string[]; vector: Float32Array } {
  const ranks = topicWords(Math.floor(random() * topics), random)
    .filter((rank) => rank > stopWords)
    .slice(0, words);
  return { terms: ranks.map(wordAt), vector: vectorOf(ranks) };
}

/** @param each passages of one contract */
export function* contracts(passages: number, each = 100): Generator<NewRevision> {
  const random = seededRandom(1);
  for (let generated = 0, number = 0; generated < passages; number += 1) {
    const count = Math.min(each, passages - generated);
    generated += count;
    yield contract(number, count, random);
  }
}

function contract(number: number, count: number, random: () => number): NewRevision {
  let text = '';
  const passages = Array.from({ length: count }, (_, ordinal) => {
    const ranks = topicWords(Math.floor(random() * topics), random);
    const indexText = ranks.map(wordAt).join(' ');
    const start = text.length;
    text += `${indexText}\n`;
    const end = text.length - 1;
    return { ordinal, start, end, path: ['1 Terms'], indexText, vector: vectorOf(ranks) };
  });
  const party = `${wordAt(100 + number)} Ltd`;
  return {
    file: {
      fileId: `${number}.txt`,
      source: 'bench',
      fileName: `${number}.txt`,
      folder: `clients/${number % 40}`,
      size: text.length,
      modifiedAt: '2026-01-01T00:00:00.000Z',
      changeKey: '1',
      aclEntries: ['anyone'],
    },
    contentHash: String(number),
    syncId: 'bench',
    mediaType: 'text/plain',
    text,
    pages: [{ number: 1, start: 0, end: text.length }],
    sections: [],
    passages,
    analysis: {
      title: `Agreement with ${party}`,
      documentType: number % 10 === 0 ? 'nda' : 'services',
      documentTypeEvidence: [],
      parties: [{ name: party, evidence: [] }],
      governingLaw: { value: number % 2 === 0 ? 'Delaware' : 'New York', evidence: [] },
      signed: { value: 'unknown', evidence: [] },
      clauses: Array.from({ length: 120 }, (_, index) => ({
        type: `type_${index % 41}`,
        confidence: random(),
        start: 0,
        end: 10,
      })),
    },
    partyKeys: [{ key: party.toLowerCase(), name: party }],
    pipeline: 'bench',
    model,
  };
}
