import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { prepareText } from '../../src/analyse/prepared-text.ts';
import { segment } from '../../src/segment/segment.ts';
import type { Contract } from '../../training/corpus.ts';
import { percentile } from '../figures.ts';
import { bundledClauseModel } from '../../training/corpus.ts';
import { scoreClauses } from './folds.ts';

export interface SpeedFigures {
  contracts: number;
  /** Milliseconds of processor time for scoring the clauses of fifty pages. */
  median: number;
  slowest: number;
  /** Of the model's folder; absent while clauses are found by rules. */
  modelBytes?: number;
}

/** Fifty pages of about three thousand characters. */
const fiftyPages = 150_000;
const rounds = 5;

/**
 * Clause scoring alone, on the first fifty pages of each contract that has them; where there is none,
 * on contracts put together. Each is scored several times, and its median counts.
 */
export function measureSpeed(contracts: Contract[]): SpeedFigures {
  const long = contracts.filter(({ text }) => text.length >= fiftyPages);
  const texts = long.length > 0 ? long.map(({ text }) => text) : [repeated(contracts)];
  const medians = texts.slice(0, 10).map((text) => {
    const pages = text.slice(0, fiftyPages);
    const prepared = prepareText(pages, segment(pages, []));
    const times = Array.from({ length: rounds }, () => {
      const started = process.cpuUsage();
      scoreClauses(prepared);
      const { user, system } = process.cpuUsage(started);
      return (user + system) / 1000;
    });
    return percentile(times, 0.5);
  });
  const modelBytes = folderBytes(bundledClauseModel);
  return {
    contracts: medians.length,
    median: percentile(medians, 0.5),
    slowest: Math.max(...medians),
    ...(modelBytes !== undefined && { modelBytes }),
  };
}

function repeated(contracts: Contract[]): string {
  const all = contracts.map(({ text }) => text).join('\n\n');
  return all.repeat(Math.ceil(fiftyPages / Math.max(all.length, 1)));
}

function folderBytes(folder: string): number | undefined {
  if (!existsSync(folder)) return undefined;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.reduce((sum, file) => {
    const entry = statSync(join(folder, file));
    return sum + (entry.isFile() ? entry.size : 0);
  }, 0);
}
