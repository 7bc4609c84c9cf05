import { DeedboxError } from '../src/errors/errors.ts';
import { emptySource } from '../src/sources/registry.ts';
import type { Source } from '../src/sources/source.ts';
import type { FileRecord } from '../src/store/records.ts';
import type { SourceRun } from './upsert-batch.ts';

/** Removes files that are gone from their source, and counts those that were not ignored. */
export async function removeFiles(run: SourceRun, files: FileRecord[]): Promise<void> {
  const { syncId, services } = run;
  const { store, queue } = services;
  const fileIds = files.map(({ fileId }) => fileId);
  await store.removeFiles(fileIds);
  await queue.cancel('ingest', fileIds);
  const ingestedCount = files.filter(({ state }) => state !== 'ignored').length;
  if (ingestedCount === 0) return;
  const before = (await store.sync(syncId))?.removed ?? 0;
  await store.updateSync(syncId, { removed: before + ingestedCount });
}

/** The records of those files that belong to this source: another source may list them as well. */
export async function filesOfSource(
  { services, source }: SourceRun,
  fileIds: Iterable<string>,
): Promise<FileRecord[]> {
  const files: FileRecord[] = [];
  for (const fileId of fileIds) {
    const record = await services.store.file(fileId);
    if (record?.source === source.id) files.push(record);
  }
  return files;
}

/** Throws `source_error` when the source lists no file, and what the listing throws. */
export async function requireNonEmptySource({ source, signal }: SourceRun): Promise<void> {
  for await (const _ of source.list(signal)) return;
  throw emptySourceError(source);
}

/**
 * A drive that is not mounted often leaves an empty folder behind, and an account that lost its access
 * sees an empty Google Drive.
 */
export function emptySourceError({ id }: Source): DeedboxError {
  const { observation, hint } = emptySource(id);
  return new DeedboxError(
    'source_error',
    `${observation}, though documents were read from it; they stay in the index.`,
    { hint: `${hint}; if it is meant to be empty, \`deedbox forget\` takes them out.` },
  );
}
