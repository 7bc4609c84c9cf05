import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { analyse, type AnalysisModels } from '../src/analyse/analyse.ts';
import { openClauseModel } from '../src/analyse/clause-model/model-file.ts';
import { openPartyModel } from '../src/analyse/party-model/model-file.ts';
import { openEmbedder } from '../src/embed/embedder.ts';
import { passageText } from '../src/embed/passage-text.ts';
import { extractPlainText } from '../src/extract/plain-text.ts';
import { indexText } from '../src/segment/index-text.ts';
import { segment } from '../src/segment/segment.ts';
import { readConfig } from '../src/settings/config.ts';
import { peakMemory, table } from './figures.ts';
import { poisonTexts } from './poison-texts.ts';

/**
 * `npm run bench:poison -- [--characters 1000000] [--limit 10] [--seconds 60] [--embed] [NAME...]`: CPU
 * time per character that the stages of reading take for degenerate texts (`poison-texts.ts`), each of
 * growing length, in a process of its own with the memory of a reader. A time that grows faster than
 * the length, or a stage above the limit in microseconds per character, lets a hostile file stop
 * a worker: such texts are marked, and the command fails.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Length of the longest text. */
    characters: { type: 'string', default: '1000000' },
    /** The most microseconds per character of segmentation and analysis together. */
    limit: { type: 'string', default: '10' },
    /** The most seconds for one text, in all lengths. */
    seconds: { type: 'string', default: '60' },
    /** Heap of a process, in MiB. */
    heap: { type: 'string', default: '768' },
    /** Also embed the first passages. */
    embed: { type: 'boolean', default: false },
    /** In a child process: the text to measure. */
    child: { type: 'string' },
  },
});

const characters = Number(values.characters);
const minCharacters = 100_000;
const maxLengths = 4;
/** Time that grows with a higher power of the length is not linear, noise allowed. */
const maxExponent = 1.3;
/** Shorter times are mostly noise. */
const minMsForExponent = 100;
const maxEmbedded = 200;

const stages = ['extract', 'segment', 'analyse', 'index', 'embed'] as const;
type Stage = (typeof stages)[number];

/** CPU time in milliseconds of each stage for one length. */
interface Measurement {
  length: number;
  ms: Partial<Record<Stage, number>>;
  peakMiB: number;
}

const print = (text: string) => process.stdout.write(`${text}\n`);

/** Lengths that double, up to the longest. */
function lengths(): number[] {
  const found = [characters];
  while (found.length < maxLengths && found[0]! / 2 >= minCharacters)
    found.unshift(Math.ceil(found[0]! / 2));
  return found;
}

async function measureStages(text: string, models: AnalysisModels): Promise<Measurement['ms']> {
  const ms: Measurement['ms'] = {};
  const measure = async <T>(stage: Stage, run: () => T): Promise<Awaited<T>> => {
    const before = process.cpuUsage();
    const result = await run();
    const { user, system } = process.cpuUsage(before);
    ms[stage] = (user + system) / 1000;
    return result;
  };
  const bytes = Buffer.from(text);
  const extracted = await measure('extract', () => extractPlainText(bytes));
  const structure = await measure('segment', () => segment(extracted.text, extracted.pages));
  const { passages, headersAndFooters } = structure;
  await measure('analyse', () =>
    analyse({ text: extracted.text, structure, fileName: 'contract.txt' }, models),
  );
  const texts = await measure('index', () =>
    passages.map((passage) =>
      passageText(passage.path, indexText(extracted.text, passage, headersAndFooters)),
    ),
  );
  if (values.embed) {
    const embedder = await openEmbedder({ ...readConfig({}).embedding, threads: 1 });
    const embedded = texts.slice(0, maxEmbedded);
    await measure('embed', () => embedder.embedPassages(embedded));
    await embedder.close();
    ms.embed! *= texts.length / Math.max(1, embedded.length);
  }
  return ms;
}

async function runChild(name: string): Promise<void> {
  const config = readConfig({});
  const models = {
    clauses: openClauseModel(config.clauseModel),
    parties: openPartyModel(config.partyModel),
  };
  const make = poisonTexts[name]!;
  await measureStages(make(20_000), models); // so that the code is compiled
  for (const length of lengths()) {
    const ms = await measureStages(make(length), models);
    const measurement: Measurement = { length, ms, peakMiB: peakMemory(process.pid) };
    process.send!(measurement);
  }
}

interface Outcome {
  measurements: Measurement[];
  /** Why the longest text was not read. */
  failure?: string;
}

function runPattern(name: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const measurements: Measurement[] = [];
    const child = fork(
      fileURLToPath(import.meta.url),
      [
        ...process.argv.slice(2).filter((argument) => !positionals.includes(argument)),
        '--child',
        name,
      ],
      { execArgv: [...process.execArgv, `--max-old-space-size=${values.heap}`], silent: true },
    );
    let output = '';
    child.stderr!.on('data', (data: Buffer) => (output = (output + data.toString()).slice(-5000)));
    const timer = setTimeout(() => child.kill('SIGKILL'), Number(values.seconds) * 1000);
    child.on('message', (measurement: Measurement) => measurements.push(measurement));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const isComplete = measurements.at(-1)?.length === characters;
      const failure =
        signal === 'SIGKILL'
          ? 'too slow'
          : /heap out of memory|Allocation failed/i.test(output)
            ? 'out of memory'
            : (/^\w*Error:.*$/m.exec(output)?.[0] ?? `ended with ${code ?? signal}`);
      resolve({ measurements, ...(!isComplete && { failure }) });
    });
  });
}

const readingMs = ({ ms }: Measurement) =>
  (ms.extract ?? 0) + (ms.segment ?? 0) + (ms.analyse ?? 0) + (ms.index ?? 0);

/** The power of the length with which the time grows; undefined where it is too short to tell. */
function exponentOf(measurements: Measurement[]): number | undefined {
  const [before, last] = measurements.slice(-2);
  if (!before || !last || readingMs(before) < minMsForExponent) return undefined;
  return Math.log2(readingMs(last) / readingMs(before)) / Math.log2(last.length / before.length);
}

function describe(name: string, { measurements, failure }: Outcome): string[] {
  const last = measurements.at(-1);
  if (!last) return [name, '', ...stages.map(() => ''), '', '', failure ?? ''];
  const perCharacter = (stage: Stage) =>
    last.ms[stage] === undefined ? '' : ((last.ms[stage] * 1000) / last.length).toFixed(2);
  const exponent = exponentOf(measurements);
  const reading = ((last.ms.segment! + last.ms.analyse!) * 1000) / last.length;
  const remarks = [
    failure,
    exponent !== undefined && exponent > maxExponent && 'not linear',
    reading > Number(values.limit) && 'over the limit',
  ].filter(Boolean);
  return [
    name,
    String(last.length),
    ...stages.map(perCharacter),
    exponent?.toFixed(2) ?? '',
    last.peakMiB.toFixed(0),
    remarks.join(', '),
  ];
}

async function main(): Promise<void> {
  if (values.child !== undefined) return runChild(values.child);
  const names = Object.keys(poisonTexts).filter(
    (name) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
  );
  const rows: string[][] = [];
  for (const name of names) {
    const row = describe(name, await runPattern(name));
    rows.push(row);
    process.stderr.write(`${row.join(' | ')}\n`);
  }
  const header = ['text', 'characters', ...stages.map((stage) => `${stage}, µs`), 'exponent'];
  print(table([...header, 'peak MiB', 'remarks'], rows));
  if (rows.some((row) => row.at(-1) !== '')) process.exitCode = 1;
}

await main();
