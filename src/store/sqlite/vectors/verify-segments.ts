import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openReadOnly } from '../../../sqlite/open-database.ts';
import type { IntegrityProblem } from '../../records.ts';
import { Connection } from '../connection.ts';
import { busyTimeoutMs } from '../schema.ts';
import { storedModel } from '../state.ts';
import { DotProducts } from './dot-products.ts';
import { fileChecksum } from './segment-builder.ts';
import { SegmentReader } from './segment-file.ts';
import { currentSegments, type Segment } from './segment-table.ts';

const check = 'vector_index';

/** Passages named for each segment. */
const maxNamed = 100;

/**
 * Compares one state of the database with the files of the vector index; yields to the event loop after each
 * segment.
 * @param database its file
 */
export async function verifySegments(
  database: string,
  folder: string,
): Promise<IntegrityProblem[]> {
  const connection = new Connection(openReadOnly(database, busyTimeoutMs));
  const problems: IntegrityProblem[] = [];
  try {
    connection.run('BEGIN');
    const model = storedModel(connection);
    if (!model) return [];
    const dots = new DotProducts(model.dimensions);
    for (const segment of currentSegments(connection)) {
      const details = await verifySegment(connection, folder, segment, dots);
      problems.push(...details.slice(0, maxNamed).map((detail) => ({ check, detail })));
      await nextTurn();
    }
  } finally {
    connection.close();
  }
  return problems;
}

async function verifySegment(
  connection: Connection,
  folder: string,
  { file, first, last, records, checksum }: Segment,
  dots: DotProducts,
): Promise<string[]> {
  const where = path.join(folder, file);
  const reader = SegmentReader.open(where, dots.width);
  try {
    if (reader?.count !== records || (await fileChecksum(where)) !== checksum) {
      return [
        `The file ${file} is missing or damaged. Delete it, if it is there: the next sync writes it again.`,
      ];
    }
    const indexed = new Uint8Array(last - first + 1);
    const surplus: string[] = [];
    const every = Uint32Array.from({ length: reader.table.centroids.count }, (_, i) => i);
    reader.scan(dots, every, (passage) => {
      if (passage >= first && passage <= last) indexed[passage - first] = 1;
      else if (passage !== 0) surplus.push(`Passage ${passage} is in the wrong file, ${file}.`);
    });
    const rows = connection.iterate<{ id: number }>(
      'SELECT id FROM passages WHERE id BETWEEN ? AND ?',
      first,
      last,
    );
    const missing: string[] = [];
    for (const { id } of rows) {
      if (indexed[id - first] === 0) missing.push(`Passage ${id} is missing in the vector index.`);
    }
    return [...missing, ...surplus];
  } finally {
    reader?.close();
  }
}
