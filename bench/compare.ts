import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { packageRoot } from '../src/settings/config.ts';
import {
  describeMachine,
  parseResult,
  readResult,
  resultsFolder,
  type Result,
} from '../training/result-file.ts';
import { compareResults, incomparable } from './comparison.ts';
import { table } from './figures.ts';

/**
 * `npm run bench:compare [-- --base REF] [NAME…]`: compares the results in bench/results, as the last
 * runs left them, with those committed at REF, a commit, branch or tag, `HEAD` by default. After a
 * commit of new results, `--base` compares two committed runs. Prints each figure that differs, its
 * ratio, and whether the difference is outside noise: outside the 95% interval of the base where it
 * has one, else above the tolerance of its unit. NAME selects benchmarks, e.g. `quality`.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { base: { type: 'string', default: 'HEAD' } },
});

const print = (text: string) => process.stdout.write(`${text}\n`);

function committedResult(name: string): Result | undefined {
  const git = (args: string[]) =>
    execFileSync('git', args, { cwd: packageRoot(), encoding: 'utf8', maxBuffer: 2 ** 26 });
  const path = `bench/results/${name}.json`;
  if (git(['ls-tree', '--name-only', values.base, path]).trim() === '') return undefined;
  return parseResult(name, git(['show', `${values.base}:${path}`]));
}

function printComparison(base: Result, current: Result): void {
  print(`\n## ${current.name}\n`);
  for (const [what, { date, commit, machine }] of [
    ['base', base],
    ['current', current],
  ] as const) {
    print(`${what.padEnd(8)} ${date}, commit ${commit}, ${describeMachine(machine)}`);
  }
  const reason = incomparable(base, current);
  if (reason !== undefined) {
    print(`\nNot compared, because the runs differ in ${reason}`);
    return;
  }
  if (describeMachine(base.machine) !== describeMachine(current.machine)) {
    print('The machines differ, so times, rates and memory are not comparable.');
  }
  const { same, differences, added, removed } = compareResults(base, current);
  const outside = differences.filter(({ isNoise }) => !isNoise).length;
  print(`\n${same} figures equal, ${differences.length} differ, ${outside} of them outside noise.`);
  if (differences.length > 0) {
    const rows = differences.map(
      ({ key, unit, base: before, current: now, ratio, isNoise, rule }) => [
        key,
        unit,
        String(before ?? '—'),
        String(now ?? '—'),
        Number.isFinite(ratio) ? ratio.toFixed(3) : '—',
        `${isNoise ? 'within' : 'OUTSIDE'} (${rule})`,
      ],
    );
    print(`\n${table(['figure', 'unit', 'base', 'current', 'ratio', 'noise'], rows)}`);
  }
  if (added.length > 0) print(`\nOnly in the current run: ${added.join(', ')}`);
  if (removed.length > 0) print(`\nOnly in the base: ${removed.join(', ')}`);
}

const files = existsSync(resultsFolder) ? readdirSync(resultsFolder) : [];
const names = files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -5));
for (const name of positionals.length > 0 ? positionals : names) {
  const current = readResult(name);
  const base = committedResult(name);
  if (current && base) printComparison(base, current);
  else print(`\n## ${name}\n\nNo result ${current ? `at ${values.base}` : 'in bench/results'}.`);
}
if (names.length === 0) print('There are no results in bench/results: run a benchmark first.');
