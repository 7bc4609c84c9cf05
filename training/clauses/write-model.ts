import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClauseModel } from '../../src/analyse/clause-model/clause-model.ts';
import {
  arrayLayout,
  files,
  format,
  type ClauseModelConfig,
} from '../../src/analyse/clause-model/model-file.ts';

/** Writes a trained model in the format that `openClauseModel` reads. */
export function writeClauseModel(folder: string, model: Omit<ClauseModel, 'identity'>): void {
  const { linear, ranking } = model;
  const types = [...model.types];
  const counts = { types, features: linear.hashes.length, entries: linear.columns.length };
  const arrays = { ...linear, ranking };
  const buffers = arrayLayout(counts).map(({ name }) => {
    const { buffer, byteOffset, byteLength } = arrays[name];
    return Buffer.from(buffer, byteOffset, byteLength);
  });
  const bytes = Buffer.concat(buffers);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const config: ClauseModelConfig = { format, ...counts, sha256 };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, files.weights), bytes);
  writeFileSync(join(folder, files.config), `${JSON.stringify(config, null, 2)}\n`);
}
