import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/v4';
import { DeedboxError } from '../../errors/errors.ts';
import { clauseTypeIds } from '../clause-types.ts';
import { slotCount } from './candidate-features.ts';
import type { ClauseModel } from './clause-model.ts';
import { FeatureIndex } from './linear-model.ts';

/**
 * The files of a clause model. `config.json` has the types, the array lengths and the checksum of
 * `weights.bin`; `weights.bin` has the arrays of `arrayLayout`, one after the other, little-endian.
 */
export const files = { config: 'config.json', weights: 'weights.bin' } as const;
/** Version of the file format. Another version is refused. */
export const format = 1;

const configSchema = z.object({
  format: z.literal(format),
  types: z.array(z.enum(clauseTypeIds)).min(1).max(255),
  /** Number of features. */
  features: z.int().nonnegative(),
  /** Number of weights that are not zero. */
  entries: z.int().nonnegative(),
  /** SHA-256 of `weights.bin`, hexadecimal. */
  sha256: z.string(),
});

export type ClauseModelConfig = z.infer<typeof configSchema>;

/**
 * The arrays in `weights.bin`, in order: bytes per element and number of elements, 4-byte arrays
 * first.
 */
export function arrayLayout({
  types,
  features,
  entries,
}: Omit<ClauseModelConfig, 'sha256' | 'format'>) {
  return [
    { name: 'hashes', bytes: 4, length: features },
    { name: 'idf', bytes: 4, length: features },
    { name: 'offsets', bytes: 4, length: features + 1 },
    { name: 'scales', bytes: 4, length: types.length },
    { name: 'bias', bytes: 4, length: types.length },
    { name: 'ranking', bytes: 4, length: slotCount(types.length) },
    { name: 'columns', bytes: 1, length: entries },
    { name: 'weights', bytes: 1, length: entries },
  ] as const;
}

/**
 * Reads the clause model in a folder.
 * @throws DeedboxError `invalid_configuration` if a file is missing or damaged, or of another
 * version
 */
export function openClauseModel(folder: string): ClauseModel {
  const [configPath, weightsPath] = [join(folder, files.config), join(folder, files.weights)];
  if (!existsSync(configPath) || !existsSync(weightsPath)) {
    throw modelError('is missing or incomplete');
  }
  const parsed = configSchema.safeParse(readJson(configPath));
  if (!parsed.success) throw modelError('was made for another version');
  const config = parsed.data;
  const bytes = readFileSync(weightsPath);
  const arrays = arrayLayout(config);
  const size = arrays.reduce((sum, array) => sum + array.bytes * array.length, 0);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (bytes.length !== size || sha256 !== config.sha256) throw modelError('is damaged');

  // Copied, so that the 4-byte arrays are aligned.
  const { buffer } = Uint8Array.from(bytes);
  const at = new Map<string, number>();
  arrays.reduce((offset, { name, bytes: width, length }) => {
    at.set(name, offset);
    return offset + width * length;
  }, 0);
  const offset = (name: (typeof arrays)[number]['name']) => at.get(name)!;
  const { features, entries } = config;
  const { types } = config;
  const hashes = new Uint32Array(buffer, offset('hashes'), features);
  return {
    identity: `clauses ${sha256.slice(0, 16)}`,
    types,
    linear: {
      types: types.length,
      hashes,
      idf: new Float32Array(buffer, offset('idf'), features),
      offsets: new Uint32Array(buffer, offset('offsets'), features + 1),
      scales: new Float32Array(buffer, offset('scales'), types.length),
      bias: new Float32Array(buffer, offset('bias'), types.length),
      columns: new Uint8Array(buffer, offset('columns'), entries),
      weights: new Int8Array(buffer, offset('weights'), entries),
    },
    index: new FeatureIndex(hashes),
    ranking: new Float32Array(buffer, offset('ranking'), slotCount(types.length)),
  };
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function modelError(problem: string): DeedboxError {
  return new DeedboxError('invalid_configuration', `The clause model ${problem}.`, {
    hint: 'Install Deedbox again: models/contract-clauses must hold config.json and weights.bin as they came with it.',
  });
}
