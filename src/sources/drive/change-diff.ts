import type { DeedboxError } from '../../errors/errors.ts';
import type { SourceChange } from '../source.ts';
import { type Change, type DriveFile, folderType } from './api-schemas.ts';
import { digest, type DriveCursor } from './cursor.ts';
import {
  type DriveSnapshot,
  folderPath,
  foldersOf,
  isInScope,
  withFolders,
} from './drive-snapshot.ts';
import { cursorExpired } from './errors.ts';
import type { Folder } from './folder-tree.ts';
import { PersistentMap } from './persistent-map.ts';
import { isShortcut } from './source-file.ts';

/**
 * The state transitions of the change feed, as pure functions: each takes what is known and what a
 * request returned, and returns what changed and the next state. change-feed.ts sends the requests.
 */

/** What is known while the change logs are read. */
export interface FeedState {
  /** Drive as it is now, as far as known. */
  readonly snapshot: DriveSnapshot;
  /** How far changes are reported. */
  readonly cursor: DriveCursor;
  /** Whether the snapshot holds all folders and shortcuts of the scope. */
  readonly hasFolderTree: boolean;
  /** The versions of the log entries that are reported, by file id. */
  readonly versions: PersistentMap<string, number>;
}

export function initialState(snapshot: DriveSnapshot, cursor: DriveCursor): FeedState {
  return { snapshot, cursor, hasFolderTree: false, versions: PersistentMap.of() };
}

/** A shared drive as it is now. */
export interface ObservedDrive {
  id: string;
  /** The page token from which its log is read. */
  token: string;
  /** See `driveState`. */
  state: string;
}

/**
 * The shared drives whose files must all be reported: new ones, and those whose name or members
 * changed.
 * @throws DeedboxError `checkpoint_expired` where a drive is no longer visible
 */
export function diffDrives(
  { drives }: DriveCursor,
  observed: readonly ObservedDrive[],
): ObservedDrive[] {
  const presentIds = new Set(observed.map(({ id }) => id));
  const lost = Object.keys(drives).filter((id) => !presentIds.has(id));
  if (lost.length > 0) throw lostDrivesExpired(lost);
  return observed.filter(({ id, state }) => drives[id]?.state !== state);
}

/** After all files of a shared drive are reported. */
export function driveReported(state: FeedState, drive: ObservedDrive): FeedState {
  const { cursor, snapshot } = state;
  const { id, token } = drive;
  const isNew = cursor.drives[id] === undefined;
  const folders = foldersOf(snapshot).filter(({ driveId }) => isNew && driveId === id);
  return {
    ...state,
    cursor: {
      ...cursor,
      drives: { ...cursor.drives, [id]: { token, state: drive.state } },
      folders: cursor.folders.with(folders),
    },
  };
}

/** The page token of a log. @throws DeedboxError `checkpoint_expired` where there is none */
export function tokenOf({ userToken, drives }: DriveCursor, driveId: string | undefined): string {
  const token = driveId === undefined ? userToken : drives[driveId]?.token;
  if (token === undefined) throw cursorExpired();
  return token;
}

/** After all changes up to a page token are reported. */
export function tokenReported(
  state: FeedState,
  driveId: string | undefined,
  token: string,
): FeedState {
  const { cursor } = state;
  if (driveId === undefined) return { ...state, cursor: { ...cursor, userToken: token } };
  const drive = cursor.drives[driveId];
  if (!drive) return state;
  const drives = { ...cursor.drives, [driveId]: { ...drive, token } };
  return { ...state, cursor: { ...cursor, drives } };
}

/** A file of the log; `file` is absent where it is deleted or no longer visible. */
export interface LogEntry {
  id: string;
  file: DriveFile | undefined;
}

/**
 * The latest entry of each file on a page of a log, which may hold several. Drive lists the oldest
 * first, so of a file and its removal the later one counts; of several states of a file the newest, in
 * whatever order they come. Whether a removed file came back since, `findMoved` asks Drive.
 */
export function latestEntries(changes: readonly Change[]): LogEntry[] {
  const latest = new Map<string, DriveFile | undefined>();
  for (const { changeType, fileId, file, removed } of changes) {
    if (changeType === 'drive' || !fileId) continue;
    if (removed) latest.set(fileId, undefined);
    else if (file && (file.version ?? 0) >= (latest.get(fileId)?.version ?? 0)) {
      latest.set(fileId, file);
    }
  }
  return [...latest].map(([id, file]) => ({ id, file }));
}

/** What the entries of one page of a log require. */
export interface EntriesDiff {
  state: FeedState;
  /** Files that are deleted or no longer visible. */
  removedIds: string[];
  /** Files to report as they are now. */
  files: DriveFile[];
  /** Folders below which everything is to be reported as it is now. */
  changedFolders: Folder[];
  /** Folders that left the scope, below which everything is to be reported. */
  removedFolders: DriveFile[];
}

/**
 * Takes the entries of one page of a log into the state. The snapshot must hold the folders above the
 * files.
 * @param driveId the shared drive of the log; undefined for the account's own
 * @throws DeedboxError `checkpoint_expired` where a known folder is gone, so that nobody can tell what
 *   was in it
 */
