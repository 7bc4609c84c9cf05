import type { SourceFile } from '../src/documents.ts';
import type { FileRecord, Mended } from '../src/store/records.ts';
import { Batch, type SourceRun } from './batch.ts';
import { suddenlyEmpty } from './removal.ts';

/** Files of the source that a whole listing does not hold. */
type Missing = FileRecord[];

/**
 * Brings the records of one source's files in step with its listing, and enqueues the files that
 * must be read while the listing goes on. Returns the files that the listing does not hold any more;
 * they are still recorded. Throws what the listing throws.
 * @param mended counts what differs from what is recorded
 */
export async function readListing(run: SourceRun, mended?: Mended): Promise<Missing> {
  const { services, source, signal } = run;
  const { store } = services;
  const indexed = { source: source.id, states: ['indexed' as const], limit: 1 };
  const wasRead = (await store.files(indexed)).length > 0;
  // Where ids are places, a new file may be one that was renamed; not in a source that was never read.
  const mayRename = !source.feed && wasRead;
  const listed = new Set<string>();
  const held: SourceFile[] = [];
  const batch = new Batch(run, mended);

  try {
    for await (const entry of source.list(signal)) {
      if (mayRename && entry.kind === 'file' && !(await store.file(entry.file.fileId))) {
        listed.add(entry.file.fileId);
        held.push(entry.file);
      } else {
        listed.add(await batch.put(entry));
      }
    }
  } catch (error) {
    // What is new can be read even though nothing can be said of what is missing.
    if (!signal.aborted && (await run.goesOn())) await putAll(batch, held);
    throw error;
  }
  await batch.flush();
  if (listed.size === 0 && wasRead) throw suddenlyEmpty(source);

  const records = await store.files({ source: source.id });
  const missing = records.filter((record) => !listed.has(record.fileId));
  const renamed = await followRenames(run, held, missing);
  const added = held.filter((file) => !renamed.has(file.fileId));
  await putAll(batch, added);
  return missing.filter((record) => !renamed.has(record.fileId));
}

async function putAll(batch: Batch, files: SourceFile[]): Promise<void> {
  for (const file of files) await batch.put({ kind: 'file', file });
  await batch.flush();
}

/**
 * A file that has left its place and a new one with the same bytes are one file that was moved: it
 * keeps its document and is not read again. Returns the ids, old and new, of all such files.
 */
async function followRenames(
  { services, syncId, full }: SourceRun,
  found: SourceFile[],
  missing: Missing,
): Promise<Set<string>> {
  const { store, pipeline } = services;
  const handled = new Set<string>();
  if (full) return handled;
  const movable = new Map<string, FileRecord[]>();
  for (const record of missing) {
    if (record.state !== 'indexed' || record.pipeline !== pipeline) continue;
    movable.set(record.changeKey, [...(movable.get(record.changeKey) ?? []), record]);
  }
  for (const file of found) {
    const before = movable.get(file.changeKey)?.shift();
    if (!before) continue;
    await store.renameFile(before.fileId, file, syncId);
    handled.add(before.fileId).add(file.fileId);
  }
  return handled;
}
