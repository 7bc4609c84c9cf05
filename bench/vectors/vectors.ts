import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readConfig } from '../../src/settings/config.ts';
import { findCorpus, readCorpus } from '../../training/corpus.ts';
import {
  currentMachine,
  describeMachine,
  figureOf,
  type Figures,
  writeResult,
} from '../../training/result-file.ts';
import { percentile, table } from '../figures.ts';
import { DeedboxIndex } from './deedbox-index.ts';
import { filters, type IndexUnderTest } from './index-under-test.ts';
import { embedContracts, inventVectors } from './invented-vectors.ts';
import { HnswlibIndex, SqliteVecIndex, UsearchIndex } from './peers.ts';

/**
 * `npm run bench:vectors -- [--vectors 650000] [--peers usearch,hnswlib,sqlite-vec] [--folder PATH]`:
 * build time, size, recall and time of a search, with filters, of the vector index and its peers on
 * vectors invented from those of real contracts. Recall is against the exact order by the stored
 * vectors. A folder that is named is kept, and its index used again.
 */
const { values } = parseArgs({
  options: {
    vectors: { type: 'string', default: '650000' },
    peers: { type: 'string', default: 'usearch,hnswlib,sqlite-vec' },
    questions: { type: 'string', default: '100' },
    folder: { type: 'string' },
  },
});

const limit = 10;
/** What the product asks for: a hundred passages, from which other evidence chooses. */
const retrieved = 100;

interface Measured {
  name: string;
  seconds: number;
  MiB: number;
  residentMiB: number;
  searches: { filter: string; recall: number; times: number[] }[];
}

async function measure(
  index: IndexUnderTest,
  queries: Float32Array[],
  truth: Map<string, number[][]>,
): Promise<Measured['searches']> {
  const searches: Measured['searches'] = [];
  for (const filter of filters) {
    let found = 0;
    let expected = 0;
    const times: number[] = [];
    for (const [n, query] of queries.entries()) {
      const started = performance.now();
      const hits = await index.search(query, filter, retrieved);
      times.push(performance.now() - started);
      const nearest = truth.get(filter.name)![n]!;
      const top = new Set(hits.slice(0, limit));
      found += nearest.filter((passage) => top.has(passage)).length;
      expected += nearest.length;
    }
    searches.push({ filter: filter.name, recall: found / expected, times });
  }
  return searches;
}

const seconds = async (work: () => Promise<void>): Promise<number> => {
  const started = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1e6;
};

const corpus = findCorpus();
if (!corpus) throw new Error('There is no ../shared/cuad beside the repository.');
const count = Number(values.vectors);
const folder = values.folder ?? path.join(tmpdir(), `deedbox-vectors-${process.pid}`);
mkdirSync(folder, { recursive: true });
const texts = readCorpus(corpus).map(({ text }) => text);
const config = readConfig({ DEEDBOX_DATA: folder });
const real = await embedContracts(texts, config, Number(values.questions));
const report = (line: string) => process.stderr.write(`${line}\n`);
try {
  const measured: Measured[] = [];
  const deedbox = new DeedboxIndex(path.join(folder, 'deedbox'));
  const invent = () => inventVectors(real.passages, count);
  // What inventing the vectors costs is taken off each build.
  const inventing = await seconds(async () => {
    for (const _ of invent());
  });
  const built = deedbox.isBuilt ? NaN : await seconds(() => deedbox.build(invent()));
  report(`built in ${built.toFixed(0)} s of CPU`);
  const truth = deedbox.exact(real.questions, limit);
  report('exact order known');
  const add = async (index: IndexUnderTest, buildSeconds: number) => {
    const before = process.memoryUsage().rss;
    const searches = await measure(index, real.questions, truth);
    measured.push({
      name: index.name,
      seconds: buildSeconds - inventing,
      MiB: index.bytes() / 2 ** 20,
      residentMiB: (process.memoryUsage().rss - before) / 2 ** 20,
      searches,
    });
    report(`${index.name}: measured`);
  };
  await add(deedbox, built);
  deedbox.close();
  const peers: Record<string, () => IndexUnderTest> = {
    usearch: () => new UsearchIndex(folder),
    hnswlib: () => new HnswlibIndex(folder, count),
    'sqlite-vec': () => new SqliteVecIndex(folder),
  };
  for (const name of values.peers.split(',').filter(Boolean)) {
    const index = peers[name]!();
    await add(index, await seconds(() => index.build(invent())));
    await index.close();
  }
  print(measured);
  writeResult({
    name: count > 1e6 ? 'vectors-large' : 'vectors',
    command: `npm run bench:vectors -- --vectors ${count} --peers ${values.peers || "''"}`,
    corpus: `${count} vectors invented from the ${real.passages.length} passages of ${texts.length} CUAD contracts`,
    figures: figuresOf(measured),
  });
} finally {
  if (values.folder === undefined) rmSync(folder, { recursive: true, force: true });
}

function print(measured: Measured[]): void {
  const rows = measured.map(({ name, seconds: cpu, MiB, searches }) => [
    name,
    cpu,
    MiB,
    ...searches.map(
      ({ recall, times }) =>
        `${recall.toFixed(3)}, ${percentile(times, 0.5).toFixed(1)} / ${percentile(times, 0.95).toFixed(1)}`,
    ),
  ]);
  const header = ['index', 'build, s of CPU', 'MiB', ...filters.map(({ name }) => name)];
  process.stdout.write(
    `${count} vectors, ${describeMachine(currentMachine())}; recall@10, p50 / p95 in ms of the ${retrieved} ` +
      `nearest\n\n${table(header, rows)}\n`,
  );
}

function figuresOf(measured: Measured[]): Figures {
  const figures: Figures = {};
  for (const { name, seconds: cpu, MiB, searches } of measured) {
    const key = name.split(' ')[0]!.toLowerCase();
    figures[`${key}.build`] = figureOf(cpu, 's');
    figures[`${key}.size`] = figureOf(MiB, 'MiB');
    for (const { filter, recall, times } of searches) {
      const share = filter.replace(' %', '').replace('.', '_');
      figures[`${key}.${share}.recall10`] = figureOf(recall, 'share');
      figures[`${key}.${share}.p50`] = figureOf(percentile(times, 0.5), 'ms');
      figures[`${key}.${share}.p95`] = figureOf(percentile(times, 0.95), 'ms');
    }
  }
  return figures;
}
