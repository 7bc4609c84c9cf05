import type { Span } from '../src/domain/documents.ts';
import type { SearchContext } from '../src/search/context.ts';
import { matchAll } from '../src/search/filters.ts';
import { rankingWeights } from '../src/search/ranking-weights.ts';
import { findHighlights } from '../src/search/highlight.ts';
import { type Ranking, rankQuery } from '../src/search/rank.ts';
import { overlap, union } from '../training/spans.ts';
import { figureOf, type Figures } from '../training/result-file.ts';
import { mean } from './quality/statistics.ts';
import type { LabelledQuery } from '../training/labelled-queries.ts';

/** Number of characters in both sets of spans; the spans of one set must not overlap each other. */
function sharedCharacters(a: Span[], b: Span[]): number {
  return a.reduce((sum, x) => sum + b.reduce((shared, y) => shared + overlap(x, y), 0), 0);
}

const totalLength = (spans: Span[]) => spans.reduce((sum, span) => sum + span.end - span.start, 0);

export interface RetrievalFigures {
  queries: number;
  /** Share of the labelled characters that are in the first 8 passages, mean over queries. */
  recall8: number;
  /** Share of the first passage's characters that are labelled, mean over queries. */
  precision1: number;
  /** The same of its highlight. */
  highlight1: number;
  /** Share of queries whose first passage is in the right contract. */
  rightContract: number;
}

const depth = 8;

/** The id of each contract of the corpus, by file name. */
async function documentIds(context: SearchContext): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (let offset = 0; ; offset += 500) {
    const { documents } = await context.scopedIndex.documents(matchAll(context), {
      sort: 'title',
      limit: 500,
      offset,
    });
    for (const document of documents) ids.set(document.file.fileName, document.documentId);
    if (documents.length < 500) return ids;
  }
}

async function firstHighlight(context: SearchContext, ranking: Ranking): Promise<Span | undefined> {
  const passage = ranking.passages[0]!;
  const stored = await context.scopedIndex.text(passage.documentId);
  if (!stored) return undefined;
  return (await findHighlights(context, ranking, [{ passage, text: stored.text }]))[0];
}

/**
 * LegalBench-RAG's character measure (arXiv 2408.10343) through the product's own ranking.
 * @param scope `all`: the whole query over all contracts; `contract`: the question in the right one
 */
export async function measureRetrieval(
  context: SearchContext,
  queries: LabelledQuery[],
  scope: 'all' | 'contract',
  weights = rankingWeights,
): Promise<{ figures: RetrievalFigures; byCategory: Map<string, number> }> {
  const ids = await documentIds(context);
  const recalls: number[] = [];
  const precisions: number[] = [];
  const highlights: number[] = [];
  const right: number[] = [];
  const byCategory = new Map<string, number[]>();
  for (const query of queries) {
    const id = ids.get(query.contract);
    if (id === undefined) continue;
    const ranking =
      scope === 'all'
        ? await rankQuery(context, query.query, matchAll(context), weights)
        : await rankQuery(
            context,
            query.question,
            { ...matchAll(context), documentIds: [id] },
            weights,
          );
    const found = ranking.passages.slice(0, depth).map(({ start, end, documentId }) => ({
      start,
      end,
      isRightContract: documentId === id,
    }));
    const rightSpans = union(found.filter((span) => span.isRightContract));
    const recall = sharedCharacters(rightSpans, query.answer) / totalLength(query.answer);
    const first = found[0];
    recalls.push(recall);
    right.push(first?.isRightContract ? 1 : 0);
    precisions.push(
      first?.isRightContract ? sharedCharacters([first], query.answer) / totalLength([first]) : 0,
    );
    const highlight = first?.isRightContract ? await firstHighlight(context, ranking) : undefined;
    highlights.push(
      highlight ? sharedCharacters([highlight], query.answer) / totalLength([highlight]) : 0,
    );
    byCategory.set(query.category, [...(byCategory.get(query.category) ?? []), recall]);
  }
  return {
    figures: {
      queries: recalls.length,
      recall8: mean(recalls),
      precision1: mean(precisions),
      highlight1: mean(highlights),
      rightContract: mean(right),
    },
    byCategory: new Map([...byCategory].map(([category, values]) => [category, mean(values)])),
  };
}

/** One kind of query, measured on each half of the companies. */
export interface RetrievalRow {
  /** Names the row in the result file. */
  id: string;
  name: string;
  halves: RetrievalFigures[];
  /** Recall of characters in the first 8 passages by category, on each half. */
  categories: Record<string, number>[];
}

export interface RetrievalReport {
  on: string;
  machine: string;
  rows: RetrievalRow[];
}

export interface RetrievalTable {
  header: string[];
  rows: string[][];
}

/** Mean over the queries of both halves. */
function overall({ halves }: RetrievalRow, pick: keyof RetrievalFigures): number {
  const queries = halves.reduce((sum, half) => sum + half.queries, 0);
  return halves.reduce((sum, half) => sum + half[pick] * half.queries, 0) / queries;
}

/** The figures over all queries, followed by those of the halves. */
export function retrievalTable({ rows }: RetrievalReport): RetrievalTable {
  const figure = (row: RetrievalRow, pick: keyof RetrievalFigures) =>
    `${overall(row, pick).toFixed(3)} (${row.halves.map((half) => half[pick].toFixed(3)).join(', ')})`;
  return {
    header: [
      '',
      'characters in the first 8',
      'precision of the first',
      'of its highlight',
      'right contract first',
    ],
    rows: rows.map((row) => [
      row.name,
      figure(row, 'recall8'),
      figure(row, 'precision1'),
      figure(row, 'highlight1'),
      figure(row, 'rightContract'),
    ]),
  };
}

/** Recall of characters by category, on both halves. */
export function retrievalCategoryTable({ rows }: RetrievalReport): RetrievalTable {
  const categories = Object.keys(rows[0]?.categories[0] ?? {}).sort();
  const cell = (row: RetrievalRow, category: string) =>
    row.categories.map((half) => half[category]?.toFixed(2) ?? '—').join(', ');
  return {
    header: ['category', ...rows.map(({ name }) => name)],
    rows: categories.map((category) => [category, ...rows.map((row) => cell(row, category))]),
  };
}

/** The figures for the result file: of each row the mean, the halves, and the halves by category. */
export function retrievalResultFigures({ rows }: RetrievalReport): Figures {
  const figures: Figures = {};
  for (const row of rows) {
    row.halves.forEach(({ queries }, half) => {
      figures[`${row.id}.queries.half${half + 1}`] = figureOf(queries, 'count');
    });
    for (const pick of ['recall8', 'precision1', 'highlight1', 'rightContract'] as const) {
      figures[`${row.id}.${pick}`] = figureOf(overall(row, pick), 'share');
      row.halves.forEach((measured, half) => {
        figures[`${row.id}.${pick}.half${half + 1}`] = figureOf(measured[pick], 'share');
      });
    }
    row.categories.forEach((categories, half) => {
      for (const [category, recall] of Object.entries(categories)) {
        figures[`${row.id}.recall8.half${half + 1}.${category}`] = figureOf(recall, 'share');
      }
    });
  }
  return figures;
}
