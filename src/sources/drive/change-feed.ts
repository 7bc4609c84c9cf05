import type { ChangeFeed, ChangePage, SourceChange } from '../source.ts';
import { type DriveFile, folderType } from './api-schemas.ts';
import {
  diffDrives,
  diffEntries,
  diffFolders,
  diffShortcuts,
  driveReported,
  type FeedState,
  foldersRemoved,
  foldersReported,
  initialState,
  latestEntries,
  type LogEntry,
  type ObservedDrive,
  requireAllFolders,
  requireListable,
  tokenOf,
  tokenReported,
} from './change-diff.ts';
import {
  type DriveCursor,
  driveState,
  FolderStates,
  parseCursor,
  serializeCursor,
} from './cursor.ts';
import type { DriveReader } from './drive-reader.ts';
import { type DriveSnapshot, foldersOf, isVisible, logsOf, withFolders } from './drive-snapshot.ts';
import { cursorExpired, hasApiStatus } from './errors.ts';
import type { Folder } from './folder-tree.ts';
import { drivePages, filesBelow, loadFolderTree } from './listing.ts';
import type { DriveScope } from './source-id.ts';

/** Changes on one page, at most. */
const pageSize = 500;

/**
 * The changes of a part of Drive. Drive keeps a log for each account and for each shared drive, whose
 * entries say how a file is now. Three things change files without an entry for each: a folder's
 * rename, move or sharing, the name and members of a shared drive, and joining a drive. The cursor
 * holds what the folders and drives were like, so that these are found by comparison. While the logs
 * have no entries, a run costs some requests for each drive, whatever the number of its files.
 */
export class DriveFeed implements ChangeFeed {
  readonly #scope: DriveScope;
  readonly #openReader: (signal?: AbortSignal) => Promise<DriveReader>;

  constructor(scope: DriveScope, openReader: (signal?: AbortSignal) => Promise<DriveReader>) {
    this.#scope = scope;
    this.#openReader = openReader;
  }

