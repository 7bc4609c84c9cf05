import type { SourceFile } from '../src/domain/documents.ts';
import type { FileRecord, ReconcileDiff } from '../src/store/records.ts';
import { UpsertBatch, type SourceRun } from './upsert-batch.ts';
import { emptySourceError } from './removal.ts';

/** Files of the source that a whole listing does not hold. */
type MissingFiles = FileRecord[];

/**
 * Brings the records of one source's files in step with its listing, and enqueues the files that
 * must be read while the listing goes on. Returns the files that the listing does not hold any more;
 * they are still recorded. Throws what the listing throws.
 * @param diff counts what differs from what is recorded
 */
export async function fullScan(run: SourceRun, diff?: ReconcileDiff): Promise<MissingFiles> {
  const { services, source, signal } = run;
  const { store } = services;
  const indexed = { source: source.id, states: ['indexed' as const], limit: 1 };
  const hasIndexedFiles = (await store.files(indexed)).length > 0;
  // Where ids are places, a new file may be one that was renamed; not in a source that was never read.
  const detectsRenames = !source.feed && hasIndexedFiles;
  const listedIds = new Set<string>();
  const newFiles: SourceFile[] = [];
  const batch = new UpsertBatch(run, diff);

  try {
    for await (const entry of source.list(signal)) {
      if (detectsRenames && entry.kind === 'file' && !(await store.file(entry.file.fileId))) {
        listedIds.add(entry.file.fileId);
        newFiles.push(entry.file);
      } else {
        listedIds.add(await batch.put(entry));
      }
    }
  } catch (error) {
    // What is new can be read even though nothing can be said of what is missing.
    if (!signal.aborted && (await run.isActive())) await putAll(batch, newFiles);
    throw error;
  }
  await batch.flush();
  if (listedIds.size === 0 && hasIndexedFiles) throw emptySourceError(source);

  const records = await store.files({ source: source.id });
  const missing = records.filter((record) => !listedIds.has(record.fileId));
  const renamed = await applyRenames(run, newFiles, missing);
  const added = newFiles.filter((file) => !renamed.has(file.fileId));
  await putAll(batch, added);
  return missing.filter((record) => !renamed.has(record.fileId));
}

async function putAll(batch: UpsertBatch, files: SourceFile[]): Promise<void> {
  for (const file of files) await batch.put({ kind: 'file', file });
  await batch.flush();
}

/**
 * A file that has left its place and a new one with the same bytes are one file that was moved: it
 * keeps its document and is not read again. Returns the ids, old and new, of all such files.
 */
async function applyRenames(
  { services, syncId, full }: SourceRun,
  newFiles: SourceFile[],
  missing: MissingFiles,
): Promise<Set<string>> {
  const { store, pipeline } = services;
  const handledIds = new Set<string>();
  if (full) return handledIds;
  const renameCandidates = new Map<string, FileRecord[]>();
  for (const record of missing) {
    if (record.state !== 'indexed' || record.pipeline !== pipeline) continue;
    renameCandidates.set(record.changeKey, [
      ...(renameCandidates.get(record.changeKey) ?? []),
      record,
    ]);
  }
  for (const file of newFiles) {
    const previous = renameCandidates.get(file.changeKey)?.shift();
    if (!previous) continue;
    await store.renameFile(previous.fileId, file, syncId);
    handledIds.add(previous.fileId).add(file.fileId);
  }
  return handledIds;
}
