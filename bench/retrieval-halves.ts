import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openReader } from '../src/app.ts';
import { packageRoot, readConfig } from '../src/config.ts';
import { weights } from '../src/search/rank.ts';
import { findCorpus, readCorpus, splitByCompany, type Contract } from '../training/corpus.ts';
import { learnLanguage, learnQuestions, prepare } from '../training/learn.ts';
import { writeModel } from '../training/write-model.ts';
import { machine, table } from './figures.ts';
import { runIngest } from './ingest.ts';
import { measureRetrieval, queriesOf, type RetrievalFigures } from './retrieval.ts';

/**
 * `npm run bench:retrieval`: retrieval through the product's own search, over all contracts of
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

async function main(): Promise<void> {
  const corpus = findCorpus();
  if (!corpus) {
    process.stdout.write('../shared/cuad is not there: nothing to measure.\n');
    return;
  }
  const halves = splitByCompany(readCorpus(corpus));
  const measured: Awaited<ReturnType<typeof measureHalf>>[] = [];
  for (const [half, contracts] of halves.entries()) {
    const model = join(packageRoot(), 'bench', 'out', `model-without-half-${half + 1}`);
    learn(model, halves[1 - half]!);
    const companies = new Set(contracts.map((contract) => contract.company));
    measured.push(await measureHalf(corpus, model, companies));
  }

  const figure = (variant: number, pick: keyof RetrievalFigures) => {
    const [a, b] = measured.map((half) => half[variant]!.figures);
    const mean = (a![pick] * a!.queries + b![pick] * b!.queries) / (a!.queries + b!.queries);
    return `${mean.toFixed(3)} (${a![pick].toFixed(3)}, ${b![pick].toFixed(3)})`;
  };
  const rows = variants.map(({ name }, variant) => [
    name,
    figure(variant, 'recall8'),
    figure(variant, 'precision1'),
    figure(variant, 'rightContract'),
  ]);
  const queries = measured.map((half) => half[0]!.figures.queries);
  process.stdout.write(
    `Retrieval on ${machine()}; ${queries.join(' + ')} queries, mean (half 1, half 2)\n\n` +
      `${table(['', 'characters in the first 8', 'precision of the first', 'right contract first'], rows)}\n\n`,
  );
  const categories = [...measured[0]![0]!.byCategory.keys()].sort();
  const perCategory = categories.map((category) => [
    category,
    ...variants.map((_, variant) =>
      measured.map((half) => half[variant]!.byCategory.get(category)?.toFixed(2) ?? '—').join(', '),
    ),
  ]);
  process.stdout.write(`${table(['category', ...variants.map((v) => v.name)], perCategory)}\n`);
}

await main();
