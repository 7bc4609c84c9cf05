import { createHash } from 'node:crypto';
import { AccessRules } from './access.ts';
import { ChangeLog } from './change-log.ts';
import { ItemTree } from './item-tree.ts';
import { docType, folderType, type Item, type SharedDrive } from './types.ts';
import { shortcutType, type ShareWith } from './types.ts';
import { grantFor, People } from './people.ts';

export interface DriveModelOptions {
  /** The Workspace's own domain; `firm.example` unless said. */
  domain?: string;
  /** Makes the ids of two models differ. */
  seed?: string;
  /**
   * Whether moving, sharing, trashing or deleting a folder brings an entry in the log for everything
   * in it as well. Google promises neither; without them is harder to follow, and the default.
   */
  entriesForDescendants?: boolean;
  /**
   * Whether members who may only read or comment in a shared drive see its permissions. The reference
   * leaves it open, and users report both. True by default.
   */
  membersSeePermissions?: boolean;
}

/** What a new item is given. It is its owner's in My Drive, or the shared drive's. */
export interface NewItem {
  name: string;
  /** A folder, a shared drive's id, or the top of somebody's My Drive (`rootOf`). */
  parent: string;
  /** In My Drive; the folder's owner unless said. */
  owner?: string;
  modifiedTime?: string;
}

/**
 * A Google Drive in memory: people, drives, files, who may read them, and what changed. Every method
 * is something a person does in Drive. Time advances by a second with each.
 */
export class DriveModel {
  readonly people: People;
  readonly access: AccessRules;
  readonly tree = new ItemTree();
  readonly drives = new Map<string, SharedDrive>();
  readonly userLogs = new Map<string, ChangeLog>();
  readonly driveLogs = new Map<string, ChangeLog>();
  private readonly roots = new Map<string, string>();
  private readonly seed: string;
  private readonly entriesForDescendants: boolean;
  readonly membersSeePermissions: boolean;
  private time = Date.UTC(2026, 0, 5, 8);
  private count = 0;

  constructor(options: DriveModelOptions = {}) {
    this.people = new People(options.domain ?? 'firm.example');
    this.seed = options.seed ?? 'drive-simulator';
    this.entriesForDescendants = options.entriesForDescendants ?? false;
    this.membersSeePermissions = options.membersSeePermissions ?? true;
    this.access = new AccessRules(this);
  }

  get items(): ReadonlyMap<string, Item> {
    return this.tree.items;
  }

  /** Throws where there is no such item. */
  item(id: string): Item {
    const item = this.items.get(id);
    if (!item) throw new Error(`There is no item ${id}.`);
    return item;
  }

  isTrashed(item: Item): boolean {
    return this.tree.isTrashed(item);
  }

  /** A user, or a service account, with a My Drive of their own. */
  addUser(email: string, displayName?: string): string {
    const { emailAddress } = this.people.addUser(email, displayName);
    const root = this.newItem({ name: 'My Drive', mimeType: folderType });
    root.owner = emailAddress;
    this.grant(root, { type: 'user', emailAddress, role: 'owner' });
    this.tree.add(root);
    this.roots.set(emailAddress, root.id);
    this.userLogs.set(emailAddress, new ChangeLog(1000 + this.userLogs.size * 37));
    return emailAddress;
  }

  /** The top folder of somebody's My Drive. */
  rootOf(email: string): string {
    const root = this.roots.get(email.toLowerCase());
    if (!root) throw new Error(`${email} is no user.`);
    return root;
  }

  /** Who is in a group from now on. Brings no entry in any log, as in Drive. */
  setGroup(email: string, members: readonly string[]): void {
    this.people.setGroup(email, members);
  }

  /** Returns the id of the drive, which is that of its top folder as well. */
  createDrive(name: string, members: readonly ShareWith[]): string {
    const root = this.newItem({ name, mimeType: folderType });
    root.id = `0A${root.id.slice(1, 16)}PVA`;
    root.driveId = root.id;
    for (const member of members) this.grant(root, member);
    this.tree.add(root);
    this.drives.set(root.id, { id: root.id, name, createdTime: root.createdTime });
    this.driveLogs.set(root.id, new ChangeLog(1));
    this.record(root, this.access.usersOf(root));
    return root.id;
  }

