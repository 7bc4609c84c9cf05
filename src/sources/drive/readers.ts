import type { ListedReader, Reader } from '../../documents.ts';
import type { DriveApi } from './api.ts';
import type { DriveFile, Permission } from './file.ts';
import type { FolderTree } from './tree.ts';

/** What of a file or folder decides who may read it. */
interface Shared {
  id: string;
  driveId?: string;
  parent?: string;
  augmented: boolean;
  limited: boolean;
  permissions?: Permission[];
}

/**
 * Who may read a file. Drive tells it of each file in My Drive to those who may share that file. In a
 * shared drive it tells it on request, so that only the drive itself, and what has permissions of its
 * own, is asked about; everything else inherits.
 */
export class Readers {
  readonly #api: DriveApi;
  readonly #tree: FolderTree;
  /** Who certainly reads what Drive shows without saying who else does. */
  readonly #atLeast: ListedReader[];
  readonly #ofFolders = new Map<string, Promise<ListedReader[] | undefined>>();

  /** @param account the account that asks, lower case */
  constructor(api: DriveApi, tree: FolderTree, account: string) {
    this.#api = api;
    this.#tree = tree;
    this.#atLeast = ['unknown', `user:${account}`];
  }

  /** In order, each once; where Drive does not tell, the account that asks alone, beside `unknown`. */
  async of(file: DriveFile, signal?: AbortSignal): Promise<ListedReader[]> {
    const known = await this.#resolve(
      {
        id: file.id,
        driveId: file.driveId,
        parent: file.parents?.[0],
        augmented: file.hasAugmentedPermissions ?? false,
        limited: file.inheritedPermissionsDisabled ?? false,
        permissions: file.permissions,
      },
      signal,
    );
    return known ?? this.#atLeast;
  }

  /** The members of a shared drive; undefined where this account may not know them. */
  members(driveId: string, signal?: AbortSignal): Promise<ListedReader[] | undefined> {
    return this.#ofFolder(driveId, signal);
  }

  /** Forgets what was found of a folder, and of those in it, since its sharing has changed. */
  forget(): void {
    this.#ofFolders.clear();
  }

  #ofFolder(id: string, signal?: AbortSignal): Promise<ListedReader[] | undefined> {
    let found = this.#ofFolders.get(id);
    if (!found) {
      found = this.#askFolder(id, signal);
      this.#ofFolders.set(id, found);
      found.catch(() => this.#ofFolders.delete(id));
    }
    return found;
  }

  async #askFolder(id: string, signal?: AbortSignal): Promise<ListedReader[] | undefined> {
    const folder = this.#tree.get(id);
    if (!folder) return undefined;
    if (!folder.isTop) return this.#resolve(folder, signal);
    const members = await this.#api.permissions(id, signal);
    return members && readersIn(members, false);
  }

  /** Undefined where nothing is known. */
  async #resolve(shared: Shared, signal?: AbortSignal): Promise<ListedReader[] | undefined> {
    const { id, driveId, parent, augmented, limited } = shared;
    if (driveId === undefined) return shared.permissions && readersIn(shared.permissions, limited);
    const inherited =
      limited || parent === undefined ? undefined : await this.#ofFolder(parent, signal);
    if (inherited && !augmented) return inherited;
    const listed = await this.#api.permissions(id, signal);
    if (!listed) return inherited && inOrder([...inherited, 'unknown']);
    return inOrder([...(inherited ?? []), ...readersIn(listed, limited)]);
  }
}

/** Whom permissions let find and read something now, and until when where that is said. */
export function readersIn(permissions: readonly Permission[], limited: boolean): ListedReader[] {
  const now = Date.now();
  const valid = permissions.filter(
    ({ deleted, expirationTime, view }) =>
      !deleted &&
      // a view shows less than the file: its published form, or a folder's name
      view === undefined &&
      !(expirationTime !== undefined && Date.parse(expirationTime) <= now),
  );
  const effective = limited ? valid.filter(reachesLimited) : valid;
  return inOrder(effective.flatMap(asListed));
}

function asListed(permission: Permission): ListedReader[] {
  const { expirationTime } = permission;
  if (expirationTime === undefined) return readerOf(permission);
  const end = new Date(expirationTime).toISOString();
  return readerOf(permission).map((reader): ListedReader => `${reader} until ${end}`);
}

/** Into what has limited access only owners, organizers and those it is shared with directly get. */
function reachesLimited({ role, permissionDetails }: Permission): boolean {
  if (role === 'owner' || role === 'organizer') return true;
  if (permissionDetails === undefined || permissionDetails.length === 0) return true;
  return permissionDetails.some(({ inherited }) => !inherited);
}

/** What needs a link to be opened is found by nobody, so it counts as nothing. */
function readerOf(permission: Permission): Reader[] {
  const { type, allowFileDiscovery } = permission;
  const address = permission.emailAddress?.toLowerCase();
  const domain = permission.domain?.toLowerCase();
  if (type === 'user' && address) return [`user:${address}`];
  if (type === 'group' && address) return [`group:${address}`];
  if (type === 'domain' && domain && allowFileDiscovery) return [`domain:${domain}`];
  if (type === 'anyone' && allowFileDiscovery) return ['anyone'];
  return [];
}

/** Each once: for good where one entry says so, else until the last of the ends. */
function inOrder(readers: ListedReader[]): ListedReader[] {
  const each = new Map<string, ListedReader>();
  for (const reader of [...readers].sort()) {
    const [who = ''] = reader.split(' until ', 1);
    // what holds for good comes first in the order, and of two ends the later comes last
    if (each.get(who) !== who) each.set(who, reader);
  }
  return [...each.values()];
}
