import { asDeedboxError, DeedboxError } from '../src/errors.ts';
import { describeSource } from '../src/sources/describe-source.ts';
import type { ChangeFeed } from '../src/sources/source.ts';
import type { Mended, SourcePosition, SyncKind } from '../src/store/records.ts';
import type { SourceRun } from './batch.ts';
import { nothingMended } from './compare.ts';
import { type Followed, followFeed, takeUp } from './following.ts';
import { readListing } from './listing.ts';
import { ownFiles, removeFiles } from './removal.ts';

/** A listing that is older is compared again even where every change since was told, in milliseconds. */
const longestTrust = 7 * 24 * 3600_000;

/**
 * Brings the index in step with one source. Where the source tells its changes, its position is kept
 * only when everything up to it is recorded and enqueued; where it does not, it is listed.
 */
export async function syncSource(run: SourceRun, kind: SyncKind): Promise<void> {
  const { source, syncId, services } = run;
  const { store } = services;
  const { feed, id } = source;
  if (!feed) {
    await removeFiles(run, await readListing(run));
    return;
  }
  const followed = (await store.sync(syncId))?.followed ?? [];
  // An earlier run of this sync, cut short, has done with it all that costs much.
  const again = followed.includes(id);
  await syncByFeed(run, again ? 'follow' : kind, feed);
  if (!again) await store.updateSync(syncId, { followed: [...followed, id] });
}

async function syncByFeed(run: SourceRun, kind: SyncKind, feed: ChangeFeed): Promise<void> {
  const { store } = run.services;
  const { id } = run.source;
  const before = (await store.position(id)).cursor;
  if (before === undefined || kind === 'full') {
    await listAll(run, feed);
    return;
  }
  const present = new Set<string>();
  const cursor = await followFrom(run, feed, before, present);
  const isDue = kind === 'nightly' && isListingDue(await store.position(id));
  if (cursor === undefined) await listAll(run, feed, { compared: true });
  else if (isDue || kind === 'reconcile') {
    await listAll(run, feed, { since: { cursor, present }, compared: true });
  } else await takeUp(run);
}

/** Returns the position up to which all is recorded, or undefined where the source knows it no more. */
async function followFrom(
  run: SourceRun,
  feed: ChangeFeed,
  from: string,
  present: Set<string>,
): Promise<string | undefined> {
  const { source, syncId, services } = run;
  const { store } = services;
  try {
    const { cursor } = await followFeed(run, feed, from, {
      present,
      onPage: (soFar) => keep(run, soFar),
    });
    return cursor;
  } catch (error) {
    const { code, message } = asDeedboxError(error);
    if (code !== 'position_expired') throw error;
    const note = `${describeSource(source.id)}: ${message} Everything was listed.`;
    const { notes = [] } = (await store.sync(syncId)) ?? {};
    if (!notes.includes(note)) await store.updateSync(syncId, { notes: [...notes, note] });
    return undefined;
  }
}

interface ListAllOptions {
  /**
   * Up to where the changes are recorded, and the files that they showed to be there: a listing may be
   * slower to show them. Without it, the present position is asked for.
   */
  since?: { cursor: string; present: Set<string> };
  /** Whether what differs is counted as mended. */
  compared?: boolean;
  /** How often a listing is begun before this is given up. */
  tries?: number;
}

/**
 * Lists everything, then follows what changed meanwhile, and only then takes out what neither of the
 * two has shown. The position is kept at the very end: a run that is cut short lists again.
 */
async function listAll(
  run: SourceRun,
  feed: ChangeFeed,
  { since, compared = false, tries = 3 }: ListAllOptions = {},
): Promise<void> {
  const { syncId, signal } = run;
  const { store } = run.services;
  if (tries === 0) throw restless(run);
  const reconciledAt = new Date().toISOString();
  const { cursor, present } = since ?? { cursor: await feed.now(signal), present: new Set() };
  const mended = compared ? await mendedSoFar(run) : undefined;
  const missing = await readListing(run, mended);
  const followed = await followMeanwhile(run, feed, cursor, present);
  if (!followed) return listAll(run, feed, { compared, tries: tries - 1 });
  const gone = missing.map(({ fileId }) => fileId).filter((fileId) => !present.has(fileId));
  const leaving = await ownFiles(run, gone);
  await removeFiles(run, leaving);
  if (mended) {
    mended.removed += leaving.length;
    await store.updateSync(syncId, { mended });
  }
  await keep(run, followed, { reconciledAt });
}

async function keep(
  { source, services }: SourceRun,
  { cursor, changed }: { cursor: string; changed: boolean },
  more: SourcePosition = {},
): Promise<void> {
  const changedAt = changed ? new Date().toISOString() : undefined;
  await services.store.keepPosition(source.id, { cursor, changedAt, ...more });
}

/** Undefined where too much has changed to be told: it must be listed once more. */
async function followMeanwhile(
  run: SourceRun,
  feed: ChangeFeed,
  from: string,
  present: Set<string>,
): Promise<Followed | undefined> {
  try {
    return await followFeed(run, feed, from, { present });
  } catch (error) {
    if (asDeedboxError(error).code !== 'position_expired') throw error;
    return undefined;
  }
}

function restless({ source }: SourceRun): DeedboxError {
  return new DeedboxError(
    'source_error',
    `${describeSource(source.id)} changed too much while it was listed, again and again.`,
    { retryable: true, hint: 'Run the sync again at a quieter time.' },
  );
}

async function mendedSoFar({ services, syncId }: SourceRun): Promise<Mended> {
  return (await services.store.sync(syncId))?.mended ?? nothingMended();
}

/**
 * Whether a nightly sync compares the whole listing: where anything was told since the last one, and
 * every so often where anything was ever told. So a night on which nothing changed lists nothing.
 */
function isListingDue({ reconciledAt, changedAt }: SourcePosition): boolean {
  if (reconciledAt === undefined) return true;
  if (changedAt === undefined) return false;
  return changedAt > reconciledAt || Date.now() - Date.parse(reconciledAt) > longestTrust;
}
