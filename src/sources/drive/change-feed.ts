import type { DeedboxError } from '../../errors/errors.ts';
import type { ChangeFeed, ChangePage, SourceChange } from '../source.ts';
import { type DriveFile, folderType, type SharedDrive, type Change } from './api-schemas.ts';
import { type DriveCursor, driveState, FolderStates, parseCursor, digest } from './cursor.ts';
import type { DriveSnapshot } from './drive-snapshot.ts';
import { cursorExpired, hasApiStatus } from './errors.ts';
import type { Folder } from './folder-tree.ts';
import { loadFolderTree, filesBelow, corpusFiles } from './listing.ts';
import { isShortcut } from './source-file.ts';

/**
 * What changed in a part of Drive. Drive keeps a log for each account and for each shared drive; its
 * entries say how a file is now. Three things change files without an entry for each: a folder's
 * rename, move or sharing, the name and members of a shared drive, and joining a drive. The cursor
 * keeps what the folders and drives were like, so that these are found and told as well. While the
 * logs have nothing new, a look costs some requests for each drive, whatever is in it.
 */
export class DriveFeed implements ChangeFeed {
  readonly #openSnapshot: (signal?: AbortSignal) => Promise<DriveSnapshot>;

  constructor(openSnapshot: (signal?: AbortSignal) => Promise<DriveSnapshot>) {
    this.#openSnapshot = openSnapshot;
  }

  async now(signal?: AbortSignal): Promise<string> {
    const snapshot = await this.#openSnapshot(signal);
    const { user, drives } = logsInScope(snapshot);
    const cursor: DriveCursor = {
      v: 1,
      account: await snapshot.api.account(signal),
      ...(user && { user: await snapshot.api.startToken(undefined, signal) }),
      drives: {},
      folders: '',
    };
    for (const { id, name } of drives) {
      const token = await snapshot.api.startToken(id, signal);
      const state = driveState(name, await snapshot.acl.members(id, signal));
      cursor.drives[id] = { token, state };
    }
    // after the positions, so that whatever changes from here on is told
    await loadFolderTree(snapshot);
    if (snapshot.shortcuts.all().length === 0) cursor.followed = {};
    cursor.folders = FolderStates.of(snapshot.folders()).toString();
    return JSON.stringify(cursor);
  }

  async *since(text: string, signal?: AbortSignal): AsyncIterable<ChangePage> {
    const cursor = parseCursor(text);
    const snapshot = await this.#openSnapshot(signal);
    const account = await snapshot.api.account(signal);
    if (cursor.account !== account) {
      throw cursorExpired(undefined, `It is read as ${account} now, and was as ${cursor.account}.`);
    }
    const reader = new ChangeLogReader(snapshot, cursor);
    let latest = text;
    for await (const page of reader.read()) {
      latest = page.cursor;
      yield page;
    }
    const end = reader.serializeCursor();
    if (end !== latest) yield { changes: [], cursor: end };
  }
}

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

export interface ChangedFile {
  id: string;
  /** Absent where it is gone. */
  file: DriveFile | undefined;
}

/** What the entries of logs say, which may come twice and in any order. */
export class ChangeResolver {
  readonly #snapshot: DriveSnapshot;
  /** Versions of what was told in this reading of the logs. */
  readonly #versions = new Map<string, number>();

  constructor(snapshot: DriveSnapshot) {
    this.#snapshot = snapshot;
  }

  /**
   * Each changed file once, as it is now; not what was told in a newer state, nor what another log tells.
   * @param driveId of the shared drive whose log it is, else the account's own
   */
  async latest(changes: Change[], driveId: string | undefined): Promise<ChangedFile[]> {
    const latest = new Map<string, DriveFile | undefined>();
    for (const { fileId = '', file, removed } of changes) {
      const previousVersion = latest.get(fileId)?.version ?? 0;
      if (!removed && (!file || (file.version ?? 0) < previousVersion)) continue;
      if (!latest.has(fileId) || file) latest.set(fileId, removed ? undefined : file);
    }
    const now = await Promise.all(
      [...latest].map(async ([id, file]) => {
        return { id, file: file ?? (await this.#findElsewhere(id)) };
      }),
    );
    return now.filter(({ id, file }) => {
      if (driveId === undefined && this.#snapshot.drives.has(file?.driveId ?? '')) return false;
      const version = file?.version ?? 0;
      if (file && version < (this.#versions.get(id) ?? 0)) return false;
      this.#versions.set(id, version);
      return true;
    });
  }

  /** What a log has lost: it may be in another, or have come back since; undefined where not. */
  async #findElsewhere(fileId: string): Promise<DriveFile | undefined> {
    try {
      const file = await this.#snapshot.api.file(fileId, { signal: this.#snapshot.signal });
      return (await this.#snapshot.isVisible(file)) ? file : undefined;
    } catch (error) {
      if (hasApiStatus(error, [403, 404])) return undefined;
      throw error;
    }
  }
}

type ShortcutStates = NonNullable<DriveCursor['followed']>;

/**
 * Of the shortcuts of a view, those whose files are not what was told of them before, and what is told
 * of all that are followed now.
 */
export async function changedShortcuts(
  snapshot: DriveSnapshot,
  previous: DriveCursor['followed'],
): Promise<{ changes: SourceChange[]; shortcutStates: ShortcutStates }> {
  const current = await Promise.all(
    snapshot.shortcuts.all().map((shortcut) => snapshot.entry(shortcut)),
  );
  const shortcutStates: ShortcutStates = {};
  const changes = current.filter((change): change is SourceChange => {
    if (change === undefined || change.kind === 'gone') return change !== undefined;
    // where it is not known what was told, it may have been followed
    if (change.kind === 'ignored') return !previous || previous[change.fileId ?? ''] !== undefined;
    const { fileId } = change.file;
    const state = digest(JSON.stringify(change.file));
    shortcutStates[fileId] = state;
    return state !== previous?.[fileId];
  });
  return { changes, shortcutStates };
}
