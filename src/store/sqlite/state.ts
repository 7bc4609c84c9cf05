import { DeedboxError } from '../../errors/errors.ts';
import type { ModelIdentity } from '../records.ts';
import type { Connection } from './connection.ts';

/** The number of committed writes to documents or passages. */
export function currentSequenceNumber(connection: Connection): number {
  const row = connection.get<{ n: number }>('SELECT sequence_number AS n FROM state');
  return row?.n ?? 0;
}

/**
 * Called in the transaction that changes documents or passages; marks the changed document, unless it
 * was removed.
 */
export function incrementSequenceNumber(connection: Connection, document?: number): void {
  connection.run('UPDATE state SET sequence_number = sequence_number + 1');
  if (document === undefined) return;
  connection.run(
    'UPDATE documents SET sequence_number = (SELECT state.sequence_number FROM state) WHERE id = ?',
    document,
  );
}

/** Called in the transaction that removes a document or a revision. */
export function countRemoval(connection: Connection): void {
  connection.run('UPDATE state SET removals = removals + 1');
}

/** The model of the stored vectors; undefined before the first document. */
export function storedModel(connection: Connection): ModelIdentity | undefined {
  const row = connection.get<{ model: string | null }>('SELECT model FROM state');
  return row?.model ? (JSON.parse(row.model) as ModelIdentity) : undefined;
}

export function setModel(connection: Connection, model: ModelIdentity): void {
  const { name, checksum, dimensions } = model;
  connection.run('UPDATE state SET model = ?', JSON.stringify({ name, checksum, dimensions }));
}

/** The name does not count: the same files in another folder are the same model. */
function sameModel(one: ModelIdentity, other: ModelIdentity): boolean {
  return one.checksum === other.checksum && one.dimensions === other.dimensions;
}

/**
 * Throws `model_mismatch` if the store is of another model: that of the first document or of the last
 * reset, even if the store has no documents.
 */
export function requireModel(connection: Connection, model: ModelIdentity): void {
  const stored = storedModel(connection);
  if (!stored || sameModel(stored, model)) return;
  throw new DeedboxError(
    'model_mismatch',
    `The index was made with the embedding model "${stored.name}" (${stored.dimensions} dimensions); the one configured now is "${model.name}" (${model.dimensions}).`,
    { hint: 'Run `deedbox reindex` to read every document again, or configure the former model.' },
  );
}
