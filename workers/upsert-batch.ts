import { createHash } from 'node:crypto';
import type { SourceFile } from '../src/domain/documents.ts';
import { DeedboxError } from '../src/errors/errors.ts';
import type { NewJob } from '../src/queue/queue.ts';
import type { Source, SourceEntry } from '../src/sources/source.ts';
import type { FileRecord, ReconcileDiff } from '../src/store/records.ts';
import { pendingRecord } from '../src/sync/changed-files.ts';
import { isKnownFailure } from './failure.ts';
import type { WorkerServices } from './services.ts';

/** One source in one sync. */
export interface SourceRun {
  services: Pick<WorkerServices, 'store' | 'queue' | 'pipeline' | 'limits' | 'log'>;
  source: Source;
  syncId: string;
  /** Ingest every file again, changed or not. */
  full: boolean;
  signal: AbortSignal;
  /** False once the sync was cancelled: then no more jobs are added. */
  isActive: () => Promise<boolean>;
}

/** The last report of a source on a file: its present state, why it is ignored, or no change. */
type Observation = { file: SourceFile; ignoreReason?: string } | 'unchanged';

const batchSize = 200;

/**
 * Records files in batches and then enqueues those that must be ingested. When a file is put twice, the
 * last counts. A crash between the two steps leaves files pending, which the sync enqueues when its job
 * runs again.
 */
export class UpsertBatch {
  readonly #run: SourceRun;
  readonly #diff: ReconcileDiff | undefined;
  /** Ids of the files that this run has enqueued. */
  readonly #enqueued = new Set<string>();
  #observations = new Map<string, Observation>();

  /** @param diff counts the differences from the records */
  constructor(run: SourceRun, diff?: ReconcileDiff) {
    this.#run = run;
    this.#diff = diff;
  }

