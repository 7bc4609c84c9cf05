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
import type { RetrievalReport, RetrievalRow } from './retrieval-report.ts';
import { measureRetrieval, queriesOf } from './retrieval.ts';

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

/** The embedding model learned from the other half of the companies alone; kept in bench/out. */
export function learnWithout(half: number, halves: Contract[][]): string {
  const model = join(packageRoot(), 'bench', 'out', `model-without-half-${half + 1}`);
  learn(model, halves[1 - half]!);
  return model;
}

async function measureHalf(corpus: string, model: string, companies: Set<string>) {
  const data = await mkdtemp(join(tmpdir(), 'deedbox-retrieval-'));
  try {
    await runIngest(join(corpus, 'contracts'), data, { EMBEDDING_MODEL: model });
    const reader = await openReader(readConfig({ DEEDBOX_DATA: data, EMBEDDING_MODEL: model }));
    try {
      const services = { ...reader, library: await reader.libraryFor('everything') };
      const queries = queriesOf(corpus, companies);
      const measured = [];
      for (const { scope, clause } of variants) {
        weights.clause = clause;
        measured.push(await measureRetrieval(services, queries, scope));
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

/** Takes about ten minutes where the embedding models of the halves are still to be learned. */
export async function measureHalves(corpus: string): Promise<RetrievalReport> {
  const halves = splitByCompany(readCorpus(corpus));
  const rows = variants.map(({ name }): RetrievalRow => ({ name, halves: [], categories: [] }));
  for (const [half, contracts] of halves.entries()) {
    const model = learnWithout(half, halves);
    const companies = new Set(contracts.map((contract) => contract.company));
    const measured = await measureHalf(corpus, model, companies);
    measured.forEach(({ figures, byCategory }, variant) => {
      rows[variant]!.halves.push(figures);
      rows[variant]!.categories.push(Object.fromEntries(byCategory));
    });
  }
  return { on: new Date().toISOString().slice(0, 10), machine: machine(), rows };
}
