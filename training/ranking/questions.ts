import type { Contract } from '../corpus.ts';
import { questions } from '../questions.ts';

/** A word that stands in one contract alone. */
export interface RareWord {
  word: string;
  /** The name of the contract. */
  contract: string;
}

/** Words of five letters or more that stand in one contract alone, in alphabetical order. */
export function rareWords(contracts: Contract[]): RareWord[] {
  const places = new Map<string, { contract: string; word: string } | undefined>();
  for (const { name, text } of contracts) {
    const words = new Map<string, string>();
    for (const [word] of text.matchAll(/(?<![\p{L}\p{N}])[A-Za-z]{5,20}(?![\p{L}\p{N}])/gu)) {
      words.set(word.toLowerCase(), word);
    }
    for (const [folded, word] of words) {
      places.set(folded, places.has(folded) ? undefined : { contract: name, word });
    }
  }
  return [...places.values()]
    .filter((place) => place !== undefined)
    .sort((one, other) => (one.word.toLowerCase() < other.word.toLowerCase() ? -1 : 1));
}

/** Ways in which people ask for a word; the first is the word alone. */
export const wordTemplates: readonly ((word: string) => string)[] = [
  (word) => word,
  (word) => `Where is ${word} mentioned?`,
  (word) => `Which contract mentions ${word} and what for?`,
  (word) => `What was agreed about ${word}?`,
];

/** Questions for a kind of clause over single clauses, as ACORD asks (Wang et al., arXiv 2501.06582). */
export const clauseTemplates: readonly ((category: string) => string)[] = [
  (category) => category,
  (category) => questions[category]!,
  (category) => `${category.toLowerCase()} clause`,
  (category) => `A clause that says: ${questions[category]}`,
];

/** Shorter spans are no clause that stands by itself. */
const minClauseLength = 200;
/** Clauses of one category, at most. */
const maxClauses = 35;
/** Categories of fewer clauses are left out. */
const minClauses = 8;

/** Labelled clauses by category, spread over the contracts in a fixed order. */
export function labelledClauses(contracts: Contract[]): Map<string, string[]> {
  const byCategory = new Map<string, string[]>();
  for (const { text, labels } of contracts) {
    for (const [category, spans] of labels) {
      const clauses = spans.map(({ start, end }) => text.slice(start, end));
      const long = clauses.filter((clause) => clause.length >= minClauseLength);
      byCategory.set(category, [...(byCategory.get(category) ?? []), ...long]);
    }
  }
  const chosen = [...byCategory].map(
    ([category, clauses]) => [category, sample(clauses, maxClauses)] as const,
  );
  return new Map(
    chosen.filter(([category, { length }]) => length >= minClauses && questions[category]),
  );
}

/** At most `count` of the items, evenly spread. */
export const sample = <T>(items: T[], count: number): T[] =>
  items.length <= count
    ? items
    : Array.from({ length: count }, (_, at) => items[Math.floor((at * items.length) / count)]!);
