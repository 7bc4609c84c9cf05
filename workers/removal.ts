import { DeedboxError } from '../src/errors/errors.ts';
import { emptySource } from '../src/sources/registry.ts';
import type { Source } from '../src/sources/source.ts';
import type { FileRecord } from '../src/store/records.ts';
import type { SourceRun } from './upsert-batch.ts';

/**
 * Removes files that are gone from their source, and counts those that were not ignored. A note says how many
 * documents stay because they are on hold.
 */
export async function removeFiles(run: SourceRun, files: FileRecord[]): Promise<void> {
  const { syncId, services } = run;
  const { store, queue } = services;
  const fileIds = files.map(({ fileId }) => fileId);
  const kept = await store.removeFiles(fileIds);
  if (kept > 0) await noteKept(run);
  await queue.cancel('ingest', fileIds);
  const ingestedCount = files.filter(({ state }) => state !== 'ignored').length - kept;
  if (ingestedCount === 0) return;
  const before = (await store.sync(syncId))?.removed ?? 0;
  await store.updateSync(syncId, { removed: before + ingestedCount });
}

const keptNote = /^\d+ documents have left their source and stay in the index: they are on hold\. /;

/** In place of the note of an earlier page of changes. */
async function noteKept({ syncId, services: { store } }: SourceRun): Promise<void> {
  const sync = await store.sync(syncId);
  if (!sync) return;
  const files = await store.files({ gone: true });
  const count = files.filter(({ goneSince = '' }) => goneSince >= sync.createdAt).length;
  const notes = (sync.notes ?? []).filter((note) => !keptNote.test(note));
  const note = `${count} documents have left their source and stay in the index: they are on hold. \`deedbox hold list\` shows them.`;
  await store.updateSync(syncId, { notes: [...notes, note] });
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
