import type { SourceFile } from '../domain/documents.ts';
import type { NewJob } from '../queue/queue.ts';
import type { FileRecord } from '../store/records.ts';
import type { SyncServices } from './syncs.ts';

/** Ahead of the files of a sync. */
const changedPriority = 0;

/** The record of a file that is to be ingested; its indexed revision stays until then. */
export function pendingRecord(
  file: SourceFile,
  known: FileRecord | undefined,
  syncId: string,
): FileRecord {
  return {
    ...file,
    state: 'pending',
    attempts: known?.changeKey === file.changeKey ? known.attempts : 0,
    contentHash: known?.contentHash,
    documentId: known?.documentId,
    syncId,
  };
}

/**
 * Records files that a source reports as new or changed, and enqueues them ahead of all that wait in a
 * sync. They count in the newest sync.
 */
export async function ingestChangedFiles(
  services: SyncServices,
  files: SourceFile[],
  syncId: string,
): Promise<void> {
  const { store, queue } = services;
  const filesById = new Map(files.map((file) => [file.fileId, file]));
  const jobs: NewJob<'ingest'>[] = [];
  // After a crash between the two steps they stay pending, and the next sync enqueues them.
  await store.reviseFiles([...filesById.keys()], (known, fileId) => {
    const file = filesById.get(fileId)!;
    if (known && !needsIngestion(file, known)) return undefined;
    const payload = { syncId, fileId, force: false };
    jobs.push({ kind: 'ingest', key: fileId, payload, priority: changedPriority });
    return pendingRecord(file, known, syncId);
  });
  if (jobs.length === 0) return;
  await queue.add(jobs);
  services.ensureWorker();
}

function needsIngestion(file: SourceFile, known: FileRecord): boolean {
  if (known.changeKey !== file.changeKey || known.state === 'pending') return true;
  // it may be readable now
  return known.state === 'failed' && known.reason === 'source_error';
}

/** Drops the waiting jobs of files that are being written; their sources report them when they rest. */
export async function postponeIngestion(
  { store, queue }: Pick<SyncServices, 'store' | 'queue'>,
  fileIds: string[],
): Promise<void> {
  const known = await Promise.all(fileIds.map((fileId) => store.file(fileId)));
  const pendingIds = known.flatMap((file) => (file?.state === 'pending' ? file.fileId : []));
  if (pendingIds.length > 0) await queue.cancel('ingest', pendingIds);
}
