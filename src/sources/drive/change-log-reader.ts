import type { DeedboxError } from '../../errors/errors.ts';
import type { ChangePage, SourceChange } from '../source.ts';
import { cursorExpired } from './errors.ts';
import { type ChangedFile, ChangeResolver } from './change-resolver.ts';
import { changedShortcuts } from './shortcut-changes.ts';
import { type DriveCursor, driveState, FolderStates } from './cursor.ts';
import { type DriveFile, folderType, type SharedDrive } from './api-schemas.ts';
import { isShortcut } from './source-file.ts';
import { filesBelow, loadFolderTree, corpusFiles } from './listing.ts';
import type { Folder } from './folder-tree.ts';
import type { DriveSnapshot } from './drive-snapshot.ts';

/** Changes told at once, at most. */
const pageSize = 500;

/** The logs that tell of a scope: the account's own, and those of some shared drives. */
export function logsInScope(snapshot: DriveSnapshot): { user: boolean; drives: SharedDrive[] } {
  const { scope, folderDriveId, drives } = snapshot;
  if (scope.kind !== 'folder')
    return { user: scope.kind !== 'shared', drives: [...drives.values()] };
  if (folderDriveId === undefined || !snapshot.isFolderDriveMember)
    return { user: true, drives: [] };
  const name = snapshot.tree.get(folderDriveId)?.name ?? '';
  return { user: false, drives: [{ id: folderDriveId, name }] };
}

/** One reading of the logs, from a cursor to their end. */
export class ChangeLogReader {
  readonly #snapshot: DriveSnapshot;
  readonly #cursor: DriveCursor;
  /** What the folders were like when the files in them were last told of. */
  readonly #lastSeen: FolderStates;
  readonly #resolver: ChangeResolver;
  #hasFolderTree = false;

  constructor(snapshot: DriveSnapshot, cursor: DriveCursor) {
    this.#snapshot = snapshot;
    this.#resolver = new ChangeResolver(snapshot);
    this.#cursor = structuredClone(cursor);
    this.#lastSeen = FolderStates.read(cursor.folders);
  }

