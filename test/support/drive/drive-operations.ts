import type { Item, ShareWith } from './types.ts';
import { grantFor } from './people.ts';
import type { DriveModel } from './drive-model.ts';

/** What people do to what is there already. Each throws where Drive would not offer it. */

export function edit(model: DriveModel, id: string, bytes: Buffer): void {
  const item = model.item(id);
  model.change(item, () => (item.content = model.contentOf(bytes)), { content: true });
}

export function editDoc(
  model: DriveModel,
  id: string,
  exports: Readonly<Record<string, Buffer>>,
): void {
  const item = model.item(id);
  model.change(item, () => (item.exports = new Map(Object.entries(exports))), { content: true });
}

/** Gives a new modified time as well, as a change of the name through Google's API does. */
export function rename(model: DriveModel, id: string, name: string): void {
  const item = model.item(id);
  const applyName = () => {
    item.name = name;
    const drive = model.drives.get(id);
    if (drive) drive.name = name;
  };
  model.change(item, applyName, { content: true });
}

/**
 * Into another folder, maybe of another drive, with all that is below. Out of a shared drive, it
 * becomes the property of the new folder's owner; into one, nobody's.
 */
export function move(model: DriveModel, id: string, parentId: string): void {
  const item = model.item(id);
  const parent = model.item(parentId);
  if (model.tree.pathTo(parent).includes(item))
    throw new Error('A folder cannot be moved into itself.');
  const descendants = model.tree.descendants(item);
  model.change(item, () => {
    const { driveId } = parent;
    const changesDrive = driveId !== item.driveId;
    model.tree.relocate(item, { parent: parentId, driveId });
    if (!changesDrive) return;
    for (const descendant of [item, ...descendants]) {
      if (descendant !== item && descendant.parent)
        model.tree.relocate(descendant, { parent: descendant.parent, driveId });
      for (const grant of descendant.grants.values())
        if (grant.role === 'owner') descendant.grants.delete(grant.id);
      descendant.owner = driveId ? undefined : parent.owner;
      if (descendant.owner)
        model.grant(descendant, { type: 'user', emailAddress: descendant.owner, role: 'owner' });
    }
  });
}

export function trash(model: DriveModel, id: string): void {
  const item = model.item(id);
  model.change(item, () => (item.explicitlyTrashed = true));
}

/** Out of the trash, where it lay before. */
export function restore(model: DriveModel, id: string): void {
  const item = model.item(id);
  model.change(item, () => (item.explicitlyTrashed = false));
}

/** For good, with all that is below. */
export function remove(model: DriveModel, id: string): void {
  const item = model.item(id);
  const descendants = model.tree.descendants(item);
  model.change(item, () => {
    for (const descendant of [...descendants, item]) model.tree.remove(descendant);
    model.drives.delete(id);
  });
}

/** Shares a file or a folder, or makes somebody a member of a shared drive (its id is the item). */
export function share(model: DriveModel, id: string, grantee: ShareWith): string {
  const item = model.item(id);
  const grant = grantFor(grantee);
  if (item.grants.get(grant.id)?.role === 'owner') throw new Error('The owner stays the owner.');
  model.change(item, () => model.grant(item, grantee));
  return grant.id;
}

/** Takes back what was granted on this very item; what folders above grant stays. */
export function unshare(model: DriveModel, id: string, permissionId: string): void {
  const item = model.item(id);
  const grant = item.grants.get(permissionId);
  if (!grant) throw new Error(`${item.name} has no permission ${permissionId} of its own.`);
  if (grant.role === 'owner') throw new Error('The owner cannot be removed.');
  model.change(item, () => item.grants.delete(permissionId));
}

/** Makes a folder one of limited access, or ends that. */
export function limitAccess(model: DriveModel, id: string, isLimited: boolean): void {
  const item = model.item(id);
  model.change(item, () => (item.inheritedPermissionsDisabled = isLimited));
}

/** Other properties of a file: a malware mark, a resource key, who may download it. */
export function mark(
  model: DriveModel,
  id: string,
  marks: Partial<Pick<Item, 'abusive' | 'resourceKey' | 'copyRequiresWriterPermission'>>,
): void {
  const item = model.item(id);
  model.change(item, () => Object.assign(item, marks));
}
