import type { Access, AclEntry } from '../domain/documents.ts';
import type { Principal, UserPrincipal } from './principal.ts';

/** Knows who is in which group. Implementations: a file that IT keeps; Google's directory. */
export interface GroupResolver {
  /**
   * Addresses, in lower case, of the groups that a person is in, those they are in by way of another
   * group included. Never throws: a group of which that is not known is left out.
   */
  resolve(email: string): Promise<readonly string[]>;
}

/** The readers that a person is: anyone, themselves, their domain, and each of their groups. */
function aclEntriesFor({ email }: UserPrincipal, groups: readonly string[]): AclEntry[] {
  const domain = email.slice(email.lastIndexOf('@') + 1);
  return [
    'anyone',
    `user:${email}`,
    `domain:${domain}`,
    ...groups.map((group): AclEntry => `group:${group}`),
  ];
}

/** What one who asks may read now. Without `groups` nobody is in any. */
export async function resolveAccess(
  principal: Principal,
  groupResolver: GroupResolver | undefined,
): Promise<Access> {
  if (principal === 'unrestricted') return principal;
  return aclEntriesFor(principal, (await groupResolver?.resolve(principal.email)) ?? []);
}
