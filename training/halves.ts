import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot, readConfig, type Config } from '../src/settings/config.ts';
import { learnClauses } from './clauses/learn.ts';
import { writeClauseModel } from './clauses/write-model.ts';
import type { Contract } from './corpus.ts';
import { learnLanguage, learnQuestions, prepareContracts } from './learn.ts';
import { writeEmbeddingModel } from './write-model.ts';

/**
 * Models that were trained on one half of the companies alone, for measuring on the other half. They are
 * stored in bench/out and reused: delete them after a change of `training/`.
 */

const log = (line: string) => process.stderr.write(`  ${line}\n`);

const modelFolder = (name: string, half: number) =>
  join(packageRoot(), 'bench', 'out', `${name}-without-half-${half + 1}`);

function trainEmbedding(folder: string, contracts: Contract[]): void {
  if (existsSync(join(folder, 'config.json'))) return;
  const prepared = prepareContracts(contracts);
  writeEmbeddingModel(folder, learnQuestions(learnLanguage(prepared, log), prepared, log));
}

function trainClauseModel(folder: string, contracts: Contract[]): void {
  if (existsSync(join(folder, 'config.json'))) return;
  writeClauseModel(folder, learnClauses(contracts, log));
}

/** The folder of an embedding model that was trained on the other half of the companies alone. */
export function trainWithout(half: number, halves: Contract[][]): string {
  const model = modelFolder('model', half);
  trainEmbedding(model, halves[1 - half]!);
  return model;
}

/** A configuration whose models were trained on the other half of the companies alone. */
export function configWithout(half: number, halves: Contract[][], data: string): Config {
  const clauseModel = modelFolder('clauses', half);
  trainClauseModel(clauseModel, halves[1 - half]!);
  const embedding = trainWithout(half, halves);
  return { ...readConfig({ DEEDBOX_DATA: data, EMBEDDING_MODEL: embedding }), clauseModel };
}
