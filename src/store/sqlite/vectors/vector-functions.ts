import type Sqlite from 'better-sqlite3';
import type { ModelIdentity } from '../../records.ts';
import { toStoredVectors } from './fixed-point.ts';

/** Defines what a migration calls: vectors as 32-bit floats to stored vectors. */
export function defineVectorFunctions(db: Sqlite.Database): void {
  db.function('to_fixed_point', { deterministic: true }, (blob, model) => {
    const { dimensions } = JSON.parse(model as string) as ModelIdentity;
    const floats = new Float32Array(new Uint8Array(blob as Buffer).buffer);
    const vectors = Array.from({ length: floats.length / dimensions }, (_, i) =>
      floats.subarray(i * dimensions, (i + 1) * dimensions),
    );
    return toStoredVectors(vectors);
  });
}
