import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/v4';
import type { Span } from '../src/documents.ts';
import { companyOf } from '../training/corpus.ts';
import { questions } from './questions.ts';

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

const labelLine = z.object({
  name: z.string(),
  text: z.string(),
  pdf: z.string().nullable(),
  answers: z.record(z.string(), z.string()),
  clauses: z.record(z.string(), z.array(z.object({ start: z.int(), end: z.int() }))),
});

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
  const lines = readFileSync(join(corpus, 'labels.jsonl'), 'utf8').split('\n').filter(Boolean);
  return lines.flatMap((line) => {
    const { name, text, answers, clauses } = labelLine.parse(JSON.parse(line));
    const title = answers['Document Name'] ?? 'agreement';
    const parties = answers['Parties'];
    const subject = parties ? `${title} between ${partiesInWords(parties)}` : title;
    return Object.entries(clauses).flatMap(([category, answer]) => {
      const question = questions[category];
      if (question === undefined || answer.length === 0) return [];
      return {
        contract: text.replace(/^contracts\//, ''),
        company: companyOf(name),
        category,
        query: `Consider the ${subject}; ${question}`,
        question,
        answer: mergeSpans(answer),
      };
    });
  });
}

/** Sorted, and overlapping ones as one. */
export function mergeSpans(spans: Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else merged.push({ ...span });
  }
  return merged;
}

/** How many characters two sets of merged spans share. */
export function sharedCharacters(a: Span[], b: Span[]): number {
  let shared = 0;
  for (const x of a) {
    for (const y of b) {
      shared += Math.max(0, Math.min(x.end, y.end) - Math.max(x.start, y.start));
    }
  }
  return shared;
}

export const length = (spans: Span[]) =>
  spans.reduce((sum, span) => sum + span.end - span.start, 0);
