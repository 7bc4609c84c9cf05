import type { SourceFile } from '../src/domain/documents.ts';
import { asDeedboxError, DeedboxError } from '../src/errors/errors.ts';
import { describeSource } from '../src/sources/registry.ts';
import type { ChangeFeed, Source, SourceChange } from '../src/sources/source.ts';
import type {
  FileRecord,
  ReconcileDiff,
  SourceCheckpoint,
  SyncKind,
} from '../src/store/records.ts';
import { emptySourceError, filesOfSource, removeFiles, requireNonEmptySource } from './removal.ts';
import { emptyDiff, type SourceRun, UpsertBatch } from './upsert-batch.ts';

/** After this time a whole listing is compared again, even if the feed may have reported every change. */
const reconcileIntervalMs = 7 * 24 * 3600_000;

/**
 * Brings the index up to date with one source, as far as the kind of sync demands (`SyncKind`). A source
 * with a change feed is listed once, then its changes are consumed; its checkpoint is saved only when
 * everything before it is recorded and enqueued. A source without a feed is listed each time.
 *
 * A retry of the sync keeps its kind: what it has done with the source is recorded with the sync
 * (`feedSources`, `listedSources`), so a listing that is recorded whole is not made again.
 */
export async function syncSource(run: SourceRun, kind: SyncKind): Promise<void> {
  const { source, syncId, services } = run;
  const startedAt = new Date();
  if (source.feed) await syncSourceWithFeed(run, kind, source.feed);
  else await removeFiles(run, await fullScan(run));
  await services.store.saveSourceCheckpoint(source.id, {
    permissionsAsOf: startedAt.toISOString(),
  });
  const seconds = (Date.now() - startedAt.getTime()) / 1000;
  services.log?.info({ sync: syncId, source: source.id, seconds }, 'permissions were read');
}

async function syncSourceWithFeed(run: SourceRun, kind: SyncKind, feed: ChangeFeed): Promise<void> {
  const { source, syncId, services } = run;
  const { store } = services;
  const { id } = source;
  await syncWithFeed(run, kind, feed);
  const { feedSources = [] } = (await store.sync(syncId)) ?? {};
  if (feedSources.includes(id)) return;
  await store.updateSync(syncId, { feedSources: [...feedSources, id] });
}

async function syncWithFeed(run: SourceRun, kind: SyncKind, feed: ChangeFeed): Promise<void> {
  const { store } = run.services;
  const { id } = run.source;
  const { listedSources = [] } = (await store.sync(run.syncId)) ?? {};
  const isListed = listedSources.includes(id);
  const checkpointCursor = (await store.sourceCheckpoint(id)).cursor;
  if (checkpointCursor === undefined || (kind === 'full' && !isListed)) {
    await syncFromListing(run, feed);
    return;
  }
  const seen = new Set<string>();
  const cursor = await consumeFrom(run, feed, checkpointCursor, seen);
  const isDue = kind === 'nightly' && isReconcileDue(await store.sourceCheckpoint(id));
  if (cursor === undefined) await syncFromListing(run, feed, { isReconcile: true });
  else if (!isListed && (isDue || kind === 'reconcile')) {
    await syncFromListing(run, feed, { since: { cursor, seen }, isReconcile: true });
  } else await requeueLeftovers(run);
}

/** Returns the position before which all changes are recorded; undefined when the checkpoint has expired. */
async function consumeFrom(
  run: SourceRun,
  feed: ChangeFeed,
  from: string,
  seen: Set<string>,
): Promise<string | undefined> {
  const { source, syncId, services } = run;
  const { store } = services;
  try {
    const { cursor } = await consumeChanges(run, feed, from, {
      seen,
      onPage: (progress) => saveProgress(run, progress),
    });
    return cursor;
  } catch (error) {
    const { code, message } = asDeedboxError(error);
    if (code !== 'checkpoint_expired') throw error;
    const note = `${describeSource(source.id)}: ${message} Everything was listed.`;
    const { notes = [] } = (await store.sync(syncId)) ?? {};
    if (!notes.includes(note)) await store.updateSync(syncId, { notes: [...notes, note] });
    return undefined;
  }
}

