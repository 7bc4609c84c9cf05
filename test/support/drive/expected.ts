import { createHash } from 'node:crypto';
import type { Reader } from '../../../src/documents.ts';
import { docType, docxType, folderType, type Grant, type Item, shortcutType } from './model.ts';
import type { World } from './world.ts';

/** Which part of a Drive an index holds; `my` is My Drive with what others shared with its owner. */
export type Scope = 'all' | 'my' | { drive: string } | { folder: string };

export interface ExpectedFile {
  fileId: string;
  name: string;
  mimeType: string;
  /** Of the shared drive it lies in. */
  driveId?: string;
  /**
   * Names of the folders it lies in, outermost first: from the top of its drive, from below the folder
   * of the scope, or from the outermost folder that the subject may see.
   */
  folders: string[];
  /** Whether the first of them is the top of a drive. */
  fromTop: boolean;
  /** SHA-256 in hex, of a Google Doc that of its export. */
  contentHash: string;
  /** Everyone who can find and read it, sorted. Who needs its link does not count. */
  readers: Reader[];
  /** Whether Google tells the subject who they are. */
  readersKnown: boolean;
  /** Where nothing but shortcuts lead to it: their ids, sorted. It is shown where the first is. */
  shortcuts?: string[];
}

export interface ExpectedOptions {
  scope?: Scope;
  /** By MIME type; text, PDF, Word and Google Docs unless said. */
  supported?: (mimeType: string) => boolean;
  /** The MIME type that Google Docs are exported as. */
  exportType?: string;
}

const usual = new Set(['text/plain', 'application/pdf', 'application/msword', docxType, docType]);

/**
 * What an index of this Drive, as this user sees it, should hold: each supported file by its id. It
 * is worked out from who granted what on which item, without the code that answers requests.
 */
export function expectedFor(
  world: World,
  subject: string,
  {
    scope = 'all',
    supported = (type) => usual.has(type),
    exportType = docxType,
  }: ExpectedOptions = {},
): Map<string, ExpectedFile> {
  const view = new View(world, subject);
  const expected = new Map<string, ExpectedFile>();
  const add = (item: Item, shortcuts: Item[] = []) => {
    const hash = hashOf(item, exportType);
    if (!supported(item.mimeType) || hash === undefined) return;
    expected.set(item.id, {
      fileId: item.id,
      name: item.name,
      mimeType: item.mimeType,
      driveId: item.driveId,
      ...view.placeOf(shortcuts[0] ?? item, scope),
      contentHash: hash,
      readers: view.readersOf(item),
      readersKnown: view.knowsReaders(item),
      ...(shortcuts.length > 0 && { shortcuts: shortcuts.map(({ id }) => id) }),
    });
  };
  const inScope = [...world.items.values()].filter((item) => view.isInScope(item, scope));
  for (const item of inScope) if (item.mimeType !== shortcutType) add(item);
  const shortcuts = inScope.filter(({ shortcutTo }) => shortcutTo !== undefined);
  const leading = new Map<string, Item[]>();
  for (const shortcut of shortcuts.sort((one, other) => (one.id < other.id ? -1 : 1))) {
    const target = shortcut.shortcutTo?.targetId ?? '';
    leading.set(target, [...(leading.get(target) ?? []), shortcut]);
  }
  for (const [target, those] of leading) {
    const item = world.items.get(target);
    if (item && !expected.has(target) && view.canOpen(item)) add(item, those);
  }
  return expected;
}

function hashOf(item: Item, exportType: string): string | undefined {
  if (item.content) return item.content.sha256;
  const exported = item.exports?.get(exportType);
  return exported && createHash('sha256').update(exported).digest('hex');
}

/** A Drive as one user sees it. */
class View {
  private readonly world: World;
  private readonly names: Set<string>;
  private readonly domain: string;

