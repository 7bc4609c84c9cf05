import type { ChangeFeed, SourceChange } from '../src/sources/source.ts';
import { Batch, type SourceRun } from './batch.ts';
import { ownFiles, removeFiles, requireFiles } from './removal.ts';

export interface Followed {
  /** Up to where everything is recorded. */
  cursor: string;
  /** Whether anything had changed. */
  changed: boolean;
}

interface FollowOptions {
  /** Called when the changes of a page are recorded, and what must be read is enqueued. */
  onPage?: (soFar: Followed) => Promise<void>;
  /** Gains the id of each file that the changes show to be there, and loses those that are gone. */
  present: Set<string>;
}

/**
 * Records what a source says has changed since a position, and enqueues what must be read, page by
 * page. Changes are states, so a page that a crash cut short is recorded again. Throws what the feed
 * throws, `position_expired` among it.
 */
export async function followFeed(
  run: SourceRun,
  feed: ChangeFeed,
  from: string,
  { onPage, present }: FollowOptions,
): Promise<Followed> {
  const batch = new Batch(run);
  let followed: Followed = { cursor: from, changed: false };
  let showsFiles = false;
  for await (const { changes, cursor } of feed.since(from, run.signal)) {
    const gone: string[] = [];
    for (const change of lastOfEach(changes)) {
      if (change.kind === 'gone') gone.push(change.fileId);
      else present.add(await batch.put(change));
    }
    await batch.flush();
    const leaving = await ownFiles(run, gone);
    if (leaving.length > 0 && !showsFiles) {
      // Access lost to everything looks as though everything had been deleted.
      await requireFiles(run);
      showsFiles = true;
    }
    await removeFiles(run, leaving);
    for (const fileId of gone) present.delete(fileId);
    followed = { cursor, changed: followed.changed || changes.length > 0 };
    await onPage?.(followed);
  }
  return followed;
}

/** The newest change of each file. */
function lastOfEach(changes: SourceChange[]): Iterable<SourceChange> {
  const last = new Map<string | SourceChange, SourceChange>();
  for (const change of changes) {
    const fileId = change.kind === 'file' ? change.file.fileId : change.fileId;
    last.set(fileId ?? change, change);
  }
  return last.values();
}

/**
 * Enqueues what no change tells of: files that an earlier sync left unread, that failed for a reason
 * that may have passed, or that another pipeline read.
 */
export async function takeUp(run: SourceRun): Promise<void> {
  const { store, pipeline } = run.services;
  const source = run.source.id;
  const left = await store.files({ source, states: ['pending', 'failed'] });
  const outdated = await store.files({ source, states: ['indexed'], notBy: pipeline });
  const batch = new Batch(run);
  for (const { fileId } of [...left, ...outdated]) await batch.putAgain(fileId);
  await batch.flush();
}
