import { createHash } from 'node:crypto';
import type { SourceFile } from '../src/documents.ts';
import { DeedboxError } from '../src/errors.ts';
import type { NewJob } from '../src/queue/queue.ts';
import type { Source, SourceEntry } from '../src/sources/source.ts';
import type { FileRecord, Mended } from '../src/store/records.ts';
import { compare, isListedAs, listingOf } from './compare.ts';
import { failsAgain } from './failure.ts';
import type { WorkerServices } from './worker.ts';

/** One source in one sync. */
export interface SourceRun {
  services: Pick<WorkerServices, 'store' | 'queue' | 'pipeline' | 'limits'>;
  source: Source;
  syncId: string;
  /** Read every file again, changed or not. */
  full: boolean;
  signal: AbortSignal;
  /** False when the sync was cancelled: nothing more is to be enqueued. */
  goesOn: () => Promise<boolean>;
}

/** What a source said last of a file: as it is now, that it is ignored, or nothing new. */
type Said = { file: SourceFile; ignoredFor?: string } | 'nothing new';

const size = 200;

/**
 * Files that are recorded together, each by what is known of it then, and afterwards enqueued where
 * they must be read. Of a file that comes twice the last counts. A crash between the two leaves files
 * pending, which the sync enqueues when its job runs again.
 */
export class Batch {
  readonly #run: SourceRun;
  readonly #mended: Mended | undefined;
  /** Files that this run has enqueued. */
  readonly #enqueued = new Set<string>();
  #said = new Map<string, Said>();

  /** @param mended counts what differs from what is recorded */
  constructor(run: SourceRun, mended?: Mended) {
    this.#run = run;
    this.#mended = mended;
  }

  /** Returns the file's id. Throws as `flush` does. */
  async put(entry: SourceEntry): Promise<string> {
    if (entry.kind === 'file') return this.#put(entry.file.fileId, { file: entry.file });
    const file = ignoredFile(this.#run.source, entry);
    return this.#put(file.fileId, { file, ignoredFor: entry.reason });
  }

  /** Looks again at a file of which the source has nothing new to say. */
  async putAgain(fileId: string): Promise<void> {
    await this.#put(fileId, 'nothing new');
  }

  async #put(fileId: string, said: Said): Promise<string> {
    this.#said.set(fileId, said);
    if (this.#said.size >= size) await this.flush();
    return fileId;
  }

  /** Throws `cancelled` when the sync was cancelled; then nothing of it is left in the queue. */
  async flush(): Promise<void> {
    const { services, goesOn } = this.#run;
    const said = this.#said;
    this.#said = new Map();
    await requireLive(this.#run);
    const jobs: NewJob<'ingest'>[] = [];
    await services.store.reviseFiles([...said.keys()], (known, fileId) =>
      this.#revise(said.get(fileId)!, known, jobs),
    );
    if (this.#mended) await services.store.updateSync(this.#run.syncId, { mended: this.#mended });
    await services.queue.add(jobs);
    for (const { key } of jobs) this.#enqueued.add(key);
    if (await goesOn()) return;
    const keys = jobs.map((job) => job.key);
    await services.queue.cancel('ingest', keys);
    throw cancelled();
  }

  #revise(
    said: Said,
    known: FileRecord | undefined,
    jobs: NewJob<'ingest'>[],
  ): FileRecord | undefined {
    if (said === 'nothing new') {
      // An ignored file is never looked at again for its own sake.
      if (!known || known.state === 'ignored') return undefined;
      return this.#reviseFile(listingOf(known), known, jobs);
    }
    const { file, ignoredFor } = said;
    if (this.#mended) compare(this.#mended, file, ignoredFor, known);
    if (ignoredFor === undefined) return this.#reviseFile(file, known, jobs);
    const { syncId } = this.#run;
    const now = { ...file, detail: ignoredFor, attempts: 0, syncId };
    return this.#unlessSame({ ...now, state: 'ignored', outcome: 'ignored' }, known);
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
      const handled = known.state !== 'pending' || this.#enqueued.has(fileId);
      if (known.syncId === syncId && handled) return this.#unlessSame(now, known);
      if (!full && known.state === 'indexed' && known.pipeline === services.pipeline) {
        return this.#unlessSame({ ...now, syncId, outcome: 'unchanged' }, known);
      }
      if (!full && failsAgain(services, known)) return { ...now, syncId, outcome: 'failed' };
    }
    // A change key that is the hash of the bytes tells of bytes that were read before they were told of.
    if (known?.contentHash === file.changeKey && known.pipeline === services.pipeline && !full) {
      const { attempts, contentHash, documentId } = known;
      const kept = { ...file, attempts, contentHash, documentId, syncId };
      return { ...kept, state: 'indexed', outcome: 'unchanged' };
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
  #unlessSame(now: FileRecord, known: FileRecord | undefined): FileRecord | undefined {
    const same = known && this.#run.source.feed && isListedAs(now, known);
    return same && now.state === known.state && now.detail === known.detail ? undefined : now;
  }
}

/** Throws `cancelled` when the sync was cancelled. */
export async function requireLive({ goesOn }: SourceRun): Promise<void> {
  if (!(await goesOn())) throw cancelled();
}

const cancelled = () => new DeedboxError('cancelled', 'The sync was cancelled.');

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
