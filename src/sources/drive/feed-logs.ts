import type { DeedboxError } from '../../errors.ts';
import type { ChangePage, SourceChange } from '../source.ts';
import { positionExpired } from './errors.ts';
import { type ChangedFile, ChangedFiles } from './changed-files.ts';
import { changedTargets } from './changed-targets.ts';
import { type DriveCursor, driveState, FolderStates } from './cursor.ts';
import { type DriveFile, folderType, type SharedDrive } from './file.ts';
import { isShortcut } from './kinds.ts';
import { filesBelow, takeFrames, wholeCorpus } from './listing.ts';
import type { Folder } from './tree.ts';
import type { DriveView } from './view.ts';

/** Changes told at once, at most. */
const pageSize = 500;

/** The logs that tell of a scope: the account's own, and those of some shared drives. */
export function logsOf(view: DriveView): { user: boolean; drives: SharedDrive[] } {
  const { scope, folderDrive, drives } = view;
  if (scope.kind !== 'folder')
    return { user: scope.kind !== 'shared', drives: [...drives.values()] };
  if (folderDrive === undefined || !view.folderDriveJoined) return { user: true, drives: [] };
  const name = view.tree.get(folderDrive)?.name ?? '';
  return { user: false, drives: [{ id: folderDrive, name }] };
}

/** One reading of the logs, from a cursor to their end. */
export class FeedLogs {
  readonly #view: DriveView;
  readonly #cursor: DriveCursor;
  /** What the folders were like when the files in them were last told of. */
  readonly #told: FolderStates;
  readonly #changed: ChangedFiles;
  #framed = false;

  constructor(view: DriveView, cursor: DriveCursor) {
    this.#view = view;
    this.#changed = new ChangedFiles(view);
    this.#cursor = structuredClone(cursor);
    this.#told = FolderStates.read(cursor.folders);
  }

