import type { Access, AclEntry } from '../domain/documents.ts';
import type { Principal, UserPrincipal } from './principal.ts';

/** Resolves the groups of a person. Implementations: a file; Google's directory. */
export interface GroupResolver {
  /**
   * Addresses, in lower case, of the groups that a person is in, directly or through other groups.
   * Never rejects: a group that cannot be resolved is left out.
   */
  resolve(email: string): Promise<readonly string[]>;
}

/** The ACL entries that match a person: anyone, themselves, their domain, and each of their groups. */
function aclEntriesFor({ email }: UserPrincipal, groups: readonly string[]): AclEntry[] {
  const domain = email.slice(email.lastIndexOf('@') + 1);
  return [
    'anyone',
    `user:${email}`,
    `domain:${domain}`,
    ...groups.map((group): AclEntry => `group:${group}`),
  ];
}

/** What a principal may read now. Without a resolver nobody is in any group. */
export async function resolveAccess(
  principal: Principal,
  groupResolver: GroupResolver | undefined,
): Promise<Access> {
  if (principal === 'unrestricted') return principal;
  return aclEntriesFor(principal, (await groupResolver?.resolve(principal.email)) ?? []);
}