  createFolder(options: NewItem): string {
    return this.insert(this.newItem({ ...options, mimeType: folderType }), options);
  }

  createFile(options: NewItem & { mimeType: string; bytes: Buffer }): string {
    const item = this.newItem(options);
    item.content = this.contentOf(options.bytes);
    return this.insert(item, options);
  }

  /** A Google Doc, with what its exports give. */
  createDoc(options: NewItem & { exports: Readonly<Record<string, Buffer>> }): string {
    const item = this.newItem({ ...options, mimeType: docType });
    item.exports = new Map(Object.entries(options.exports));
    return this.insert(item, options);
  }

  createShortcut(options: NewItem & { targetId: string }): string {
    const target = this.item(options.targetId);
    const item = this.newItem({ ...options, mimeType: shortcutType });
    item.shortcutTo = {
      targetId: target.id,
      targetMimeType: target.mimeType,
      ...(target.resourceKey && { targetResourceKey: target.resourceKey }),
    };
    return this.insert(item, options);
  }

  /** Does something to an item and records it for all who saw it before or see it after. */
  change(item: Item, mutate: () => void, { content = false } = {}): void {
    const usersBefore = this.access.usersOf(item);
    const drive = item.driveId;
    const descendants = this.entriesForDescendants ? this.tree.descendants(item) : [];
    for (const affected of descendants)
      for (const user of this.access.usersOf(affected)) usersBefore.add(user);
    mutate();
    this.access.clearCache();
    item.version++;
    const time = this.now();
    if (content) item.modifiedTime = time;
    const users = new Set([...usersBefore, ...this.access.usersOf(item)]);
    for (const affected of [item, ...descendants]) this.record(affected, users, drive);
  }

  grant(item: Item, grantee: ShareWith): void {
    const grant = grantFor(grantee);
    item.grants.set(grant.id, grant);
    this.access.clearCache();
  }

  contentOf(bytes: Buffer): NonNullable<Item['content']> {
    const hash = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex');
    return { bytes, md5: hash('md5'), sha256: hash('sha256'), revision: this.newId('rev') };
  }

  /** The next second of the model, ISO 8601. */
  now(): string {
    this.time += 1000;
    return new Date(this.time).toISOString();
  }

  /** Adds an entry for the item: to the logs of its drives, and to those of the users. */
  record(item: Item, users: Iterable<string>, formerDrive?: string): void {
    const time = new Date(this.time).toISOString();
    const kind = item.id === item.driveId ? 'drive' : 'file';
    for (const drive of new Set([item.driveId, formerDrive]))
      if (drive) this.driveLogs.get(drive)?.add(kind, item.id, time);
    for (const user of users) this.userLogs.get(user)?.add(kind, item.id, time);
  }

  private insert(item: Item, { parent: parentId, owner, modifiedTime }: NewItem): string {
    const parent = this.item(parentId);
    item.parent = parent.id;
    if (modifiedTime) item.modifiedTime = modifiedTime;
    if (parent.driveId) item.driveId = parent.driveId;
    else {
      item.owner = (owner ?? parent.owner)?.toLowerCase();
      this.grant(item, { type: 'user', emailAddress: item.owner, role: 'owner' });
    }
    this.tree.add(item);
    this.record(item, this.access.usersOf(item));
    return item.id;
  }

  private newItem({ name, mimeType }: { name: string; mimeType: string }): Item {
    const time = this.now();
    return {
      id: `1${this.newId('item').slice(0, 32)}`,
      ordinal: this.count,
      name,
      mimeType,
      grants: new Map(),
      explicitlyTrashed: false,
      inheritedPermissionsDisabled: false,
      abusive: false,
      copyRequiresWriterPermission: false,
      version: 1,
      createdTime: time,
      modifiedTime: time,
    };
  }

  private newId(kind: string): string {
    const name = `${this.seed} ${kind} ${++this.count}`;
    return createHash('sha256').update(name).digest('base64url');
  }
}
