import { asDeedboxError, DeedboxError } from '../src/errors/errors.ts';
import { describeSource } from '../src/sources/registry.ts';
import type { ChangeFeed } from '../src/sources/source.ts';
import type { ReconcileDiff, SourceCheckpoint, SyncKind } from '../src/store/records.ts';
import type { SourceRun } from './upsert-batch.ts';
import { emptyDiff } from './reconcile-diff.ts';
import { type FeedProgress, consumeChanges, requeueLeftovers } from './incremental.ts';
import { fullScan } from './full-scan.ts';
import { filesOfSource, removeFiles } from './removal.ts';

/** A listing that is older is compared again even where every change since was told, in milliseconds. */
const reconcileIntervalMs = 7 * 24 * 3600_000;

/**
 * Brings the index in step with one source. Where the source tells its changes, its position is kept
 * only when everything up to it is recorded and enqueued; where it does not, it is listed.
 */
export async function syncSource(run: SourceRun, kind: SyncKind): Promise<void> {
  const { source, syncId, services } = run;
  const { store } = services;
  const { feed, id } = source;
  if (!feed) {
    await removeFiles(run, await fullScan(run));
    return;
  }
  const followedSources = (await store.sync(syncId))?.incrementalSources ?? [];
  // An earlier run of this sync, cut short, has done with it all that costs much.
  const isRerun = followedSources.includes(id);
  await syncIncrementally(run, isRerun ? 'incremental' : kind, feed);
  if (!isRerun) await store.updateSync(syncId, { incrementalSources: [...followedSources, id] });
}

async function syncIncrementally(run: SourceRun, kind: SyncKind, feed: ChangeFeed): Promise<void> {
  const { store } = run.services;
  const { id } = run.source;
  const checkpointCursor = (await store.sourceCheckpoint(id)).cursor;
  if (checkpointCursor === undefined || kind === 'full') {
    await syncFromListing(run, feed);
    return;
  }
  const seen = new Set<string>();
  const cursor = await consumeFrom(run, feed, checkpointCursor, seen);
  const isDue = kind === 'nightly' && isReconcileDue(await store.sourceCheckpoint(id));
  if (cursor === undefined) await syncFromListing(run, feed, { isReconcile: true });
  else if (isDue || kind === 'reconcile') {
    await syncFromListing(run, feed, { since: { cursor, seen }, isReconcile: true });
  } else await requeueLeftovers(run);
}

/** Returns the position up to which all is recorded, or undefined where the source knows it no more. */
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
   * Up to where the changes are recorded, and the files that they showed to be there: a listing may be
   * slower to show them. Without it, the present position is asked for.
   */
  since?: { cursor: string; seen: Set<string> };
  /** Whether what differs is counted as mended. */
  isReconcile?: boolean;
  /** How often a listing is begun before this is given up. */
  attemptsLeft?: number;
}

/**
 * Lists everything, then follows what changed meanwhile, and only then takes out what neither of the
 * two has shown. The position is kept at the very end: a run that is cut short lists again.
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
  await saveProgress(run, progress, { reconciledAt });
}

async function saveProgress(
  { source, services }: SourceRun,
  { cursor, hasChanges }: { cursor: string; hasChanges: boolean },
  checkpoint: SourceCheckpoint = {},
): Promise<void> {
  const changedAt = hasChanges ? new Date().toISOString() : undefined;
  await services.store.saveSourceCheckpoint(source.id, { cursor, changedAt, ...checkpoint });
}

/** Undefined where too much has changed to be told: it must be listed once more. */
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
    `${describeSource(source.id)} changed too much while it was listed, again and again.`,
    { retryable: true, hint: 'Run the sync again at a quieter time.' },
  );
}

async function loadDiff({ services, syncId }: SourceRun): Promise<ReconcileDiff> {
  return (await services.store.sync(syncId))?.reconcileDiff ?? emptyDiff();
}

/**
 * Whether a nightly sync compares the whole listing: where anything was told since the last one, and
 * every so often where anything was ever told. So a night on which nothing changed lists nothing.
 */
function isReconcileDue({ reconciledAt, changedAt }: SourceCheckpoint): boolean {
  if (reconciledAt === undefined) return true;
  if (changedAt === undefined) return false;
  return changedAt > reconciledAt || Date.now() - Date.parse(reconciledAt) > reconcileIntervalMs;
}
