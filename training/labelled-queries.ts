import type { Span } from '../src/domain/documents.ts';
import { readCorpus } from './corpus.ts';
import { questions } from './questions.ts';
import { union } from './spans.ts';

/** A question about one labelled contract, with the spans of its text that answer it. */
export interface LabelledQuery {
  contract: string;
  company: string;
  category: string;
  /** "Consider the … between …; …?" */
  query: string;
  /** The question alone, to be asked within the right contract. */
  question: string;
  answer: Span[];
}

/** `A, Inc. ("A"); B LLC ("B")` in plain words: "A, Inc. and B LLC". */
function partiesInWords(parties: string): string {
  const names = parties
    .split(';')
    .map((name) => name.replace(/\([^)]*\)?/g, '').trim())
    .filter((name) => name !== '');
  return names.join(' and ');
}

/** One query for each labelled category of each contract, in LegalBench-RAG's form. */
function labelledQueries(corpus: string): LabelledQuery[] {
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

export function queriesOf(corpus: string, companies?: Set<string>): LabelledQuery[] {
  return labelledQueries(corpus).filter((query) => companies?.has(query.company) ?? true);
}
