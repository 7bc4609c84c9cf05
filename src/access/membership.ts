/** Addresses looked up at once. */
const atOnce = 8;

/**
 * Every group that somebody is in, by way of other groups too, each once and in order.
 * @param above the groups that an address, of a person or a group, is directly in
 * @param most so many groups at most; the others are left out
 */
export async function allGroups(
  email: string,
  above: (address: string) => Promise<Iterable<string>> | Iterable<string>,
  most: number,
): Promise<string[]> {
  const groups = new Set<string>();
  const waiting = [email];
  while (waiting.length > 0) {
    const found = await Promise.all(
      waiting.splice(0, atOnce).map(async (address) => above(address)),
    );
    for (const group of found.flatMap((some) => [...some])) {
      if (groups.has(group) || groups.size >= most) continue;
      groups.add(group);
      waiting.push(group);
    }
  }
  return [...groups].sort();
}
