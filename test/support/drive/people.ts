import { foldAscii } from '../../../src/domain/email-address.ts';
import { createHash } from 'node:crypto';
import type { Grant, ShareWith } from './types.ts';

export interface Person {
  emailAddress: string;
  displayName: string;
  permissionId: string;
}

/** The users, service accounts and groups of one Google Workspace, and who is in which group. */
export class People {
  /** The Workspace's own domain. */
  readonly domain: string;
  readonly users = new Map<string, Person>();
  /** Group address → addresses of its members, users or groups. */
  readonly groups = new Map<string, Set<string>>();
  private readonly permissionIdCache = new Map<string, Set<string>>();

  constructor(domain: string) {
    this.domain = domain;
  }

  addUser(email: string, displayName = email.split('@')[0] ?? email): Person {
    const emailAddress = foldAscii(email);
    const person = { emailAddress, displayName, permissionId: permissionIdOf(emailAddress) };
    this.users.set(emailAddress, person);
    this.permissionIdCache.clear();
    return person;
  }

  setGroup(email: string, members: readonly string[]): void {
    this.groups.set(email.toLowerCase(), new Set(members.map((member) => member.toLowerCase())));
    this.permissionIdCache.clear();
  }

  /** Every group the user or group is in, through other groups as well. */
  groupsOf(email: string): Set<string> {
    const found = new Set<string>();
    const queue = [email.toLowerCase()];
    for (let member = queue.pop(); member !== undefined; member = queue.pop()) {
      for (const [group, members] of this.groups) {
        if (!members.has(member) || found.has(group)) continue;
        found.add(group);
        queue.push(group);
      }
    }
    return found;
  }

  /** Every user in a group, through other groups as well. */
  usersIn(group: string): Set<string> {
    const users = new Set<string>();
    const seen = new Set<string>();
    const queue = [group.toLowerCase()];
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
      if (seen.has(name)) continue;
      seen.add(name);
      const members = this.groups.get(name);
      if (members) queue.push(...members);
      else if (this.users.has(name)) users.add(name);
    }
    return users;
  }

  /** The permission ids that give this user something: their own, their groups', their domain's. */
  permissionIdsFor(email: string): ReadonlySet<string> {
    const cached = this.permissionIdCache.get(email);
    if (cached) return cached;
    const ids = new Set(['anyone', 'anyoneWithLink', permissionIdOf(email)]);
    ids.add(permissionIdOf(domainOf(email)));
    for (const group of this.groupsOf(email)) ids.add(permissionIdOf(group));
    this.permissionIdCache.set(email, ids);
    return ids;
  }
}

function domainOf(email: string): string {
  return email.slice(email.indexOf('@') + 1).toLowerCase();
}

/** The grant that sharing makes, with the permission id Drive would give it. */
export function grantFor({
  type,
  emailAddress,
  domain,
  role = 'reader',
  allowFileDiscovery = false,
  expirationTime,
}: ShareWith): Grant {
  if (type === 'anyone') {
    const id = allowFileDiscovery ? 'anyone' : 'anyoneWithLink';
    return { id, type, role, allowFileDiscovery };
  }
  if (type === 'domain') {
    if (!domain) throw new Error('Sharing with a domain needs the domain.');
    return { id: permissionIdOf(domain), type, domain, role, allowFileDiscovery };
  }
  if (!emailAddress) throw new Error(`Sharing with a ${type} needs an address.`);
  const email = foldAscii(emailAddress);
  const expiry = expirationTime === undefined ? {} : { expirationTime };
  const id = permissionIdOf(email);
  return { id, type, emailAddress: email, role, allowFileDiscovery: false, ...expiry };
}

/** Twenty digits, as Drive's are, derived from the address. */
export function permissionIdOf(address: string): string {
  const hash = createHash('sha256').update(address.toLowerCase()).digest();
  const digits = (hash.readBigUInt64BE(0) % 10n ** 19n).toString().padStart(19, '0');
  return `${address.includes('@') ? '1' : '0'}${digits}`;
}
