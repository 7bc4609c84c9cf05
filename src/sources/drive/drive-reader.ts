import { DeedboxError } from '../../errors/errors.ts';
import type { ListedAclEntry } from '../../domain/documents.ts';
import type { SourceChange, SourceEntry } from '../source.ts';
import { AclResolver } from './acl.ts';
import type { DriveApi } from './api.ts';
import { type DriveFile, folderType, type SharedDrive } from './api-schemas.ts';
import { type DriveSnapshot, folderPath, isVisible, mayBeInScope } from './drive-snapshot.ts';
import { hasApiStatus } from './errors.ts';
import { folderOf, FolderTree, loadAncestors, rootFolder } from './folder-tree.ts';
import {
  ignoredTargetReason,
  ShortcutIndex,
  type ShortcutTarget,
  unfollowedReason,
} from './shortcut-index.ts';
import {
  toPathSegment,
  ignoredFileReason,
  isShortcut,
  type SupportedFormats,
  toSourceFields,
} from './source-file.ts';
import { type DriveScope, driveSourceId } from './source-id.ts';

/** What some files are as files of the source. */
export interface DescribedFiles {
  /** In the order of the files; undefined for a folder. */
  changes: (SourceChange | undefined)[];
  /** With the folders above the files. */
  snapshot: DriveSnapshot;
}

/**
 * Sends the requests of one listing, or of one run over the change logs. Its only state are cached
 * answers, so a new one is made for each run.
 */
export class DriveReader {
  readonly api: DriveApi;
  /** The address of the account that signs in, lower case. */
  readonly account: string;
  readonly signal: AbortSignal | undefined;
  readonly #formats: SupportedFormats;
  readonly #acl: AclResolver;

  private constructor(
    api: DriveApi,
    options: { account: string; formats: SupportedFormats; signal?: AbortSignal },
  ) {
    this.api = api;
    this.account = options.account;
    this.signal = options.signal;
    this.#formats = options.formats;
    this.#acl = new AclResolver(api, options.account);
  }

  static async open(
    api: DriveApi,
    formats: SupportedFormats,
    signal?: AbortSignal,
  ): Promise<DriveReader> {
    return new DriveReader(api, { account: await api.account(signal), formats, signal });
  }

  /**
   * The roots of a scope.
   * @throws DeedboxError `source_error` where the chosen folder or drive does not exist
   */
  async openSnapshot(scope: DriveScope): Promise<DriveSnapshot> {
    try {
      return await this.#loadRoots(scope);
    } catch (error) {
      if ((error as DeedboxError).code === 'not_found') throw missingError(scope, error);
      throw error;
    }
  }