interface ListingSyncOptions {
  /**
   * The position before which all changes are recorded, and the files that they showed to exist: a
   * listing may show a change later than the feed. By default, the present position of the feed.
   */
  since?: { cursor: string; seen: Set<string> };
  /** Whether the differences from the index are counted. */
  isReconcile?: boolean;
  /** How many listings are tried while the feed's positions expire. */
  attemptsLeft?: number;
}

/**
 * Lists everything, then consumes the changes made meanwhile, and only then removes the files that
 * neither has shown. The checkpoint is saved last: a run that is interrupted lists again.
 */
async function syncFromListing(
  run: SourceRun,
  feed: ChangeFeed,
  { since, isReconcile = false, attemptsLeft = 3 }: ListingSyncOptions = {},
): Promise<void> {
  const { syncId, signal } = run;
  const { store } = run.services;
  if (attemptsLeft === 0) throw tooVolatileError(run);
  const reconciledAt = new Date().toISOString();
  const { cursor, seen } = since ?? { cursor: await feed.now(signal), seen: new Set() };
  const diff = isReconcile ? await loadDiff(run) : undefined;
  const missing = await fullScan(run, diff);
  const progress = await consumeMeanwhile(run, feed, cursor, seen);
  if (!progress) return syncFromListing(run, feed, { isReconcile, attemptsLeft: attemptsLeft - 1 });
  const goneIds = missing.map(({ fileId }) => fileId).filter((fileId) => !seen.has(fileId));
  const filesToRemove = await filesOfSource(run, goneIds);
  await removeFiles(run, filesToRemove);
  if (diff) {
    diff.removed += filesToRemove.length;
    await store.updateSync(syncId, { reconcileDiff: diff });
  }
  // In this order: a crash between the two leaves the old checkpoint, from which changes are consumed again.
  await markListed(run);
  await saveProgress(run, progress, { reconciledAt });
}

async function markListed({ source, syncId, services }: SourceRun): Promise<void> {
  const { listedSources = [] } = (await services.store.sync(syncId)) ?? {};
  if (listedSources.includes(source.id)) return;
  await services.store.updateSync(syncId, { listedSources: [...listedSources, source.id] });
}

async function saveProgress(
  { source, services }: SourceRun,
  { cursor, hasChanges }: { cursor: string; hasChanges: boolean },
  checkpoint: SourceCheckpoint = {},
): Promise<void> {
  const changedAt = hasChanges ? new Date().toISOString() : undefined;
  await services.store.saveSourceCheckpoint(source.id, { cursor, changedAt, ...checkpoint });
}

/** Undefined when the position expired during the listing: the source must be listed once more. */
async function consumeMeanwhile(
  run: SourceRun,
  feed: ChangeFeed,
  from: string,
  seen: Set<string>,
): Promise<FeedProgress | undefined> {
  try {
    return await consumeChanges(run, feed, from, { seen });
  } catch (error) {
    if (asDeedboxError(error).code !== 'checkpoint_expired') throw error;
    return undefined;
  }
}

function tooVolatileError({ source }: SourceRun): DeedboxError {
  return new DeedboxError(
    'source_error',
    `${describeSource(source.id)} changed too much while it was listed, several times in a row.`,
    { retryable: true, hint: 'Run the sync again at a quieter time.' },
  );
}

async function loadDiff({ services, syncId }: SourceRun): Promise<ReconcileDiff> {
  return (await services.store.sync(syncId))?.reconcileDiff ?? emptyDiff();
}

/**
 * Whether a nightly sync compares a whole listing: when the feed has reported changes since the last
 * listing, and at the reconcile interval if it has ever reported any. So it lists nothing while nothing
 * changes.
 */
function isReconcileDue({ reconciledAt, changedAt }: SourceCheckpoint): boolean {
  if (reconciledAt === undefined) return true;
  if (changedAt === undefined) return false;
  return changedAt > reconciledAt || Date.now() - Date.parse(reconciledAt) > reconcileIntervalMs;
}

interface FeedProgress {
  /** All changes before this position are recorded. */
  cursor: string;
  /** Whether there were any changes. */
  hasChanges: boolean;
}

