import type { RetrievalFigures } from './retrieval.ts';

/** One way of asking, on each half of the companies. */
export interface RetrievalRow {
  name: string;
  halves: RetrievalFigures[];
  /** Characters recalled in the first 8 passages by category, on each half. */
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

/** The figures over all queries, with those of the halves behind them. */
export function retrievalTable({ rows }: RetrievalReport): RetrievalTable {
  const figure = ({ halves }: RetrievalRow, pick: keyof RetrievalFigures) => {
    const queries = halves.reduce((sum, half) => sum + half.queries, 0);
    const mean = halves.reduce((sum, half) => sum + half[pick] * half.queries, 0) / queries;
    return `${mean.toFixed(3)} (${halves.map((half) => half[pick].toFixed(3)).join(', ')})`;
  };
  return {
    header: ['', 'characters in the first 8', 'precision of the first', 'right contract first'],
    rows: rows.map((row) => [
      row.name,
      figure(row, 'recall8'),
      figure(row, 'precision1'),
      figure(row, 'rightContract'),
    ]),
  };
}

/** Characters recalled of each category, on both halves. */
export function retrievalCategoryTable({ rows }: RetrievalReport): RetrievalTable {
  const categories = Object.keys(rows[0]?.categories[0] ?? {}).sort();
  const cell = (row: RetrievalRow, category: string) =>
    row.categories.map((half) => half[category]?.toFixed(2) ?? '—').join(', ');
  return {
    header: ['category', ...rows.map(({ name }) => name)],
    rows: categories.map((category) => [category, ...rows.map((row) => cell(row, category))]),
  };
}
