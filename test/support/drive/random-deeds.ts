import { edit, editDoc, limitAccess, move, remove, rename, restore } from './deeds.ts';
import { share, trash, unshare } from './deeds.ts';
import type { Item, Role, ShareWith } from './model.ts';
import {
  addFile,
  addFolder,
  exportsOf,
  type Life,
  pick,
  pickItem,
  pickPlace,
} from './random-life.ts';

/** Something that happens, and how often beside the others. Undefined where it could not. */
interface Deed {
  weight: number;
  act(life: Life): string | undefined;
}

/** So many things happen, one after the other. Returns what, in words. */
export function live(life: Life, deeds: number): string[] {
  const weight = table.reduce((sum, deed) => sum + deed.weight, 0);
  const done: string[] = [];
  while (done.length < deeds) {
    let at = life.random() * weight;
    const what = table.find((deed) => (at -= deed.weight) < 0)?.act(life);
    if (what !== undefined) done.push(what);
  }
  return done;
}

const table: readonly Deed[] = [
  { weight: 12, act: (life) => `created ${addFile(life).name}` },
  { weight: 3, act: (life) => `created ${addFolder(life).name}` },
  { weight: 2, act: copy },
  { weight: 2, act: addShortcut },
  { weight: 12, act: (life) => onFile(life, 'edited', rewrite) },
  { weight: 3, act: (life) => onFile(life, 'touched', touch) },
  { weight: 8, act: (life) => onFile(life, 'renamed', (item) => renameIt(life, item)) },
  { weight: 3, act: (life) => onFolder(life, 'renamed', (item) => renameIt(life, item)) },
  { weight: 8, act: (life) => onFile(life, 'moved', (item) => moveIt(life, item)) },
  { weight: 3, act: (life) => onFolder(life, 'moved', (item) => moveIt(life, item)) },
  { weight: 6, act: (life) => onFile(life, 'trashed', ({ id }) => trash(life.world, id)) },
  { weight: 1.5, act: (life) => onFolder(life, 'trashed', ({ id }) => trash(life.world, id)) },
  { weight: 5, act: restoreSomething },
  { weight: 2, act: (life) => onFile(life, 'deleted', ({ id }) => remove(life.world, id)) },
  { weight: 0.5, act: (life) => onFolder(life, 'deleted', ({ id }) => remove(life.world, id)) },
  { weight: 8, act: (life) => onFile(life, 'shared', (item) => shareIt(life, item)) },
  { weight: 4, act: (life) => onFolder(life, 'shared', (item) => shareIt(life, item)) },
  { weight: 7, act: (life) => unshareSomething(life, life.files) },
  { weight: 3, act: (life) => unshareSomething(life, life.folders) },
  { weight: 1, act: limitSomething },
  { weight: 2, act: changeGroup },
  { weight: 1.5, act: changeMembers },
];

function onFile(life: Life, verb: string, act: (item: Item, life: Life) => void) {
  return on(life, life.files, verb, act);
}

/** Not the folders of each user, which stay where they are. */
function onFolder(life: Life, verb: string, act: (item: Item, life: Life) => void) {
  return on(life, life.folders, verb, act);
}

function on(
  life: Life,
  ids: string[],
  verb: string,
  act: (item: Item, life: Life) => void,
): string | undefined {
  const fits = (each: Item) => !life.world.isTrashed(each) && each.name !== 'Contracts';
  const item = pickItem(life, ids, fits);
  if (!item) return undefined;
  const { name } = item;
  act(item, life);
  return `${verb} ${name}`;
}

function copy(life: Life): string | undefined {
  const item = pickItem(life, life.files, ({ content }) => content !== undefined);
  return item?.content && `copied ${item.name} to ${addFile(life, item.content.bytes).name}`;
}

