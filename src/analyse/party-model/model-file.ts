import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/v4';
import { DeedboxError } from '../../errors/errors.ts';
import { tagCount } from './crf.ts';
import type { PartyModel } from './party-model.ts';

export const files = { config: 'config.json', weights: 'weights.bin' } as const;
/** Version of the file format. Another version is refused. */
export const format = 1;

const config = z.object({
  format: z.literal(format),
  /** Buckets of the token features; a power of two. */
  buckets: z
    .int()
    .min(2)
    .max(1 << 20)
    .refine((count) => (count & (count - 1)) === 0, 'must be a power of two'),
  /** Factor of the 16-bit weights. */
  scale: z.number().positive(),
  /** `CrfWeights.transition`. */
  transition: z.array(z.number()).length(tagCount * tagCount),
  /** `PartyModel.nameWeights`, by feature name. */
  names: z.record(z.string(), z.number()),
});
export type PartyModelConfig = z.infer<typeof config>;

/**
 * Reads the party model in a folder: `config.json`, and `weights.bin` with `tagCount` little-endian
 * 16-bit integers for each bucket.
 * @throws DeedboxError `invalid_configuration` if a file is missing or damaged, or of another
 * version
 */
export function openPartyModel(folder: string): PartyModel {
  const fail = (what: string, cause?: unknown) =>
    new DeedboxError(
      'invalid_configuration',
      `The model that finds parties cannot be read: ${what}.`,
      {
        hint: 'Restore the folder models/contract-parties from the release, or run "npm run train:parties".',
        cause,
      },
    );
  let json: Buffer;
  let weights: Buffer;
  try {
    json = readFileSync(join(folder, files.config));
    weights = readFileSync(join(folder, files.weights));
  } catch (cause) {
    throw fail(`${files.config} or ${files.weights} is missing`, cause);
  }
  let parsed: PartyModelConfig;
  try {
    parsed = config.parse(JSON.parse(json.toString('utf8')));
  } catch (cause) {
    throw fail(`${files.config} is not one of format ${format}`, cause);
  }
  const count = parsed.buckets * tagCount;
  if (weights.length !== count * 2) {
    throw fail(`${files.weights} has ${weights.length} bytes, not ${count * 2}`);
  }
  const view = new DataView(weights.buffer, weights.byteOffset, weights.length);
  const state = Float32Array.from(
    { length: count },
    (_, i) => view.getInt16(i * 2, true) * parsed.scale,
  );
  return {
    identity: `parties ${createHash('sha256').update(json).update(weights).digest('hex').slice(0, 16)}`,
    crf: { buckets: parsed.buckets, state, transition: Float32Array.from(parsed.transition) },
    nameWeights: new Map(Object.entries(parsed.names)),
  };
}