  /** After all that was told so far. */
  position(): string {
    return JSON.stringify({ ...this.#cursor, folders: this.#told.toString() });
  }

  async *read(): AsyncIterable<ChangePage> {
    yield* this.#drives();
    const { user, drives } = logsOf(this.#view);
    if (user) yield* this.#log(undefined);
    for (const { id } of drives) yield* this.#log(id);
    yield* this.#shortcuts();
    if (!this.#framed) return;
    // a folder that is gone without an entry that says how: what was in it is not known here
    if (this.#told.missingFrom(this.#view.folders()) > 0) throw positionExpired();
  }

  /** What shortcuts lead to may lie anywhere, and have changed without an entry in any log here. */
  async *#shortcuts(): AsyncIterable<ChangePage> {
    const before = this.#cursor.followed;
    if (!this.#framed && before && Object.keys(before).length === 0) return;
    if (!this.#framed) yield* this.#compareFolders();
    const { changes, followed } = await changedTargets(this.#view, before);
    yield* this.#pages(changes);
    this.#cursor.followed = followed;
  }

  /** Shared drives that are new, or whose name or members are: all their files are told of. */
  async *#drives(): AsyncIterable<ChangePage> {
    const { api, readers, signal } = this.#view;
    const { drives } = logsOf(this.#view);
    const known = this.#cursor.drives;
    const present = new Set(drives.map(({ id }) => id));
    const lost = Object.keys(known).filter((id) => !present.has(id));
    if (lost.length > 0) throw lostDrives(lost);
    for (const { id, name } of drives) {
      const token = known[id]?.token ?? (await api.startToken(id, signal));
      const state = driveState(name, await readers.members(id, signal));
      if (known[id]?.state === state) continue;
      const isNew = known[id] === undefined;
      yield* this.#tell(this.#wholeDrive(id));
      if (isNew) this.#setTold((folder) => folder.driveId === id);
      known[id] = { token, state };
      yield { changes: [], cursor: this.position() };
    }
  }

  #wholeDrive(driveId: string): AsyncIterable<DriveFile[]> {
    const { scope } = this.#view;
    if (scope.kind !== 'folder') return wholeCorpus(this.#view, { driveId });
    return filesBelow(this.#view, [scope.folderId], driveId, { trashed: false });
  }

  async *#log(driveId: string | undefined): AsyncIterable<ChangePage> {
    const { api, signal } = this.#view;
    for (;;) {
      const position =
        driveId === undefined ? this.#cursor.user : this.#cursor.drives[driveId]?.token;
      if (position === undefined) throw positionExpired();
      const { changes, next, isLast } = await api.changes(position, driveId, signal);
      const ofFiles = changes.filter(({ changeType, fileId }) => changeType !== 'drive' && fileId);
      if (ofFiles.length > 0) {
        if (!this.#framed) yield* this.#compareFolders();
        yield* this.#take(await this.#changed.latest(ofFiles, driveId));
      }
      const log = driveId === undefined ? undefined : this.#cursor.drives[driveId];
      if (log) log.token = next;
      else this.#cursor.user = next;
      if (ofFiles.length > 0) yield { changes: [], cursor: this.position() };
      if (isLast) return;
    }
  }

  /** Tells of all files in folders that are not as they were, or were not there. */
  async *#compareFolders(): AsyncIterable<ChangePage> {
    await takeFrames(this.#view);
    this.#framed = true;
    const changed = this.#view.folders().filter((folder) => !this.#told.isAs(folder));
    yield* this.#tellBelow(changed);
  }

  async *#take(changed: ChangedFile[]): AsyncIterable<ChangePage> {
    const { shortcuts } = this.#view;
    for (const { id, file } of changed) {
      if (file?.mimeType === folderType) yield* this.#takeFolder(file);
      else if (!file && this.#told.has(id)) throw positionExpired();
    }
    for (const { id, file } of changed) {
      const isHere = file && isShortcut(file) && (await this.#view.place(file)) !== undefined;
      if (isHere) shortcuts.put(file);
      else shortcuts.remove(id);
    }
    const lost = changed.filter(({ file }) => !file);
    yield* this.#pages(lost.map(({ id }) => ({ kind: 'gone', fileId: id })));
    yield* this.#tell([changed.flatMap(({ file }) => (file ? [file] : []))]);
  }

  /** A folder itself is nothing to tell of; what is in it may be. */
  async *#takeFolder(file: DriveFile): AsyncIterable<ChangePage> {
    const { tree, readers } = this.#view;
    const known = tree.get(file.id);
    if (!file.trashed) tree.put(file);
    const folder = tree.get(file.id);
    if (folder && !file.trashed && this.#view.holds(folder)) {
      // of its own permissions in a shared drive Drive says with the folder only that there are some
      const mayBeShared = folder.augmented || folder.limited;
      const isNews = folder.version > (known?.version ?? 0);
      if (this.#told.isAs(folder) && !(mayBeShared && (isNews || !this.#told.has(file.id)))) return;
      readers.forget();
      yield* this.#tellBelow([folder]);
    } else if (this.#told.has(file.id)) {
      yield* this.#takeAway(file);
    }
  }

  /** A folder that has left the scope with all that is in it. */
  async *#takeAway(folder: DriveFile): AsyncIterable<ChangePage> {
    const { tree } = this.#view;
    tree.remove(folder.id);
    const seen = new Set<string>();
    const below = filesBelow(this.#view, [folder.id], folder.driveId, { trashed: true, seen });
    if (isClosed(folder)) throw positionExpired();
    for await (const page of below) {
      if (page.some((file) => isClosed(file) && this.#told.has(file.id))) throw positionExpired();
      yield* this.#tell([page]);
    }
    for (const id of seen) if (!tree.get(id)) this.#told.delete(id);
  }

  async *#tellBelow(folders: Folder[]): AsyncIterable<ChangePage> {
    // what was told of in a folder that is closed now, cannot be named any more
    if (folders.some(({ id, open }) => !open && this.#told.has(id))) throw positionExpired();
    const drives = new Set(folders.map(({ driveId }) => driveId));
    for (const driveId of drives) {
      const ids = folders.filter((folder) => folder.driveId === driveId).map(({ id }) => id);
      const seen = new Set<string>();
      for await (const page of filesBelow(this.#view, ids, driveId, { trashed: false, seen })) {
        const listed = await Promise.all(page.map((file) => this.#view.isListed(file, true)));
        yield* this.#tell([page.filter((_, at) => listed[at])]);
        const lost = page.filter((_, at) => !listed[at]);
        yield* this.#pages(lost.map(({ id }) => ({ kind: 'gone', fileId: id })));
      }
      this.#setTold(({ id }) => seen.has(id));
    }
  }

  /** Pages of what files are now, at the position before: they may be told again. */
  async *#tell(
    pages: AsyncIterable<DriveFile[]> | Iterable<DriveFile[]>,
  ): AsyncIterable<ChangePage> {
    for await (const files of pages) {
      const changes = await Promise.all(files.map((file) => this.#view.entry(file)));
      yield* this.#pages(changes.filter((change) => change !== undefined));
    }
  }

  *#pages(changes: SourceChange[]): Iterable<ChangePage> {
    for (let at = 0; at < changes.length; at += pageSize) {
      yield { changes: changes.slice(at, at + pageSize), cursor: this.position() };
    }
  }

  #setTold(which: (folder: Folder) => boolean): void {
    for (const folder of this.#view.folders()) if (which(folder)) this.#told.set(folder);
  }
}

function lostDrives(ids: string[]): DeedboxError {
  const what = `The account no longer sees the shared drive ${ids.join(', ')}`;
  return positionExpired(undefined, `${what}, so what was read from it leaves the index.`);
}

/** Of a folder: what is in it cannot be listed by this account. */
function isClosed({ mimeType, capabilities }: DriveFile): boolean {
  return mimeType === folderType && capabilities?.canListChildren === false;
}