  async now(signal?: AbortSignal): Promise<string> {
    const reader = await this.#openReader(signal);
    const roots = await reader.openSnapshot(this.#scope);
    const logs = logsOf(roots);
    const userToken = logs.user ? await reader.api.startToken(undefined, signal) : undefined;
    const drives: Record<string, DriveCursor['drives'][string]> = {};
    for (const drive of logs.drives) {
      const { token, state } = await observeDrive(reader, roots, drive);
      drives[drive.id] = { token, state };
    }
    // after the tokens, so that no change between the two is missed
    const snapshot = await loadFolderTree(reader, roots);
    return serializeCursor({
      account: reader.account,
      userToken,
      drives,
      folders: FolderStates.of(foldersOf(snapshot)),
      ...(snapshot.shortcuts.all().length === 0 && { shortcutStates: {} }),
    });
  }

  async *since(text: string, signal?: AbortSignal): AsyncIterable<ChangePage> {
    const cursor = parseCursor(text);
    const reader = await this.#openReader(signal);
    const snapshot = await reader.openSnapshot(this.#scope);
    const { account } = reader;
    if (cursor.account !== account) {
      throw cursorExpired(undefined, `It is read as ${account} now, and was as ${cursor.account}.`);
    }
    let latest = { cursor, text };
    for await (const step of readChanges(reader, initialState(snapshot, cursor))) {
      if (step.cursor !== latest.cursor) {
        const previous = latest.text;
        latest = { cursor: step.cursor, text: serializeCursor(step.cursor) };
        if (step.changes.length === 0 && latest.text !== previous) {
          yield { changes: [], cursor: latest.text };
        }
      }
      for (let at = 0; at < step.changes.length; at += pageSize) {
        yield { changes: step.changes.slice(at, at + pageSize), cursor: latest.text };
      }
    }
  }
}

/** Some changes, and how far everything is reported together with them. */
interface Step {
  changes: SourceChange[];
  cursor: DriveCursor;
}

/** Yields steps from a state, and returns the state after them. */
type Steps = AsyncGenerator<Step, FeedState>;

/** One run over the logs, from a cursor to their end. */
async function* readChanges(reader: DriveReader, start: FeedState): Steps {
  let state = yield* readDrives(reader, start);
  const { user, drives } = logsOf(state.snapshot);
  if (user) state = yield* readLog(reader, state, undefined);
  for (const { id } of drives) state = yield* readLog(reader, state, id);
  state = yield* readShortcuts(reader, state);
  requireAllFolders(state);
  yield { changes: [], cursor: state.cursor };
  return state;
}

async function* readDrives(reader: DriveReader, start: FeedState): Steps {
  let state = start;
  const observed: ObservedDrive[] = [];
  for (const drive of logsOf(state.snapshot).drives) {
    const token = state.cursor.drives[drive.id]?.token;
    observed.push(await observeDrive(reader, state.snapshot, drive, token));
  }
  for (const drive of diffDrives(state.cursor, observed)) {
    for await (const { files, folders } of drivePages(reader, state.snapshot, drive.id)) {
      state = { ...state, snapshot: withFolders(state.snapshot, folders) };
      state = yield* describeFiles(reader, state, files);
    }
    state = driveReported(state, drive);
    yield { changes: [], cursor: state.cursor };
  }
  return state;
}

/** @param token where the log was read to; the present end where it was not read yet */
async function observeDrive(
  reader: DriveReader,
  snapshot: DriveSnapshot,
  { id, name }: { id: string; name: string },
  token?: string,
): Promise<ObservedDrive> {
  const startToken = token ?? (await reader.api.startToken(id, reader.signal));
  return { id, token: startToken, state: driveState(name, await reader.members(snapshot, id)) };
}

/** @param driveId the shared drive of the log; undefined for the account's own */
async function* readLog(reader: DriveReader, start: FeedState, driveId: string | undefined): Steps {
  let state = start;
  for (;;) {
    const token = tokenOf(state.cursor, driveId);
    const { changes, next, isLast } = await reader.api.changes(token, driveId, reader.signal);
    const entries = latestEntries(changes);
    if (entries.length > 0) {
      state = yield* readFolderTree(reader, state);
      state = yield* readEntries(reader, state, entries, driveId);
    }
    state = tokenReported(state, driveId, next);
    if (entries.length > 0) yield { changes: [], cursor: state.cursor };
    if (isLast) return state;
  }
}

async function* readEntries(
  reader: DriveReader,
  start: FeedState,
  entries: readonly LogEntry[],
  driveId: string | undefined,
): Steps {
  const found = await findMoved(reader, start.snapshot, entries);
  const diff = diffEntries({ ...start, snapshot: found.snapshot }, found.entries, driveId);
  let state = yield* readBelow(reader, diff.state, diff.changedFolders);
  state = yield* readRemoved(reader, state, diff.removedFolders);
  yield { changes: diff.removedIds.map(removedChange), cursor: state.cursor };
  return yield* describeFiles(reader, state, diff.files);
}

/**
 * The entries with files that one log has lost and another may have, or that came back since; and the
 * folders above all files.
 */
async function findMoved(
  reader: DriveReader,
  snapshot: DriveSnapshot,
  entries: readonly LogEntry[],
): Promise<{ entries: LogEntry[]; snapshot: DriveSnapshot }> {
  const found = await Promise.all(
    entries.map(async ({ id, file }) => ({ id, file: file ?? (await findFile(reader, id)) })),
  );
  const located = await reader.loadAncestors(
    snapshot,
    found.flatMap(({ file }) => file ?? []),
  );
  return {
    snapshot: located,
    entries: found.map(({ id, file }, at) => {
      const isKept = entries[at]?.file !== undefined || (file && isVisible(located, file));
      return { id, file: isKept ? file : undefined };
    }),
  };
}

async function findFile(reader: DriveReader, id: string): Promise<DriveFile | undefined> {
  try {
    return await reader.api.file(id, { signal: reader.signal });
  } catch (error) {
    if (hasApiStatus(error, [403, 404])) return undefined;
    throw error;
  }
}

/** Loads all folders once, and reports all files in folders that are new or not as they were. */
async function* readFolderTree(reader: DriveReader, state: FeedState): Steps {
  if (state.hasFolderTree) return state;
  const snapshot = await loadFolderTree(reader, state.snapshot);
  const loaded = { ...state, snapshot, hasFolderTree: true };
  return yield* readBelow(reader, loaded, diffFolders(loaded));
}

/** Reports all files below some folders as they are now. */
async function* readBelow(
  reader: DriveReader,
  start: FeedState,
  folders: readonly Folder[],
): Steps {
  let state = start;
  requireListable(state, folders);
  for (const driveId of new Set(folders.map((folder) => folder.driveId))) {
    const ids = folders.filter((folder) => folder.driveId === driveId).map(({ id }) => id);
    const reportedIds = new Set(ids);
    for await (const page of filesBelow(reader, state.snapshot, ids, { driveId })) {
      for (const { id } of page.filter(isFolder)) reportedIds.add(id);
      const snapshot = withFolders(state.snapshot, page);
      state = { ...state, snapshot: await reader.loadAncestors(snapshot, page) };
      const hidden = page.filter((file) => !isVisible(state.snapshot, file, true));
      const visible = page.filter((file) => !hidden.includes(file));
      state = yield* describeFiles(reader, state, visible);
      yield { changes: hidden.map(({ id }) => removedChange(id)), cursor: state.cursor };
    }
    state = foldersReported(state, reportedIds);
  }
  return state;
}

/** Reports all files below folders that left the scope, as they are now. */
async function* readRemoved(
  reader: DriveReader,
  start: FeedState,
  folders: readonly DriveFile[],
): Steps {
  let state = start;
  requireKnownContent(state, folders);
  for (const driveId of new Set(folders.map((folder) => folder.driveId))) {
    const ids = folders.filter((folder) => folder.driveId === driveId).map(({ id }) => id);
    const removedIds = new Set(ids);
    const options = { driveId, includesTrashed: true };
    for await (const page of filesBelow(reader, state.snapshot, ids, options)) {
      for (const { id } of page.filter(isFolder)) removedIds.add(id);
      requireKnownContent(state, page);
      state = { ...state, snapshot: withFolders(state.snapshot, page) };
      state = yield* describeFiles(reader, state, page);
    }
    state = foldersRemoved(state, removedIds);
  }
  return state;
}

/** @throws DeedboxError `checkpoint_expired` where a known folder among the files cannot be listed */
function requireKnownContent({ cursor }: FeedState, files: readonly DriveFile[]): void {
  const isUnlistable = (file: DriveFile) =>
    isFolder(file) && file.capabilities?.canListChildren === false;
  if (files.some((file) => isUnlistable(file) && cursor.folders.has(file.id))) {
    throw cursorExpired();
  }
}

async function* readShortcuts(reader: DriveReader, start: FeedState): Steps {
  const previous = start.cursor.shortcutStates;
  const hasNone = previous !== undefined && Object.keys(previous).length === 0;
  if (!start.hasFolderTree && hasNone) return start;
  const state = yield* readFolderTree(reader, start);
  const all = state.snapshot.shortcuts.all();
  const described = await reader.describe(state.snapshot, all);
  const diff = diffShortcuts({ ...state, snapshot: described.snapshot }, described.changes);
  yield { changes: diff.changes, cursor: state.cursor };
  return diff.state;
}

/** Reports files as they are now. */
async function* describeFiles(
  reader: DriveReader,
  state: FeedState,
  files: readonly DriveFile[],
): Steps {
  const { changes, snapshot } = await reader.describe(state.snapshot, files);
  yield { changes: changes.filter((change) => change !== undefined), cursor: state.cursor };
  return { ...state, snapshot };
}

function isFolder({ mimeType }: DriveFile): boolean {
  return mimeType === folderType;
}

function removedChange(fileId: string): SourceChange {
  return { kind: 'removed', fileId };
}
