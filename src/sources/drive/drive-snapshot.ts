import { DeedboxError } from '../../errors/errors.ts';
import type { SourceChange, SourceEntry } from '../source.ts';
import { AclResolver } from './acl.ts';
import { type DriveFile, folderType, type SharedDrive } from './api-schemas.ts';
import type { Corpus, DriveApi } from './api.ts';
import { hasApiStatus } from './errors.ts';
import { type Folder, FolderTree } from './folder-tree.ts';
import {
  ignoredFileReason,
  isShortcut,
  type SupportedFormats,
  toSourceFields,
  displayName,
} from './source-file.ts';
import { type DriveScope, driveSourceId } from './source-id.ts';

const sharedWithMe = 'Shared with me';

/**
 * One look at the part of Drive that a source is: which drives and folders there are, and what each
 * file is as an entry of the source. Made anew for each listing, so that nothing in it grows old.
 */
export class DriveSnapshot {
  readonly api: DriveApi;
  readonly scope: DriveScope;
  readonly tree: FolderTree;
  readonly acl: AclResolver;
  readonly shortcuts = new ShortcutIndex();
  readonly signal: AbortSignal | undefined;
  /** The shared drives that belong to the scope as a whole, by id. */
  readonly drives = new Map<string, SharedDrive>();
  /** Of a chosen folder that lies in a shared drive. */
  folderDriveId: string | undefined;
  /** Whether that drive is one these credentials are a member of. */
  isFolderDriveMember = false;
  readonly #formats: SupportedFormats;

  private constructor(
    api: DriveApi,
    scope: DriveScope,
    options: { formats: SupportedFormats; account: string; signal?: AbortSignal },
  ) {
    this.api = api;
    this.scope = scope;
    this.signal = options.signal;
    this.#formats = options.formats;
    this.tree = new FolderTree(api);
    this.acl = new AclResolver(api, this.tree, options.account);
  }

  /** Throws `source_error` where the chosen folder or drive is not there. */
  static async open(
    api: DriveApi,
    scope: DriveScope,
    formats: SupportedFormats,
    signal?: AbortSignal,
  ): Promise<DriveSnapshot> {
    const account = await api.account(signal);
    const snapshot = new DriveSnapshot(api, scope, { formats, account, signal });
    try {
      await snapshot.#loadRoots();
    } catch (error) {
      if ((error as DeedboxError).code === 'not_found') throw missingError(scope, error);
      throw error;
    }
    return snapshot;
  }

  async #loadRoots(): Promise<void> {
    const { api, scope, signal } = this;
    if (scope.kind === 'folder') return this.#loadRootFolder(scope.folderId);
    if (scope.kind === 'all') for (const drive of await api.drives(signal)) this.addDrive(drive);
    if (scope.kind === 'shared') this.addDrive(await api.drive(scope.driveId, signal));
    else this.tree.putRoot({ id: (await api.file('root', { signal })).id, name: 'My Drive' });
  }

  async #loadRootFolder(folderId: string): Promise<void> {
    const folder = await this.api.file(folderId, { signal: this.signal });
    if (folder.mimeType !== folderType) throw notAFolderError(folder.name);
    if (folder.trashed) throw missingError(this.scope);
    this.folderDriveId = folder.driveId;
    if (folder.driveId !== undefined) {
      await this.tree.loadAncestors(folder.driveId, folder.driveId, this.signal);
      this.isFolderDriveMember = this.tree.get(folder.driveId) !== undefined;
    }
    this.tree.put(folder);
  }

  addDrive(drive: SharedDrive): void {
    this.drives.set(drive.id, drive);
    this.tree.putRoot(drive, drive.id);
  }

  /** The folders of the scope, as far as the tree has them. */
  folders(): Folder[] {
    return this.tree.folders().filter((folder) => this.contains(folder));
  }

  /** Whether a folder belongs to the scope. */
  contains({ id, driveId }: Folder): boolean {
    const { scope } = this;
    if (scope.kind === 'my') return driveId === undefined;
    if (scope.kind === 'shared') return driveId === scope.driveId;
    return scope.kind === 'all' || this.tree.ancestors(id).some((one) => one.id === scope.folderId);
  }

  /** Where to look for what lies in a folder. */
  corpusOf(driveId: string | undefined): Corpus {
    if (driveId === undefined) return 'user';
    const isMember =
      driveId === this.folderDriveId ? this.isFolderDriveMember : this.drives.has(driveId);
    return isMember ? { driveId } : 'all drives';
  }

  /**
   * The folder that a file is shown in; undefined where it is in the trash or outside of the scope.
   */
  async folderPath(file: DriveFile): Promise<string | undefined> {
    const { scope, tree } = this;
    if (file.trashed) return undefined;
    if (scope.kind === 'shared' && file.driveId !== scope.driveId) return undefined;
    if (scope.kind === 'my' && file.driveId !== undefined) return undefined;
    const parent = file.parents?.[0];
    if (parent !== undefined) await tree.loadAncestors(parent, file.driveId, this.signal);
    const ancestors = tree.ancestors(parent);
    const names = ancestors.map(({ name }) => displayName(name)).reverse();
    if (scope.kind === 'folder') {
      const index = ancestors.findIndex(({ id }) => id === scope.folderId);
      return index < 0 ? undefined : names.slice(names.length - index).join('/');
    }
    const root = ancestors.at(-1);
    return (root?.isRoot ? names : [sharedWithMe, ...names]).join('/');
  }

  /**
   * Whether a listing would have the file. Drive lists what is one's own, what was shared with one, on
   * the file or above it, and what lies in one's shared drives; not what everybody may open.
   * @param whenUnknown the answer where Drive does not say how this account came to see it
   */
  async isVisible(file: DriveFile, whenUnknown = false): Promise<boolean> {
    if ((await this.folderPath(file)) === undefined) return false;
    if (this.scope.kind === 'folder' || this.drives.has(file.driveId ?? '')) return true;
    const { ownedByMe, sharedWithMeTime, inheritedPermissionsDisabled } = file;
    if (ownedByMe || sharedWithMeTime !== undefined) return true;
    if (inheritedPermissionsDisabled) return false;
    for (const { isRoot, isOwnOrShared, isLimitedAccess } of this.tree.ancestors(
      file.parents?.[0],
    )) {
      if (isRoot || isOwnOrShared) return true;
      if (isLimitedAccess) return false;
    }
    return whenUnknown;
  }

  /** What a file is now as a file of this source; undefined for a folder. */
  async entry(file: DriveFile): Promise<SourceChange | undefined> {
    if (file.mimeType === folderType) return undefined;
    const folder = await this.folderPath(file);
    if (folder === undefined) return { kind: 'gone', fileId: file.id };
    if (isShortcut(file)) return this.#shortcutEntry(file, folder);
    return this.#fileEntry(file, folder, file);
  }

  async #fileEntry(file: DriveFile, folder: string, identity: DriveFile): Promise<SourceEntry> {
    const fileName = displayName(file.name);
    const reason = ignoredFileReason(file, this.#formats);
    if (reason !== undefined)
      return { kind: 'ignored', fileId: identity.id, fileName, folder, reason };
    const aclEntries = await this.acl.entriesFor(file, this.signal);
    const location = { fileId: identity.id, source: driveSourceId(this.scope), folder };
    return { kind: 'file', file: { ...toSourceFields(file), ...location, aclEntries } };
  }

  /**
   * A shortcut is followed where nothing else leads to its target: then the target's text stands
   * under the shortcut's own id, which is what Drive names when the shortcut is taken away.
   */
  async #shortcutEntry(shortcut: DriveFile, folder: string): Promise<SourceEntry> {
    const fileName = displayName(shortcut.name);
    const ignoredEntry = (reason: string): SourceEntry => {
      return { kind: 'ignored', fileId: shortcut.id, fileName, folder, reason };
    };
    const target = await this.shortcuts.resolveTarget(this, shortcut);
    if (typeof target === 'string') return ignoredEntry(target);
    return this.#fileEntry(target, folder, shortcut);
  }
}

