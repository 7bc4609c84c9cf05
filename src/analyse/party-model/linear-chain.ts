/**
 * A linear-chain conditional random field over three tags (Lafferty, McCallum and Pereira 2001): a
 * token is outside of names, the first of a name, or further on in one. Features are hashed into
 * buckets; scores are in nats.
 */
export const tagCount = 3;
export const outside = 0;
export const begins = 1;
export const goesOn = 2;

export interface ChainWeights {
  /** A power of two. */
  buckets: number;
  /** `tagCount` weights for each bucket. */
  state: Float32Array;
  /** From the tag before to the tag, row by row. */
  transition: Float32Array;
}

/** What the field says of one sequence: forward and backward log sums and the log of the partition. */
export interface Lattice {
  length: number;
  scores: Float64Array;
  forward: Float64Array;
  backward: Float64Array;
  total: number;
}

const impossible = -1e30;

/** A name cannot go on where none began. */
export function transitionScore({ transition }: ChainWeights, from: number, to: number): number {
  return from === outside && to === goesOn ? impossible : transition[from * tagCount + to]!;
}

function logSum(a: number, b: number, c: number): number {
  const most = Math.max(a, b, c);
  if (most <= impossible) return most;
  return most + Math.log(Math.exp(a - most) + Math.exp(b - most) + Math.exp(c - most));
}

/** Sums over all ways to tag a sequence whose tokens have the buckets `features`. */
export function lattice(weights: ChainWeights, features: readonly Int32Array[]): Lattice {
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
  const step = Float64Array.from({ length: tagCount * tagCount }, (_, k) =>
    transitionScore(weights, Math.floor(k / tagCount), k % tagCount),
  );
  for (let i = 0; i < length; i++) {
    const before = (i - 1) * tagCount;
    for (let tag = 0; tag < tagCount; tag++) {
      const sum =
        i === 0
          ? step[tag]!
          : logSum(
              forward[before]! + step[tag]!,
              forward[before + 1]! + step[tagCount + tag]!,
              forward[before + 2]! + step[2 * tagCount + tag]!,
            );
      forward[i * tagCount + tag] = Math.max(impossible, sum) + scores[i * tagCount + tag]!;
    }
  }
  for (let i = length - 2; i >= 0; i--) {
    const after = (i + 1) * tagCount;
    const [a, b, c] = [0, 1, 2].map((tag) => scores[after + tag]! + backward[after + tag]!);
    for (let tag = 0; tag < tagCount; tag++) {
      const row = tag * tagCount;
      backward[i * tagCount + tag] = logSum(
        step[row]! + a!,
        step[row + 1]! + b!,
        step[row + 2]! + c!,
      );
    }
  }
  const end = (length - 1) * tagCount;
  const total = length === 0 ? 0 : logSum(forward[end]!, forward[end + 1]!, forward[end + 2]!);
  return { length, scores, forward, backward, total };
}

/** The probability that the tokens from `first` to before `next` are one whole name. */
export function nameProbability(
  weights: ChainWeights,
  { length, scores, forward, backward, total }: Lattice,
  first: number,
  next: number,
): number {
  let score = forward[first * tagCount + begins]!;
  for (let i = first + 1; i < next; i++) {
    score += transitionScore(weights, i === first + 1 ? begins : goesOn, goesOn);
    score += scores[i * tagCount + goesOn]!;
  }
  const last = next - first === 1 ? begins : goesOn;
  const at = next * tagCount;
  const rest =
    next >= length
      ? 0
      : logSum(
          transitionScore(weights, last, outside) + scores[at]! + backward[at]!,
          transitionScore(weights, last, begins) + scores[at + begins]! + backward[at + begins]!,
          impossible,
        );
  return Math.exp(Math.min(0, score + rest - total));
}
