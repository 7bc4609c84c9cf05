import type { Access, Reader } from '../documents.ts';
import type { Asker, Principal } from './asker.ts';

/** Knows who is in which group. Implementations: a file that IT keeps; Google's directory. */
export interface Groups {
  /**
   * Addresses, in lower case, of the groups that a person is in, those they are in by way of another
   * group included. Never throws: a group of which that is not known is left out.
   */
  of(email: string): Promise<readonly string[]>;
}

/** The readers that a person is: anyone, themselves, their domain, and each of their groups. */
function readersOf({ email }: Principal, groups: readonly string[]): Reader[] {
  const domain = email.slice(email.lastIndexOf('@') + 1);
  return [
    'anyone',
    `user:${email}`,
    `domain:${domain}`,
    ...groups.map((group): Reader => `group:${group}`),
  ];
}

/** What one who asks may read now. Without `groups` nobody is in any. */
export async function accessOf(asker: Asker, groups: Groups | undefined): Promise<Access> {
  if (asker === 'everything') return asker;
  return readersOf(asker, (await groups?.of(asker.email)) ?? []);
}
