import { createHash } from 'node:crypto';
import type { SourceFile } from '../src/domain/documents.ts';
import { DeedboxError } from '../src/errors/errors.ts';
import type { NewJob } from '../src/queue/queue.ts';
import type { Source, SourceEntry } from '../src/sources/source.ts';
import type { FileRecord, ReconcileDiff } from '../src/store/records.ts';
import { countDifferences, isSameListing, toSourceFile } from './reconcile-diff.ts';
import { isKnownFailure } from './failure.ts';
import type { WorkerServices } from './services.ts';

/** One source in one sync. */
export interface SourceRun {
  services: Pick<WorkerServices, 'store' | 'queue' | 'pipeline' | 'limits'>;
  source: Source;
  syncId: string;
  /** Read every file again, changed or not. */
  full: boolean;
  signal: AbortSignal;
  /** False when the sync was cancelled: nothing more is to be enqueued. */
  isActive: () => Promise<boolean>;
}

/** What a source said last of a file: as it is now, that it is ignored, or nothing new. */
type Observation = { file: SourceFile; ignoreReason?: string } | 'nothing new';

const batchSize = 200;

/**
 * Files that are recorded together, each by what is known of it then, and afterwards enqueued where
 * they must be read. Of a file that comes twice the last counts. A crash between the two leaves files
 * pending, which the sync enqueues when its job runs again.
 */
export class UpsertBatch {
  readonly #run: SourceRun;
  readonly #diff: ReconcileDiff | undefined;
  /** Files that this run has enqueued. */
  readonly #enqueued = new Set<string>();
  #observations = new Map<string, Observation>();

  /** @param diff counts what differs from what is recorded */
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

  /** Looks again at a file of which the source has nothing new to say. */
  async recheck(fileId: string): Promise<void> {
    await this.#put(fileId, 'nothing new');
  }

  async #put(fileId: string, observation: Observation): Promise<string> {
    this.#observations.set(fileId, observation);
    if (this.#observations.size >= batchSize) await this.flush();
    return fileId;
  }

  /** Throws `cancelled` when the sync was cancelled; then nothing of it is left in the queue. */
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
    if (observation === 'nothing new') {
      // An ignored file is never looked at again for its own sake.
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

  /** Decides what this sync does with a file: nothing more, nothing at all, or reading it. */
  #reviseFile(
    file: SourceFile,
    known: FileRecord | undefined,
    jobs: NewJob<'ingest'>[],
  ): FileRecord | undefined {
    const { syncId, full, services } = this.#run;
    const { fileId } = file;
    if (known && known.state !== 'ignored' && known.changeKey === file.changeKey) {
      const now: FileRecord = { ...known, webUrl: undefined, ...file };
      // This sync has come to it already, in this run or in one that was cut short.
      const isHandled = known.state !== 'pending' || this.#enqueued.has(fileId);
      if (known.syncId === syncId && isHandled) return this.#unlessUnchanged(now, known);
      if (!full && known.state === 'indexed' && known.pipeline === services.pipeline) {
        return this.#unlessUnchanged({ ...now, syncId, outcome: 'unchanged' }, known);
      }
      if (!full && isKnownFailure(services, known)) return { ...now, syncId, outcome: 'failed' };
    }
    // A change key that is the hash of the bytes tells of bytes that were read before they were told of.
    if (known?.contentHash === file.changeKey && known.pipeline === services.pipeline && !full) {
      const { attempts, contentHash, documentId } = known;
      const unchanged = { ...file, attempts, contentHash, documentId, syncId };
      return { ...unchanged, state: 'indexed', outcome: 'unchanged' };
    }
    jobs.push({ kind: 'ingest', key: fileId, payload: { syncId, fileId, force: full } });
    return {
      ...file,
      state: 'pending',
      attempts: known?.changeKey === file.changeKey ? known.attempts : 0,
      contentHash: known?.contentHash,
      documentId: known?.documentId,
      syncId,
    };
  }

  /** What is as it was is not written again where the counts of a sync do without it. */
  #unlessUnchanged(now: FileRecord, known: FileRecord | undefined): FileRecord | undefined {
    const isUnchanged = known && this.#run.source.feed && isSameListing(now, known);
    return isUnchanged && now.state === known.state && now.detail === known.detail
      ? undefined
      : now;
  }
}

/** Throws `cancelled` when the sync was cancelled. */
export async function requireActive({ isActive }: SourceRun): Promise<void> {
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
