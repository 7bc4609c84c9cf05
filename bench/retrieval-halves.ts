import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openReader } from '../src/app.ts';
import { packageRoot, readConfig } from '../src/config.ts';
import { weights } from '../src/search/rank.ts';
import { readCorpus, splitByCompany, type Contract } from '../training/corpus.ts';
import { learnLanguage, learnQuestions, prepare } from '../training/learn.ts';
import { writeModel } from '../training/write-model.ts';
import { machine } from './figures.ts';
import { runIngest } from './ingest.ts';
import { measureRetrieval, queriesOf, type RetrievalFigures } from './retrieval.ts';

/**
 * Retrieval through the product's own search, over all contracts of
 * ../shared/cuad. The companies are split in halves, and each half is asked about with an embedding
 * model learned from the other half alone. Models already learned (bench/out) are used again.
 */

const clauseWeight = weights.clause;

const variants = [
  { name: 'whole query, all contracts', scope: 'all', clause: clauseWeight },
  { name: 'question, right contract', scope: 'contract', clause: clauseWeight },
  { name: 'question, right contract, no clause types', scope: 'contract', clause: 0 },
] as const;

function learn(folder: string, contracts: Contract[]): void {
  if (existsSync(join(folder, 'config.json'))) return;
  const log = (line: string) => process.stderr.write(`  ${line}\n`);
  const prepared = prepare(contracts);
  writeModel(folder, learnQuestions(learnLanguage(prepared, log), prepared, log));
}

async function measureHalf(corpus: string, model: string, companies: Set<string>) {
  const data = await mkdtemp(join(tmpdir(), 'deedbox-retrieval-'));
  try {
    await runIngest(join(corpus, 'contracts'), data, { EMBEDDING_MODEL: model });
    const reader = await openReader(readConfig({ DEEDBOX_DATA: data, EMBEDDING_MODEL: model }));
    try {
      const queries = queriesOf(corpus, companies);
      const measured = [];
      for (const { scope, clause } of variants) {
        weights.clause = clause;
        measured.push(await measureRetrieval(reader, queries, scope));
      }
      return measured;
    } finally {
      weights.clause = clauseWeight;
      await reader.close();
    }
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

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

/** Takes about ten minutes where the embedding models of the halves are still to be learned. */
export async function measureHalves(corpus: string): Promise<RetrievalReport> {
  const halves = splitByCompany(readCorpus(corpus));
  const rows = variants.map(({ name }): RetrievalRow => ({ name, halves: [], categories: [] }));
  for (const [half, contracts] of halves.entries()) {
    const model = join(packageRoot(), 'bench', 'out', `model-without-half-${half + 1}`);
    learn(model, halves[1 - half]!);
    const companies = new Set(contracts.map((contract) => contract.company));
    const measured = await measureHalf(corpus, model, companies);
    measured.forEach(({ figures, byCategory }, variant) => {
      rows[variant]!.halves.push(figures);
      rows[variant]!.categories.push(Object.fromEntries(byCategory));
    });
  }
  return { on: new Date().toISOString().slice(0, 10), machine: machine(), rows };
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
