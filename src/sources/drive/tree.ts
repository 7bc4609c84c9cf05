import type { DriveApi } from './api.ts';
import { isRefusedFor } from './errors.ts';
import type { DriveFile, Permission, SharedDrive } from './file.ts';

/** A folder of Drive, or the top of a shared drive or of My Drive. */
export interface Folder {
  id: string;
  name: string;
  parent?: string;
  driveId?: string;
  isTop: boolean;
  version: number;
  /** Shared with someone directly (known in shared drives alone). */
  augmented: boolean;
  /** What is shared above it does not reach it. */
  limited: boolean;
  /** Whether this account may see what is in it; of a folder of limited access it may know the name alone. */
  open: boolean;
  /** Owned by this account or shared with it directly. */
  mine: boolean;
  permissions?: Permission[];
}

/** Deeper than Drive allows; it ends a circle. */
const deepest = 200;

/** The folders that are known, and how they lie in each other. */
export class FolderTree {
  readonly #api: DriveApi;
  /** Null where a folder is there but not shown to this account. */
  readonly #folders = new Map<string, Folder | null>();
  readonly #asked = new Map<string, Promise<void>>();

  constructor(api: DriveApi) {
    this.#api = api;
  }

  get(id: string): Folder | undefined {
    return this.#folders.get(id) ?? undefined;
  }

  /** All folders below a top. */
  folders(): Folder[] {
    return [...this.#folders.values()].flatMap((folder) =>
      folder === null || folder.isTop ? [] : [folder],
    );
  }

  putTop(top: SharedDrive, driveId?: string): void {
    const flags = { augmented: false, limited: false, version: 0, open: true };
    this.#folders.set(top.id, {
      id: top.id,
      name: top.name,
      driveId,
      isTop: true,
      mine: true,
      ...flags,
    });
  }

  /** Keeps the newer state. */
  put(file: DriveFile): void {
    const known = this.get(file.id);
    const version = file.version ?? 0;
    if (known && (known.isTop || known.version > version)) return;
    this.#folders.set(file.id, {
      id: file.id,
      name: file.name,
      parent: file.parents?.[0],
      driveId: file.driveId,
      isTop: false,
      version,
      augmented: file.hasAugmentedPermissions ?? false,
      limited: file.inheritedPermissionsDisabled ?? false,
      open: file.capabilities?.canListChildren ?? true,
      mine: (file.ownedByMe ?? false) || file.sharedWithMeTime !== undefined,
      permissions: file.permissions,
    });
  }

  /** It is gone, in the trash, or no longer shown to this account. */
  remove(id: string): void {
    this.#folders.delete(id);
  }

  /** Asks Drive for the folder and those above it, as far as they are not known and it shows them. */
  async reach(id: string, driveId: string | undefined, signal?: AbortSignal): Promise<void> {
    let next: string | undefined = id;
    for (let depth = 0; next !== undefined && depth < deepest; depth++) {
      if (!this.#folders.has(next)) await this.#askOnce(next, driveId, signal);
      next = this.get(next)?.parent;
    }
  }

  #askOnce(id: string, driveId: string | undefined, signal?: AbortSignal): Promise<void> {
    let asked = this.#asked.get(id);
    if (!asked) {
      asked = this.#ask(id, driveId, signal).finally(() => this.#asked.delete(id));
      this.#asked.set(id, asked);
    }
    return asked;
  }

  async #ask(id: string, driveId: string | undefined, signal?: AbortSignal): Promise<void> {
    try {
      if (id === driveId) this.putTop(await this.#api.drive(id, signal), id);
      else this.put(await this.#api.file(id, { signal }));
    } catch (error) {
      if (!isRefusedFor(error, [403, 404])) throw error;
      this.#folders.set(id, null);
    }
  }

  /** The folder and those above it, nearest first, as far as they are known. */
  above(id: string | undefined): Folder[] {
    const found: Folder[] = [];
    for (let next = id; next !== undefined && found.length < deepest;) {
      const folder: Folder | undefined = this.get(next);
      if (!folder) break;
      found.push(folder);
      next = folder.parent;
    }
    return found;
  }
}