  async #loadRoots(scope: DriveScope): Promise<DriveSnapshot> {
    const { api, signal } = this;
    if (scope.kind === 'folder') return this.#loadRootFolder(scope, scope.folderId);
    const drives: SharedDrive[] =
      scope.kind === 'all'
        ? await api.drives(signal)
        : scope.kind === 'shared'
          ? [await api.drive(scope.driveId, signal)]
          : [];
    const roots = drives.map((drive) => rootFolder(drive, drive.id));
    if (scope.kind !== 'shared') {
      roots.push(rootFolder({ id: (await api.file('root', { signal })).id, name: 'My Drive' }));
    }
    return {
      scope,
      drives: new Map(drives.map((drive) => [drive.id, drive])),
      isFolderDriveMember: false,
      tree: FolderTree.empty().with(roots),
      shortcuts: ShortcutIndex.empty(),
    };
  }

  async #loadRootFolder(scope: DriveScope, folderId: string): Promise<DriveSnapshot> {
    const { api, signal } = this;
    const folder = await api.file(folderId, { signal });
    if (folder.mimeType !== folderType) throw notAFolderError(folder.name);
    if (folder.trashed) throw missingError(scope);
    const { driveId } = folder;
    const items = driveId === undefined ? [] : [{ parent: driveId, driveId }];
    const tree = await loadAncestors(api, FolderTree.empty(), items, signal);
    return {
      scope,
      drives: new Map(),
      folderDriveId: driveId,
      isFolderDriveMember: driveId !== undefined && tree.get(driveId) !== undefined,
      tree: tree.with([folderOf(folder)]),
      shortcuts: ShortcutIndex.empty(),
    };
  }

  /** With all folders above some files, where the files may be in the scope. */
  async loadAncestors(
    snapshot: DriveSnapshot,
    files: readonly DriveFile[],
  ): Promise<DriveSnapshot> {
    const items = files
      .filter((file) => mayBeInScope(snapshot, file))
      .map(({ parents, driveId }) => ({ parent: parents?.[0], driveId }));
    const tree = await loadAncestors(this.api, snapshot.tree, items, this.signal);
    return { ...snapshot, tree };
  }

  /** The members of a shared drive; undefined where this account may not know them. */
  members(snapshot: DriveSnapshot, driveId: string): Promise<ListedAclEntry[] | undefined> {
    return this.#acl.members(snapshot.tree, driveId, this.signal);
  }

  /** @param listedIds the ids of all listed files, where a listing is complete */
  async describe(
    snapshot: DriveSnapshot,
    files: readonly DriveFile[],
    listedIds?: ReadonlySet<string>,
  ): Promise<DescribedFiles> {
    const located = await this.loadAncestors(snapshot, files);
    const targets = await this.#loadTargets(located, files, listedIds);
    const found = [...targets.values()].filter((target) => typeof target === 'object');
    const complete = await this.loadAncestors(located, found);
    const changes = await Promise.all(
      files.map((file) => this.#describeFile(complete, file, targets.get(file.id), listedIds)),
    );
    return { changes, snapshot: complete };
  }

  async #loadTargets(
    snapshot: DriveSnapshot,
    files: readonly DriveFile[],
    listedIds: ReadonlySet<string> | undefined,
  ): Promise<Map<string, ShortcutTarget>> {
    const shortcuts = files.filter(
      (file) =>
        isShortcut(file) &&
        folderPath(snapshot, file) !== undefined &&
        unfollowedReason(file, listedIds) === undefined,
    );
    return new Map(
      await Promise.all(
        shortcuts.map(async (shortcut) => [shortcut.id, await this.#loadTarget(shortcut)] as const),
      ),
    );
  }

  async #loadTarget({ shortcutDetails }: DriveFile): Promise<ShortcutTarget> {
    if (!shortcutDetails) return undefined;
    const { targetId, targetResourceKey: resourceKey } = shortcutDetails;
    try {
      return await this.api.file(targetId, { resourceKey, signal: this.signal });
    } catch (error) {
      if (hasApiStatus(error, [403, 404])) return 'hidden';
      throw error;
    }
  }

  async #describeFile(
    snapshot: DriveSnapshot,
    file: DriveFile,
    target: ShortcutTarget,
    listedIds: ReadonlySet<string> | undefined,
  ): Promise<SourceChange | undefined> {
    if (file.mimeType === folderType) return undefined;
    const folder = folderPath(snapshot, file);
    if (folder === undefined) return { kind: 'removed', fileId: file.id };
    if (!isShortcut(file)) return this.#entry(snapshot, file, folder, file);
    const reason =
      unfollowedReason(file, listedIds) ??
      (target &&
        ignoredTargetReason(file, target, {
          shortcuts: snapshot.shortcuts,
          isTargetListed: !listedIds && target !== 'hidden' && isVisible(snapshot, target),
        }));
    // The text of the target gets the id of the shortcut, which Drive names when the shortcut is deleted.
    if (reason === undefined && typeof target === 'object') {
      return this.#entry(snapshot, target, folder, file);
    }
    const fileName = toPathSegment(file.name);
    return { kind: 'ignored', fileId: file.id, fileName, folder, reason: reason ?? '' };
  }

  /** @param identity the file itself, or the shortcut that leads to it */
  async #entry(
    snapshot: DriveSnapshot,
    file: DriveFile,
    folder: string,
    identity: DriveFile,
  ): Promise<SourceEntry> {
    const fileName = toPathSegment(file.name);
    const reason = ignoredFileReason(file, this.#formats);
    if (reason !== undefined) {
      return { kind: 'ignored', fileId: identity.id, fileName, folder, reason };
    }
    const aclEntries = await this.#acl.entriesFor(snapshot.tree, file, this.signal);
    const location = { fileId: identity.id, source: driveSourceId(snapshot.scope), folder };
    return { kind: 'file', file: { ...toSourceFields(file), ...location, aclEntries } };
  }
}

function missingError(scope: DriveScope, cause?: unknown): DeedboxError {
  const what = scope.kind === 'shared' ? 'shared drive' : 'folder';
  return new DeedboxError(
    'source_error',
    `The ${what} ${driveSourceId(scope)} does not exist, or these credentials may not see it.`,
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
