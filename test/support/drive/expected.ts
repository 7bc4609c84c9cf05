import { createHash } from 'node:crypto';
import type { AclEntry } from '../../../src/domain/documents.ts';
import { docType, docxType, folderType, type Grant, type Item, shortcutType } from './types.ts';
import type { DriveModel } from './drive-model.ts';

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
  isFromRoot: boolean;
  /** SHA-256 in hex, of a Google Doc that of its export. */
  contentHash: string;
  /** Everyone who can find and read it, sorted. Who needs its link does not count. */
  aclEntries: AclEntry[];
  /** Whether Google returns the permissions to the subject. */
  isAclKnown: boolean;
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

const defaultTypes = new Set([
  'text/plain',
  'application/pdf',
  'application/msword',
  docxType,
  docType,
]);

/**
 * What an index of this Drive, as this user sees it, should hold: each supported file by its id. It
 * is worked out from who granted what on which item, without the code that answers requests.
 */
export function expectedFor(
  model: DriveModel,
  subject: string,
  {
    scope = 'all',
    supported = (type) => defaultTypes.has(type),
    exportType = docxType,
  }: ExpectedOptions = {},
): Map<string, ExpectedFile> {
  const userView = new UserView(model, subject);
  const expected = new Map<string, ExpectedFile>();
  const add = (item: Item, shortcuts: Item[] = []) => {
    const hash = hashOf(item, exportType);
    if (!supported(item.mimeType) || hash === undefined) return;
    expected.set(item.id, {
      fileId: item.id,
      name: item.name,
      mimeType: item.mimeType,
      driveId: item.driveId,
      ...userView.locationOf(shortcuts[0] ?? item, scope),
      contentHash: hash,
      aclEntries: userView.aclEntriesOf(item),
      isAclKnown: userView.canSeeAcl(item),
      ...(shortcuts.length > 0 && { shortcuts: shortcuts.map(({ id }) => id) }),
    });
  };
  const inScope = [...model.items.values()].filter((item) => userView.isInScope(item, scope));
  for (const item of inScope) if (item.mimeType !== shortcutType) add(item);
  const shortcuts = inScope.filter(({ shortcutTo }) => shortcutTo !== undefined);
  const shortcutsByTarget = new Map<string, Item[]>();
  for (const shortcut of shortcuts.sort((one, other) => (one.id < other.id ? -1 : 1))) {
    const target = shortcut.shortcutTo?.targetId ?? '';
    shortcutsByTarget.set(target, [...(shortcutsByTarget.get(target) ?? []), shortcut]);
  }
  for (const [target, targetShortcuts] of shortcutsByTarget) {
    const item = model.items.get(target);
    if (item && !expected.has(target) && userView.canOpen(item)) add(item, targetShortcuts);
  }
  return expected;
}

function hashOf(item: Item, exportType: string): string | undefined {
  if (item.content) return item.content.sha256;
  const exported = item.exports?.get(exportType);
  return exported && createHash('sha256').update(exported).digest('hex');
}

/** A Drive as one user sees it. */
class UserView {
  private readonly model: DriveModel;
  private readonly identities: Set<string>;
  private readonly domain: string;

  constructor(model: DriveModel, subject: string) {
    this.model = model;
    this.identities = new Set([subject.toLowerCase()]);
    this.domain = subject.slice(subject.indexOf('@') + 1).toLowerCase();
    for (let before = 0; before < this.identities.size;) {
      before = this.identities.size;
      for (const [group, members] of model.people.groups)
        if ([...members].some((member) => this.identities.has(member))) this.identities.add(group);
    }
  }

  /** The item and what it lies in, from the inside out. */
  private ancestry(item: Item): Item[] {
    const ancestors = [item];
    for (let current = item; current.parent !== undefined; ancestors.push(current)) {
      const parent = this.model.items.get(current.parent);
      if (!parent) break;
      current = parent;
    }
    return ancestors;
  }

  /** Every grant that takes effect, with the item that gives it. */
  private grants(item: Item): { grant: Grant; on: Item }[] {
    const found: { grant: Grant; on: Item }[] = [];
    let isLimited = false;
    for (const on of this.ancestry(item)) {
      for (const grant of on.grants.values())
        if (!isLimited || grant.role === 'organizer') found.push({ grant, on });
      isLimited ||= on.inheritedPermissionsDisabled;
    }
    return found;
  }

  private appliesToUser({ type, emailAddress, domain }: Grant): boolean {
    if (type === 'anyone') return true;
    return type === 'domain' ? domain === this.domain : this.identities.has(emailAddress ?? '');
  }

  canOpen(item: Item): boolean {
    return (
      !this.isTrashed(item) && this.grants(item).some(({ grant }) => this.appliesToUser(grant))
    );
  }

  private isTrashed(item: Item): boolean {
    return this.ancestry(item).some(({ explicitlyTrashed }) => explicitlyTrashed);
  }

  isInScope(item: Item, scope: Scope): boolean {
    if (item.parent === undefined || item.mimeType === folderType) return false;
    if (!this.canOpen(item)) return false;
    const ancestors = this.ancestry(item);
    if (typeof scope === 'object' && 'folder' in scope) {
      const index = ancestors.findIndex(({ id }) => id === scope.folder);
      return index > 0 && ancestors.slice(0, index + 1).every((each) => this.canOpen(each));
    }
    if (typeof scope === 'object') return item.driveId === scope.drive && this.isMember(item);
    const isPersonal = this.grants(item).some(
      ({ grant, on }) =>
        this.appliesToUser(grant) && grant.emailAddress !== undefined && on.id !== item.driveId,
    );
    if (item.driveId === undefined) return isPersonal;
    return scope === 'all' && (isPersonal || this.isMember(item));
  }

  private isMember({ driveId }: Item): boolean {
    const root = driveId === undefined ? undefined : this.model.items.get(driveId);
    return [...(root?.grants.values() ?? [])].some((grant) => this.appliesToUser(grant));
  }

  locationOf(item: Item, scope: Scope): { folders: string[]; isFromRoot: boolean } {
    const folders: string[] = [];
    for (const folder of this.ancestry(item).slice(1)) {
      if (typeof scope === 'object' && 'folder' in scope && folder.id === scope.folder) break;
      if (!this.canOpen(folder)) break;
      folders.unshift(folder.name);
      if (folder.parent === undefined) return { folders, isFromRoot: true };
    }
    return { folders, isFromRoot: false };
  }

  aclEntriesOf(item: Item): AclEntry[] {
    const aclEntries = new Set<AclEntry>();
    for (const { grant } of this.grants(item)) {
      const { type, emailAddress, domain, allowFileDiscovery } = grant;
      if (type === 'user' || type === 'group') aclEntries.add(`${type}:${emailAddress}`);
      else if (allowFileDiscovery)
        aclEntries.add(type === 'domain' ? `domain:${domain}` : 'anyone');
    }
    return [...aclEntries].sort();
  }

  /** Google returns permissions to those who may share the file, and maybe to members of the drive. */
  canSeeAcl(item: Item): boolean {
    const { membersSeePermissions } = this.model;
    if (membersSeePermissions && item.driveId !== undefined && this.isMember(item)) return true;
    return this.grants(item).some(
      ({ grant }) =>
        this.appliesToUser(grant) && grant.role !== 'reader' && grant.role !== 'commenter',
    );
  }
}
