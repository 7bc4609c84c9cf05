/** Names that a sentence lists. */
export const mostListed = 5;

/** "A; B; and 3 more": at most `mostListed` of `total` names, for a sentence. */
export function listed(names: string[], total = names.length): string {
  const shown = names.slice(0, mostListed).join('; ');
  return total > mostListed ? `${shown}; and ${total - mostListed} more` : shown;
}
