import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  findClauses,
  scoreSentences,
  type ClauseModel,
} from '../../src/analyse/clause-model/clause-model.ts';
import { openClauseModel } from '../../src/analyse/clause-model/model-file.ts';
import { prepareText, type PreparedText } from '../../src/analyse/prepared-text.ts';
import { segment } from '../../src/segment/segment.ts';
import { bundledClauseModel, type Contract } from '../../training/corpus.ts';
import { percentile } from '../figures.ts';

export interface SpeedFigures {
  contracts: number;
  /** Milliseconds of processor time for scoring the clauses of fifty pages. */
  median: number;
  slowest: number;
  /** Size of the model's folder. */
  modelBytes: number;
}

/** Fifty pages of about three thousand characters. */
const fiftyPages = 150_000;
const rounds = 5;

/**
 * Clause scoring alone, on the first fifty pages of at most ten contracts that have as many; where no
 * contract has, on contracts joined together. Each is scored five times, and its median counts.
 */
export function measureSpeed(contracts: Contract[]): SpeedFigures {
  const long = contracts.filter(({ text }) => text.length >= fiftyPages);
  const texts = long.length > 0 ? long.map(({ text }) => text) : [repeated(contracts)];
  const model = openClauseModel(bundledClauseModel);
  const medians = texts.slice(0, 10).map((text) => {
    const pages = text.slice(0, fiftyPages);
    const prepared = prepareText(pages, segment(pages, []));
    const times = Array.from({ length: rounds }, () => {
      const started = process.cpuUsage();
      scoreClauses(prepared, model);
      const { user, system } = process.cpuUsage(started);
      return (user + system) / 1000;
    });
    return percentile(times, 0.5);
  });
  return {
    contracts: medians.length,
    median: percentile(medians, 0.5),
    slowest: Math.max(...medians),
    modelBytes: folderBytes(bundledClauseModel),
  };
}

/** Clause scoring alone, with the bundled model. */
function scoreClauses(prepared: PreparedText, model: ClauseModel): void {
  findClauses({ prepared, stated: [] }, scoreSentences(prepared, model), model);
}

function repeated(contracts: Contract[]): string {
  const all = contracts.map(({ text }) => text).join('\n\n');
  return all.repeat(Math.ceil(fiftyPages / Math.max(all.length, 1)));
}

function folderBytes(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.reduce((sum, file) => {
    const entry = statSync(join(folder, file));
    return sum + (entry.isFile() ? entry.size : 0);
  }, 0);
}
