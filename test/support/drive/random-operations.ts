import { edit, editDoc, limitAccess, move, remove, rename, restore } from './drive-operations.ts';
import { share, trash, unshare } from './drive-operations.ts';
import type { Item, Role, ShareWith } from './types.ts';
import {
  addFile,
  addFolder,
  exportsOf,
  type RandomActivity,
  pick,
  pickItem,
  pickParent,
} from './random-activity.ts';

/** Something that happens, and how often beside the others. Undefined where it could not. */
interface RandomOperation {
  weight: number;
  run(activity: RandomActivity): string | undefined;
}

/** So many things happen, one after the other. Returns what, in words. */
export function runRandomOperations(activity: RandomActivity, count: number): string[] {
  const weight = operations.reduce((sum, operation) => sum + operation.weight, 0);
  const performed: string[] = [];
  while (performed.length < count) {
    let remaining = activity.random() * weight;
    const description = operations
      .find((operation) => (remaining -= operation.weight) < 0)
      ?.run(activity);
    if (description !== undefined) performed.push(description);
  }
  return performed;
}

const operations: readonly RandomOperation[] = [
  { weight: 12, run: (activity) => `created ${addFile(activity).name}` },
  { weight: 3, run: (activity) => `created ${addFolder(activity).name}` },
  { weight: 2, run: copyFile },
  { weight: 2, run: addShortcut },
  { weight: 12, run: (activity) => applyToFile(activity, 'edited', rewriteContent) },
  { weight: 3, run: (activity) => applyToFile(activity, 'touched', touchItem) },
  {
    weight: 8,
    run: (activity) => applyToFile(activity, 'renamed', (item) => renameItem(activity, item)),
  },
  {
    weight: 3,
    run: (activity) => applyToFolder(activity, 'renamed', (item) => renameItem(activity, item)),
  },
  {
    weight: 8,
    run: (activity) => applyToFile(activity, 'moved', (item) => moveItem(activity, item)),
  },
  {
    weight: 3,
    run: (activity) => applyToFolder(activity, 'moved', (item) => moveItem(activity, item)),
  },
  {
    weight: 6,
    run: (activity) => applyToFile(activity, 'trashed', ({ id }) => trash(activity.model, id)),
  },
  {
    weight: 1.5,
    run: (activity) => applyToFolder(activity, 'trashed', ({ id }) => trash(activity.model, id)),
  },
  { weight: 5, run: restoreItem },
  {
    weight: 2,
    run: (activity) => applyToFile(activity, 'deleted', ({ id }) => remove(activity.model, id)),
  },
  {
    weight: 0.5,
    run: (activity) => applyToFolder(activity, 'deleted', ({ id }) => remove(activity.model, id)),
  },
  {
    weight: 8,
    run: (activity) => applyToFile(activity, 'shared', (item) => shareItem(activity, item)),
  },
  {
    weight: 4,
    run: (activity) => applyToFolder(activity, 'shared', (item) => shareItem(activity, item)),
  },
  { weight: 7, run: (activity) => unshareItem(activity, activity.files) },
  { weight: 3, run: (activity) => unshareItem(activity, activity.folders) },
  { weight: 1, run: toggleLimitedAccess },
  { weight: 2, run: changeGroup },
  { weight: 1.5, run: changeMembers },
];

function applyToFile(
  activity: RandomActivity,
  verb: string,
  run: (item: Item, activity: RandomActivity) => void,
) {
  return applyToItem(activity, activity.files, verb, run);
}

/** Not the folders of each user, which stay where they are. */
function applyToFolder(
  activity: RandomActivity,
  verb: string,
  run: (item: Item, activity: RandomActivity) => void,
) {
  return applyToItem(activity, activity.folders, verb, run);
}

function applyToItem(
  activity: RandomActivity,
  ids: string[],
  verb: string,
  run: (item: Item, activity: RandomActivity) => void,
): string | undefined {
  const isEligible = (each: Item) => !activity.model.isTrashed(each) && each.name !== 'Contracts';
  const item = pickItem(activity, ids, isEligible);
  if (!item) return undefined;
  const { name } = item;
  run(item, activity);
  return `${verb} ${name}`;
}

function copyFile(activity: RandomActivity): string | undefined {
  const item = pickItem(activity, activity.files, ({ content }) => content !== undefined);
  return item?.content && `copied ${item.name} to ${addFile(activity, item.content.bytes).name}`;
}

