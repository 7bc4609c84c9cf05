import { DeedboxError } from '../errors/errors.ts';
import type { SyncStatusResponse } from '../search/response-schemas.ts';
import type { ScopedIndex } from '../store/scoped-index.ts';
import type { FileRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { failureOf, type SyncServices } from './syncs.ts';

/** Somebody waits for these: they go before all that a sync has found. */
const requestedPriority = 0;
const maxFilesPerRequest = 20;

/** A name may be that of several files, in several folders. */
async function resolveFiles(scopedIndex: ScopedIndex, names: string[]): Promise<FileRecord[]> {
  const files = await scopedIndex.filesByName(names);
  const missing = names.find((name) => !files.some((file) => matchesName(file, name)));
  if (missing !== undefined) {
    throw new DeedboxError('not_found', `No file is called "${missing}".`, {
      hint: 'Give the whole file name, or the document_id. A sync of everything finds files that are new.',
    });
  }
  const ingestible = files.filter(({ state }) => state !== 'ignored');
  if (ingestible.length === 0) {
    throw new DeedboxError('invalid_request', `It is not read: ${files[0]!.detail}.`);
  }
  if (ingestible.length > maxFilesPerRequest) {
    throw new DeedboxError('invalid_request', `${ingestible.length} files are called so.`, {
      hint: `At most ${maxFilesPerRequest} are read at once: name the documents by document_id.`,
    });
  }
  return ingestible;
}

function matchesName({ fileName, documentId }: FileRecord, name: string): boolean {
  const normalizeName = (text: string) => text.normalize('NFC').toLowerCase();
  return documentId === name || normalizeName(fileName) === normalizeName(name);
}

/**
 * Has files read now, changed or not, ahead of everything that waits: one that waits in a long sync,
 * one that failed, one that is to be read again. What was indexed of them stays until then.
 * @param names file names, whatever their case, or ids of documents
 * @returns the files' ids
 * @throws DeedboxError `not_found` for a name that no file has which may be read
 */
export async function requestFiles(
  services: SyncServices,
  scopedIndex: ScopedIndex,
  names: string[],
): Promise<string[]> {
  const { store, queue } = services;
  const ids = (await resolveFiles(scopedIndex, names)).map(({ fileId }) => fileId);
  const requested: FileRecord[] = [];
  // A crash after this leaves them pending, and the next sync reads them.
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

/** How far the reading of these files is; `done` once none of them is pending. */
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
