import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openSearchEngine } from '../src/composition/app.ts';
import { packageRoot, readConfig } from '../src/settings/config.ts';
import { DisclosureRecorder } from '../src/request/disclosure-recorder.ts';
import { findCorpus } from '../training/corpus.ts';
import { machineDescription, percentile, table } from './figures.ts';
import { runIngest } from './ingest.ts';
import { measureRetrieval, queriesOf } from './retrieval.ts';
import { measureStages } from './stages.ts';
import { coldStarts, toolLatencies } from './tool-latency.ts';

/**
 * `npm run bench [-- FOLDER]`: speed of ingestion and of answers on a folder of contracts; without
 * one, on the samples, and where ../shared/cuad is there, on its PDFs and its texts, with retrieval.
 */

const print = (text: string) => process.stdout.write(`${text}\n`);

const genericQueries = [
  'Which law governs?',
  'When does the agreement expire?',
  'How much notice is needed to stop the renewal?',
  'Is liability limited?',
  'May the contract be assigned?',
  'Who owns the intellectual property?',
  'confidential information',
  'termination for convenience',
  'insurance',
  'audit of books and records',
];

async function measure(
  folder: string,
  queries: string[],
  afterMeasuring: (data: string) => Promise<void> = async () => {},
): Promise<void> {
  print(`\n## ${folder}\n`);
  const data = await mkdtemp(join(tmpdir(), 'deedbox-bench-'));
  try {
    const { status, seconds, peak } = await runIngest(folder, data);
    print(
      `ingest: ${status.indexed} indexed, ${status.failed} failed of ${status.found} files in ` +
        `${seconds.toFixed(1)} s = ${(status.indexed / seconds).toFixed(1)} documents/s; ` +
        `peak memory of the parent ${peak.toFixed(0)} MiB\n`,
    );
    print(table(['stage, alone', 'documents/s', 'pages/s'], await measureStages(folder)));
    const starts = await coldStarts(data);
    print(
      `\ncold start of \`deedbox stdio\` to the answer of tools/list: median ` +
        `${percentile(starts, 0.5).toFixed(0)} ms, worst of ${starts.length} ${Math.max(...starts).toFixed(0)} ms\n`,
    );
    const latencies = await toolLatencies(data, queries);
    print(
      table(
        ['tool (ms, over stdio)', 'calls', 'p50', 'p95', 'p99'],
        latencies.map(({ tool, calls, p50, p95, p99 }) => [tool, String(calls), p50, p95, p99]),
      ),
    );
    await afterMeasuring(data);
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

async function retrieval(corpus: string, data: string): Promise<void> {
  const engine = await openSearchEngine(readConfig({ DEEDBOX_DATA: data }));
  try {
    const scopedIndex = await engine.scopedIndexFor('unrestricted');
    const context = { ...engine, scopedIndex, disclosure: new DisclosureRecorder() };
    const queries = queriesOf(corpus);
    const rows: (string | number)[][] = [];
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
    }
    print(
      `\nRetrieval with the bundled model, which has seen these contracts (see bench:retrieval):\n`,
    );
    print(
      table(
        ['', 'queries', 'characters in first 8', 'precision of the first', 'right contract first'],
        rows,
      ),
    );
  } finally {
    await engine.close();
  }
}

async function main(): Promise<void> {
  print(`# Deedbox, measured on ${machineDescription()}`);
  const folderArgument = process.argv[2];
  if (folderArgument !== undefined) return measure(resolve(folderArgument), genericQueries);
  await measure(join(packageRoot(), 'samples', 'contracts'), genericQueries);
  const corpus = findCorpus();
  if (!corpus) {
    print('\n../shared/cuad is not there: no figures on real contracts.');
    return;
  }
  if (existsSync(join(corpus, 'pdf'))) await measure(join(corpus, 'pdf'), genericQueries);
  const queries = queriesOf(corpus).filter((_, index) => index % 20 === 0);
  await measure(
    join(corpus, 'contracts'),
    queries.map(({ query }) => query),
    (data) => retrieval(corpus, data),
  );
}

await main();
