import { DeedboxError } from '../src/errors.ts';
import { describeSource } from '../src/sources/describe-source.ts';
import { folderSourcePrefix } from '../src/sources/folder.ts';
import type { Source } from '../src/sources/source.ts';
import type { FileRecord } from '../src/store/records.ts';
import type { SourceRun } from './batch.ts';

/** Takes files that have left their source out of the index, and counts those that were read. */
export async function removeFiles(run: SourceRun, files: FileRecord[]): Promise<void> {
  const { syncId, services } = run;
  const { store, queue } = services;
  const fileIds = files.map(({ fileId }) => fileId);
  await store.removeFiles(fileIds);
  await queue.cancel('ingest', fileIds);
  const read = files.filter(({ state }) => state !== 'ignored').length;
  if (read === 0) return;
  const before = (await store.sync(syncId))?.removed ?? 0;
  await store.updateSync(syncId, { removed: before + read });
}

/** Those of some files that are recorded now, and as this source's: another may hold them as well. */
export async function ownFiles(
  { services, source }: SourceRun,
  fileIds: Iterable<string>,
): Promise<FileRecord[]> {
  const own: FileRecord[] = [];
  for (const fileId of fileIds) {
    const record = await services.store.file(fileId);
    if (record?.source === source.id) own.push(record);
  }
  return own;
}

/** Throws where a source shows nothing any more, or cannot be listed. */
export async function requireFiles({ source, signal }: SourceRun): Promise<void> {
  for await (const _ of source.list(signal)) return;
  throw suddenlyEmpty(source);
}

/**
 * A drive that is not connected often leaves an empty folder behind, and an account that has lost its
 * access sees an empty Drive.
 */
export function suddenlyEmpty({ id }: Source): DeedboxError {
  const shown = describeSource(id);
  const forget = 'if it is meant to be empty, `deedbox forget` takes them out.';
  if (id.startsWith(folderSourcePrefix)) {
    return new DeedboxError(
      'source_error',
      `The folder ${shown} is empty, though documents were read from it; they stay in the index.`,
      { hint: `Connect its drive; ${forget}` },
    );
  }
  return new DeedboxError(
    'source_error',
    `${shown} shows no file any more, though documents were read from it; they stay in the index.`,
    {
      hint: `Check that the account that signs in is the right one and still has access; ${forget}`,
    },
  );
}