  /** Returns the file's id. Throws as `flush` does. */
  async put(entry: SourceEntry): Promise<string> {
    if (entry.kind === 'file') return this.#put(entry.file.fileId, { file: entry.file });
    const file = ignoredFile(this.#run.source, entry);
    return this.#put(file.fileId, { file, ignoreReason: entry.reason });
  }

  /** Considers a file again that its source does not report as changed. */
  async recheck(fileId: string): Promise<void> {
    await this.#put(fileId, 'unchanged');
  }

  async #put(fileId: string, observation: Observation): Promise<string> {
    this.#observations.set(fileId, observation);
    if (this.#observations.size >= batchSize) await this.flush();
    return fileId;
  }

  /** Throws `cancelled` when the sync was cancelled; then none of its jobs is left in the queue. */
  async flush(): Promise<void> {
    const { services, isActive } = this.#run;
    const observations = this.#observations;
    this.#observations = new Map();
    await requireActive(this.#run);
    const jobs: NewJob<'ingest'>[] = [];
    await services.store.reviseFiles([...observations.keys()], (known, fileId) =>
      this.#revise(observations.get(fileId)!, known, jobs),
    );
    if (this.#diff)
      await services.store.updateSync(this.#run.syncId, { reconcileDiff: this.#diff });
    await services.queue.add(jobs);
    for (const { key } of jobs) this.#enqueued.add(key);
    if (await isActive()) return;
    const keys = jobs.map((job) => job.key);
    await services.queue.cancel('ingest', keys);
    throw cancelledError();
  }

  #revise(
    observation: Observation,
    known: FileRecord | undefined,
    jobs: NewJob<'ingest'>[],
  ): FileRecord | undefined {
    if (observation === 'unchanged') {
      // An ignored file stays so until its source reports a change.
      if (!known || known.state === 'ignored') return undefined;
      return this.#reviseFile(toSourceFile(known), known, jobs);
    }
    const { file, ignoreReason } = observation;
    if (this.#diff) countDifferences(this.#diff, file, ignoreReason, known);
    if (ignoreReason === undefined) return this.#reviseFile(file, known, jobs);
    const { syncId } = this.#run;
    const now = { ...file, detail: ignoreReason, attempts: 0, syncId };
    return this.#unlessUnchanged({ ...now, state: 'ignored', outcome: 'ignored' }, known);
  }

  /** Decides whether a file needs no new record, a new record, or a record and an ingest job. */
  #reviseFile(
    file: SourceFile,
    known: FileRecord | undefined,
    jobs: NewJob<'ingest'>[],
  ): FileRecord | undefined {
    const { syncId, full, services } = this.#run;
    const { fileId } = file;
    if (known && known.state !== 'ignored' && known.changeKey === file.changeKey) {
      const now: FileRecord = { ...known, webUrl: undefined, ...file };
      // This sync has handled the file already, in this run or in one that was interrupted.
      const isHandled = known.state !== 'pending' || this.#enqueued.has(fileId);
      if (known.syncId === syncId && isHandled) return this.#unlessUnchanged(now, known);
      if (!full && known.state === 'indexed' && known.pipeline === services.pipeline) {
        return this.#unlessUnchanged({ ...now, syncId, outcome: 'unchanged' }, known);
      }
      if (!full && isKnownFailure(services, known)) return { ...now, syncId, outcome: 'failed' };
    }
    // The change key may be the hash of the bytes: then they were ingested before the feed reported them.
    if (known?.contentHash === file.changeKey && known.pipeline === services.pipeline && !full) {
      const { attempts, contentHash, documentId } = known;
      const unchanged = { ...file, attempts, contentHash, documentId, syncId };
      return { ...unchanged, state: 'indexed', outcome: 'unchanged' };
    }
    jobs.push({ kind: 'ingest', key: fileId, payload: { syncId, fileId, force: full } });
    return pendingRecord(file, known, syncId);
  }

  /** Skips the write of an unchanged record where a sync counts unchanged files by a query (`feedSources`). */
  #unlessUnchanged(now: FileRecord, known: FileRecord | undefined): FileRecord | undefined {
    const isUnchanged = known && this.#run.source.feed && isSameListing(now, known);
    return isUnchanged && now.state === known.state && now.detail === known.detail
      ? undefined
      : now;
  }
}

/** Throws `cancelled` when the sync was cancelled. */
async function requireActive({ isActive }: SourceRun): Promise<void> {
  if (!(await isActive())) throw cancelledError();
}

const cancelledError = () => new DeedboxError('cancelled', 'The sync was cancelled.');

function ignoredFile(
  source: Source,
  { folder, fileName, fileId: known }: Extract<SourceEntry, { kind: 'ignored' }>,
): SourceFile {
  const identity = `${source.id}\0${folder}\0${fileName}`;
  const generatedId = `ignored-${createHash('sha256').update(identity).digest('base64url').slice(0, 22)}`;
  const fileId = known ?? generatedId;
  const emptyFields = {
    size: 0,
    modifiedAt: new Date(0).toISOString(),
    changeKey: '',
    aclEntries: [],
  };
  return { fileId, source: source.id, fileName, folder, ...emptyFields };
}

export const emptyDiff = (): ReconcileDiff => ({
  added: 0,
  changed: 0,
  moved: 0,
  permissions: 0,
  removed: 0,
});

/** Counts in which ways a listed file differs from its record. */
function countDifferences(
  diff: ReconcileDiff,
  file: SourceFile,
  ignoreReason: string | undefined,
  known: FileRecord | undefined,
): void {
  if (!known) {
    diff.added += 1;
    return;
  }
  const isIgnored = ignoreReason !== undefined;
  const isChanged = isIgnored !== (known.state === 'ignored') || file.changeKey !== known.changeKey;
  if (isChanged) diff.changed += 1;
  if (file.fileName !== known.fileName || file.folder !== known.folder) diff.moved += 1;
  if (!isIgnored && !haveSameAcl(file, known)) diff.permissions += 1;
}

/** Whether the source reports the same of a file as before, whatever its state in the index. */
function isSameListing(file: SourceFile, known: SourceFile): boolean {
  return (
    file.source === known.source &&
    file.fileName === known.fileName &&
    file.folder === known.folder &&
    file.size === known.size &&
    file.modifiedAt === known.modifiedAt &&
    file.webUrl === known.webUrl &&
    file.changeKey === known.changeKey &&
    haveSameAcl(file, known)
  );
}

function haveSameAcl(one: SourceFile, other: SourceFile): boolean {
  const { aclEntries } = other;
  return (
    one.aclEntries.length === aclEntries.length &&
    one.aclEntries.every((entry, index) => entry === aclEntries[index])
  );
}

/** The fields of a record that come from its source. */
function toSourceFile(record: FileRecord): SourceFile {
  const { fileId, source, fileName, folder, size, modifiedAt, webUrl, changeKey, aclEntries } =
    record;
  const file = { fileId, source, fileName, folder, size, modifiedAt, changeKey, aclEntries };
  return webUrl === undefined ? file : { ...file, webUrl };
}
