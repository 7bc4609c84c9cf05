import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedder } from '../src/embed/embedder.ts';
import { writeFigures } from './card.ts';
import { bundledModel, findCorpus, readCorpus, splitByCompany } from './corpus.ts';
import {
  learnLanguage,
  learnQuestions,
  prepare,
  type Prepared,
  type StaticModel,
} from './learn.ts';
import {
  buildCases,
  characterRecall,
  scoreBm25,
  scoreCosine,
  scoreReciprocalRanks,
  scoreWeighted,
  type Case,
  type Scorer,
} from './retrieval.ts';
import { writeModel } from './write-model.ts';

/**
 * `npm run train:evaluate`: labelled characters found in the first 8 passages inside the right
 * contract, each half of the companies measured with a model that was learned from the other.
 */
async function main(): Promise<void> {
  const corpus = findCorpus();
  if (!corpus) {
    console.error('CUAD is not there: expected ../shared/cuad beside the repository.');
    process.exitCode = 2;
    return;
  }
  const [first, second] = splitByCompany(readCorpus(corpus)).map(prepare) as [
    Prepared[],
    Prepared[],
  ];
  const folds = [
    { train: first, test: second },
    { train: second, test: first },
  ];
  const language: StaticModel[] = [];
  const untuned: Case[][] = [];
  const tuned: Case[][] = [];
  for (const [index, { train, test }] of folds.entries()) {
    const model = learnLanguage(train, progress);
    language.push(model);
    untuned.push(await casesOf(model, test));
    tuned.push(await casesOf(learnQuestions(model, train, progress), test));
    progress(`half ${index + 1} of 2 done`);
  }

  print('Characters recalled in the first 8 passages, macro / micro, half 1 and half 2');
  row('BM25', tuned, () => scoreBm25);
  row('embedding, text alone', untuned, () => scoreCosine);
  row('embedding', tuned, () => scoreCosine);
  row('embedding + BM25, reciprocal ranks', tuned, () => scoreReciprocalRanks);
  const weights = tuned.map(bestWeight);
  row(
    `embedding + BM25, weight ${weights.toReversed().join(', ')} (chosen on the other half)`,
    tuned,
    (fold) => scoreWeighted(weights[1 - fold]!),
  );

  print('');
  print('By category (embedding, macro, both halves)');
  for (const [category, { macro, queries }] of characterRecall(tuned.flat(), scoreCosine, 8)
    .byCategory) {
    print(`  ${category.padEnd(36)} ${macro.toFixed(2)}  ${String(queries).padStart(4)}`);
  }

  await evaluateUnseenCategories(folds, language, untuned);
  writeFigures(bundledModel, 'npm run train:evaluate', ['```text', ...printed, '```'].join('\n'));
}

/**
 * The same for categories whose labels and questions had no part in the learning. They are held
 * back a quarter at a time, two quarters on each half of the companies.
 */
async function evaluateUnseenCategories(
  folds: { train: Prepared[]; test: Prepared[] }[],
  language: StaticModel[],
  untuned: Case[][],
): Promise<void> {
  const categories = [...new Set(untuned.flat().map((one) => one.category))].sort();
  const unseen: Case[][] = [];
  const before: Case[][] = [];
  for (const [fold, { train, test }] of folds.entries()) {
    const quarters = [fold, fold + 2].map(
      (quarter) => new Set(categories.filter((_, at) => at % 4 === quarter)),
    );
    const cases: Case[] = [];
    for (const held of quarters) {
      const model = learnQuestions(language[fold]!, withoutLabels(train, held), progress);
      cases.push(...(await casesOf(model, test)).filter(({ category }) => held.has(category)));
    }
    unseen.push(cases);
    before.push(
      untuned[fold]!.filter(({ category }) => quarters.some((held) => held.has(category))),
    );
  }
  print('');
  print('Categories that were not learned from (held back a quarter at a time)');
  row('BM25', unseen, () => scoreBm25);
  row('embedding, text alone', before, () => scoreCosine);
  row('embedding', unseen, () => scoreCosine);
  row('embedding + BM25, reciprocal ranks', unseen, () => scoreReciprocalRanks);
  for (const weight of [0.5, 0.7, 0.9]) {
    row(`embedding + BM25, weight ${weight}`, unseen, () => scoreWeighted(weight));
  }
}

function withoutLabels(prepared: Prepared[], held: ReadonlySet<string>): Prepared[] {
  return prepared.map(({ contract, passages }) => ({
    contract: {
      ...contract,
      labels: new Map([...contract.labels].filter(([category]) => !held.has(category))),
    },
    passages,
  }));
}

/** Measured through the product's own embedder, on the quantised model as it would ship. */
async function casesOf(model: StaticModel, test: Prepared[]): Promise<Case[]> {
  const folder = mkdtempSync(join(tmpdir(), 'deedbox-evaluate-'));
  writeModel(folder, model);
  const embedder = await openEmbedder({ model: folder, threads: 1 });
  try {
    return await buildCases(test, embedder);
  } finally {
    await embedder.close();
    rmSync(folder, { recursive: true });
  }
}

function bestWeight(cases: Case[]): number {
  const weights = Array.from({ length: 21 }, (_, step) => step / 20);
  const recall = (weight: number): number => characterRecall(cases, scoreWeighted(weight), 8).macro;
  return weights.reduce((best, weight) => (recall(weight) > recall(best) ? weight : best));
}

function row(label: string, folds: Case[][], scorer: (fold: number) => Scorer): void {
  const recalls = folds.map((cases, fold) => characterRecall(cases, scorer(fold), 8));
  const mean = (pick: 'macro' | 'micro'): string =>
    (recalls.reduce((sum, recall) => sum + recall[pick], 0) / recalls.length).toFixed(3);
  const each = recalls.map(({ macro, micro }) => `${macro.toFixed(3)} / ${micro.toFixed(3)}`);
  print(`  ${label.padEnd(66)} ${mean('macro')} / ${mean('micro')}   ${each.join('   ')}`);
}

const printed: string[] = [];

function print(line: string): void {
  printed.push(line);
  console.log(line);
}

function progress(line: string): void {
  console.error(`${new Date().toISOString().slice(11, 19)}  ${line}`);
}

await main();
