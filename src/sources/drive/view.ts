import { DeedboxError } from '../../errors.ts';
import type { SourceChange, SourceEntry } from '../source.ts';
import type { Corpus, DriveApi } from './api.ts';
import { isRefusedFor } from './errors.ts';
import { type DriveFile, folderType, type SharedDrive } from './file.ts';
import { ignoredKind, isShortcut, type ReadableKinds } from './kinds.ts';
import { Readers } from './readers.ts';
import { ShortcutGroups } from './shortcuts.ts';
import { describe, shown } from './source-file.ts';
import { type DriveScope, driveSourceId } from './source-id.ts';
import { type Folder, FolderTree } from './tree.ts';

const sharedWithMe = 'Shared with me';

/**
 * One look at the part of Drive that a source is: which drives and folders there are, and what each
 * file is as an entry of the source. Made anew for each listing, so that nothing in it grows old.
 */
export class DriveView {
  readonly api: DriveApi;
  readonly scope: DriveScope;
  readonly tree: FolderTree;
  readonly readers: Readers;
  readonly shortcuts = new ShortcutGroups();
  readonly signal: AbortSignal | undefined;
  /** The shared drives that belong to the scope as a whole, by id. */
  readonly drives = new Map<string, SharedDrive>();
  /** Of a chosen folder that lies in a shared drive. */
  folderDrive: string | undefined;
  /** Whether that drive is one these credentials are a member of. */
  folderDriveJoined = false;
  readonly #kinds: ReadableKinds;

  private constructor(
    api: DriveApi,
    scope: DriveScope,
    options: { kinds: ReadableKinds; account: string; signal?: AbortSignal },
  ) {
    this.api = api;
    this.scope = scope;
    this.signal = options.signal;
    this.#kinds = options.kinds;
    this.tree = new FolderTree(api);
    this.readers = new Readers(api, this.tree, options.account);
  }

  /** Throws `source_error` where the chosen folder or drive is not there. */
  static async open(
    api: DriveApi,
    scope: DriveScope,
    kinds: ReadableKinds,
    signal?: AbortSignal,
  ): Promise<DriveView> {
    const account = await api.account(signal);
    const view = new DriveView(api, scope, { kinds, account, signal });
    try {
      await view.#findTops();
    } catch (error) {
      if ((error as DeedboxError).code === 'not_found') throw missing(scope, error);
      throw error;
    }
    return view;
  }