function missingError(scope: DriveScope, cause?: unknown): DeedboxError {
  const what = scope.kind === 'shared' ? 'shared drive' : 'folder';
  return new DeedboxError(
    'source_error',
    `The ${what} ${driveSourceId(scope)} is not there, or these credentials may not see it.`,
    {
      retryable: !hasApiStatus(cause ?? {}, [404]),
      hint:
        `Share the ${what} with the account that \`deedbox drive check\` names, or take it out of ` +
        'the trash. What was read before stays until `deedbox forget`.',
      cause,
    },
  );
}

function notAFolderError(name: string): DeedboxError {
  return new DeedboxError('source_error', `"${name}" is not a folder in Google Drive.`, {
    hint: 'Give the address of the folder it lies in.',
  });
}

/** The shortcuts of a source, so that each target is followed once, and only where it is not listed. */
export class ShortcutIndex {
  /** Ids of shortcuts by the id of what they lead to. */
  readonly #byTarget = new Map<string, Set<string>>();
  readonly #shortcuts = new Map<string, DriveFile>();
  /** What a complete listing has found; absent where there is none. */
  listedIds: ReadonlySet<string> | undefined;

  put(shortcut: DriveFile): void {
    this.remove(shortcut.id);
    const target = shortcut.shortcutDetails?.targetId;
    if (target === undefined) return;
    this.#shortcuts.set(shortcut.id, shortcut);
    const group = this.#byTarget.get(target) ?? new Set();
    this.#byTarget.set(target, group.add(shortcut.id));
  }

  remove(id: string): void {
    const target = this.#shortcuts.get(id)?.shortcutDetails?.targetId;
    if (target === undefined) return;
    this.#shortcuts.delete(id);
    this.#byTarget.get(target)?.delete(id);
  }

  all(): DriveFile[] {
    return [...this.#shortcuts.values()];
  }

  /** Why a shortcut is not followed, in words, or else what it leads to. */
  async resolveTarget(snapshot: DriveSnapshot, shortcut: DriveFile): Promise<string | DriveFile> {
    const details = shortcut.shortcutDetails;
    if (!details) return 'shortcut that leads nowhere';
    const { targetId, targetMimeType, targetResourceKey: resourceKey } = details;
    if (targetMimeType === folderType) return 'shortcut to a folder, which can be added by itself';
    if (this.listedIds?.has(targetId)) return 'shortcut to what is listed in its own place';
    let target: DriveFile;
    try {
      target = await snapshot.api.file(targetId, { resourceKey, signal: snapshot.signal });
    } catch (error) {
      if (!hasApiStatus(error, [403, 404])) throw error;
      return 'shortcut to what these credentials may not see';
    }
    if (target.trashed) return 'shortcut to what is in the trash';
    if (target.mimeType === folderType || isShortcut(target)) return 'shortcut to no file';
    if (!this.listedIds && (await snapshot.isVisible(target))) {
      return 'shortcut to what is listed in its own place';
    }
    const first = [...(this.#byTarget.get(targetId) ?? [])].sort()[0];
    if (first !== undefined && first !== shortcut.id) return 'another shortcut leads to the same';
    return target;
  }
}
