import type { Span } from '../src/domain/documents.ts';
import { readCorpus } from '../training/corpus.ts';
import { overlap, union } from '../training/spans.ts';
import { questions } from '../training/questions.ts';

/** A question about one labelled contract, with the spans of its text that answer it. */
export interface LabelledQuery {
  contract: string;
  company: string;
  category: string;
  /** "Consider the … between …; …?" */
  query: string;
  /** The question alone, for asking inside the right contract. */
  question: string;
  answer: Span[];
}

/** `A, Inc. ("A"); B LLC ("B")` as people would say it: "A, Inc. and B LLC". */
function partiesInWords(parties: string): string {
  const names = parties
    .split(';')
    .map((name) => name.replace(/\([^)]*\)?/g, '').trim())
    .filter((name) => name !== '');
  return names.join(' and ');
}

/** What a query on any contract is about to ask, from the lawyers' labels (LegalBench-RAG's form). */
export function labelledQueries(corpus: string): LabelledQuery[] {
  return readCorpus(corpus).flatMap(({ fileName, company, answers, labels }) => {
    const title = answers['Document Name'] ?? 'agreement';
    const parties = answers['Parties'];
    const subject = parties ? `${title} between ${partiesInWords(parties)}` : title;
    return [...labels].flatMap(([category, answer]) => {
      const question = questions[category];
      if (question === undefined || answer.length === 0) return [];
      return {
        contract: fileName,
        company,
        category,
        query: `Consider the ${subject}; ${question}`,
        question,
        answer: union(answer),
      };
    });
  });
}

/** How many characters two sets of spans share, when those of a set do not overlap. */
export function sharedCharacters(a: Span[], b: Span[]): number {
  return a.reduce((sum, x) => sum + b.reduce((shared, y) => shared + overlap(x, y), 0), 0);
}

export const totalLength = (spans: Span[]) =>
  spans.reduce((sum, span) => sum + span.end - span.start, 0);
