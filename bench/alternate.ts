import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../src/settings/config.ts';
import { findCorpus } from '../training/corpus.ts';
import { describeMachine, currentMachine } from '../training/result-file.ts';
import { percentile, table } from './figures.ts';
import { programOf, runIngest } from './ingest.ts';
import { coldStarts, genericQueries, toolTimes } from './tool-latency.ts';

/**
 * `npm run bench:alternate -- --base DIR [--rounds 5] [FOLDER]`: speeds of two built checkouts, the one
 * in DIR and this one, measured in turn on the same folder, so that both meet the same load of the
 * machine. Both are measured from outside, through their command line. Prints the median of each figure
 * over the rounds, and the ratio of this checkout to the base: median, lowest and highest of a round.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { base: { type: 'string' }, rounds: { type: 'string', default: '5' } },
});

const print = (text: string) => process.stdout.write(`${text}\n`);

function folderToRead(): string {
  if (positionals[0] !== undefined) return resolve(positionals[0]);
  const pdfs = join(findCorpus() ?? '', 'pdf');
  return existsSync(pdfs) ? pdfs : join(packageRoot(), 'samples', 'contracts');
}

/** Speeds of one checkout, by name. */
async function measure(checkout: string, folder: string): Promise<Record<string, number>> {
  const programPath = programOf(checkout);
  const data = await mkdtemp(join(tmpdir(), 'deedbox-bench-'));
  try {
    const { status, seconds, peakMiB } = await runIngest(folder, data, programPath);
    const starts = await coldStarts(data, 3, programPath);
    const tools = await toolTimes(data, genericQueries, programPath);
    return {
      'ingest, seconds a document': seconds / status.indexed,
      'ingest, peak memory in MiB': peakMiB,
      'start of deedbox stdio, p50 in ms': percentile(starts, 0.5),
      ...Object.fromEntries(
        tools.map(({ tool, times }) => [`${tool}, p50 in ms`, percentile(times, 0.5)]),
      ),
    };
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const rounds = Number(values.rounds);
  if (values.base === undefined || !Number.isInteger(rounds) || rounds < 1) {
    throw new Error('Usage: npm run bench:alternate -- --base DIR [--rounds N] [FOLDER]');
  }
  const checkouts = [resolve(values.base), packageRoot()] as const;
  for (const checkout of checkouts) {
    if (!existsSync(programOf(checkout)))
      throw new Error(`Run npm run build in ${checkout} first.`);
  }
  const folder = folderToRead();
  const measured: Record<string, number>[][] = [[], []];
  for (let round = 0; round < rounds; round++) {
    // each goes first in every second round
    for (const at of round % 2 === 0 ? [0, 1] : [1, 0]) {
      measured[at]!.push(await measure(checkouts[at]!, folder));
    }
    print(`round ${round + 1} of ${rounds} done`);
  }
  const [base, current] = measured as [Record<string, number>[], Record<string, number>[]];
  const median = (numbers: number[]) => percentile(numbers, 0.5);
  const rows = Object.keys(base[0]!).map((name) => {
    const ratios = base.map((one, round) => current[round]![name]! / one[name]!);
    return [
      name,
      median(base.map((one) => one[name]!)),
      median(current.map((one) => one[name]!)),
      median(ratios),
      `${Math.min(...ratios).toFixed(2)} – ${Math.max(...ratios).toFixed(2)}`,
    ];
  });
  print(`\n${folder}, ${rounds} rounds, ${describeMachine(currentMachine())}; lower is better\n`);
  print(table(['figure', 'base', 'this checkout', 'ratio', 'ratio of a round'], rows));
}

await main();