  async #findTops(): Promise<void> {
    const { api, scope, signal } = this;
    if (scope.kind === 'folder') return this.#findFolder(scope.folderId);
    if (scope.kind === 'all') for (const drive of await api.drives(signal)) this.addDrive(drive);
    if (scope.kind === 'shared') this.addDrive(await api.drive(scope.driveId, signal));
    else this.tree.putTop({ id: (await api.file('root', { signal })).id, name: 'My Drive' });
  }

  async #findFolder(folderId: string): Promise<void> {
    const folder = await this.api.file(folderId, { signal: this.signal });
    if (folder.mimeType !== folderType) throw noFolder(folder.name);
    if (folder.trashed) throw missing(this.scope);
    this.folderDrive = folder.driveId;
    if (folder.driveId !== undefined) {
      await this.tree.reach(folder.driveId, folder.driveId, this.signal);
      this.folderDriveJoined = this.tree.get(folder.driveId) !== undefined;
    }
    this.tree.put(folder);
  }

  addDrive(drive: SharedDrive): void {
    this.drives.set(drive.id, drive);
    this.tree.putTop(drive, drive.id);
  }

  /** The folders of the scope, as far as the tree has them. */
  folders(): Folder[] {
    return this.tree.folders().filter((folder) => this.holds(folder));
  }

  /** Whether a folder belongs to the scope. */
  holds({ id, driveId }: Folder): boolean {
    const { scope } = this;
    if (scope.kind === 'my') return driveId === undefined;
    if (scope.kind === 'shared') return driveId === scope.driveId;
    return scope.kind === 'all' || this.tree.above(id).some((one) => one.id === scope.folderId);
  }

  /** Where to look for what lies in a folder. */
  corpusOf(driveId: string | undefined): Corpus {
    if (driveId === undefined) return 'user';
    const joined = driveId === this.folderDrive ? this.folderDriveJoined : this.drives.has(driveId);
    return joined ? { driveId } : 'all drives';
  }

  /**
   * The folder that a file is shown in; undefined where it is in the trash or outside of the scope.
   */
  async place(file: DriveFile): Promise<string | undefined> {
    const { scope, tree } = this;
    if (file.trashed) return undefined;
    if (scope.kind === 'shared' && file.driveId !== scope.driveId) return undefined;
    if (scope.kind === 'my' && file.driveId !== undefined) return undefined;
    const parent = file.parents?.[0];
    if (parent !== undefined) await tree.reach(parent, file.driveId, this.signal);
    const above = tree.above(parent);
    const names = above.map(({ name }) => shown(name)).reverse();
    if (scope.kind === 'folder') {
      const at = above.findIndex(({ id }) => id === scope.folderId);
      return at < 0 ? undefined : names.slice(names.length - at).join('/');
    }
    const top = above.at(-1);
    return (top?.isTop ? names : [sharedWithMe, ...names]).join('/');
  }

  /**
   * Whether a listing would have the file. Drive lists what is one's own, what was shared with one, on
   * the file or above it, and what lies in one's shared drives; not what everybody may open.
   * @param unsure the answer where Drive does not say how this account came to see it
   */
  async isListed(file: DriveFile, unsure = false): Promise<boolean> {
    if ((await this.place(file)) === undefined) return false;
    if (this.scope.kind === 'folder' || this.drives.has(file.driveId ?? '')) return true;
    const { ownedByMe, sharedWithMeTime, inheritedPermissionsDisabled } = file;
    if (ownedByMe || sharedWithMeTime !== undefined) return true;
    if (inheritedPermissionsDisabled) return false;
    for (const { isTop, mine, limited } of this.tree.above(file.parents?.[0])) {
      if (isTop || mine) return true;
      if (limited) return false;
    }
    return unsure;
  }

  /** What a file is now as a file of this source; undefined for a folder. */
  async entry(file: DriveFile): Promise<SourceChange | undefined> {
    if (file.mimeType === folderType) return undefined;
    const folder = await this.place(file);
    if (folder === undefined) return { kind: 'gone', fileId: file.id };
    if (isShortcut(file)) return this.#shortcutEntry(file, folder);
    return this.#fileEntry(file, folder, file);
  }

  async #fileEntry(file: DriveFile, folder: string, known: DriveFile): Promise<SourceEntry> {
    const fileName = shown(file.name);
    const reason = ignoredKind(file, this.#kinds);
    if (reason !== undefined)
      return { kind: 'ignored', fileId: known.id, fileName, folder, reason };
    const readers = await this.readers.of(file, this.signal);
    const place = { fileId: known.id, source: driveSourceId(this.scope), folder };
    return { kind: 'file', file: { ...describe(file), ...place, readers } };
  }

  /**
   * A shortcut is followed where nothing else leads to its target: then the target's text stands
   * under the shortcut's own id, which is what Drive names when the shortcut is taken away.
   */
  async #shortcutEntry(shortcut: DriveFile, folder: string): Promise<SourceEntry> {
    const fileName = shown(shortcut.name);
    const ignored = (reason: string): SourceEntry => {
      return { kind: 'ignored', fileId: shortcut.id, fileName, folder, reason };
    };
    const reason = await this.shortcuts.reasonToIgnore(this, shortcut);
    if (typeof reason === 'string') return ignored(reason);
    return this.#fileEntry(reason, folder, shortcut);
  }
}

function missing(scope: DriveScope, cause?: unknown): DeedboxError {
  const what = scope.kind === 'shared' ? 'shared drive' : 'folder';
  return new DeedboxError(
    'source_error',
    `The ${what} ${driveSourceId(scope)} is not there, or these credentials may not see it.`,
    {
      retryable: !isRefusedFor(cause ?? {}, [404]),
      hint:
        `Share the ${what} with the account that \`deedbox drive check\` names, or take it out of ` +
        'the trash. What was read before stays until `deedbox forget`.',
      cause,
    },
  );
}

function noFolder(name: string): DeedboxError {
  return new DeedboxError('source_error', `"${name}" is not a folder in Google Drive.`, {
    hint: 'Give the address of the folder it lies in.',
  });
}
