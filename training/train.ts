import { bundledEmbeddingModel, findCorpus, readCorpus } from './corpus.ts';
import { learnLanguage, learnQuestions, prepareContracts } from './learn.ts';
import { writeEmbeddingModel } from './write-model.ts';

/** `npm run train`: trains the bundled embedding model on CUAD and writes it to `models/`. */
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
  const prepared = prepareContracts(readCorpus(corpus));
  log(`${prepared.length} contracts split into passages`);
  const model = learnQuestions(learnLanguage(prepared, log), prepared, log);
  writeEmbeddingModel(bundledEmbeddingModel, model);
  log('written to models/contract-embedding');
}

main();
