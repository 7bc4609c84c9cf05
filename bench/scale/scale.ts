import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findCorpus, readCorpus } from '../../training/corpus.ts';
import {
  currentMachine,
  describeMachine,
  figureOf,
  type Figures,
  writeResult,
} from '../../training/result-file.ts';
import { percentile, table } from '../figures.ts';
import { measureStages } from '../stages.ts';
import { type MeasuredAnswers, measureAnswers } from './answers.ts';
import { inventContract, materialOf, writeCorpus } from './corpus.ts';
import { diskUse, measureRecall, measureWithdrawal } from './index-figures.ts';
import { type MeasuredIngest, measureIngest } from './ingest-run.ts';

/**
 * `npm run bench:scale -- [--contracts 5000] [--folder PATH] [--rounds 100]`: the product on as many
 * contracts as a firm has, invented from those of ../shared/cuad. At 1,000 / 5,000 / 10,000 / 25,000 /
 * 50,000 contracts, as far as `contracts` goes, it brings the index up to date and measures it. The folder
 * is kept: a run that was interrupted goes on, and points that are measured are not measured again.
 */
const { values } = parseArgs({
  options: {
    contracts: { type: 'string', default: '5000' },
    folder: { type: 'string', default: join(tmpdir(), 'deedbox-scale') },
    rounds: { type: 'string', default: '100' },
  },
});
const wanted = Number(values.contracts);
const points = [1000, 5000, 10_000, 25_000, 50_000].filter((count) => count < wanted);
points.push(wanted);

/** What was measured with so many contracts. */
export interface Point {
  contracts: number;
  /** Read since the point before. */
  added: number;
  ingest: Omit<MeasuredIngest, 'status'>;
  indexed: number;
  failed: number;
  disk: { all: number; vectors: number };
  answers: MeasuredAnswers;
  recall: number;
  /** Seconds of a sync in which one contract has changed. */
  changedSeconds: number;
  withdrawalMs: number;
}

const corpus = findCorpus();
if (!corpus) throw new Error('There is no ../shared/cuad beside the repository.');
const material = materialOf(readCorpus(corpus).map(({ text }) => text));
const folder = resolve(values.folder);
const [contracts, data, log] = ['contracts', 'data', 'points.jsonl'].map((n) =>
  join(folder, n),
) as [string, string, string];
mkdirSync(folder, { recursive: true });
const report = (line: string) => process.stderr.write(`${line}\n`);

const measured: Point[] = existsSync(log)
  ? readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Point)
  : [];
for (const count of points) {
  if (measured.some((point) => point.contracts === count)) continue;
  const point = await measurePoint(count, measured.at(-1)?.contracts ?? 0);
  measured.push(point);
  appendFileSync(log, `${JSON.stringify(point)}\n`);
  report(`${count} contracts: ${(point.added / point.ingest.seconds).toFixed(1)} a second`);
}
const shown = measured.filter(({ contracts: count }) => count <= wanted);

const stages = await measureSampleStages();
print(shown);
writeResult({
  name: 'scale',
  command: `npm run bench:scale -- --contracts ${wanted}`,
  corpus: `${wanted} text contracts invented from ${material.contracts.length} of CUAD`,
  figures: figuresOf(shown),
});

async function measurePoint(count: number, before: number): Promise<Point> {
  report(`writing ${count} contracts`);
  writeCorpus(contracts, count, material);
  report(`reading ${count - before}`);
  const { status, ...ingest } = await measureIngest(contracts, data);
  const disk = diskUse(data);
  report('asking');
  const answers = await measureAnswers(data, Number(values.rounds));
  const recall = await measureRecall(data);
  report('changing one contract');
  const { name, text } = inventContract(0, material);
  writeFileSync(join(contracts, '000', name), `${text}\n\nRead again ${Date.now()}.`);
  const { seconds: changedSeconds } = await measureIngest(contracts, data);
  return {
    contracts: count,
    added: count - before,
    ingest,
    indexed: status.indexed + status.unchanged,
    failed: status.failed,
    disk,
    answers,
    recall,
    changedSeconds,
    withdrawalMs: await measureWithdrawal(data),
  };
}

