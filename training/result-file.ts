import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod/v4';

/**
 * The result of a benchmark as a file, `bench/results/NAME.json`. The files are committed: the tables
 * in `docs/benchmarks.md`, the README and the model cards are generated from them (`npm run docs`), and
 * `npm run bench:compare` compares a new run with the committed one.
 */

/** `share` is a fraction of 1; `per second` counts documents, pages or answers. */
const units = ['share', 'count', 'ms', 's', 'per second', 'MiB', 'bytes', 'load'] as const;

const figureSchema = z.strictObject({
  /** `null` where there was nothing to measure. */
  value: z.number().nullable(),
  unit: z.enum(units),
  /** The 95% interval of a bootstrap over companies; an end is `null` as `value` is. */
  interval: z.tuple([z.number().nullable(), z.number().nullable()]).optional(),
  /** Lowest and highest value and standard deviation over the folds of a cross-validation. */
  folds: z
    .strictObject({
      low: z.number().nullable(),
      high: z.number().nullable(),
      deviation: z.number().nullable(),
    })
    .optional(),
});

const resultSchema = z.strictObject({
  name: z.string().regex(/^[a-z-]+$/),
  /** What was run, with its options. */
  command: z.string().min(1),
  date: z.iso.date(),
  /** The commit that was measured; ends with `, modified` where the working tree had changes. */
  commit: z.string().min(1),
  machine: z.strictObject({
    model: z.string(),
    cores: z.int().positive(),
    memoryGiB: z.number().positive(),
    node: z.string(),
  }),
  /** What was measured on. */
  corpus: z.string().min(1),
  /** By a path of names with dots between them, e.g. `pdf.ingest.rate`. */
  figures: z.record(z.string().min(1), figureSchema),
});

export type Unit = (typeof units)[number];
export type Figure = z.infer<typeof figureSchema>;
export type Figures = Record<string, Figure>;
export type Result = z.infer<typeof resultSchema>;
export type Machine = Result['machine'];

const root = join(import.meta.dirname, '..');

/** Where results are committed. */
export const resultsFolder = join(root, 'bench', 'results');

export function currentMachine(): Machine {
  const processors = cpus();
  return {
    model: processors[0]?.model ?? 'unknown processor',
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version.replace(/^v/, ''),
  };
}

export const describeMachine = ({ model, cores, memoryGiB, node }: Machine) =>
  `${model}, ${cores} cores, ${memoryGiB} GiB, Node ${node}`;

/** The commit that is checked out. Results themselves do not count as modifications of it. */
export function currentCommit(): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const modified = git('status', '--porcelain', '--', '.', ':(exclude)bench/results').trim();
    return `${git('rev-parse', '--short', 'HEAD').trim()}${modified ? ', modified' : ''}`;
  } catch {
    return 'unknown';
  }
}

export const today = () => new Date().toISOString().slice(0, 10);

const maxDigits = 6;

/** A figure to six significant digits; what is not finite has no value. */
export function figureOf(value: number, unit: Unit): Figure {
  return { value: rounded(value), unit };
}

export function rounded(value: number): number | null {
  if (!Number.isFinite(value)) return null;
  return Number.isInteger(value) ? value : Number(value.toPrecision(maxDigits));
}

/**
 * Writes `NAME.json` into the folder of committed results, or into another one, with the day, the
 * commit and the machine. Figures stand in the order given, one a line.
 */
export function writeResult(
  result: Pick<Result, 'name' | 'command' | 'corpus' | 'figures'>,
  folder = resultsFolder,
): void {
  const { name, command, corpus, figures } = result;
  const whole: Result = resultSchema.parse({
    name,
    command,
    date: today(),
    commit: currentCommit(),
    machine: currentMachine(),
    corpus,
    figures,
  });
  const path = join(folder, `${name}.json`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, formatResult(whole));
}

export function formatResult({ figures, ...head }: Result): string {
  const fields = Object.entries(head).map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},`,
  );
  const lines = Object.entries(figures).map(
    ([key, figure]) => `    ${JSON.stringify(key)}: ${JSON.stringify(figure)}`,
  );
  return ['{', ...fields, '  "figures": {', lines.join(',\n'), '  }', '}', ''].join('\n');
}

/** Throws where the text is no result of that name. */
export function parseResult(name: string, text: string): Result {
  const result = resultSchema.parse(JSON.parse(text));
  if (result.name !== name) throw new Error(`The result ${name} is named ${result.name}.`);
  return result;
}

/** The committed result of a benchmark; undefined where there is none. */
export function readResult(name: string, folder = resultsFolder): Result | undefined {
  const path = join(folder, `${name}.json`);
  return existsSync(path) ? parseResult(name, readFileSync(path, 'utf8')) : undefined;
}
