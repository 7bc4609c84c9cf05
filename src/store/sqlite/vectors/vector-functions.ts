import type Sqlite from 'better-sqlite3';
import type { ModelIdentity } from '../../records.ts';
import { toStoredRows } from './stored-vectors.ts';

/** Defines what a migration calls: the vectors of a document as 32-bit floats to rows of stored vectors. */
export function defineVectorFunctions(db: Sqlite.Database): void {
  db.table('fixed_point_rows', {
    columns: ['position', 'vectors'],
    parameters: ['floats', 'model'],
    *rows(blob, model) {
      const { dimensions } = JSON.parse(model as string) as ModelIdentity;
      const floats = new Float32Array(new Uint8Array(blob as Buffer).buffer);
      const vectors = Array.from({ length: floats.length / dimensions }, (_, i) =>
        floats.subarray(i * dimensions, (i + 1) * dimensions),
      );
      for (const { position, blob: stored } of toStoredRows(vectors)) yield [position, stored];
    },
  });
}