/** Each stage of reading alone, over contracts of the corpus. */
async function measureSampleStages() {
  const sample = join(folder, 'sample');
  mkdirSync(sample, { recursive: true });
  for (let number = 0; number < 50; number += 1) {
    const { name, text } = inventContract(number, material);
    writeFileSync(join(sample, name), text);
  }
  return (await measureStages(sample)).stages;
}

function print(all: Point[]): void {
  const row = (name: string, value: (point: Point) => string | number) => [name, ...all.map(value)];
  const tool = (name: string) => (point: Point) => {
    const times = point.answers.tools.find((one) => one.name === name)!.times;
    return [0.5, 0.95, 0.99].map((p) => percentile(times, p).toFixed(0)).join(' / ');
  };
  const rows = [
    row('contracts a second', ({ added, ingest }) => added / ingest.seconds),
    row('CPU of one contract, ms', ({ added, ingest }) => (ingest.cpuSeconds * 1000) / added),
    row('longest silence, s', ({ ingest }) => ingest.silenceSeconds),
    row('failed', ({ failed }) => String(failed)),
    row('memory of the worker, MiB', ({ ingest }) => ingest.workerMiB),
    row('memory of a reader process, MiB', ({ ingest }) => ingest.readerMiB),
    row('memory of all, MiB', ({ ingest }) => ingest.totalMiB),
    row('disk, GB', ({ disk }) => disk.all / 1e9),
    row('of it the vector index, GB', ({ disk }) => disk.vectors / 1e9),
    row('first answer over stdio, ms', ({ answers }) => answers.firstAnswerMs),
    row('memory of `deedbox stdio`, MiB', ({ answers }) => answers.ownMiB),
    row('recall@10 against exact', ({ recall }) => recall),
    row('sync with one changed contract, s', ({ changedSeconds }) => changedSeconds),
    row('withdrawn right in effect, ms', ({ withdrawalMs }) => withdrawalMs),
    ...all[0]!.answers.tools.map(({ name }) => row(`${name}, p50 / p95 / p99 ms`, tool(name))),
  ];
  const header = ['', ...all.map(({ contracts: count }) => count.toLocaleString('en'))];
  const stageRows = stages.map(({ stage, documentsPerSecond }) => [stage, documentsPerSecond]);
  process.stdout.write(
    `On ${describeMachine(currentMachine())}\n\n${table(header, rows)}\n\n` +
      `${table(['stage, alone on one core', 'contracts a second'], stageRows)}\n`,
  );
}

function figuresOf(all: Point[]): Figures {
  const figures: Figures = {};
  for (const { stage, documentsPerSecond } of stages) {
    figures[`stages.${stage}`] = figureOf(documentsPerSecond, 'per second');
  }
  for (const point of all) {
    const at = `at${point.contracts}`;
    const { ingest, answers, disk } = point;
    figures[`${at}.rate`] = figureOf(point.added / ingest.seconds, 'per second');
    figures[`${at}.cpu`] = figureOf((ingest.cpuSeconds * 1000) / point.added, 'ms');
    figures[`${at}.silence`] = figureOf(ingest.silenceSeconds, 's');
    figures[`${at}.failed`] = figureOf(point.failed, 'count');
    figures[`${at}.memory.worker`] = figureOf(ingest.workerMiB, 'MiB');
    figures[`${at}.memory.reader`] = figureOf(ingest.readerMiB, 'MiB');
    figures[`${at}.memory.ingest`] = figureOf(ingest.totalMiB, 'MiB');
    figures[`${at}.memory.stdio`] = figureOf(answers.ownMiB, 'MiB');
    figures[`${at}.disk`] = figureOf(disk.all, 'bytes');
    figures[`${at}.disk.vectors`] = figureOf(disk.vectors, 'bytes');
    figures[`${at}.firstAnswer`] = figureOf(answers.firstAnswerMs, 'ms');
    figures[`${at}.recall10`] = figureOf(point.recall, 'share');
    figures[`${at}.changed`] = figureOf(point.changedSeconds, 's');
    figures[`${at}.withdrawal`] = figureOf(point.withdrawalMs, 'ms');
    for (const { name, times } of answers.tools) {
      for (const p of [50, 95, 99]) {
        figures[`${at}.${name}.p${p}`] = figureOf(percentile(times, p / 100), 'ms');
      }
    }
  }
  return figures;
}
