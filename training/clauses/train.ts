import { bundledClauseModel, findCorpus, readCorpus } from '../corpus.ts';
import { learnClauses } from './learn.ts';
import { writeClauseModel } from './write-model.ts';

/** `npm run train:clauses`: trains the bundled clause model on CUAD and writes it to `models/`. */
function main(): void {
  const corpus = findCorpus();
  if (!corpus) {
    console.error('CUAD was not found. It must be in ../shared/cuad beside the repository.');
    process.exitCode = 2;
    return;
  }
  const started = Date.now();
  const log = (line: string): void => {
    console.log(`${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s  ${line}`);
  };
  writeClauseModel(bundledClauseModel, learnClauses(readCorpus(corpus), log));
  log('written to models/contract-clauses');
}

main();
