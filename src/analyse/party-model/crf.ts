/**
 * A linear-chain conditional random field (CRF; Lafferty, McCallum and Pereira, ICML 2001) over
 * three tags: a token is outside of names, begins a name, or is inside one. Features are hashed
 * into buckets; scores are in nats.
 */
export const tagCount = 3;
export const outsideTag = 0;
export const beginTag = 1;
export const insideTag = 2;

export interface CrfWeights {
  /** Number of hash buckets; a power of two. */
  buckets: number;
  /** `tagCount` weights for each bucket. */
  state: Float32Array;
  /** `tagCount × tagCount`: from the previous tag (row) to the tag (column). */
  transition: Float32Array;
}

/**
 * Results of the forward–backward algorithm for one sequence: token scores, forward and backward
 * log sums, each `length × tagCount`, and the log of the partition function (`total`).
 */
export interface Lattice {
  length: number;
  scores: Float64Array;
  forward: Float64Array;
  backward: Float64Array;
  total: number;
}

const logZero = -1e30;

/** A token cannot be inside a name that did not begin. */
export function transitionScore({ transition }: CrfWeights, from: number, to: number): number {
  return from === outsideTag && to === insideTag ? logZero : transition[from * tagCount + to]!;
}

function logSumExp(a: number, b: number, c: number): number {
  const max = Math.max(a, b, c);
  if (max <= logZero) return max;
  return max + Math.log(Math.exp(a - max) + Math.exp(b - max) + Math.exp(c - max));
}

/**
 * Runs the forward–backward algorithm.
 * @param features by token, the buckets of its features
 */
export function computeLattice(weights: CrfWeights, features: readonly Int32Array[]): Lattice {
  const length = features.length;
  const scores = new Float64Array(length * tagCount);
  features.forEach((active, i) => {
    for (const bucket of active) {
      for (let tag = 0; tag < tagCount; tag++) {
        scores[i * tagCount + tag]! += weights.state[bucket * tagCount + tag]!;
      }
    }
  });
  const forward = new Float64Array(length * tagCount);
  const backward = new Float64Array(length * tagCount);
  const transitionScores = Float64Array.from({ length: tagCount * tagCount }, (_, k) =>
    transitionScore(weights, Math.floor(k / tagCount), k % tagCount),
  );
  for (let i = 0; i < length; i++) {
    const before = (i - 1) * tagCount;
    for (let tag = 0; tag < tagCount; tag++) {
      const sum =
        i === 0
          ? transitionScores[tag]!
          : logSumExp(
              forward[before]! + transitionScores[tag]!,
              forward[before + 1]! + transitionScores[tagCount + tag]!,
              forward[before + 2]! + transitionScores[2 * tagCount + tag]!,
            );
      forward[i * tagCount + tag] = Math.max(logZero, sum) + scores[i * tagCount + tag]!;
    }
  }
  for (let i = length - 2; i >= 0; i--) {
    const after = (i + 1) * tagCount;
    const [a, b, c] = [0, 1, 2].map((tag) => scores[after + tag]! + backward[after + tag]!);
    for (let tag = 0; tag < tagCount; tag++) {
      const row = tag * tagCount;
      backward[i * tagCount + tag] = logSumExp(
        transitionScores[row]! + a!,
        transitionScores[row + 1]! + b!,
        transitionScores[row + 2]! + c!,
      );
    }
  }
  const end = (length - 1) * tagCount;
  const total = length === 0 ? 0 : logSumExp(forward[end]!, forward[end + 1]!, forward[end + 2]!);
  return { length, scores, forward, backward, total };
}

/** The probability that the tokens from `first` to before `next` are exactly one name. */
export function nameProbability(
  weights: CrfWeights,
  { length, scores, forward, backward, total }: Lattice,
  first: number,
  next: number,
): number {
  let score = forward[first * tagCount + beginTag]!;
  for (let i = first + 1; i < next; i++) {
    score += transitionScore(weights, i === first + 1 ? beginTag : insideTag, insideTag);
    score += scores[i * tagCount + insideTag]!;
  }
  const last = next - first === 1 ? beginTag : insideTag;
  const at = next * tagCount;
  const rest =
    next >= length
      ? 0
      : logSumExp(
          transitionScore(weights, last, outsideTag) + scores[at]! + backward[at]!,
          transitionScore(weights, last, beginTag) +
            scores[at + beginTag]! +
            backward[at + beginTag]!,
          logZero,
        );
  return Math.exp(Math.min(0, score + rest - total));
}