  constructor(world: World, subject: string) {
    this.world = world;
    this.names = new Set([subject.toLowerCase()]);
    this.domain = subject.slice(subject.indexOf('@') + 1).toLowerCase();
    for (let before = 0; before < this.names.size;) {
      before = this.names.size;
      for (const [group, members] of world.people.groups)
        if ([...members].some((member) => this.names.has(member))) this.names.add(group);
    }
  }

  /** The item and what it lies in, from the inside out. */
  private upward(item: Item): Item[] {
    const line = [item];
    for (let at = item; at.parent !== undefined; line.push(at)) {
      const parent = this.world.items.get(at.parent);
      if (!parent) break;
      at = parent;
    }
    return line;
  }

  /** Every grant that takes effect, with the item that gives it. */
  private grants(item: Item): { grant: Grant; on: Item }[] {
    const found: { grant: Grant; on: Item }[] = [];
    let limited = false;
    for (const on of this.upward(item)) {
      for (const grant of on.grants.values())
        if (!limited || grant.role === 'organizer') found.push({ grant, on });
      limited ||= on.inheritedPermissionsDisabled;
    }
    return found;
  }

  private isMine({ type, emailAddress, domain }: Grant): boolean {
    if (type === 'anyone') return true;
    return type === 'domain' ? domain === this.domain : this.names.has(emailAddress ?? '');
  }

  canOpen(item: Item): boolean {
    return !this.isTrashed(item) && this.grants(item).some(({ grant }) => this.isMine(grant));
  }

  private isTrashed(item: Item): boolean {
    return this.upward(item).some(({ explicitlyTrashed }) => explicitlyTrashed);
  }

  isInScope(item: Item, scope: Scope): boolean {
    if (item.parent === undefined || item.mimeType === folderType) return false;
    if (!this.canOpen(item)) return false;
    const line = this.upward(item);
    if (typeof scope === 'object' && 'folder' in scope) {
      const at = line.findIndex(({ id }) => id === scope.folder);
      return at > 0 && line.slice(0, at + 1).every((each) => this.canOpen(each));
    }
    if (typeof scope === 'object') return item.driveId === scope.drive && this.isMember(item);
    const personal = this.grants(item).some(
      ({ grant, on }) =>
        this.isMine(grant) && grant.emailAddress !== undefined && on.id !== item.driveId,
    );
    if (item.driveId === undefined) return personal;
    return scope === 'all' && (personal || this.isMember(item));
  }

  private isMember({ driveId }: Item): boolean {
    const top = driveId === undefined ? undefined : this.world.items.get(driveId);
    return [...(top?.grants.values() ?? [])].some((grant) => this.isMine(grant));
  }

  placeOf(item: Item, scope: Scope): { folders: string[]; fromTop: boolean } {
    const folders: string[] = [];
    for (const folder of this.upward(item).slice(1)) {
      if (typeof scope === 'object' && 'folder' in scope && folder.id === scope.folder) break;
      if (!this.canOpen(folder)) break;
      folders.unshift(folder.name);
      if (folder.parent === undefined) return { folders, fromTop: true };
    }
    return { folders, fromTop: false };
  }

  readersOf(item: Item): Reader[] {
    const readers = new Set<Reader>();
    for (const { grant } of this.grants(item)) {
      const { type, emailAddress, domain, allowFileDiscovery } = grant;
      if (type === 'user' || type === 'group') readers.add(`${type}:${emailAddress}`);
      else if (allowFileDiscovery) readers.add(type === 'domain' ? `domain:${domain}` : 'anyone');
    }
    return [...readers].sort();
  }

  /** Google tells whoever may share the file, and maybe members of the shared drive. */
  knowsReaders(item: Item): boolean {
    const { membersSeePermissions } = this.world;
    if (membersSeePermissions && item.driveId !== undefined && this.isMember(item)) return true;
    return this.grants(item).some(
      ({ grant }) => this.isMine(grant) && grant.role !== 'reader' && grant.role !== 'commenter',
    );
  }
}
