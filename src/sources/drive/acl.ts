import type { ListedAclEntry, AclEntry } from '../../domain/documents.ts';
import { parseDomain, parseEmailAddress } from '../../domain/email-address.ts';
import type { DriveApi } from './api.ts';
import type { DriveFile, Permission } from './api-schemas.ts';
import type { Folder, FolderTree } from './folder-tree.ts';

/** The fields of a file or folder that decide who may read it. */
interface SharedItem {
  readonly driveId?: string;
  readonly parent?: string;
  readonly hasOwnPermissions: boolean;
  readonly isLimitedAccess: boolean;
  readonly permissions?: readonly Permission[];
}

/**
 * The ACLs of files. In My Drive, Drive returns the permissions with each file, to those who may share
 * it. In a shared drive they cost a request each, so that only the drive itself and what has
 * permissions of its own are requested; everything else inherits.
 */
export class AclResolver {
  readonly #api: DriveApi;
  /** The only certain entry where Drive does not return who else may read. */
  readonly #fallbackAcl: ListedAclEntry[];
  /** Permissions of folders in shared drives, by id and version. */
  readonly #permissions = new Map<string, Promise<Permission[] | undefined>>();
  /** Resolved ACLs of folders. They depend on the folders above, so on the whole tree. */
  readonly #folderAcls = new WeakMap<
    FolderTree,
    Map<string, Promise<ListedAclEntry[] | undefined>>
  >();

  /** @param account the account that signs in, lower case */
  constructor(api: DriveApi, account: string) {
    this.#api = api;
    this.#fallbackAcl = ['unknown', `user:${account}`];
  }

  /**
   * Sorted, each ACL entry once; `unknown` and the own account where Drive does not return the ACL.
   * @param tree with all folders above the file
   */
  async entriesFor(
    tree: FolderTree,
    file: DriveFile,
    signal?: AbortSignal,
  ): Promise<ListedAclEntry[]> {
    const item: SharedItem = {
      driveId: file.driveId,
      parent: file.parents?.[0],
      hasOwnPermissions: file.hasAugmentedPermissions ?? false,
      isLimitedAccess: file.inheritedPermissionsDisabled ?? false,
      permissions: file.permissions,
    };
    const load = () => this.#api.permissions(file.id, signal);
    return (await this.#resolve(tree, item, load, signal)) ?? this.#fallbackAcl;
  }

  /** The members of a shared drive; undefined where this account may not know them. */
  members(
    tree: FolderTree,
    driveId: string,
    signal?: AbortSignal,
  ): Promise<ListedAclEntry[] | undefined> {
    return this.#folderAcl(tree, driveId, signal);
  }

  #folderAcl(
    tree: FolderTree,
    id: string,
    signal?: AbortSignal,
  ): Promise<ListedAclEntry[] | undefined> {
    let acls = this.#folderAcls.get(tree);
    if (!acls) this.#folderAcls.set(tree, (acls = new Map()));
    let entries = acls.get(id);
    if (!entries) {
      entries = this.#resolveFolder(tree, tree.get(id), signal);
      acls.set(id, entries);
    }
    return entries;
  }

  async #resolveFolder(
    tree: FolderTree,
    folder: Folder | undefined,
    signal?: AbortSignal,
  ): Promise<ListedAclEntry[] | undefined> {
    if (!folder) return undefined;
    const load = () => this.#folderPermissions(folder, signal);
    if (!folder.isRoot) return this.#resolve(tree, folder, load, signal);
    const members = await load();
    return members && aclEntriesOf(members, false);
  }

  #folderPermissions(
    { id, version }: Folder,
    signal?: AbortSignal,
  ): Promise<Permission[] | undefined> {
    const key = `${id} ${version}`;
    let permissions = this.#permissions.get(key);
    if (!permissions) {
      permissions = this.#api.permissions(id, signal);
      this.#permissions.set(key, permissions);
    }
    return permissions;
  }

  /** Undefined where nothing is known. */
  async #resolve(
    tree: FolderTree,
    item: SharedItem,
    load: () => Promise<Permission[] | undefined>,
    signal?: AbortSignal,
  ): Promise<ListedAclEntry[] | undefined> {
    const { driveId, parent, hasOwnPermissions, isLimitedAccess } = item;
    if (driveId === undefined)
      return item.permissions && aclEntriesOf(item.permissions, isLimitedAccess);
    const inherited =
      isLimitedAccess || parent === undefined
        ? undefined
        : await this.#folderAcl(tree, parent, signal);
    if (inherited && !hasOwnPermissions) return inherited;
    const permissions = await load();
    if (!permissions) return inherited && normalizeAcl([...inherited, 'unknown']);
    return normalizeAcl([...(inherited ?? []), ...aclEntriesOf(permissions, isLimitedAccess)]);
  }
}

/** The ACL entries of those whom permissions let find and read an item now, with an end where they expire. */
function aclEntriesOf(
  permissions: readonly Permission[],
  isLimitedAccess: boolean,
): ListedAclEntry[] {
  const now = Date.now();
  const valid = permissions.filter(
    ({ deleted, expirationTime, view }) =>
      !deleted &&
      // a permission for a view grants less than the file: its published form, or a folder's name
      view === undefined &&
      !(expirationTime !== undefined && Date.parse(expirationTime) <= now),
  );
  const effective = isLimitedAccess ? valid.filter(grantsLimitedAccess) : valid;
  return normalizeAcl(effective.flatMap(toListedAclEntries));
}

function toListedAclEntries(permission: Permission): ListedAclEntry[] {
  const { expirationTime } = permission;
  if (expirationTime === undefined) return toAclEntries(permission);
  const end = new Date(expirationTime).toISOString();
  return toAclEntries(permission).map((entry): ListedAclEntry =>
    entry === 'unknown' ? entry : `${entry} until ${end}`,
  );
}

/** Limited access admits only owners, organizers and those with whom the item is shared directly. */
function grantsLimitedAccess({ role, permissionDetails }: Permission): boolean {
  if (role === 'owner' || role === 'organizer') return true;
  if (permissionDetails === undefined || permissionDetails.length === 0) return true;
  return permissionDetails.some(({ inherited }) => !inherited);
}

/**
 * A permission that needs the link lets nobody find the item, so it grants nothing. An address that is not
 * valid stands for somebody who is not known.
 */
function toAclEntries(permission: Permission): (AclEntry | 'unknown')[] {
  const { type, allowFileDiscovery, emailAddress } = permission;
  if ((type === 'user' || type === 'group') && emailAddress) {
    const address = parseEmailAddress(emailAddress, { international: true });
    return [address === undefined ? 'unknown' : `${type}:${address}`];
  }
  if (type === 'domain' && permission.domain && allowFileDiscovery) {
    const domain = parseDomain(permission.domain, { international: true });
    return [domain === undefined ? 'unknown' : `domain:${domain}`];
  }
  if (type === 'anyone' && allowFileDiscovery) return ['anyone'];
  return [];
}

/** Each ACL entry once: without an end where one has none, else with the latest end. */
function normalizeAcl(entries: ListedAclEntry[]): ListedAclEntry[] {
  const byAclEntry = new Map<string, ListedAclEntry>();
  for (const entry of [...entries].sort()) {
    const [aclEntry = ''] = entry.split(' until ', 1);
    // an entry without an end sorts first, and of two ends the later sorts last
    if (byAclEntry.get(aclEntry) !== aclEntry) byAclEntry.set(aclEntry, entry);
  }
  return [...byAclEntry.values()];
}
