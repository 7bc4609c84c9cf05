import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openSearchEngine } from '../src/composition/app.ts';
import { packageRoot, readConfig } from '../src/settings/config.ts';
import { DisclosureRecorder } from '../src/request/disclosure-recorder.ts';
import { findCorpus } from '../training/corpus.ts';
import {
  currentMachine,
  describeMachine,
  figureOf,
  writeResult,
  type Figures,
} from '../training/result-file.ts';
import { percentile, table, timeFigures } from './figures.ts';
import { runIngest } from './ingest.ts';
import { queriesOf } from '../training/labelled-queries.ts';
import { measureRetrieval } from './retrieval.ts';
import { measureStages } from './stages.ts';
import { coldStarts, genericQueries, toolTimes } from './tool-latency.ts';

/**
 * `npm run bench [-- FOLDER]`: speed of ingestion and of answers. Without FOLDER it measures the
 * samples and, where ../shared/cuad exists, CUAD's PDFs and texts with retrieval, and writes
 * bench/results/bench.json.
 */

const print = (text: string) => process.stdout.write(`${text}\n`);

/** Measures one folder of contracts. Names of figures begin with `name`. */
async function measure(
  name: string,
  folder: string,
  queries: string[],
  measureIndex: (data: string) => Promise<Figures> = async () => ({}),
): Promise<Figures> {
  print(`\n## ${folder}\n`);
  const data = await mkdtemp(join(tmpdir(), 'deedbox-bench-'));
  try {
    return {
      ...(await measureIngest(name, folder, data)),
      ...(await measureAnswers(name, data, queries)),
      ...(await measureIndex(data)),
    };
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

async function measureIngest(name: string, folder: string, data: string): Promise<Figures> {
  const { status, seconds, peakMiB } = await runIngest(folder, data);
  const rate = status.indexed / seconds;
  print(
    `ingest: ${status.indexed} indexed, ${status.failed} failed of ${status.found} files in ` +
      `${seconds.toFixed(1)} s = ${rate.toFixed(1)} documents/s; ` +
      `peak memory of the worker ${peakMiB.toFixed(0)} MiB\n`,
  );
  const { pages, stages } = await measureStages(folder);
  print(
    table(
      ['stage, alone', 'documents/s', 'pages/s'],
      stages.map(({ stage, documentsPerSecond, pagesPerSecond }) => [
        stage,
        documentsPerSecond,
        pagesPerSecond,
      ]),
    ),
  );
  return {
    [`${name}.ingest.indexed`]: figureOf(status.indexed, 'count'),
    [`${name}.ingest.failed`]: figureOf(status.failed, 'count'),
    [`${name}.ingest.pages`]: figureOf(pages, 'count'),
    [`${name}.ingest.rate`]: figureOf(rate, 'per second'),
    [`${name}.ingest.peakMemory`]: figureOf(peakMiB, 'MiB'),
    ...Object.fromEntries(
      stages.map(({ stage, pagesPerSecond }) => [
        `${name}.stages.${stage}.pages`,
        figureOf(pagesPerSecond, 'per second'),
      ]),
    ),
  };
}

async function measureAnswers(name: string, data: string, queries: string[]): Promise<Figures> {
  const starts = await coldStarts(data);
  print(
    `\nstart of \`deedbox stdio\` until tools/list is answered: median ` +
      `${percentile(starts, 0.5).toFixed(0)} ms, slowest of ${starts.length} ${Math.max(...starts).toFixed(0)} ms\n`,
  );
  const tools = await toolTimes(data, queries);
  print(
    table(
      ['tool (ms, over stdio)', 'calls', 'p50', 'p95', 'p99'],
      tools.map(({ tool, times }) => [
        tool,
        String(times.length),
        ...[0.5, 0.95, 0.99].map((p) => percentile(times, p)),
      ]),
    ),
  );
  return {
    [`${name}.start.p50`]: figureOf(percentile(starts, 0.5), 'ms'),
    [`${name}.start.max`]: figureOf(Math.max(...starts), 'ms'),
    ...Object.assign(
      {},
      ...tools.map(({ tool, times }) => timeFigures(`${name}.tools.${tool}`, times)),
    ),
  };
}

/** Retrieval with the bundled models, which were trained on these contracts. */
async function measureOwnRetrieval(corpus: string, data: string): Promise<Figures> {
  const engine = await openSearchEngine(readConfig({ DEEDBOX_DATA: data }));
  try {
    const scopedIndex = await engine.scopedIndexFor('unrestricted');
    const context = { ...engine, scopedIndex, disclosure: new DisclosureRecorder() };
    const queries = queriesOf(corpus);
    const rows: (string | number)[][] = [];
    const { passages } = await context.scopedIndex.size();
    const result: Figures = { 'contracts.index.passages': figureOf(passages, 'count') };
    for (const scope of ['all', 'contract'] as const) {
      const { figures } = await measureRetrieval(context, queries, scope);
      const name = scope === 'all' ? 'whole query, all contracts' : 'question, right contract';
      rows.push([
        name,
        String(figures.queries),
        figures.recall8,
        figures.precision1,
        figures.rightContract,
      ]);
      result[`contracts.retrieval.${scope}.recall8`] = figureOf(figures.recall8, 'share');
      result[`contracts.retrieval.${scope}.precision1`] = figureOf(figures.precision1, 'share');
      result[`contracts.retrieval.${scope}.rightContract`] = figureOf(
        figures.rightContract,
        'share',
      );
    }
    print(
      `\nRetrieval with the bundled models, which were trained on these contracts (see bench:retrieval):\n`,
    );
    print(
      table(
        ['', 'queries', 'characters in first 8', 'precision of the first', 'right contract first'],
        rows,
      ),
    );
    return result;
  } finally {
    await engine.close();
  }
}

async function main(): Promise<void> {
  print(`# Deedbox, measured on ${describeMachine(currentMachine())}`);
  const folderArgument = process.argv[2];
  if (folderArgument !== undefined) {
    await measure('folder', resolve(folderArgument), genericQueries);
    return;
  }
  const samples = await measure(
    'samples',
    join(packageRoot(), 'samples', 'contracts'),
    genericQueries,
  );
  const corpus = findCorpus();
  if (!corpus) {
    print('\nThere is no ../shared/cuad beside the repository: no figures on real contracts.');
    return;
  }
  const pdf = existsSync(join(corpus, 'pdf'))
    ? await measure('pdf', join(corpus, 'pdf'), genericQueries)
    : {};
  const queries = queriesOf(corpus).filter((_, index) => index % 20 === 0);
  const contracts = await measure(
    'contracts',
    join(corpus, 'contracts'),
    queries.map(({ query }) => query),
    (data) => measureOwnRetrieval(corpus, data),
  );
  writeResult({
    name: 'bench',
    command: 'npm run bench',
    corpus: 'the samples; CUAD v1 as PDF and as text',
    figures: { ...samples, ...pdf, ...contracts },
  });
}

await main();
