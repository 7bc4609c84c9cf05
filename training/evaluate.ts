import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedder } from '../src/embed/embedder.ts';
import { findCorpus, readCorpus, splitByCompany } from './corpus.ts';
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
import { figureOf, writeResult, type Figures } from './result-file.ts';
import { writeEmbeddingModel } from './write-model.ts';

/**
 * `npm run train:evaluate`: the share of labelled characters in the first 8 passages within the right
 * contract. Each half of the companies is measured with a model that was trained on the other half.
 * Writes bench/results/embedding.json.
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

  const ranked = (name: string, cases: RetrievalCase[][], scorer: (fold: number) => Scorer) =>
    recallFigures(`trained categories.${name}`, cases, scorer);
  const weights = tunedCases.map(bestWeight);
  const figures: Figures = {
    ...ranked('BM25', tunedCases, () => scoreBm25),
    ...ranked('embedding, text alone', untunedCases, () => scoreCosine),
    ...ranked('embedding', tunedCases, () => scoreCosine),
    ...ranked('embedding + BM25, reciprocal ranks', tunedCases, () => scoreReciprocalRanks),
    ...ranked('embedding + BM25, weight chosen on the other half', tunedCases, (fold) =>
      scoreWeighted(weights[1 - fold]!),
    ),
    ...Object.fromEntries(
      weights
        .toReversed()
        .map((weight, half) => [`weight.half${half + 1}`, figureOf(weight, 'share')]),
    ),
  };
  const { byCategory } = characterRecall(tunedCases.flat(), scoreCosine, 8);
  for (const [category, { macro, queries }] of byCategory) {
    figures[`categories.${category}.recall`] = figureOf(macro, 'share');
    figures[`categories.${category}.queries`] = figureOf(queries, 'count');
  }
  Object.assign(figures, await evaluateUnseenCategories(folds, language, untunedCases));
  for (const [name, { value }] of Object.entries(figures)) {
    console.log(`${name.padEnd(80)} ${value}`);
  }
  writeResult({
    name: 'embedding',
    command: 'npm run train:evaluate',
    corpus: `CUAD v1: ${first.length + second.length} contracts`,
    figures,
  });
}

/**
 * The same for categories whose labels and questions were left out of the training: a quarter of them
 * at a time, two quarters on each half of the companies.
 */
async function evaluateUnseenCategories(
  folds: { train: PreparedContract[]; test: PreparedContract[] }[],
  language: StaticModel[],
  untunedCases: RetrievalCase[][],
): Promise<Figures> {
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
  const ranked = (name: string, cases: RetrievalCase[][], scorer: Scorer) =>
    recallFigures(`held-out categories.${name}`, cases, () => scorer);
  return {
    ...ranked('BM25', unseenCases, scoreBm25),
    ...ranked('embedding, text alone', before, scoreCosine),
    ...ranked('embedding', unseenCases, scoreCosine),
    ...ranked('embedding + BM25, reciprocal ranks', unseenCases, scoreReciprocalRanks),
    ...Object.assign(
      {},
      ...[0.5, 0.7, 0.9].map((weight) =>
        ranked(`embedding + BM25, weight ${weight * 100}%`, unseenCases, scoreWeighted(weight)),
      ),
    ),
  };
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

/** Recall of characters by one ranking: mean over queries (macro) and over characters (micro). */
function recallFigures(
  name: string,
  folds: RetrievalCase[][],
  scorer: (fold: number) => Scorer,
): Figures {
  const recalls = folds.map((cases, fold) => characterRecall(cases, scorer(fold), 8));
  const figures: Figures = {};
  for (const pick of ['macro', 'micro'] as const) {
    const mean = recalls.reduce((sum, recall) => sum + recall[pick], 0) / recalls.length;
    figures[`${name}.${pick}`] = figureOf(mean, 'share');
    recalls.forEach((recall, half) => {
      figures[`${name}.${pick}.half${half + 1}`] = figureOf(recall[pick], 'share');
    });
  }
  return figures;
}

function progress(line: string): void {
  console.error(`${new Date().toISOString().slice(11, 19)}  ${line}`);
}

await main();
