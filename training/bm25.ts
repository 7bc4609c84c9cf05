import { splitWords } from './tokenizer.ts';

/** Okapi BM25 over passages, the full-text baseline (k1 1.2, b 0.75, as in SQLite's FTS5). */
export class Bm25 {
  readonly #documents: Map<string, number>[];
  readonly #lengths: number[];
  readonly #meanLength: number;
  readonly #documentFrequency = new Map<string, number>();

  constructor(texts: string[]) {
    this.#documents = texts.map((text) => {
      const counts = new Map<string, number>();
      for (const word of splitWords(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
      for (const word of counts.keys()) {
        this.#documentFrequency.set(word, (this.#documentFrequency.get(word) ?? 0) + 1);
      }
      return counts;
    });
    this.#lengths = this.#documents.map((counts) =>
      [...counts.values()].reduce((a, b) => a + b, 0),
    );
    this.#meanLength = this.#lengths.reduce((a, b) => a + b, 0) / texts.length;
  }

  /** Scores of the texts in [from, to) for a query; document frequencies are those of all texts. */
  scores(query: string, from: number, to: number): Float64Array {
    const scores = new Float64Array(to - from);
    for (const word of new Set(splitWords(query))) {
      const frequency = this.#documentFrequency.get(word);
      if (!frequency) continue;
      const idf = Math.log(1 + (this.#documents.length - frequency + 0.5) / (frequency + 0.5));
      for (let at = from; at < to; at++) {
        const count = this.#documents[at]!.get(word);
        if (!count) continue;
        const length = this.#lengths[at]! / this.#meanLength;
        scores[at - from]! += (idf * count * 2.2) / (count + 1.2 * (0.25 + 0.75 * length));
      }
    }
    return scores;
  }
}
