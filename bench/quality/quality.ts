import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../../src/settings/config.ts';
import { segment } from '../../src/segment/segment.ts';
import { findCorpus, readCorpus } from '../../training/corpus.ts';
import {
  currentCommit,
  currentMachine,
  describeMachine,
  resultsFolder,
  today,
  writeResult,
} from '../../training/result-file.ts';
import type { RetrievalReport } from '../retrieval.ts';
import { readFolds } from './fold-processes.ts';
import { measureContract } from './measured.ts';
import { countOwnTypes } from './own-types.ts';
import { reliabilityPlot } from './plots.ts';
import { qualityFigures, type FoldMeasurements, type QualityFigures } from './quality-figures.ts';
import { resultFigures } from './quality-result.ts';
import { reliabilityFile, reportPage, summaryOf } from './report.ts';
import { measureSpeed } from './speed.ts';

/**
 * `npm run bench:quality [-- --retrieval]`: compares clauses and facts with the lawyers' labels of
 * CUAD, by cross-validation over companies. Prints the figures, writes report.html, figures.json and
 * reliability.svg to bench/out/quality and the result to bench/results/quality.json. Exits with 1 if a
 * figure on PDFs is further below that on texts than the tolerance, with 2 if there is no corpus or an
 * option is wrong.
 *
 * --corpus DIR  instead of ../shared/cuad; no result is written to bench/results
 * --out DIR     instead of bench/out/quality
 * --folds N     4 by default
 * --processes N folds at the same time; as many as there are cores, 2 at most
 * --retrieval   measures retrieval again, about ten minutes; else the latest measurement is shown
 */
const { values: options } = parseArgs({
  options: {
    corpus: { type: 'string' },
    out: { type: 'string' },
    folds: { type: 'string', default: '4' },
    processes: { type: 'string' },
    retrieval: { type: 'boolean', default: false },
  },
});

const seed = 20_260_228;
const defaultProcesses = Math.min(2, availableParallelism());
const started = performance.now();

function progress(line: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(0).padStart(4);
  process.stderr.write(`${seconds} s  ${line}\n`);
}

function exitWithError(reason: string): never {
  process.stderr.write(`${reason}\n`);
  process.exit(2);
}

function count(name: string, given: string): number {
  const value = Number(given);
  if (!Number.isInteger(value) || value < 1) {
    exitWithError(`--${name} must be a whole number above 0, not "${given}".`);
  }
  return value;
}

async function measureFolds(
  corpus: string,
  folds: number,
  processes: number,
): Promise<FoldMeasurements> {
  progress(`training and reading ${folds} folds, ${processes} at a time`);
  const answers = await readFolds({ corpus, folds, seed }, processes);
  progress('measuring');
  const contracts = new Map(readCorpus(corpus).map((contract) => [contract.name, contract]));
  const measurements: FoldMeasurements = { texts: [], pdfs: [], textsOfPdfs: [], ownTypes: [] };
  answers.forEach((foldAnswers, fold) => {
    for (const { name, text, pdf, underNoHeadings } of foldAnswers) {
      const contract = contracts.get(name)!;
      measurements.texts.push(measureContract(contract, fold, text, 'offsets'));
      if (pdf) {
        measurements.pdfs.push(measureContract(contract, fold, pdf, 'words'));
        measurements.textsOfPdfs.push(measureContract(contract, fold, text, 'words'));
      }
      measurements.ownTypes.push({
        company: contract.company,
        fold,
        ownTypes: countOwnTypes(segment(text.text, []), underNoHeadings),
      });
    }
  });
  return measurements;
}

/** Measured with `--retrieval`, else read from the latest run that measured it. */
async function retrieval(corpus: string, out: string): Promise<RetrievalReport | undefined> {
  const file = join(out, 'retrieval.json');
  if (options.retrieval) {
    progress('measuring retrieval');
    // loads the embedding runtime, which nothing else here needs
    const { measureHalves } = await import('../retrieval-halves.ts');
    const report = await measureHalves(corpus);
    writeFileSync(file, JSON.stringify(report));
    return report;
  }
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RetrievalReport) : undefined;
}

async function main(): Promise<void> {
  const corpus = options.corpus ?? findCorpus();
  if (corpus === undefined) exitWithError('No CUAD at ../shared/cuad beside the repository.');
  if (!existsSync(join(corpus, 'labels.jsonl')))
    exitWithError(`There is no labels.jsonl in ${corpus}.`);
  const folds = count('folds', options.folds);
  const processes = count('processes', options.processes ?? String(defaultProcesses));
  const out = options.out ?? join(packageRoot(), 'bench', 'out', 'quality');
  mkdirSync(out, { recursive: true });
  const measurements = await measureFolds(corpus, folds, processes);
  progress('figures, with their intervals');
  const computedFigures = qualityFigures(measurements);
  const speed = measureSpeed(readCorpus(corpus));
  const retrievalReport = await retrieval(corpus, out);
  const figures: QualityFigures = {
    measured: { on: today(), machine: describeMachine(currentMachine()), commit: currentCommit() },
    ...computedFigures,
    speed,
    ...(retrievalReport && { retrieval: retrievalReport }),
  };
  writeFileSync(join(out, 'figures.json'), `${JSON.stringify(figures, null, 2)}\n`);
  writeFileSync(join(out, 'report.html'), reportPage(figures));
  writeFileSync(join(out, reliabilityFile), `${reliabilityPlot(figures.reliability)}\n`);
  const result = {
    name: 'quality',
    command: `npm run bench:quality -- --folds ${folds}`,
    corpus: `CUAD v1: ${figures.contracts} contracts, ${figures.pdfs} of them also as PDF`,
    figures: resultFigures(figures),
  };
  writeResult(result, options.corpus === undefined ? resultsFolder : out);
  process.stdout.write(`${summaryOf(figures)}\n`);
  progress(`report: ${join(out, 'report.html')}`);
  const tooLow = figures.pdfDifference.filter((one) => one.tooLow);
  if (tooLow.length === 0) return;
  process.exitCode = 1;
  const names = tooLow.map(({ figure, difference }) => `${figure} (${difference.toFixed(3)})`);
  process.stderr.write(`Too far below the texts on PDFs: ${names.join(', ')}.\n`);
}

await main();
