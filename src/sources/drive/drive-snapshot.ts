import type { Corpus } from './api.ts';
import { type DriveFile, folderType, type SharedDrive } from './api-schemas.ts';
import { type Folder, folderOf, type FolderTree } from './folder-tree.ts';
import type { ShortcutIndex } from './shortcut-index.ts';
import { toPathSegment, isShortcut } from './source-file.ts';
import type { DriveScope } from './source-id.ts';

const sharedWithMe = 'Shared with me';

/**
 * What is known of the part of Drive that a source is: drives, folders and shortcuts. An immutable
 * value; the functions below only look at it, or return a new one.
 */
export interface DriveSnapshot {
  readonly scope: DriveScope;
  /** The shared drives that belong to the scope as a whole, by id. */
  readonly drives: ReadonlyMap<string, SharedDrive>;
  /** The shared drive of a chosen folder. */
  readonly folderDriveId?: string;
  /** Whether this account is a member of that drive. */
  readonly isFolderDriveMember: boolean;
  readonly tree: FolderTree;
  readonly shortcuts: ShortcutIndex;
}

/** With the folders among some files. */
export function withFolders(snapshot: DriveSnapshot, files: readonly DriveFile[]): DriveSnapshot {
  const folders = files.filter(({ mimeType, trashed }) => mimeType === folderType && !trashed);
  return { ...snapshot, tree: snapshot.tree.with(folders.map(folderOf)) };
}

/** With the folders and shortcuts among some files. */
export function withFoldersAndShortcuts(
  snapshot: DriveSnapshot,
  files: readonly DriveFile[],
): DriveSnapshot {
  const shortcuts = snapshot.shortcuts.with(files.filter(isShortcut));
  return { ...withFolders(snapshot, files), shortcuts };
}

/** The known folders of the scope. */
export function foldersOf(snapshot: DriveSnapshot): Folder[] {
  return snapshot.tree.folders().filter((folder) => isInScope(snapshot, folder));
}

export function isInScope({ scope, tree }: DriveSnapshot, { id, driveId }: Folder): boolean {
  if (scope.kind === 'my') return driveId === undefined;
  if (scope.kind === 'shared') return driveId === scope.driveId;
  return scope.kind === 'all' || tree.ancestors(id).some((folder) => folder.id === scope.folderId);
}

/** The change logs of the scope: the account's own, and those of some shared drives. */
export function logsOf(snapshot: DriveSnapshot): { user: boolean; drives: SharedDrive[] } {
  const { scope, folderDriveId, isFolderDriveMember, drives, tree } = snapshot;
  if (scope.kind !== 'folder') {
    return { user: scope.kind !== 'shared', drives: [...drives.values()] };
  }
  if (folderDriveId === undefined || !isFolderDriveMember) return { user: true, drives: [] };
  const name = tree.get(folderDriveId)?.name ?? '';
  return { user: false, drives: [{ id: folderDriveId, name }] };
}

/** Where to search for the children of a folder. */
export function corpusOf(snapshot: DriveSnapshot, driveId: string | undefined): Corpus {
  if (driveId === undefined) return 'user';
  const isMember =
    driveId === snapshot.folderDriveId
      ? snapshot.isFolderDriveMember
      : snapshot.drives.has(driveId);
  return isMember ? { driveId } : 'allDrives';
}

/** Whether a file may be in the scope, judged without the folders above it. */
export function mayBeInScope({ scope }: DriveSnapshot, { trashed, driveId }: DriveFile): boolean {
  if (trashed) return false;
  if (scope.kind === 'my') return driveId === undefined;
  return scope.kind !== 'shared' || driveId === scope.driveId;
}

/**
 * The folder that a file is shown in; undefined where it is in the trash or outside of the scope.
 * The snapshot must hold the folders above the file.
 */
export function folderPath(snapshot: DriveSnapshot, file: DriveFile): string | undefined {
  if (!mayBeInScope(snapshot, file)) return undefined;
  const { scope, tree } = snapshot;
  const ancestors = tree.ancestors(file.parents?.[0]);
  const names = ancestors.map(({ name }) => toPathSegment(name)).reverse();
  if (scope.kind === 'folder') {
    const index = ancestors.findIndex(({ id }) => id === scope.folderId);
    return index < 0 ? undefined : names.slice(names.length - index).join('/');
  }
  const root = ancestors.at(-1);
  return (root?.isRoot ? names : [sharedWithMe, ...names]).join('/');
}

/**
 * Whether a listing of the source contains the file. Drive lists what the account owns, what was
 * shared with it, on the file or a folder above, and what lies in its shared drives; not what everybody
 * may open. The snapshot must hold the folders above the file.
 * @param whenUnknown the result where Drive does not say how the account came to see the file
 */
export function isVisible(snapshot: DriveSnapshot, file: DriveFile, whenUnknown = false): boolean {
  if (folderPath(snapshot, file) === undefined) return false;
  if (snapshot.scope.kind === 'folder' || snapshot.drives.has(file.driveId ?? '')) return true;
  const { ownedByMe, sharedWithMeTime, inheritedPermissionsDisabled } = file;
  if (ownedByMe || sharedWithMeTime !== undefined) return true;
  if (inheritedPermissionsDisabled) return false;
  for (const folder of snapshot.tree.ancestors(file.parents?.[0])) {
    if (folder.isRoot || folder.isOwnOrShared) return true;
    if (folder.isLimitedAccess) return false;
  }
  return whenUnknown;
}
