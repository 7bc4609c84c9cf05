import type { ListedAclEntry, AclEntry } from '../../domain/documents.ts';
import type { DriveApi } from './api.ts';
import type { DriveFile, Permission } from './api-schemas.ts';
import type { FolderTree } from './folder-tree.ts';

/** What of a file or folder decides who may read it. */
interface SharedItem {
  id: string;
  driveId?: string;
  parent?: string;
  hasOwnPermissions: boolean;
  isLimitedAccess: boolean;
  permissions?: Permission[];
}

/**
 * Who may read a file. Drive tells it of each file in My Drive to those who may share that file. In a
 * shared drive it tells it on request, so that only the drive itself, and what has permissions of its
 * own, is asked about; everything else inherits.
 */
export class AclResolver {
  readonly #api: DriveApi;
  readonly #tree: FolderTree;
  /** Who certainly reads what Drive shows without saying who else does. */
  readonly #fallbackAcl: ListedAclEntry[];
  readonly #folderAcls = new Map<string, Promise<ListedAclEntry[] | undefined>>();

  /** @param account the account that asks, lower case */
  constructor(api: DriveApi, tree: FolderTree, account: string) {
    this.#api = api;
    this.#tree = tree;
    this.#fallbackAcl = ['unknown', `user:${account}`];
  }

  /** In order, each once; where Drive does not tell, the account that asks alone, beside `unknown`. */
  async entriesFor(file: DriveFile, signal?: AbortSignal): Promise<ListedAclEntry[]> {
    const entries = await this.#resolve(
      {
        id: file.id,
        driveId: file.driveId,
        parent: file.parents?.[0],
        hasOwnPermissions: file.hasAugmentedPermissions ?? false,
        isLimitedAccess: file.inheritedPermissionsDisabled ?? false,
        permissions: file.permissions,
      },
      signal,
    );
    return entries ?? this.#fallbackAcl;
  }

  /** The members of a shared drive; undefined where this account may not know them. */
  members(driveId: string, signal?: AbortSignal): Promise<ListedAclEntry[] | undefined> {
    return this.#folderAcl(driveId, signal);
  }

  /** Forgets what was found of a folder, and of those in it, since its sharing has changed. */
  clear(): void {
    this.#folderAcls.clear();
  }

  #folderAcl(id: string, signal?: AbortSignal): Promise<ListedAclEntry[] | undefined> {
    let entries = this.#folderAcls.get(id);
    if (!entries) {
      entries = this.#loadFolderAcl(id, signal);
      this.#folderAcls.set(id, entries);
      entries.catch(() => this.#folderAcls.delete(id));
    }
    return entries;
  }

  async #loadFolderAcl(id: string, signal?: AbortSignal): Promise<ListedAclEntry[] | undefined> {
    const folder = this.#tree.get(id);
    if (!folder) return undefined;
    if (!folder.isRoot) return this.#resolve(folder, signal);
    const members = await this.#api.permissions(id, signal);
    return members && aclEntriesOf(members, false);
  }

  /** Undefined where nothing is known. */
  async #resolve(item: SharedItem, signal?: AbortSignal): Promise<ListedAclEntry[] | undefined> {
    const { id, driveId, parent, hasOwnPermissions, isLimitedAccess } = item;
    if (driveId === undefined)
      return item.permissions && aclEntriesOf(item.permissions, isLimitedAccess);
    const inherited =
      isLimitedAccess || parent === undefined ? undefined : await this.#folderAcl(parent, signal);
    if (inherited && !hasOwnPermissions) return inherited;
    const permissions = await this.#api.permissions(id, signal);
    if (!permissions) return inherited && normalizeAcl([...inherited, 'unknown']);
    return normalizeAcl([...(inherited ?? []), ...aclEntriesOf(permissions, isLimitedAccess)]);
  }
}

/** Whom permissions let find and read something now, and until when where that is said. */
export function aclEntriesOf(
  permissions: readonly Permission[],
  isLimitedAccess: boolean,
): ListedAclEntry[] {
  const now = Date.now();
  const valid = permissions.filter(
    ({ deleted, expirationTime, view }) =>
      !deleted &&
      // a view shows less than the file: its published form, or a folder's name
      view === undefined &&
      !(expirationTime !== undefined && Date.parse(expirationTime) <= now),
  );
  const effective = isLimitedAccess ? valid.filter(grantsLimitedAccess) : valid;
  return normalizeAcl(effective.flatMap(toAclEntries));
}

function toAclEntries(permission: Permission): ListedAclEntry[] {
  const { expirationTime } = permission;
  if (expirationTime === undefined) return principalsOf(permission);
  const end = new Date(expirationTime).toISOString();
  return principalsOf(permission).map((entry): ListedAclEntry => `${entry} until ${end}`);
}

/** Into what has limited access only owners, organizers and those it is shared with directly get. */
function grantsLimitedAccess({ role, permissionDetails }: Permission): boolean {
  if (role === 'owner' || role === 'organizer') return true;
  if (permissionDetails === undefined || permissionDetails.length === 0) return true;
  return permissionDetails.some(({ inherited }) => !inherited);
}

/** What needs a link to be opened is found by nobody, so it counts as nothing. */
function principalsOf(permission: Permission): AclEntry[] {
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
function normalizeAcl(entries: ListedAclEntry[]): ListedAclEntry[] {
  const byPrincipal = new Map<string, ListedAclEntry>();
  for (const entry of [...entries].sort()) {
    const [principal = ''] = entry.split(' until ', 1);
    // what holds for good comes first in the order, and of two ends the later comes last
    if (byPrincipal.get(principal) !== principal) byPrincipal.set(principal, entry);
  }
  return [...byPrincipal.values()];
}
