import type { DriveApi } from './api.ts';
import { hasApiStatus } from './errors.ts';
import type { DriveFile, Permission, SharedDrive } from './api-schemas.ts';

/** A folder of Drive, or the top of a shared drive or of My Drive. */
export interface Folder {
  id: string;
  name: string;
  parent?: string;
  driveId?: string;
  isRoot: boolean;
  version: number;
  /** Shared with someone directly (known in shared drives alone). */
  hasOwnPermissions: boolean;
  /** What is shared above it does not reach it. */
  isLimitedAccess: boolean;
  /** Whether this account may see what is in it; of a folder of limited access it may know the name alone. */
  canListChildren: boolean;
  /** Owned by this account or shared with it directly. */
  isOwnOrShared: boolean;
  permissions?: Permission[];
}

/** Deeper than Drive allows; it ends a circle. */
const maxDepth = 200;

/** The folders that are known, and how they lie in each other. */
export class FolderTree {
  readonly #api: DriveApi;
  /** Null where a folder is there but not shown to this account. */
  readonly #folders = new Map<string, Folder | null>();
  readonly #pending = new Map<string, Promise<void>>();

  constructor(api: DriveApi) {
    this.#api = api;
  }

  get(id: string): Folder | undefined {
    return this.#folders.get(id) ?? undefined;
  }

  /** All folders below a top. */
  folders(): Folder[] {
    return [...this.#folders.values()].flatMap((folder) =>
      folder === null || folder.isRoot ? [] : [folder],
    );
  }

  putRoot(root: SharedDrive, driveId?: string): void {
    const defaults = {
      hasOwnPermissions: false,
      isLimitedAccess: false,
      version: 0,
      canListChildren: true,
    };
    this.#folders.set(root.id, {
      id: root.id,
      name: root.name,
      driveId,
      isRoot: true,
      isOwnOrShared: true,
      ...defaults,
    });
  }

  /** Keeps the newer state. */
  put(file: DriveFile): void {
    const known = this.get(file.id);
    const version = file.version ?? 0;
    if (known && (known.isRoot || known.version > version)) return;
    this.#folders.set(file.id, {
      id: file.id,
      name: file.name,
      parent: file.parents?.[0],
      driveId: file.driveId,
      isRoot: false,
      version,
      hasOwnPermissions: file.hasAugmentedPermissions ?? false,
      isLimitedAccess: file.inheritedPermissionsDisabled ?? false,
      canListChildren: file.capabilities?.canListChildren ?? true,
      isOwnOrShared: (file.ownedByMe ?? false) || file.sharedWithMeTime !== undefined,
      permissions: file.permissions,
    });
  }

  /** It is gone, in the trash, or no longer shown to this account. */
  remove(id: string): void {
    this.#folders.delete(id);
  }

  /** Asks Drive for the folder and those above it, as far as they are not known and it shows them. */
  async loadAncestors(
    id: string,
    driveId: string | undefined,
    signal?: AbortSignal,
  ): Promise<void> {
    let next: string | undefined = id;
    for (let depth = 0; next !== undefined && depth < maxDepth; depth++) {
      if (!this.#folders.has(next)) await this.#loadOnce(next, driveId, signal);
      next = this.get(next)?.parent;
    }
  }

  #loadOnce(id: string, driveId: string | undefined, signal?: AbortSignal): Promise<void> {
    let pending = this.#pending.get(id);
    if (!pending) {
      pending = this.#load(id, driveId, signal).finally(() => this.#pending.delete(id));
      this.#pending.set(id, pending);
    }
    return pending;
  }

  async #load(id: string, driveId: string | undefined, signal?: AbortSignal): Promise<void> {
    try {
      if (id === driveId) this.putRoot(await this.#api.drive(id, signal), id);
      else this.put(await this.#api.file(id, { signal }));
    } catch (error) {
      if (!hasApiStatus(error, [403, 404])) throw error;
      this.#folders.set(id, null);
    }
  }

  /** The folder and those above it, nearest first, as far as they are known. */
  ancestors(id: string | undefined): Folder[] {
    const found: Folder[] = [];
    for (let next = id; next !== undefined && found.length < maxDepth;) {
      const folder: Folder | undefined = this.get(next);
      if (!folder) break;
      found.push(folder);
      next = folder.parent;
    }
    return found;
  }
}
