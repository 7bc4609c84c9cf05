import { DotProducts } from './dot-products.ts';
import { codesAt, quantize, queryOne, recordBytes } from './records.ts';

/** Centroids as 8-bit unit vectors; the similarity to a query is its dot product times the scale. */
export interface Centroids {
  count: number;
  /** One after the other, each padded to the width. */
  codes: Int8Array;
  scales: Float32Array;
}

/** Clusters in two levels: those of one group follow each other. */
export interface Clusters {
  groups: Centroids;
  centroids: Centroids;
}

/** Called between pieces of work of less than a millisecond; may wait. */
export type Pause = () => Promise<void> | undefined;

/** Rounds of k-means; more hardly change the recall. */
const rounds = 8;

/** Groups in which the nearest centroid of a vector is looked for. */
const searchedGroups = 4;

/** Vectors between two pauses. */
const pauseInterval = 128;

/**
 * Clusters of similar vectors by spherical k-means (Dhillon and Modha, "Concept decompositions for large
 * sparse text data using clustering", 2001), first into groups and then within each, which takes time
 * proportional to the square root of their number. Deterministic.
 */
export class ClusterTraining {
  readonly #dots: DotProducts;
  readonly #width: number;
  readonly #sample: Uint8Array;
  readonly #scales: DataView;
  readonly #pause: Pause;

  /** @param sample records */
  constructor(dots: DotProducts, sample: Uint8Array, pause: Pause) {
    this.#dots = dots;
    this.#width = dots.width;
    this.#sample = sample;
    this.#scales = new DataView(sample.buffer, sample.byteOffset);
    this.#pause = pause;
  }

  /** @param count of clusters: `groups` times a whole number */
  async train(groups: number, count: number): Promise<Clusters> {
    const sampled = this.#sample.length / recordBytes(this.#width);
    const all = Uint32Array.from({ length: sampled }, (_, i) => i);
    const top = await this.#cluster(all, groups);
    const perGroup = count / groups;
    const centroids = emptyCentroids(count, this.#width);
    for (let group = 0; group < groups; group += 1) {
      const members = all.filter((_, i) => top.nearest[i] === group);
      const { centroids: own } = await this.#cluster(members.length > 0 ? members : all, perGroup);
      centroids.codes.set(own.codes, group * perGroup * this.#width);
      centroids.scales.set(own.scales, group * perGroup);
    }
    return { groups: top.centroids, centroids };
  }

  async #cluster(members: Uint32Array, count: number) {
    const width = this.#width;
    const centroids = emptyCentroids(count, width);
    const spread = (n: number) => members[Math.floor(((n + 0.5) * members.length) / count)]!;
    for (let n = 0; n < count; n += 1) setCentroid(centroids, n, this.#vector(spread(n)));
    const nearest = new Uint32Array(members.length);
    for (let round = 0; round < rounds; round += 1) {
      const sums = new Float64Array(count * width);
      const sizes = new Uint32Array(count);
      for (const [index, member] of members.entries()) {
        const vector = this.#vector(member);
        const scale = this.#scales.getFloat32(member * recordBytes(width), true);
        this.#dots.setQuery(vector);
        const own = nearestOf(this.#dots, centroids, 0, count).index;
        nearest[index] = own;
        sizes[own]! += 1;
        for (let i = 0; i < width; i += 1) sums[own * width + i]! += vector[i]! * scale;
        if (index % pauseInterval === 0) await this.#pause();
      }
      for (let n = 0; n < count; n += 1) {
        // A centroid without vectors stays where it is.
        if (sizes[n]! > 0) setCentroid(centroids, n, sums.subarray(n * width, (n + 1) * width));
      }
    }
    return { centroids, nearest };
  }

  #vector(index: number): Int8Array {
    return codesAt(this.#sample, index, this.#width);
  }
}

/** The cluster whose centroid is nearest to a vector; approximate. */
export function assignCluster(
  dots: DotProducts,
  { groups, centroids }: Clusters,
  vector: Int8Array,
): number {
  const scores = similarities(dots, vector, groups);
  const order = highest(scores, searchedGroups);
  const perGroup = centroids.count / groups.count;
  let best = { index: 0, score: -Infinity };
  for (const group of order) {
    const candidate = nearestOf(dots, centroids, group * perGroup, perGroup);
    if (candidate.score > best.score) best = candidate;
  }
  return best.index;
}

/** Similarities of a vector to all centroids; the vector is then the query that is set. */
export function similarities(
  dots: DotProducts,
  vector: Int16Array | Int8Array,
  { count, codes, scales }: Centroids,
): Float32Array {
  const similarity = new Float32Array(count);
  const batch = Math.floor(dots.buffer.length / dots.width);
  dots.setQuery(vector);
  for (let first = 0; first < count; first += batch) {
    const size = Math.min(batch, count - first);
    dots.buffer.set(bytesOf(codes, first * dots.width, size * dots.width));
    const scores = dots.scoreCodes(size);
    for (let i = 0; i < size; i += 1) similarity[first + i] = scores[i]! * scales[first + i]!;
  }
  return similarity;
}

/** Indexes of the `limit` highest scores, the highest first. */
export function highest(scores: Float32Array, limit: number): Uint32Array {
  const order = Uint32Array.from(scores, (_, index) => index);
  return order.sort((a, b) => scores[b]! - scores[a]!).subarray(0, limit);
}

/** The nearest of some centroids to the query that was set. */
function nearestOf(
  dots: DotProducts,
  { codes, scales }: Centroids,
  first: number,
  count: number,
): { index: number; score: number } {
  dots.buffer.set(bytesOf(codes, first * dots.width, count * dots.width));
  const scores = dots.scoreCodes(count);
  const best = { index: first, score: -Infinity };
  for (let i = 0; i < count; i += 1) {
    const score = scores[i]! * scales[first + i]!;
    if (score > best.score) Object.assign(best, { index: first + i, score });
  }
  return best;
}

const bytesOf = (codes: Int8Array, offset: number, length: number) =>
  new Uint8Array(codes.buffer, codes.byteOffset + offset, length);

const emptyCentroids = (count: number, width: number): Centroids => ({
  count,
  codes: new Int8Array(count * width),
  scales: new Float32Array(count),
});

/** Scales the direction to length 1. */
function setCentroid(centroids: Centroids, index: number, direction: ArrayLike<number>): void {
  const width = centroids.codes.length / centroids.count;
  let squares = 0;
  for (let i = 0; i < width; i += 1) squares += direction[i]! ** 2;
  const scale = quantize(direction, centroids.codes.subarray(index * width, (index + 1) * width));
  centroids.scales[index] = squares > 0 ? scale / Math.sqrt(squares) / queryOne : 0;
}
