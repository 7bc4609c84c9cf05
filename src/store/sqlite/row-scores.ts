import type { Coverage } from '../records.ts';

/** What is known of a row. */
export interface Scored extends Coverage {
  id: number;
  score: number;
}

/** Scores and coverage of rows, summed up word by word. */
export class RowScores {
  readonly #slots = new Map<number, number>();
  readonly #ids: number[] = [];
  readonly #scores: number[] = [];
  readonly #coverage: number[] = [];
  readonly #exact: number[] = [];

  get size(): number {
    return this.#ids.length;
  }

  has(id: number): boolean {
    return this.#slots.has(id);
  }

  add(id: number, score: number, coverage: number, exactCoverage: number): void {
    const slot = this.#slots.get(id);
    if (slot === undefined) {
      this.#slots.set(id, this.#ids.length);
      this.#ids.push(id);
      this.#scores.push(score);
      this.#coverage.push(coverage);
      this.#exact.push(exactCoverage);
    } else {
      this.#scores[slot]! += score;
      this.#coverage[slot]! += coverage;
      this.#exact[slot]! += exactCoverage;
    }
  }

  /**
   * The best rows, in order: by score, but a quarter of them for those that have the rarest words, which many
   * common ones may outweigh.
   * @param weights of all words of the query, by which the coverage of a row is divided
   */
  best(limit: number, weights: Coverage): Scored[] {
    const share = (part: number, whole: number) => (whole > 0 ? part / whole : 0);
    const covered = this.#ids.map(
      (_, slot) =>
        share(this.#coverage[slot]!, weights.coverage) +
        share(this.#exact[slot]!, weights.exactCoverage),
    );
    const byScore = (one: number, other: number) =>
      this.#scores[other]! - this.#scores[one]! || this.#ids[one]! - this.#ids[other]!;
    const chosen = withRarest(topSlots(this.#scores, limit, byScore), covered, limit, byScore);
    return [...chosen].sort(byScore).map((slot) => ({
      id: this.#ids[slot]!,
      score: this.#scores[slot]!,
      coverage: share(this.#coverage[slot]!, weights.coverage),
      exactCoverage: share(this.#exact[slot]!, weights.exactCoverage),
    }));
  }
}

/** The slots of the largest values, in order. Sorts numbers, and then only the slots that reach the last of them. */
function topSlots(
  values: number[],
  count: number,
  compare: (one: number, other: number) => number,
): number[] {
  const slots = values.map((_, slot) => slot);
  if (values.length <= count) return slots.sort(compare);
  const least = Float64Array.from(values).sort()[values.length - count]!;
  return slots
    .filter((slot) => values[slot]! >= least)
    .sort(compare)
    .slice(0, count);
}

/** The same for a few rows in the order of their scores. */
export function chooseBest<T extends Coverage>(ranked: T[], limit: number): T[] {
  const covered = ranked.map(({ coverage, exactCoverage }) => coverage + exactCoverage);
  const chosen = withRarest([...ranked.keys()], covered, limit, (one, other) => one - other);
  return ranked.filter((_, at) => chosen.has(at));
}

/** The slots with the best coverage, a quarter of `limit`, and then the first of those in the order of scores. */
function withRarest(
  bestFirst: number[],
  covered: number[],
  limit: number,
  byScore: (one: number, other: number) => number,
): Set<number> {
  const byCoverage = (one: number, other: number) =>
    covered[other]! - covered[one]! || byScore(one, other);
  const chosen = new Set(topSlots(covered, Math.ceil(limit / 4), byCoverage));
  for (const slot of bestFirst) {
    if (chosen.size >= limit) break;
    chosen.add(slot);
  }
  return chosen;
}
