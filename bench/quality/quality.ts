import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../../src/settings/config.ts';
import { segment } from '../../src/segment/segment.ts';
import { bundledClauseModel, findCorpus, readCorpus } from '../../training/corpus.ts';
import { machineDescription } from '../figures.ts';
import type { RetrievalReport } from '../retrieval-report.ts';
import { writeCard } from './card.ts';
import { readFolds } from './fold-processes.ts';
import { measureContract } from './measured.ts';
import { countOwnTypes } from './own-types.ts';
import { reliabilityPlot } from './plots.ts';
import { qualityFigures, type FoldMeasurements, type QualityFigures } from './quality-figures.ts';
import { reportPage } from './report.ts';
import { measureSpeed } from './speed.ts';
import { summaryOf } from './summary.ts';

/**
 * `npm run bench:quality [-- --retrieval]`: how well Deedbox reads contracts, against the lawyers'
 * labels of CUAD, by cross-validation over companies. Writes report.html, figures.json and
 * reliability.svg to bench/out/quality and prints the figures. Exit status 1 where a figure on PDFs
 * is further below that on texts than may be, 2 where there is nothing to measure against.
 *
 * --corpus DIR  instead of ../shared/cuad       --out DIR      instead of bench/out/quality
 * --folds N     5 where not given               --processes N  folds at once; one a core, 2 at most
 * --card        also write the figures into the clause model's card
 * --retrieval   measure retrieval anew, some ten minutes; else the latest measurement is shown
 */
const { values: options } = parseArgs({
  options: {
    corpus: { type: 'string' },
    out: { type: 'string' },
    folds: { type: 'string', default: '5' },
    processes: { type: 'string' },
    retrieval: { type: 'boolean', default: false },
    card: { type: 'boolean', default: false },
  },
});

const seed = 20_260_228;
const defaultProcesses = Math.min(2, availableParallelism());
const started = performance.now();

function progress(line: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(0).padStart(4);
  process.stderr.write(`${seconds} s  ${line}\n`);
}

/** Ends the process: it cannot measure so. */
function exitWithError(reason: string): never {
  process.stderr.write(`${reason}\n`);
  process.exit(2);
}

function count(name: string, given: string): number {
  const value = Number(given);
  if (!Number.isInteger(value) || value < 1) {
    exitWithError(`--${name} wants a whole number above 0, not "${given}".`);
  }
  return value;
}

/** The commit that is measured, and whether anything was changed since. */
function revision(): string {
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: packageRoot(), encoding: 'utf8' }).trim();
    return (
      git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') ? ' with changes' : '')
    );
  } catch {
    return 'unknown';
  }
}

async function measureFolds(
  corpus: string,
  folds: number,
  processes: number,
): Promise<FoldMeasurements> {
  progress(`learning from and reading ${folds} folds, ${processes} at once`);
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

/** Measured anew where asked for, else as it was measured last. */
async function retrieval(corpus: string, out: string): Promise<RetrievalReport | undefined> {
  const file = join(out, 'retrieval.json');
  if (options.retrieval) {
    progress('measuring retrieval');
    // Search and the embedding runtime, which nothing else here needs.
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
  const on = new Date().toISOString().slice(0, 10);
  const figures: QualityFigures = {
    measured: { on, machine: machineDescription(), revision: revision() },
    ...computedFigures,
    speed,
    ...(retrievalReport && { retrieval: retrievalReport }),
  };
  writeFileSync(join(out, 'figures.json'), `${JSON.stringify(figures, null, 2)}\n`);
  writeFileSync(join(out, 'report.html'), reportPage(figures));
  writeFileSync(join(out, 'reliability.svg'), reliabilityPlot(figures.reliability));
  if (options.card) writeCard(bundledClauseModel, figures);
  process.stdout.write(`${summaryOf(figures)}\n`);
  progress(`report: ${join(out, 'report.html')}`);
  const tooLow = figures.pdfDifference.filter((one) => one.tooLow);
  if (tooLow.length === 0) return;
  process.exitCode = 1;
  const names = tooLow.map(({ figure, difference }) => `${figure} (${difference.toFixed(3)})`);
  process.stderr.write(`Too far below the texts on PDFs: ${names.join(', ')}.\n`);
}

await main();
