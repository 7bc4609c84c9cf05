import type { Item, ShareWith } from './model.ts';
import { grantFor } from './people.ts';
import type { World } from './world.ts';

/** What people do to what is there already. Each throws where Drive would not offer it. */

export function edit(world: World, id: string, bytes: Buffer): void {
  const item = world.item(id);
  world.change(item, () => (item.content = world.contentOf(bytes)), { content: true });
}

export function editDoc(world: World, id: string, exports: Readonly<Record<string, Buffer>>): void {
  const item = world.item(id);
  world.change(item, () => (item.exports = new Map(Object.entries(exports))), { content: true });
}

/** Gives a new modified time as well, as a change of the name through Google's API does. */
export function rename(world: World, id: string, name: string): void {
  const item = world.item(id);
  const rewrite = () => {
    item.name = name;
    const drive = world.drives.get(id);
    if (drive) drive.name = name;
  };
  world.change(item, rewrite, { content: true });
}

/**
 * Into another folder, maybe of another drive, with all that is below. Out of a shared drive, it
 * becomes the property of the new folder's owner; into one, nobody's.
 */
export function move(world: World, id: string, parentId: string): void {
  const item = world.item(id);
  const parent = world.item(parentId);
  if (world.tree.lineOf(parent).includes(item))
    throw new Error('A folder cannot be moved into itself.');
  const below = world.tree.below(item);
  world.change(item, () => {
    const { driveId } = parent;
    const changesDrive = driveId !== item.driveId;
    world.tree.relocate(item, { parent: parentId, driveId });
    if (!changesDrive) return;
    for (const each of [item, ...below]) {
      if (each !== item && each.parent) world.tree.relocate(each, { parent: each.parent, driveId });
      for (const grant of each.grants.values())
        if (grant.role === 'owner') each.grants.delete(grant.id);
      each.owner = driveId ? undefined : parent.owner;
      if (each.owner) world.grant(each, { type: 'user', emailAddress: each.owner, role: 'owner' });
    }
  });
}

export function trash(world: World, id: string): void {
  const item = world.item(id);
  world.change(item, () => (item.explicitlyTrashed = true));
}

/** Out of the trash, where it lay before. */
export function restore(world: World, id: string): void {
  const item = world.item(id);
  world.change(item, () => (item.explicitlyTrashed = false));
}

/** For good, with all that is below. */
export function remove(world: World, id: string): void {
  const item = world.item(id);
  const below = world.tree.below(item);
  world.change(item, () => {
    for (const each of [...below, item]) world.tree.remove(each);
    world.drives.delete(id);
  });
}

/** Shares a file or a folder, or makes somebody a member of a shared drive (its id is the item). */
export function share(world: World, id: string, whom: ShareWith): string {
  const item = world.item(id);
  const grant = grantFor(whom);
  if (item.grants.get(grant.id)?.role === 'owner') throw new Error('The owner stays the owner.');
  world.change(item, () => world.grant(item, whom));
  return grant.id;
}

/** Takes back what was granted on this very item; what folders above grant stays. */
export function unshare(world: World, id: string, permissionId: string): void {
  const item = world.item(id);
  const grant = item.grants.get(permissionId);
  if (!grant) throw new Error(`${item.name} has no permission ${permissionId} of its own.`);
  if (grant.role === 'owner') throw new Error('The owner cannot be removed.');
  world.change(item, () => item.grants.delete(permissionId));
}

/** Makes a folder one of limited access, or ends that. */
export function limitAccess(world: World, id: string, limited: boolean): void {
  const item = world.item(id);
  world.change(item, () => (item.inheritedPermissionsDisabled = limited));
}

/** Whatever else Drive keeps about a file: a malware mark, a resource key, who may download it. */
export function mark(
  world: World,
  id: string,
  marks: Partial<Pick<Item, 'abusive' | 'resourceKey' | 'copyRequiresWriterPermission'>>,
): void {
  const item = world.item(id);
  world.change(item, () => Object.assign(item, marks));
}
