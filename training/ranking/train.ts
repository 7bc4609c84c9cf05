import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RankingWeights } from '../../src/search/fusion.ts';
import { findCorpus, readCorpus, splitByCompany } from '../corpus.ts';
import {
  currentMachine,
  describeMachine,
  figureOf,
  type Figures,
  writeResult,
} from '../result-file.ts';
import { collectExamples } from './collect.ts';
import { evaluate, type RankingExample, type RankingFigures } from './examples.ts';
import { featureNames, learnWeights } from './learn.ts';

/**
 * `npm run train:ranking`: learns the weights of the ranking on the contracts of ../shared/cuad, measures them
 * on the half of the companies that they were not learned on, and without each of them; writes
 * src/search/ranking-weights.ts and bench/results/ranking.json. Takes about ten minutes, and more where the
 * models of the halves are not trained yet.
 */
const corpus = findCorpus();
if (!corpus) throw new Error('There is no ../shared/cuad beside the repository.');
const halves = splitByCompany(readCorpus(corpus));
const examples: RankingExample[][] = [];
for (const half of halves.keys()) examples.push(await collectExamples(corpus, half, halves));

const learned = examples.map(learnWeights);

/** The mean over both halves, each by weights that were learned on the other. */
function crossed(change: (weights: RankingWeights) => RankingWeights): RankingFigures {
  const [one, other] = [0, 1].map((half) =>
    evaluate(examples[half]!, change(learned[1 - half]!)),
  ) as [RankingFigures, RankingFigures];
  const mean = (name: keyof RankingFigures) => (one[name] + other[name]) / 2;
  return { recall8: mean('recall8'), rareFirst: mean('rareFirst'), ndcg10: mean('ndcg10') };
}

const figures: Figures = {};
const rows = [
  { name: 'all', measured: crossed((weights) => weights) },
  ...featureNames.map((name) => ({
    name: `without ${name}`,
    measured: crossed((weights) => ({ ...weights, [name]: 0 })),
  })),
];
process.stdout.write(`Ranking on ${describeMachine(currentMachine())}\n`);
for (const { name, measured } of rows) {
  const cells = Object.entries(measured).map(([figure, value]) => {
    figures[`${name.replaceAll(' ', '-')}.${figure}`] = figureOf(value, 'share');
    return `${figure} ${value.toFixed(3)}`;
  });
  process.stdout.write(`${name}: ${cells.join(', ')}\n`);
}
const weights = learnWeights(examples.flat());
writeResult({
  name: 'ranking',
  command: 'npm run train:ranking',
  corpus: `CUAD v1: ${examples.flat().length} questions`,
  figures,
});
writeFileSync(
  join(import.meta.dirname, '../../src/search/ranking-weights.ts'),
  `/**
 * What each kind of evidence adds to the score of a passage at most; learned by \`npm run train:ranking\`, see
 * models/passage-ranking/README.md.
 */
export const rankingWeights = {
${featureNames.map((name) => `  ${name}: ${weights[name]},`).join('\n')}
};
`,
);