function addShortcut(life: Life): string | undefined {
  const target = pickItem(life, life.files, ({ shortcutTo }) => shortcutTo === undefined);
  if (!target) return undefined;
  const name = `Shortcut ${life.files.length}`;
  const parent = pickPlace(life).id;
  life.files.push(life.world.createShortcut({ name, parent, targetId: target.id }));
  return `made ${name} to ${target.name}`;
}

function rewrite(item: Item, life: Life): void {
  if (item.exports) editDoc(life.world, item.id, exportsOf(life));
  else if (item.content) edit(life.world, item.id, life.write());
}

/** A new version with the same content. */
function touch(item: Item, life: Life): void {
  life.world.change(item, () => {}, { content: true });
}

function renameIt({ world, random }: Life, item: Item): void {
  const ending = /\.\w+$/.exec(item.name)?.[0] ?? '';
  const stem = item.name.slice(0, item.name.length - ending.length).replace(/ v\d+$/, '');
  rename(world, item.id, `${stem} v${Math.floor(random() * 1000)}${ending}`);
}

function moveIt(life: Life, item: Item): void {
  const place = pickPlace(life);
  if (!life.world.tree.lineOf(place).includes(item)) move(life.world, item.id, place.id);
}

function restoreSomething(life: Life): string | undefined {
  const trashed = (item: Item) => item.explicitlyTrashed;
  const item = pickItem(life, life.random() < 0.8 ? life.files : life.folders, trashed);
  if (!item) return undefined;
  restore(life.world, item.id);
  return `restored ${item.name}`;
}

const sharedRoles: readonly Role[] = ['reader', 'reader', 'commenter', 'writer'];

function shareIt(life: Life, item: Item): void {
  const { random, users, groups, world } = life;
  const role = pick(random, sharedRoles);
  const kind = random();
  let whom: ShareWith;
  if (kind < 0.5) whom = { type: 'user', emailAddress: pick(random, users), role };
  else if (kind < 0.75) whom = { type: 'group', emailAddress: pick(random, groups), role };
  else {
    const allowFileDiscovery = random() < 0.5;
    const { domain } = world.people;
    whom = { type: kind < 0.9 ? 'domain' : 'anyone', domain, role: 'reader', allowFileDiscovery };
  }
  if (whom.emailAddress !== item.owner) share(world, item.id, whom);
}

function unshareSomething(life: Life, ids: string[]): string | undefined {
  const { world, subject, random } = life;
  const mayEnd = (grant: { role: Role; emailAddress?: string }) =>
    grant.role !== 'owner' && grant.emailAddress !== subject;
  const item = pickItem(life, ids, (each) => [...each.grants.values()].some(mayEnd));
  if (!item) return undefined;
  const grant = pick(random, [...item.grants.values()].filter(mayEnd));
  unshare(world, item.id, grant.id);
  return `took ${item.name} from ${grant.emailAddress ?? grant.id}`;
}

function limitSomething(life: Life): string | undefined {
  return onFolder(life, 'limited or opened', (item) =>
    limitAccess(life.world, item.id, !item.inheritedPermissionsDisabled),
  );
}

function changeGroup({ world, random, groups, users }: Life): string | undefined {
  if (groups.length === 0) return undefined;
  const group = pick(random, groups);
  const members = new Set(world.people.groups.get(group));
  const user = pick(random, users);
  if (!members.delete(user)) members.add(user);
  world.setGroup(group, [...members]);
  return `changed whether ${user} is in ${group}`;
}

/** Somebody comes into a shared drive or leaves it; the subject stays. */
function changeMembers({ world, random, drives, users }: Life): string | undefined {
  if (drives.length === 0) return undefined;
  const top = world.item(pick(random, drives));
  const user = pick(random, users);
  const grant = [...top.grants.values()].find(({ emailAddress }) => emailAddress === user);
  if (grant) unshare(world, top.id, grant.id);
  else share(world, top.id, { type: 'user', emailAddress: user, role: pick(random, sharedRoles) });
  return `changed whether ${user} is a member of ${top.name}`;
}
