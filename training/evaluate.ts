import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedder } from '../src/embed/embedder.ts';
import { writeMetrics } from './model-card.ts';
import { bundledEmbeddingModel, findCorpus, readCorpus, splitByCompany } from './corpus.ts';
import {
  learnLanguage,
  learnQuestions,
  prepareContracts,
  type PreparedContract,
  type StaticModel,
} from './learn.ts';
import {
  buildCases,
  characterRecall,
  scoreBm25,
  scoreCosine,
  scoreReciprocalRanks,
  scoreWeighted,
  type RetrievalCase,
  type Scorer,
} from './retrieval.ts';
import { writeEmbeddingModel } from './write-model.ts';

/**
 * `npm run train:evaluate`: labelled characters found in the first 8 passages inside the right
 * contract, each half of the companies measured with a model trained on the other half.
 */
async function main(): Promise<void> {
  const corpus = findCorpus();
  if (!corpus) {
    console.error('CUAD was not found. It must be in ../shared/cuad beside the repository.');
    process.exitCode = 2;
    return;
  }
  const [first, second] = splitByCompany(readCorpus(corpus)).map(prepareContracts) as [
    PreparedContract[],
    PreparedContract[],
  ];
  const folds = [
    { train: first, test: second },
    { train: second, test: first },
  ];
  const language: StaticModel[] = [];
  const untunedCases: RetrievalCase[][] = [];
  const tunedCases: RetrievalCase[][] = [];
  for (const [index, { train, test }] of folds.entries()) {
    const model = learnLanguage(train, progress);
    language.push(model);
    untunedCases.push(await buildFoldCases(model, test));
    tunedCases.push(await buildFoldCases(learnQuestions(model, train, progress), test));
    progress(`half ${index + 1} of 2 done`);
  }

  printLine('Characters recalled in the first 8 passages, macro / micro, half 1 and half 2');
  printRow('BM25', tunedCases, () => scoreBm25);
  printRow('embedding, text alone', untunedCases, () => scoreCosine);
  printRow('embedding', tunedCases, () => scoreCosine);
  printRow('embedding + BM25, reciprocal ranks', tunedCases, () => scoreReciprocalRanks);
  const weights = tunedCases.map(bestWeight);
  printRow(
    `embedding + BM25, weight ${weights.toReversed().join(', ')} (chosen on the other half)`,
    tunedCases,
    (fold) => scoreWeighted(weights[1 - fold]!),
  );

  printLine('');
  printLine('By category (embedding, macro, both halves)');
  for (const [category, { macro, queries }] of characterRecall(tunedCases.flat(), scoreCosine, 8)
    .byCategory) {
    printLine(`  ${category.padEnd(36)} ${macro.toFixed(2)}  ${String(queries).padStart(4)}`);
  }

  await evaluateUnseenCategories(folds, language, untunedCases);
  writeMetrics(
    bundledEmbeddingModel,
    'npm run train:evaluate',
    ['```text', ...printed, '```'].join('\n'),
  );
}

/**
 * The same for categories that the model was not trained on. A quarter of the categories is held
 * out at a time, two quarters on each half of the companies.
 */
async function evaluateUnseenCategories(
  folds: { train: PreparedContract[]; test: PreparedContract[] }[],
  language: StaticModel[],
  untunedCases: RetrievalCase[][],
): Promise<void> {
  const categories = [...new Set(untunedCases.flat().map((one) => one.category))].sort();
  const unseenCases: RetrievalCase[][] = [];
  const before: RetrievalCase[][] = [];
  for (const [fold, { train, test }] of folds.entries()) {
    const quarters = [fold, fold + 2].map(
      (quarter) => new Set(categories.filter((_, at) => at % 4 === quarter)),
    );
    const cases: RetrievalCase[] = [];
    for (const heldOut of quarters) {
      const model = learnQuestions(language[fold]!, withoutLabels(train, heldOut), progress);
      cases.push(
        ...(await buildFoldCases(model, test)).filter(({ category }) => heldOut.has(category)),
      );
    }
    unseenCases.push(cases);
    before.push(
      untunedCases[fold]!.filter(({ category }) =>
        quarters.some((heldOut) => heldOut.has(category)),
      ),
    );
  }
  printLine('');
  printLine('Categories that were not trained on (a quarter held out at a time)');
  printRow('BM25', unseenCases, () => scoreBm25);
  printRow('embedding, text alone', before, () => scoreCosine);
  printRow('embedding', unseenCases, () => scoreCosine);
  printRow('embedding + BM25, reciprocal ranks', unseenCases, () => scoreReciprocalRanks);
  for (const weight of [0.5, 0.7, 0.9]) {
    printRow(`embedding + BM25, weight ${weight}`, unseenCases, () => scoreWeighted(weight));
  }
}

function withoutLabels(
  prepared: PreparedContract[],
  heldOut: ReadonlySet<string>,
): PreparedContract[] {
  return prepared.map(({ contract, passages }) => ({
    contract: {
      ...contract,
      labels: new Map([...contract.labels].filter(([category]) => !heldOut.has(category))),
    },
    passages,
  }));
}

/** Measures the quantised model, as bundled, with the product's embedder. */
async function buildFoldCases(
  model: StaticModel,
  test: PreparedContract[],
): Promise<RetrievalCase[]> {
  const folder = mkdtempSync(join(tmpdir(), 'deedbox-evaluate-'));
  writeEmbeddingModel(folder, model);
  const embedder = await openEmbedder({ model: folder, threads: 1 });
  try {
    return await buildCases(test, embedder);
  } finally {
    await embedder.close();
    rmSync(folder, { recursive: true });
  }
}

function bestWeight(cases: RetrievalCase[]): number {
  const weights = Array.from({ length: 21 }, (_, step) => step / 20);
  const recall = (weight: number): number => characterRecall(cases, scoreWeighted(weight), 8).macro;
  return weights.reduce((best, weight) => (recall(weight) > recall(best) ? weight : best));
}

function printRow(label: string, folds: RetrievalCase[][], scorer: (fold: number) => Scorer): void {
  const recalls = folds.map((cases, fold) => characterRecall(cases, scorer(fold), 8));
  const mean = (pick: 'macro' | 'micro'): string =>
    (recalls.reduce((sum, recall) => sum + recall[pick], 0) / recalls.length).toFixed(3);
  const each = recalls.map(({ macro, micro }) => `${macro.toFixed(3)} / ${micro.toFixed(3)}`);
  printLine(`  ${label.padEnd(66)} ${mean('macro')} / ${mean('micro')}   ${each.join('   ')}`);
}

const printed: string[] = [];

function printLine(line: string): void {
  printed.push(line);
  console.log(line);
}

function progress(line: string): void {
  console.error(`${new Date().toISOString().slice(11, 19)}  ${line}`);
}

await main();
