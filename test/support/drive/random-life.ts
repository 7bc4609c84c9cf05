import { docxType, type Item, type Role, type ShareWith } from './model.ts';
import { seededRandom } from '../../../training/random.ts';
import type { World } from './world.ts';

export interface LifeOptions {
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
export interface Life {
  world: World;
  subject: string;
  random: () => number;
  users: string[];
  groups: string[];
  drives: string[];
  /** Files, Docs and shortcuts; some may be deleted meanwhile. */
  files: string[];
  folders: string[];
  /** Bytes nobody has written before. */
  write(): Buffer;
  text(): string;
}

/** A Drive with people, groups, shared drives, folders and files, the same for the same seed. */
export function startLife(world: World, options: LifeOptions): Life {
  const { seed, subject, subjectRole = 'writer', files = 200 } = options;
  const random = seededRandom(seed);
  let written = 0;
  const text = () => (options.text ?? contractText)(++written);
  const life: Life = {
    world,
    subject,
    random,
    users: [],
    groups: [],
    drives: [],
    files: [],
    folders: [],
    text,
    write: () => Buffer.from(text()),
  };
  const { domain } = world.people;
  for (let at = 0; at < (options.users ?? 20); at++)
    life.users.push(world.addUser(`person${at}@${domain}`));
  for (let at = 0; at < (options.groups ?? 6); at++) {
    const group = `group${at}@${domain}`;
    // Each group may hold one that came before it, so that none holds itself.
    const inner = life.groups.filter(() => random() < 0.3);
    world.setGroup(group, [...life.users.filter(() => random() < 0.25), ...inner]);
    life.groups.push(group);
  }
  for (const user of life.users) {
    const folder = world.createFolder({ name: 'Contracts', parent: world.rootOf(user) });
    world.grant(world.item(folder), { type: 'user', emailAddress: subject, role: subjectRole });
    life.folders.push(folder);
  }
  for (let at = 0; at < (options.drives ?? 3); at++) {
    const members: ShareWith[] = [{ type: 'user', emailAddress: subject, role: 'organizer' }];
    for (const user of life.users)
      if (random() < 0.3)
        members.push({ type: 'user', emailAddress: user, role: pick(random, driveRoles) });
    if (life.groups.length > 0)
      members.push({ type: 'group', emailAddress: pick(random, life.groups), role: 'reader' });
    life.drives.push(world.createDrive(`Drive ${at}`, members));
  }
  for (let at = 0; at < Math.ceil(files / 12); at++) addFolder(life);
  for (let at = 0; at < files; at++) addFile(life);
  return life;
}

const driveRoles: readonly Role[] = ['organizer', 'fileOrganizer', 'writer', 'commenter', 'reader'];

export function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}

/** Some item that exists, of those that fit; undefined where a few tries find none. */
export function pickItem(
  { world, random }: Life,
  ids: string[],
  fits: (item: Item) => boolean = () => true,
): Item | undefined {
  for (let tries = 0; tries < 12 && ids.length > 0; tries++) {
    const at = Math.floor(random() * ids.length);
    const item = world.items.get(ids[at] ?? '');
    if (item && fits(item)) return item;
    if (!item) {
      // Deleted: the last takes its place.
      const last = ids.pop();
      if (last !== undefined && at < ids.length) ids[at] = last;
    }
  }
  return undefined;
}

/** A folder or the top of a shared drive, where something can be put. */
export function pickPlace(life: Life): Item {
  const { random, drives, world } = life;
  const open = (item: Item) => !world.isTrashed(item);
  const top = () => world.item(pick(random, drives));
  if (drives.length > 0 && random() < 0.1) return top();
  return pickItem(life, life.folders, open) ?? top();
}

export function addFolder(life: Life): Item {
  const name = `Folder ${life.folders.length}`;
  const id = life.world.createFolder({ name, parent: pickPlace(life).id });
  life.folders.push(id);
  return life.world.item(id);
}

/** Mostly a file that can be read; now and then a Google Doc, or a file of no use. */
export function addFile(life: Life, bytes = life.write()): Item {
  const { world, random, files } = life;
  const parent = pickPlace(life).id;
  const kind = random();
  const count = files.length;
  let id: string;
  if (kind < 0.06) id = world.createDoc({ name: `Doc ${count}`, parent, exports: exportsOf(life) });
  else if (kind < 0.1)
    id = world.createFile({ name: `Photo ${count}.png`, parent, mimeType: 'image/png', bytes });
  else id = world.createFile({ name: `File ${count}.txt`, parent, mimeType: 'text/plain', bytes });
  files.push(id);
  return world.item(id);
}

/** Exports of a Google Doc with new words. Their bytes are text, whatever their type says. */
export function exportsOf(life: Life): Record<string, Buffer> {
  const bytes = life.write();
  return { [docxType]: bytes, 'application/pdf': bytes, 'text/plain': bytes };
}

function contractText(count: number): string {
  return `SERVICES AGREEMENT ${count}\n\n1. Term\nThis Agreement between Client ${count} and Acme Ltd begins on 1 March 2026 and ends after ${1 + (count % 9)} years.\n\n2. Governing law\nThis Agreement is governed by the laws of Delaware.\n`;
}
