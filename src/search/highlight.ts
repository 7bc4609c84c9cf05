import type { Span } from '../domain/documents.ts';
import { dotProduct } from '../embed/dot-product.ts';
import { segment } from '../segment/segment.ts';
import { commonWords } from '../domain/common-words.ts';
import type { SearchContext } from './context.ts';
import type { RankedPassage } from './fusion.ts';
import { tokenize } from './query-tokens.ts';
import type { Ranking } from './rank.ts';

/** Clauses that are less than half as probable as the most probable one of a passage are no answer. */
const minRelativeConfidence = 0.5;
/** What the words of a sentence count beside its similarity to the question, -1 to 1. */
const wordWeight = 0.5;
/** How often a word counts that contracts rarely have. */
const rareWordWeight = 4;
/** Letters that two forms of a word share at least. */
const sharedLetters = 5;

/** A passage and the text of its document. */
export interface PassageText {
  passage: RankedPassage;
  text: string;
}

/**
 * The part of each passage that answers, as a span of its text: the clause that the question asks for, or
 * else the sentence that is nearest to it by its meaning and words.
 */
export async function findHighlights(
  { embedder }: Pick<SearchContext, 'embedder'>,
  { question, terms }: Pick<Ranking, 'question' | 'terms'>,
  passages: PassageText[],
): Promise<Span[]> {
  const candidates = passages.map((one) => clauseOf(one.passage) ?? sentencesOf(one));
  const sentences = candidates.flatMap((one, index) =>
    Array.isArray(one) ? one.map((span) => passages[index]!.text.slice(span.start, span.end)) : [],
  );
  const vectors = sentences.length === 0 ? [] : await embedder.embedPassages(sentences);
  const target = sentences.length === 0 ? undefined : await embedder.embedQuery(question);
  const scores = sentences.map(
    (sentence, index) =>
      dotProduct(vectors[index]!, target!) + wordWeight * wordShare(sentence, terms),
  );
  let next = 0;
  return candidates.map((one) => {
    if (!Array.isArray(one)) return one;
    const own = scores.slice(next, (next += one.length));
    return one[own.indexOf(Math.max(...own))]!;
  });
}

/** The most probable clause in a passage, with those that touch it. */
function clauseOf({ start, end, clauses }: RankedPassage): Span | undefined {
  const best = Math.max(...clauses.map(({ confidence }) => confidence), 0);
  const spans = clauses
    .filter(({ confidence }) => confidence >= best * minRelativeConfidence)
    .map((clause) => ({
      start: Math.max(start, clause.start),
      end: Math.min(end, clause.end),
      isBest: clause.confidence === best,
    }))
    .sort((one, other) => one.start - other.start);
  const first = spans.find(({ isBest }) => isBest);
  if (!first) return undefined;
  const found = { start: first.start, end: first.end };
  for (const span of spans) {
    if (span.start > found.end + 2 || span.end < found.start - 2) continue;
    found.start = Math.min(found.start, span.start);
    found.end = Math.max(found.end, span.end);
  }
  return found;
}

function sentencesOf({ passage: { start, end }, text }: PassageText): Span[] {
  const { sentences } = segment(text.slice(start, end), []);
  const spans = sentences.map((one) => ({ start: start + one.start, end: start + one.end }));
  return spans.length > 0 ? spans : [{ start, end }];
}

/** Which of the terms a sentence has, 0 to 1, in the same or in another form. */
function wordShare(sentence: string, terms: string[]): number {
  if (terms.length === 0) return 0;
  const words = tokenize(sentence);
  let found = 0;
  let total = 0;
  for (const term of terms) {
    const weight = commonWords.has(term) ? 1 : rareWordWeight;
    total += weight;
    if (words.some((word) => isSameWord(word, term))) found += weight;
  }
  return found / total;
}

function isSameWord(word: string, term: string): boolean {
  const shared = Math.max(sharedLetters, Math.min(word.length, term.length) - 3);
  return (
    word === term || (word.length >= shared && word.slice(0, shared) === term.slice(0, shared))
  );
}
