import { decodeSingleLine, quoted } from '../encode/visible.ts';
import { DeedboxError } from '../errors/errors.ts';
import type { SyncStatusResponse } from '../search/response-schemas.ts';
import type { ScopedIndex } from '../store/scoped-index.ts';
import type { FileRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { failureOf, type SyncServices } from './syncs.ts';

/** A person waits for these files, so they are ingested before those of a sync. */
const requestedPriority = 0;
const maxFilesPerRequest = 20;

/** The files of these names or document ids; a name may stand for several files in different folders. */
async function resolveFiles(scopedIndex: ScopedIndex, names: string[]): Promise<FileRecord[]> {
  const files = await scopedIndex.filesByName(names);
  const missing = names.find((name) => !files.some((file) => matchesName(file, name)));
  if (missing !== undefined) {
    throw new DeedboxError('not_found', `No file is called ${quoted(missing)}.`, {
      hint: 'Give the whole file name, or the document_id. A sync finds files that are new.',
    });
  }
  const ingestible = files.filter(({ state }) => state !== 'ignored');
  if (ingestible.length === 0) {
    throw new DeedboxError('invalid_request', `The file is ignored: ${files[0]!.detail}.`);
  }
  if (ingestible.length > maxFilesPerRequest) {
    throw new DeedboxError('invalid_request', `${ingestible.length} files have this name.`, {
      hint: `At most ${maxFilesPerRequest} files can be requested at once: give document_ids.`,
    });
  }
  return ingestible;
}

function matchesName({ fileName, documentId }: FileRecord, name: string): boolean {
  const normalizeName = (text: string) => text.normalize('NFC').toLowerCase();
  return documentId === name || normalizeName(fileName) === normalizeName(name);
}

/**
 * Enqueues files for ingestion ahead of all other jobs, changed or not: files that wait in a long sync,
 * that failed, or that are indexed. An indexed revision stays until the new one replaces it.
 * @param names file names, without regard to case, or document ids
 * @returns the files' ids
 * @throws DeedboxError `not_found` for a name that no file in scope has, `invalid_request` for ignored
 *   files and for more than 20 files
 */
export async function requestFiles(
  services: SyncServices,
  scopedIndex: ScopedIndex,
  names: string[],
): Promise<string[]> {
  const { store, queue } = services;
  const decodedNames = names.map(decodeSingleLine);
  const ids = (await resolveFiles(scopedIndex, decodedNames)).map(({ fileId }) => fileId);
  const requested: FileRecord[] = [];
  // After a crash here they stay pending, and the next sync enqueues them.
  await store.reviseFiles(ids, (known) => {
    if (!known || known.state === 'ignored') return undefined;
    requested.push(known);
    const { reason: _reason, detail: _detail, failedBy: _failedBy, outcome: _, ...rest } = known;
    return { ...rest, state: 'pending' };
  });
  await queue.add(
    requested.map(({ fileId, syncId }) => ({
      kind: 'ingest',
      key: fileId,
      payload: { syncId, fileId, force: true },
      priority: requestedPriority,
    })),
  );
  services.ensureWorker();
  return requested.map(({ fileId }) => fileId);
}

/** The progress of these files, in the form of a sync's status; `done` once none of them is pending. */
export async function filesStatus(store: Store, fileIds: string[]): Promise<SyncStatusResponse> {
  const known = await Promise.all(fileIds.map((fileId) => store.file(fileId)));
  const files = known.filter((file) => file !== undefined);
  const count = (state: FileRecord['state']) => files.filter((file) => file.state === state).length;
  const pending = count('pending');
  return {
    state: pending > 0 ? 'reading' : 'done',
    found: fileIds.length,
    indexed: count('indexed'),
    unchanged: 0,
    failed: count('failed'),
    ignored: count('ignored'),
    removed: fileIds.length - files.length,
    pending,
    failures: files.filter(({ state }) => state === 'failed').map(failureOf),
    more_failures: 0,
  };
}
