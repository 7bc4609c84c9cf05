import { hasRoleAtLeast, type Grant, type Item, type Role, strongest } from './types.ts';
import type { ItemTree } from './item-tree.ts';
import type { People } from './people.ts';

/** Where a permission on an item comes from. */
export interface GrantDetail {
  role: Role;
  /** The folder or shared drive above that grants it; absent where the item itself does. */
  inheritedFrom?: string;
  /** Whether membership of the shared drive grants it. */
  member: boolean;
}

/** A permission as it takes effect on an item. */
export interface EffectiveGrant extends Grant {
  details: GrantDetail[];
}

/** What one user may do with one item. */
export interface Access {
  role: Role;
  /** Granted to them or to a group of theirs: in their list of files. Else they need the link. */
  isInFileList: boolean;
  /** Found by a search of their domain. */
  isDiscoverable: boolean;
}

interface AccessModel {
  tree: ItemTree;
  people: People;
  membersSeePermissions: boolean;
}

/**
 * Who may do what, resolved as Drive does: a folder's permissions reach everything in it, an owner of
 * a folder in My Drive is a writer of what others own in it, membership of a shared drive reaches all
 * of it, and a folder of limited access keeps out what comes from above, except for organizers.
 */
export class AccessRules {
  private readonly model: AccessModel;
  private readonly cache = new Map<string, Map<string, EffectiveGrant>>();

  constructor(model: AccessModel) {
    this.model = model;
  }

  /** To be called after every change of sharing or place. */
  clearCache(): void {
    this.cache.clear();
  }

  grantsOn(item: Item): ReadonlyMap<string, EffectiveGrant> {
    const cached = this.cache.get(item.id);
    if (cached) return cached;
    const effective = new Map<string, EffectiveGrant>();
    const parent = item.parent === undefined ? undefined : this.model.tree.items.get(item.parent);
    if (parent) {
      for (const grant of this.grantsOn(parent).values()) {
        if (item.inheritedPermissionsDisabled && grant.role !== 'organizer') continue;
        const role = grant.role === 'owner' ? 'writer' : grant.role;
        const details = grant.details.map((detail) => ({
          role: detail.role === 'owner' ? ('writer' as const) : detail.role,
          member: detail.member,
          inheritedFrom: detail.inheritedFrom ?? parent.id,
        }));
        effective.set(grant.id, { ...grant, role, details });
      }
    }
    for (const grant of item.grants.values()) {
      const inherited = effective.get(grant.id);
      const direct = { role: grant.role, member: item.id === item.driveId };
      effective.set(grant.id, {
        ...grant,
        role: inherited ? strongest(inherited.role, grant.role) : grant.role,
        allowFileDiscovery: grant.allowFileDiscovery || (inherited?.allowFileDiscovery ?? false),
        details: [direct, ...(inherited?.details ?? [])],
      });
    }
    this.cache.set(item.id, effective);
    return effective;
  }

  /** Undefined where they may not know that it exists. */
  of(email: string, item: Item): Access | undefined {
    if (!item.driveId && item.owner !== email && this.model.tree.isTrashed(item)) return undefined;
    const permissionIds = this.model.people.permissionIdsFor(email);
    let role: Role | undefined;
    let isInFileList = false;
    let isDiscoverable = false;
    for (const grant of this.grantsOn(item).values()) {
      if (!permissionIds.has(grant.id)) continue;
      role = role ? strongest(role, grant.role) : grant.role;
      if (grant.type === 'user' || grant.type === 'group') isInFileList = true;
      else if (grant.allowFileDiscovery) isDiscoverable = true;
    }
    return role && { role, isInFileList, isDiscoverable };
  }

  /** A member of the shared drive, by themselves or through a group. */
  isMember(email: string, driveId: string): boolean {
    const root = this.model.tree.items.get(driveId);
    return root !== undefined && this.of(email, root) !== undefined;
  }

  /** Whether the item itself, rather than what is above it, is shared with them. */
  isDirect(email: string, item: Item): boolean {
    const permissionIds = this.model.people.permissionIdsFor(email);
    return [...item.grants.values()].some(
      ({ id, type }) => permissionIds.has(id) && isPersonal(type),
    );
  }

  /**
   * In the user's own list: theirs, or shared with them or a group of theirs on the item or above it.
   * What only membership of a shared drive gives is in that drive's list instead.
   */
  inUserCorpus(email: string, item: Item): boolean {
    const access = this.of(email, item);
    if (!access?.isInFileList) return false;
    if (!item.driveId) return true;
    const permissionIds = this.model.people.permissionIdsFor(email);
    return [...this.grantsOn(item).values()].some(
      (grant) => permissionIds.has(grant.id) && isPersonal(grant.type) && isShared(grant),
    );
  }

  /**
   * In the user's own log of changes. What lies in a shared drive is there for those alone who are
   * not members: members find it in the drive's log.
   */
  inUserLog(email: string, item: Item): boolean {
    if (item.driveId && this.isMember(email, item.driveId)) return false;
    return this.inUserCorpus(email, item);
  }

  /**
   * A folder of limited access stays visible to whoever may read the folder above it; they can
   * neither open it nor see who may.
   */
  seesNameOnly(email: string, item: Item): boolean {
    if (!item.inheritedPermissionsDisabled || item.parent === undefined) return false;
    const parent = this.model.tree.items.get(item.parent);
    return parent !== undefined && !this.of(email, item) && this.of(email, parent) !== undefined;
  }

  /** Drive returns permissions to those who may share a file, and maybe to members of a drive. */
  seesPermissions(email: string, item: Item): boolean {
    const access = this.of(email, item);
    if (!access) return false;
    const { membersSeePermissions } = this.model;
    if (membersSeePermissions && item.driveId && this.isMember(email, item.driveId)) return true;
    return hasRoleAtLeast(access.role, 'writer');
  }

  /** Users whose own log has entries for the item, trashed or not; for a shared drive, its members. */
  usersOf(item: Item): Set<string> {
    const users = new Set<string>();
    const isDrive = item.id === item.driveId;
    for (const grant of this.grantsOn(item).values()) {
      const { type, emailAddress } = grant;
      if (!emailAddress || (!isDrive && !isShared(grant))) continue;
      if (type === 'user') users.add(emailAddress);
      else for (const user of this.model.people.usersIn(emailAddress)) users.add(user);
    }
    const { driveId } = item;
    if (driveId === undefined || isDrive) return users;
    return new Set([...users].filter((user) => !this.isMember(user, driveId)));
  }
}

function isPersonal(type: Grant['type']): boolean {
  return type === 'user' || type === 'group';
}

/** Given on a file or a folder, and not only by membership of the shared drive. */
function isShared(grant: EffectiveGrant): boolean {
  return grant.details.some(({ member }) => !member);
}