interface ConsumeOptions {
  /** Called after the changes of a page are recorded and its ingest jobs are enqueued. */
  onPage?: (progress: FeedProgress) => Promise<void>;
  /** Ids of the files that the changes show to exist: ids are added, and removed for files that are gone. */
  seen: Set<string>;
}

/**
 * Records the changes of a source since a position, page by page, and enqueues the files that must be
 * ingested. A change is the present state of a file, so recording a page twice after a crash is safe.
 * Throws what the feed throws, `checkpoint_expired` included.
 */
async function consumeChanges(
  run: SourceRun,
  feed: ChangeFeed,
  from: string,
  { onPage, seen }: ConsumeOptions,
): Promise<FeedProgress> {
  const batch = new UpsertBatch(run);
  let progress: FeedProgress = { cursor: from, hasChanges: false };
  let isSourceNonEmpty = false;
  for await (const { changes, cursor } of feed.since(from, run.signal)) {
    const goneIds: string[] = [];
    for (const change of latestPerFile(changes)) {
      if (change.kind === 'removed') goneIds.push(change.fileId);
      else seen.add(await batch.put(change));
    }
    await batch.flush();
    const filesToRemove = await filesOfSource(run, goneIds);
    if (filesToRemove.length > 0 && !isSourceNonEmpty) {
      // Losing access to all files looks like the removal of all files.
      await requireNonEmptySource(run);
      isSourceNonEmpty = true;
    }
    await removeFiles(run, filesToRemove);
    for (const fileId of goneIds) seen.delete(fileId);
    progress = { cursor, hasChanges: progress.hasChanges || changes.length > 0 };
    await onPage?.(progress);
  }
  return progress;
}

/** The last change of each file. */
function latestPerFile(changes: SourceChange[]): Iterable<SourceChange> {
  const latest = new Map<string | SourceChange, SourceChange>();
  for (const change of changes) {
    const fileId = change.kind === 'file' ? change.file.fileId : change.fileId;
    latest.set(fileId ?? change, change);
  }
  return latest.values();
}

/**
 * Enqueues files that must be ingested although no change reports them: those that an earlier sync left
 * pending, that failed for a reason that may have passed, or that another pipeline indexed.
 */
async function requeueLeftovers(run: SourceRun): Promise<void> {
  const { store, pipeline } = run.services;
  const source = run.source.id;
  const unfinished = await store.files({ source, states: ['pending', 'failed'] });
  const outdated = await store.files({ source, states: ['indexed'], excludedPipeline: pipeline });
  const batch = new UpsertBatch(run);
  for (const { fileId } of [...unfinished, ...outdated]) await batch.recheck(fileId);
  await batch.flush();
}

/** Recorded files of the source that are not in its listing. */
type MissingFiles = FileRecord[];

/**
 * Lists a source, updates the records of its files and enqueues, while the listing goes on, the files
 * that must be ingested. Returns the recorded files that are no longer listed; they stay recorded.
 * Throws what the listing throws.
 * @param diff counts the differences between the listing and the records
 */
async function fullScan(run: SourceRun, diff?: ReconcileDiff): Promise<MissingFiles> {
  const { services, source, signal } = run;
  const { store } = services;
  const indexed = { source: source.id, states: ['indexed' as const], limit: 1 };
  const hasIndexedFiles = (await store.files(indexed)).length > 0;
  // Without a feed, ids are paths: a new file may be a renamed one, unless nothing was indexed yet.
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
    // New files can be ingested, although the missing ones are not known.
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
  return goneFiles(
    source,
    missing.filter((record) => !renamed.has(record.fileId)),
  );
}

/** Without those that were recorded by a change while the listing was made, and after it passed them. */
async function goneFiles(source: Source, missing: MissingFiles): Promise<MissingFiles> {
  const gone: FileRecord[] = [];
  for (const record of missing) {
    const exists = record.state !== 'ignored' && (await source.exists?.(record));
    if (!exists) gone.push(record);
  }
  return gone;
}

async function putAll(batch: UpsertBatch, files: SourceFile[]): Promise<void> {
  for (const file of files) await batch.put({ kind: 'file', file });
  await batch.flush();
}

/**
 * A missing file and a new one with the same change key are one file that was renamed: it keeps its
 * document and is not ingested again. Returns the old and the new ids of all such files.
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
