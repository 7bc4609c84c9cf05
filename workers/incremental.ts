import type { ChangeFeed, SourceChange } from '../src/sources/source.ts';
import { UpsertBatch, type SourceRun } from './upsert-batch.ts';
import { filesOfSource, removeFiles, requireNonEmptySource } from './removal.ts';

export interface FeedProgress {
  /** Up to where everything is recorded. */
  cursor: string;
  /** Whether anything had changed. */
  hasChanges: boolean;
}

interface ConsumeOptions {
  /** Called when the changes of a page are recorded, and what must be read is enqueued. */
  onPage?: (progress: FeedProgress) => Promise<void>;
  /** Gains the id of each file that the changes show to be there, and loses those that are gone. */
  seen: Set<string>;
}

/**
 * Records what a source says has changed since a position, and enqueues what must be read, page by
 * page. Changes are states, so a page that a crash cut short is recorded again. Throws what the feed
 * throws, `checkpoint_expired` among it.
 */
export async function consumeChanges(
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
      // Access lost to everything looks as though everything had been deleted.
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

/** The newest change of each file. */
function latestPerFile(changes: SourceChange[]): Iterable<SourceChange> {
  const latest = new Map<string | SourceChange, SourceChange>();
  for (const change of changes) {
    const fileId = change.kind === 'file' ? change.file.fileId : change.fileId;
    latest.set(fileId ?? change, change);
  }
  return latest.values();
}

/**
 * Enqueues what no change tells of: files that an earlier sync left unread, that failed for a reason
 * that may have passed, or that another pipeline read.
 */
export async function requeueLeftovers(run: SourceRun): Promise<void> {
  const { store, pipeline } = run.services;
  const source = run.source.id;
  const unfinished = await store.files({ source, states: ['pending', 'failed'] });
  const outdated = await store.files({ source, states: ['indexed'], excludedPipeline: pipeline });
  const batch = new UpsertBatch(run);
  for (const { fileId } of [...unfinished, ...outdated]) await batch.recheck(fileId);
  await batch.flush();
}
