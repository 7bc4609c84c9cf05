/** Concurrent lookups. */
const maxConcurrentLookups = 8;

/**
 * Every group that a person is in, directly or through other groups, each once and sorted.
 * @param directGroupsOf the groups that an address, of a person or a group, is directly in
 * @param maxGroups further groups are left out
 */
export async function resolveTransitiveGroups(
  email: string,
  directGroupsOf: (address: string) => Promise<Iterable<string>> | Iterable<string>,
  maxGroups: number,
): Promise<string[]> {
  const groups = new Set<string>();
  const pending = [email];
  while (pending.length > 0) {
    const found = await Promise.all(
      pending.splice(0, maxConcurrentLookups).map(async (address) => directGroupsOf(address)),
    );
    for (const group of found.flatMap((directGroups) => [...directGroups])) {
      if (groups.has(group) || groups.size >= maxGroups) continue;
      groups.add(group);
      pending.push(group);
    }
  }
  return [...groups].sort();
}