  /** After all that was told so far. */
  serializeCursor(): string {
    return JSON.stringify({ ...this.#cursor, folders: this.#lastSeen.toString() });
  }

  async *read(): AsyncIterable<ChangePage> {
    yield* this.#drives();
    const { user, drives } = logsInScope(this.#snapshot);
    if (user) yield* this.#log(undefined);
    for (const { id } of drives) yield* this.#log(id);
    yield* this.#shortcuts();
    if (!this.#hasFolderTree) return;
    // a folder that is gone without an entry that says how: what was in it is not known here
    if (this.#lastSeen.countMissing(this.#snapshot.folders()) > 0) throw cursorExpired();
  }

  /** What shortcuts lead to may lie anywhere, and have changed without an entry in any log here. */
  async *#shortcuts(): AsyncIterable<ChangePage> {
    const previous = this.#cursor.followed;
    if (!this.#hasFolderTree && previous && Object.keys(previous).length === 0) return;
    if (!this.#hasFolderTree) yield* this.#compareFolders();
    const { changes, shortcutStates } = await changedShortcuts(this.#snapshot, previous);
    yield* this.#paginate(changes);
    this.#cursor.followed = shortcutStates;
  }

  /** Shared drives that are new, or whose name or members are: all their files are told of. */
  async *#drives(): AsyncIterable<ChangePage> {
    const { api, acl, signal } = this.#snapshot;
    const { drives } = logsInScope(this.#snapshot);
    const known = this.#cursor.drives;
    const presentIds = new Set(drives.map(({ id }) => id));
    const gone = Object.keys(known).filter((id) => !presentIds.has(id));
    if (gone.length > 0) throw lostDrivesExpired(gone);
    for (const { id, name } of drives) {
      const token = known[id]?.token ?? (await api.startToken(id, signal));
      const state = driveState(name, await acl.members(id, signal));
      if (known[id]?.state === state) continue;
      const isNew = known[id] === undefined;
      yield* this.#emit(this.#driveFiles(id));
      if (isNew) this.#markSeen((folder) => folder.driveId === id);
      known[id] = { token, state };
      yield { changes: [], cursor: this.serializeCursor() };
    }
  }

  #driveFiles(driveId: string): AsyncIterable<DriveFile[]> {
    const { scope } = this.#snapshot;
    if (scope.kind !== 'folder') return corpusFiles(this.#snapshot, { driveId });
    return filesBelow(this.#snapshot, [scope.folderId], driveId, { trashed: false });
  }

  async *#log(driveId: string | undefined): AsyncIterable<ChangePage> {
    const { api, signal } = this.#snapshot;
    for (;;) {
      const pageToken =
        driveId === undefined ? this.#cursor.user : this.#cursor.drives[driveId]?.token;
      if (pageToken === undefined) throw cursorExpired();
      const { changes, next, isLast } = await api.changes(pageToken, driveId, signal);
      const fileChanges = changes.filter(
        ({ changeType, fileId }) => changeType !== 'drive' && fileId,
      );
      if (fileChanges.length > 0) {
        if (!this.#hasFolderTree) yield* this.#compareFolders();
        yield* this.#apply(await this.#resolver.latest(fileChanges, driveId));
      }
      const log = driveId === undefined ? undefined : this.#cursor.drives[driveId];
      if (log) log.token = next;
      else this.#cursor.user = next;
      if (fileChanges.length > 0) yield { changes: [], cursor: this.serializeCursor() };
      if (isLast) return;
    }
  }

  /** Tells of all files in folders that are not as they were, or were not there. */
  async *#compareFolders(): AsyncIterable<ChangePage> {
    await loadFolderTree(this.#snapshot);
    this.#hasFolderTree = true;
    const changed = this.#snapshot
      .folders()
      .filter((folder) => !this.#lastSeen.isUnchanged(folder));
    yield* this.#emitBelow(changed);
  }

  async *#apply(changed: ChangedFile[]): AsyncIterable<ChangePage> {
    const { shortcuts } = this.#snapshot;
    for (const { id, file } of changed) {
      if (file?.mimeType === folderType) yield* this.#applyFolder(file);
      else if (!file && this.#lastSeen.has(id)) throw cursorExpired();
    }
    for (const { id, file } of changed) {
      const isInScope =
        file && isShortcut(file) && (await this.#snapshot.folderPath(file)) !== undefined;
      if (isInScope) shortcuts.put(file);
      else shortcuts.remove(id);
    }
    const gone = changed.filter(({ file }) => !file);
    yield* this.#paginate(gone.map(({ id }) => ({ kind: 'gone', fileId: id })));
    yield* this.#emit([changed.flatMap(({ file }) => (file ? [file] : []))]);
  }

  /** A folder itself is nothing to tell of; what is in it may be. */
  async *#applyFolder(file: DriveFile): AsyncIterable<ChangePage> {
    const { tree, acl } = this.#snapshot;
    const known = tree.get(file.id);
    if (!file.trashed) tree.put(file);
    const folder = tree.get(file.id);
    if (folder && !file.trashed && this.#snapshot.contains(folder)) {
      // of its own permissions in a shared drive Drive says with the folder only that there are some
      const mayHaveOwnPermissions = folder.hasOwnPermissions || folder.isLimitedAccess;
      const isNewer = folder.version > (known?.version ?? 0);
      if (
        this.#lastSeen.isUnchanged(folder) &&
        !(mayHaveOwnPermissions && (isNewer || !this.#lastSeen.has(file.id)))
      )
        return;
      acl.clear();
      yield* this.#emitBelow([folder]);
    } else if (this.#lastSeen.has(file.id)) {
      yield* this.#applyRemoval(file);
    }
  }

  /** A folder that has left the scope with all that is in it. */
  async *#applyRemoval(folder: DriveFile): AsyncIterable<ChangePage> {
    const { tree } = this.#snapshot;
    tree.remove(folder.id);
    const seen = new Set<string>();
    const below = filesBelow(this.#snapshot, [folder.id], folder.driveId, { trashed: true, seen });
    if (isUnlistable(folder)) throw cursorExpired();
    for await (const page of below) {
      if (page.some((file) => isUnlistable(file) && this.#lastSeen.has(file.id)))
        throw cursorExpired();
      yield* this.#emit([page]);
    }
    for (const id of seen) if (!tree.get(id)) this.#lastSeen.delete(id);
  }

  async *#emitBelow(folders: Folder[]): AsyncIterable<ChangePage> {
    // what was told of in a folder that is closed now, cannot be named any more
    if (folders.some(({ id, canListChildren }) => !canListChildren && this.#lastSeen.has(id)))
      throw cursorExpired();
    const drives = new Set(folders.map(({ driveId }) => driveId));
    for (const driveId of drives) {
      const ids = folders.filter((folder) => folder.driveId === driveId).map(({ id }) => id);
      const seen = new Set<string>();
      for await (const page of filesBelow(this.#snapshot, ids, driveId, { trashed: false, seen })) {
        const visible = await Promise.all(page.map((file) => this.#snapshot.isVisible(file, true)));
        yield* this.#emit([page.filter((_, at) => visible[at])]);
        const gone = page.filter((_, at) => !visible[at]);
        yield* this.#paginate(gone.map(({ id }) => ({ kind: 'gone', fileId: id })));
      }
      this.#markSeen(({ id }) => seen.has(id));
    }
  }

  /** Pages of what files are now, at the position before: they may be told again. */
  async *#emit(
    pages: AsyncIterable<DriveFile[]> | Iterable<DriveFile[]>,
  ): AsyncIterable<ChangePage> {
    for await (const files of pages) {
      const changes = await Promise.all(files.map((file) => this.#snapshot.entry(file)));
      yield* this.#paginate(changes.filter((change) => change !== undefined));
    }
  }

  *#paginate(changes: SourceChange[]): Iterable<ChangePage> {
    for (let at = 0; at < changes.length; at += pageSize) {
      yield { changes: changes.slice(at, at + pageSize), cursor: this.serializeCursor() };
    }
  }

  #markSeen(matches: (folder: Folder) => boolean): void {
    for (const folder of this.#snapshot.folders()) if (matches(folder)) this.#lastSeen.set(folder);
  }
}

function lostDrivesExpired(ids: string[]): DeedboxError {
  const what = `The account no longer sees the shared drive ${ids.join(', ')}`;
  return cursorExpired(undefined, `${what}, so what was read from it leaves the index.`);
}

/** Of a folder: what is in it cannot be listed by this account. */
function isUnlistable({ mimeType, capabilities }: DriveFile): boolean {
  return mimeType === folderType && capabilities?.canListChildren === false;
}
