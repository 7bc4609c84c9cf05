import type { DriveApi } from './api.ts';
import type { DriveFile, Permission, SharedDrive } from './api-schemas.ts';
import { hasApiStatus } from './errors.ts';
import { PersistentMap } from './persistent-map.ts';

/** A folder of Drive, or the root of a shared drive or of My Drive. */
export interface Folder {
  readonly id: string;
  readonly name: string;
  readonly parent?: string;
  readonly driveId?: string;
  readonly isRoot: boolean;
  /** Grows with every change of the folder itself. */
  readonly version: number;
  /** Shared with someone directly (known in shared drives alone). */
  readonly hasOwnPermissions: boolean;
  /** Permissions of the folders above it do not apply to it. */
  readonly isLimitedAccess: boolean;
  /** Whether this account may list it; of a folder of limited access it may know the name alone. */
  readonly canListChildren: boolean;
  /** Owned by this account or shared with it directly. */
  readonly isOwnOrShared: boolean;
  readonly permissions?: readonly Permission[];
}

export function folderOf(file: DriveFile): Folder {
  return {
    id: file.id,
    name: file.name,
    parent: file.parents?.[0],
    driveId: file.driveId,
    isRoot: false,
    version: file.version ?? 0,
    hasOwnPermissions: file.hasAugmentedPermissions ?? false,
    isLimitedAccess: file.inheritedPermissionsDisabled ?? false,
    canListChildren: file.capabilities?.canListChildren ?? true,
    isOwnOrShared: (file.ownedByMe ?? false) || file.sharedWithMeTime !== undefined,
    permissions: file.permissions,
  };
}

/** @param driveId absent for My Drive */
export function rootFolder({ id, name }: SharedDrive, driveId?: string): Folder {
  return {
    id,
    name,
    driveId,
    isRoot: true,
    version: 0,
    hasOwnPermissions: false,
    isLimitedAccess: false,
    canListChildren: true,
    isOwnOrShared: true,
  };
}

/** Deeper than Drive allows; ends a cycle. */
const maxDepth = 200;

/** The known folders, as an immutable value. */
export class FolderTree {
  /** Null for a folder that exists but is not visible to this account. */
  readonly #folders: PersistentMap<string, Folder | null>;

  private constructor(folders: PersistentMap<string, Folder | null>) {
    this.#folders = folders;
  }

  static empty(): FolderTree {
    return new FolderTree(PersistentMap.of());
  }

  get(id: string): Folder | undefined {
    return this.#folders.get(id) ?? undefined;
  }

  /** Whether the folder is in the tree, or is known to be hidden. */
  isKnown(id: string): boolean {
    return this.#folders.has(id);
  }

  /** All folders but the roots. */
  folders(): Folder[] {
    return [...this.#folders.entries()].flatMap(([, folder]) =>
      folder === null || folder.isRoot ? [] : [folder],
    );
  }

  /** The folder and those above it, nearest first, as far as they are known. */
  ancestors(id: string | undefined): Folder[] {
    const found: Folder[] = [];
    for (let next = id; next !== undefined && found.length < maxDepth;) {
      const folder = this.get(next);
      if (!folder) break;
      found.push(folder);
      next = folder.parent;
    }
    return found;
  }

  /** With these folders, where they are not older than the known ones. */
  with(folders: readonly Folder[]): FolderTree {
    const newer = new Map<string, Folder>();
    for (const folder of folders) {
      const known = newer.get(folder.id) ?? this.get(folder.id);
      if (folder.isRoot || !known || !(known.isRoot || known.version > folder.version)) {
        newer.set(folder.id, folder);
      }
    }
    return newer.size === 0 ? this : new FolderTree(this.#folders.with(newer));
  }

  /** Records that these folders are not visible. */
  withHidden(ids: readonly string[]): FolderTree {
    return new FolderTree(this.#folders.with(ids.map((id) => [id, null] as const)));
  }

  /** Without folders that are deleted, in the trash, outside of the scope or no longer visible. */
  without(ids: readonly string[]): FolderTree {
    return ids.length === 0 ? this : new FolderTree(this.#folders.without(ids));
  }
}

/** What has a place in the tree. */
interface Located {
  parent: string | undefined;
  driveId: string | undefined;
}

/** Loads the folders above some items that are not in the tree yet, as far as they are visible. */
export async function loadAncestors(
  api: DriveApi,
  tree: FolderTree,
  items: readonly Located[],
  signal?: AbortSignal,
): Promise<FolderTree> {
  let loaded = tree;
  let missing = missingAncestors(loaded, items);
  for (let depth = 0; missing.size > 0 && depth < maxDepth; depth++) {
    const found = await Promise.all(
      [...missing].map(async ([id, driveId]) => ({
        id,
        folder: await loadFolder(api, id, driveId, signal),
      })),
    );
    loaded = loaded
      .with(found.flatMap(({ folder }) => folder ?? []))
      .withHidden(found.flatMap(({ id, folder }) => (folder ? [] : [id])));
    missing = missingAncestors(loaded, items);
  }
  return loaded;
}

/** The nearest unknown folder above each item, by id, with the drive of the item. */
function missingAncestors(
  tree: FolderTree,
  items: readonly Located[],
): Map<string, string | undefined> {
  const missing = new Map<string, string | undefined>();
  for (const { parent, driveId } of items) {
    const top = tree.ancestors(parent).at(-1);
    const next = top ? top.parent : parent;
    if (next !== undefined && !tree.isKnown(next)) missing.set(next, driveId);
  }
  return missing;
}

async function loadFolder(
  api: DriveApi,
  id: string,
  driveId: string | undefined,
  signal?: AbortSignal,
): Promise<Folder | undefined> {
  try {
    if (id === driveId) return rootFolder(await api.drive(id, signal), id);
    return folderOf(await api.file(id, { signal }));
  } catch (error) {
    if (hasApiStatus(error, [403, 404])) return undefined;
    throw error;
  }
}