function addShortcut(activity: RandomActivity): string | undefined {
  const target = pickItem(activity, activity.files, ({ shortcutTo }) => shortcutTo === undefined);
  if (!target) return undefined;
  const name = `Shortcut ${activity.files.length}`;
  const parent = pickParent(activity).id;
  activity.files.push(activity.model.createShortcut({ name, parent, targetId: target.id }));
  return `made ${name} to ${target.name}`;
}

function rewriteContent(item: Item, activity: RandomActivity): void {
  if (item.exports) editDoc(activity.model, item.id, exportsOf(activity));
  else if (item.content) edit(activity.model, item.id, activity.newContent());
}

/** A new version with the same content. */
function touchItem(item: Item, activity: RandomActivity): void {
  activity.model.change(item, () => {}, { content: true });
}

function renameItem({ model, random }: RandomActivity, item: Item): void {
  const extension = /\.\w+$/.exec(item.name)?.[0] ?? '';
  const stem = item.name.slice(0, item.name.length - extension.length).replace(/ v\d+$/, '');
  rename(model, item.id, `${stem} v${Math.floor(random() * 1000)}${extension}`);
}

function moveItem(activity: RandomActivity, item: Item): void {
  const parent = pickParent(activity);
  if (!activity.model.tree.pathTo(parent).includes(item)) move(activity.model, item.id, parent.id);
}

function restoreItem(activity: RandomActivity): string | undefined {
  const trashed = (item: Item) => item.explicitlyTrashed;
  const item = pickItem(
    activity,
    activity.random() < 0.8 ? activity.files : activity.folders,
    trashed,
  );
  if (!item) return undefined;
  restore(activity.model, item.id);
  return `restored ${item.name}`;
}

const sharedRoles: readonly Role[] = ['reader', 'reader', 'commenter', 'writer'];

function shareItem(activity: RandomActivity, item: Item): void {
  const { random, users, groups, model } = activity;
  const role = pick(random, sharedRoles);
  const kind = random();
  let grantee: ShareWith;
  if (kind < 0.5) grantee = { type: 'user', emailAddress: pick(random, users), role };
  else if (kind < 0.75) grantee = { type: 'group', emailAddress: pick(random, groups), role };
  else {
    const allowFileDiscovery = random() < 0.5;
    const { domain } = model.people;
    grantee = {
      type: kind < 0.9 ? 'domain' : 'anyone',
      domain,
      role: 'reader',
      allowFileDiscovery,
    };
  }
  if (grantee.emailAddress !== item.owner) share(model, item.id, grantee);
}

function unshareItem(activity: RandomActivity, ids: string[]): string | undefined {
  const { model, subject, random } = activity;
  const isRevocable = (grant: { role: Role; emailAddress?: string }) =>
    grant.role !== 'owner' && grant.emailAddress !== subject;
  const item = pickItem(activity, ids, (each) => [...each.grants.values()].some(isRevocable));
  if (!item) return undefined;
  const grant = pick(random, [...item.grants.values()].filter(isRevocable));
  unshare(model, item.id, grant.id);
  return `took ${item.name} from ${grant.emailAddress ?? grant.id}`;
}

function toggleLimitedAccess(activity: RandomActivity): string | undefined {
  return applyToFolder(activity, 'limited or opened', (item) =>
    limitAccess(activity.model, item.id, !item.inheritedPermissionsDisabled),
  );
}

function changeGroup({ model, random, groups, users }: RandomActivity): string | undefined {
  if (groups.length === 0) return undefined;
  const group = pick(random, groups);
  const members = new Set(model.people.groups.get(group));
  const user = pick(random, users);
  if (!members.delete(user)) members.add(user);
  model.setGroup(group, [...members]);
  return `changed whether ${user} is in ${group}`;
}

/** Somebody comes into a shared drive or leaves it; the subject stays. */
function changeMembers({ model, random, drives, users }: RandomActivity): string | undefined {
  if (drives.length === 0) return undefined;
  const root = model.item(pick(random, drives));
  const user = pick(random, users);
  const grant = [...root.grants.values()].find(({ emailAddress }) => emailAddress === user);
  if (grant) unshare(model, root.id, grant.id);
  else share(model, root.id, { type: 'user', emailAddress: user, role: pick(random, sharedRoles) });
  return `changed whether ${user} is a member of ${root.name}`;
}
