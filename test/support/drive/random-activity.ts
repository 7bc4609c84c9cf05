import { docxType, type Item, type Role, type ShareWith } from './types.ts';
import { seededRandom } from '../../../training/random.ts';
import type { DriveModel } from './drive-model.ts';

export interface RandomActivityOptions {
  seed: number;
  /** The user whose view is indexed: a member of every drive, and of each user's folder `Contracts`. */
  subject: string;
  /** As what; `writer` unless said, since a reader is not told who else may read in My Drive. */
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

export function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}

/** Some item that exists, of those that fit; undefined where a few tries find none. */
export function pickItem(
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
export function pickParent(activity: RandomActivity): Item {
  const { random, drives, model } = activity;
  const isAvailable = (item: Item) => !model.isTrashed(item);
  const randomDrive = () => model.item(pick(random, drives));
  if (drives.length > 0 && random() < 0.1) return randomDrive();
  return pickItem(activity, activity.folders, isAvailable) ?? randomDrive();
}

export function addFolder(activity: RandomActivity): Item {
  const name = `Folder ${activity.folders.length}`;
  const id = activity.model.createFolder({ name, parent: pickParent(activity).id });
  activity.folders.push(id);
  return activity.model.item(id);
}

/** Mostly a file that can be read; now and then a Google Doc, or a file of no use. */
export function addFile(activity: RandomActivity, bytes = activity.newContent()): Item {
  const { model, random, files } = activity;
  const parent = pickParent(activity).id;
  const kind = random();
  const count = files.length;
  let id: string;
  if (kind < 0.06)
    id = model.createDoc({ name: `Doc ${count}`, parent, exports: exportsOf(activity) });
  else if (kind < 0.1)
    id = model.createFile({ name: `Photo ${count}.png`, parent, mimeType: 'image/png', bytes });
  else id = model.createFile({ name: `File ${count}.txt`, parent, mimeType: 'text/plain', bytes });
  files.push(id);
  return model.item(id);
}

/** Exports of a Google Doc with new words. Their bytes are text, whatever their type says. */
export function exportsOf(activity: RandomActivity): Record<string, Buffer> {
  const bytes = activity.newContent();
  return { [docxType]: bytes, 'application/pdf': bytes, 'text/plain': bytes };
}

function contractText(count: number): string {
  return `SERVICES AGREEMENT ${count}\n\n1. Term\nThis Agreement between Client ${count} and Acme Ltd begins on 1 March 2026 and ends after ${1 + (count % 9)} years.\n\n2. Governing law\nThis Agreement is governed by the laws of Delaware.\n`;
}