export function diffEntries(
  state: FeedState,
  entries: readonly LogEntry[],
  driveId: string | undefined,
): EntriesDiff {
  const current = entries.filter((entry) => isCurrent(state, entry, driveId));
  const files = current.flatMap(({ file }) => file ?? []);
  const removedIds = current.filter(({ file }) => !file).map(({ id }) => id);
  if (removedIds.some((id) => state.cursor.folders.has(id))) throw cursorExpired();
  const versions = state.versions.with(
    current.map(({ id, file }) => [id, file?.version ?? 0] as const),
  );

  const placed = withFolders(state.snapshot, files);
  const folderFiles = files.filter(({ mimeType }) => mimeType === folderType);
  const remaining = folderFiles.filter((file) => isFolderInScope(placed, file));
  const removedFolders = folderFiles.filter(
    (file) => !remaining.includes(file) && state.cursor.folders.has(file.id),
  );
  const snapshot = { ...placed, tree: placed.tree.without(removedFolders.map(({ id }) => id)) };
  return {
    state: { ...state, versions, snapshot: withCurrentShortcuts(snapshot, current) },
    removedIds,
    files,
    changedFolders: remaining.flatMap((file) => changedFolder(state, snapshot, file)),
    removedFolders,
  };
}

/** Whether an entry is neither older than a reported one, nor an entry of a log that is read by itself. */
function isCurrent(
  { snapshot, versions }: FeedState,
  { id, file }: LogEntry,
  driveId: string | undefined,
): boolean {
  if (driveId === undefined && snapshot.drives.has(file?.driveId ?? '')) return false;
  return !file || (file.version ?? 0) >= (versions.get(id) ?? 0);
}

function isFolderInScope(snapshot: DriveSnapshot, { id, trashed }: DriveFile): boolean {
  const folder = snapshot.tree.get(id);
  return folder !== undefined && !trashed && isInScope(snapshot, folder);
}

/** The folder, where the change affects what is in it. */
function changedFolder(before: FeedState, snapshot: DriveSnapshot, { id }: DriveFile): Folder[] {
  const { folders } = before.cursor;
  const folder = snapshot.tree.get(id);
  if (!folder) return [];
  // Of permissions of its own in a shared drive, Drive returns with the folder only that it has some.
  const mayHaveOwnPermissions = folder.hasOwnPermissions || folder.isLimitedAccess;
  const isNewer = folder.version > (before.snapshot.tree.get(id)?.version ?? 0);
  const isUnchanged =
    folders.isUnchanged(folder) && !(mayHaveOwnPermissions && (isNewer || !folders.has(id)));
  return isUnchanged ? [] : [folder];
}

function withCurrentShortcuts(
  snapshot: DriveSnapshot,
  entries: readonly LogEntry[],
): DriveSnapshot {
  const current = entries.flatMap(({ file }) =>
    file && isShortcut(file) && folderPath(snapshot, file) !== undefined ? [file] : [],
  );
  const shortcuts = snapshot.shortcuts.without(entries.map(({ id }) => id)).with(current);
  return { ...snapshot, shortcuts };
}

/** The folders that are not as they were when their files were last reported. */
export function diffFolders({ snapshot, cursor }: FeedState): Folder[] {
  return foldersOf(snapshot).filter((folder) => !cursor.folders.isUnchanged(folder));
}

/** @throws DeedboxError `checkpoint_expired` where what was reported below a folder cannot be listed now */
export function requireListable({ cursor }: FeedState, folders: readonly Folder[]): void {
  if (folders.some(({ id, canListChildren }) => !canListChildren && cursor.folders.has(id))) {
    throw cursorExpired();
  }
}

/** After all files below some folders are reported. */
export function foldersReported(state: FeedState, ids: ReadonlySet<string>): FeedState {
  const { cursor, snapshot } = state;
  const folders = foldersOf(snapshot).filter(({ id }) => ids.has(id));
  return { ...state, cursor: { ...cursor, folders: cursor.folders.with(folders) } };
}

/** After all files below some folders that left the scope are reported. */
export function foldersRemoved(state: FeedState, ids: ReadonlySet<string>): FeedState {
  const { cursor, snapshot } = state;
  const removedIds = [...ids].filter((id) => {
    const folder = snapshot.tree.get(id);
    return !folder || !isInScope(snapshot, folder);
  });
  return { ...state, cursor: { ...cursor, folders: cursor.folders.without(removedIds) } };
}

/**
 * The shortcuts whose files are not what was last reported for them, and the state after they are
 * reported. A target may lie anywhere, and change without an entry in any of the logs.
 * @param shortcuts all shortcuts of the source, as they are now
 */
export function diffShortcuts(
  state: FeedState,
  shortcuts: readonly (SourceChange | undefined)[],
): { changes: SourceChange[]; state: FeedState } {
  const previous = state.cursor.shortcutStates;
  const shortcutStates: Record<string, string> = {};
  const changes = shortcuts.filter((change): change is SourceChange => {
    if (change === undefined || change.kind === 'removed') return change !== undefined;
    // where it is not known what was reported, the shortcut may have been followed
    if (change.kind === 'ignored') return !previous || previous[change.fileId ?? ''] !== undefined;
    const { fileId } = change.file;
    shortcutStates[fileId] = digest(JSON.stringify(change.file));
    return shortcutStates[fileId] !== previous?.[fileId];
  });
  return { changes, state: { ...state, cursor: { ...state.cursor, shortcutStates } } };
}

/** @throws DeedboxError `checkpoint_expired` where a folder is gone and no log says how */
export function requireAllFolders({ snapshot, cursor, hasFolderTree }: FeedState): void {
  if (hasFolderTree && !cursor.folders.isSubsetOf(foldersOf(snapshot))) throw cursorExpired();
}

function lostDrivesExpired(ids: string[]): DeedboxError {
  const what = `The account no longer sees the shared drive ${ids.join(', ')}`;
  return cursorExpired(undefined, `${what}, so what was read from it leaves the index.`);
}
