import { bundledClauseModel, findCorpus, readCorpus } from '../corpus.ts';
import { learnClauses } from './learn.ts';
import { writeClauseModel } from './write-model.ts';

/** `npm run train:clauses`: learns the bundled clause model from CUAD and writes it to `models/`. */
function main(): void {
  const corpus = findCorpus();
  if (!corpus) {
    console.error('CUAD is not there: expected ../shared/cuad beside the repository.');
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
