import { seededRandom } from '../../../training/random.ts';
import type { DriveModel } from './drive-model.ts';
import {
  edit,
  editDoc,
  limitAccess,
  move,
  remove,
  rename,
  restore,
  share,
  trash,
  unshare,
} from './drive-operations.ts';
import { textFile } from './sample-files.ts';
import { docxType, type Item, type Role, type ShareWith } from './types.ts';

export interface RandomActivityOptions {
  seed: number;
  /** The user whose view is indexed: a member of every drive, and of each user's folder `Contracts`. */
  subject: string;
  /** The role; `writer` by default, since a reader does not see permissions in My Drive. */
  subjectRole?: Role;
  users?: number;
  groups?: number;
  drives?: number;
  /** Files at the beginning. */
  files?: number;
  /** The text of a new file, different each time. */
  text?: (count: number) => string;
}

/** A Drive in use: who uses it and what they have to do with. */
export interface RandomActivity {
  model: DriveModel;
  subject: string;
  random: () => number;
  users: string[];
  groups: string[];
  drives: string[];
  /** Files, Docs and shortcuts; some may be deleted meanwhile. */
  files: string[];
  folders: string[];
  /** Bytes nobody has written before. */
  newContent(): Buffer;
  text(): string;
}

/** A Drive with people, groups, shared drives, folders and files, the same for the same seed. */
export function startRandomActivity(
  model: DriveModel,
  options: RandomActivityOptions,
): RandomActivity {
  const { seed, subject, subjectRole = 'writer', files = 200 } = options;
  const random = seededRandom(seed);
  let textCount = 0;
  const text = () => (options.text ?? contractText)(++textCount);
  const activity: RandomActivity = {
    model,
    subject,
    random,
    users: [],
    groups: [],
    drives: [],
    files: [],
    folders: [],
    text,
    newContent: () => Buffer.from(text()),
  };
  const { domain } = model.people;
  for (let at = 0; at < (options.users ?? 20); at++)
    activity.users.push(model.addUser(`person${at}@${domain}`));
  for (let at = 0; at < (options.groups ?? 6); at++) {
    const group = `group${at}@${domain}`;
    // Each group may hold one that came before it, so that none holds itself.
    const inner = activity.groups.filter(() => random() < 0.3);
    model.setGroup(group, [...activity.users.filter(() => random() < 0.25), ...inner]);
    activity.groups.push(group);
  }
  for (const user of activity.users) {
    const folder = model.createFolder({ name: 'Contracts', parent: model.rootOf(user) });
    model.grant(model.item(folder), { type: 'user', emailAddress: subject, role: subjectRole });
    activity.folders.push(folder);
  }
  for (let at = 0; at < (options.drives ?? 3); at++) {
    const members: ShareWith[] = [{ type: 'user', emailAddress: subject, role: 'organizer' }];
    for (const user of activity.users)
      if (random() < 0.3)
        members.push({ type: 'user', emailAddress: user, role: pick(random, driveRoles) });
    if (activity.groups.length > 0)
      members.push({ type: 'group', emailAddress: pick(random, activity.groups), role: 'reader' });
    activity.drives.push(model.createDrive(`Drive ${at}`, members));
  }
  for (let at = 0; at < Math.ceil(files / 12); at++) addFolder(activity);
  for (let at = 0; at < files; at++) addFile(activity);
  return activity;
}

const driveRoles: readonly Role[] = ['organizer', 'fileOrganizer', 'writer', 'commenter', 'reader'];

function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}

/** Some item that exists, of those that fit; undefined where a few tries find none. */
function pickItem(
  { model, random }: RandomActivity,
  ids: string[],
  isEligible: (item: Item) => boolean = () => true,
): Item | undefined {
  for (let tries = 0; tries < 12 && ids.length > 0; tries++) {
    const at = Math.floor(random() * ids.length);
    const item = model.items.get(ids[at] ?? '');
    if (item && isEligible(item)) return item;
    if (!item) {
      // Deleted: the last takes its place.
      const last = ids.pop();
      if (last !== undefined && at < ids.length) ids[at] = last;
    }
  }
  return undefined;
}

/** A folder or the top of a shared drive, where something can be put. */
function pickParent(activity: RandomActivity): Item {
  const { random, drives, model } = activity;
  const isAvailable = (item: Item) => !model.isTrashed(item);
  const randomDrive = () => model.item(pick(random, drives));
  if (drives.length > 0 && random() < 0.1) return randomDrive();
  return pickItem(activity, activity.folders, isAvailable) ?? randomDrive();
}

function addFolder(activity: RandomActivity): Item {
  const name = `Folder ${activity.folders.length}`;
  const id = activity.model.createFolder({ name, parent: pickParent(activity).id });
  activity.folders.push(id);
  return activity.model.item(id);
}

/** Mostly a file that can be read; now and then a Google Doc, or a file of no use. */
function addFile(activity: RandomActivity, bytes = activity.newContent()): Item {
  const { model, random, files } = activity;
  const parent = pickParent(activity).id;
  const kind = random();
  const count = files.length;
  let id: string;
  if (kind < 0.06)
    id = model.createDoc({ name: `Doc ${count}`, parent, exports: exportsOf(activity) });
  else if (kind < 0.1)
    id = model.createFile({ name: `Photo ${count}.png`, parent, mimeType: 'image/png', bytes });
  else id = model.createFile(textFile(`File ${count}.txt`, parent, bytes));
  files.push(id);
  return model.item(id);
}

/** Exports of a Google Doc with new words. Their bytes are text, whatever their type. */
function exportsOf(activity: RandomActivity): Record<string, Buffer> {
  const bytes = activity.newContent();
  return { [docxType]: bytes, 'application/pdf': bytes, 'text/plain': bytes };
}

function contractText(count: number): string {
  return `SERVICES AGREEMENT ${count}\n\n1. Term\nThis Agreement between Client ${count} and Acme Ltd begins on 1 March 2026 and ends after ${1 + (count % 9)} years.\n\n2. Governing law\nThis Agreement is governed by the laws of Delaware.\n`;
}

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
