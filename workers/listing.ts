import { createHash } from 'node:crypto';
import type { SourceFile } from '../src/documents.ts';
import { DeedboxError } from '../src/errors.ts';
import type { NewJob } from '../src/queue/queue.ts';
import { folderSourcePrefix } from '../src/sources/folder.ts';
import type { Source, SourceEntry } from '../src/sources/source.ts';
import type { FileRecord } from '../src/store/records.ts';
import { failsAgain } from './failure.ts';
import type { WorkerServices } from './worker.ts';

interface ListingOptions {
  syncId: string;
  /** Read every file again, changed or not. */
  full: boolean;
  signal: AbortSignal;
  /** False when nothing more is to be enqueued. */
  goesOn: () => Promise<boolean>;
}

type Services = Pick<WorkerServices, 'store' | 'queue' | 'pipeline' | 'limits'>;

const batchSize = 200;

/**
 * Brings the records of one source's files in step with its listing, and enqueues the files that
 * must be read while the listing goes on. Returns how many files have left the source; they leave
 * the index here. Throws what the listing throws; then nothing has been taken out.
 */
export async function readListing(
  services: Services,
  source: Source,
  options: ListingOptions,
): Promise<number> {
  const { store } = services;
  // In a source that is read for the first time nothing can be a rename, so nothing is held back.
  const mayRename = (await store.files({ source: source.id, states: ['indexed'], limit: 1 }))
    .length;
  const listed = new Set<string>();
  const held: SourceFile[] = [];
  const batch = new Batch(services, options);

  try {
    for await (const entry of source.list(options.signal)) {
      const file = entry.kind === 'file' ? entry.file : ignoredFile(source, entry);
      listed.add(file.fileId);
      const known = await store.file(file.fileId);
      if (entry.kind === 'ignored') batch.record(asIgnored(file, entry.reason, options.syncId));
      else if (known || !mayRename) batch.take(file, known);
      else held.push(file);
      if (batch.isFull && !(await batch.flush())) return 0;
    }
  } catch (error) {
    // What is new can be read even though nothing can be said of what is missing.
    if (!options.signal.aborted) await batch.takeNew(held);
    throw error;
  }
  if (!(await batch.flush())) return 0;
  if (listed.size === 0 && mayRename) throw suddenlyEmpty(source);

  const records = await store.files({ source: source.id });
  const missing = records.filter((record) => !listed.has(record.fileId));
  const renamed = await followRenames(services, held, missing, options);
  if (!(await batch.takeNew(held.filter((file) => !renamed.has(file.fileId))))) return 0;

  const gone = missing.filter((record) => !renamed.has(record.fileId));
  await store.removeFiles(gone.map((record) => record.fileId));
  return gone.filter((record) => record.state !== 'ignored').length;
}

/** A drive that is not connected often leaves an empty folder behind. */
function suddenlyEmpty({ id }: Source): DeedboxError {
  const folder = id.startsWith(folderSourcePrefix) ? id.slice(folderSourcePrefix.length) : id;
  return new DeedboxError(
    'source_error',
    `The folder ${folder} is empty, though documents were read from it; they stay in the index.`,
    { hint: 'Connect its drive; if it is meant to be empty, `deedbox forget` takes them out.' },
  );
}

/** Records and jobs that are written together, the records first. */
class Batch {
  readonly #services: Services;
  readonly #options: ListingOptions;
  #records: FileRecord[] = [];
  #jobs: NewJob<'ingest'>[] = [];

  constructor(services: Services, options: ListingOptions) {
    this.#services = services;
    this.#options = options;
  }

  get isFull(): boolean {
    return this.#records.length >= batchSize;
  }

  record(record: FileRecord): void {
    this.#records.push(record);
  }

  /** Decides what this sync does with a file: nothing more, nothing at all, or reading it. */
  take(file: SourceFile, known: FileRecord | undefined): void {
    const { syncId, full } = this.#options;
    const same = known?.changeKey === file.changeKey;
    // An earlier run of this sync, cut short, has come to this file already.
    if (same && known.syncId === syncId && known.state !== 'pending') return;
    if (same && !full && known.state === 'indexed' && known.pipeline === this.#services.pipeline) {
      this.record({ ...known, ...file, syncId, outcome: 'unchanged' });
      return;
    }
    if (same && !full && failsAgain(this.#services, known)) {
      this.record({ ...known, ...file, syncId, outcome: 'failed' });
      return;
    }
    this.record({
      ...file,
      state: 'pending',
      attempts: same ? known.attempts : 0,
      contentHash: known?.contentHash,
      documentId: known?.documentId,
      syncId,
    });
    const { fileId } = file;
    this.#jobs.push({ kind: 'ingest', key: fileId, payload: { syncId, fileId, force: full } });
  }

  /** Takes and flushes files that are not known yet; false when the sync was cancelled. */
  async takeNew(files: SourceFile[]): Promise<boolean> {
    for (const file of files) {
      this.take(file, undefined);
      if (this.isFull && !(await this.flush())) return false;
    }
    return this.flush();
  }

  /** False when the sync was cancelled; then nothing of it is left in the queue. */
  async flush(): Promise<boolean> {
    const [records, jobs] = [this.#records, this.#jobs];
    [this.#records, this.#jobs] = [[], []];
    if (!(await this.#options.goesOn())) return false;
    await this.#services.store.recordFiles(records);
    await this.#services.queue.add(jobs);
    if (await this.#options.goesOn()) return true;
    const keys = jobs.map((job) => job.key);
    await this.#services.queue.cancel('ingest', keys);
    return false;
  }
}

/**
 * A file that has left its place and a new one with the same bytes are one file that was moved: it
 * keeps its document and is not read again. Returns the ids, old and new, of all such files.
 */
async function followRenames(
  { store, pipeline }: Services,
  found: SourceFile[],
  missing: FileRecord[],
  { syncId, full }: ListingOptions,
): Promise<Set<string>> {
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

function ignoredFile(
  source: Source,
  { folder, fileName, fileId: known }: Extract<SourceEntry, { kind: 'ignored' }>,
): SourceFile {
  const place = `${source.id}\0${folder}\0${fileName}`;
  const made = `ignored-${createHash('sha256').update(place).digest('base64url').slice(0, 22)}`;
  const fileId = known ?? made;
  const unread = { size: 0, modifiedAt: new Date(0).toISOString(), changeKey: '', readers: [] };
  return { fileId, source: source.id, fileName, folder, ...unread };
}

function asIgnored(file: SourceFile, reason: string, syncId: string): FileRecord {
  return { ...file, state: 'ignored', outcome: 'ignored', detail: reason, attempts: 0, syncId };
}
