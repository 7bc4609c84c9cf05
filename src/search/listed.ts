/** "A; B; and 3 more": at most five of `total` names, for a sentence. */
export function listed(names: string[], total = names.length): string {
  const shown = names.slice(0, 5).join('; ');
  return total > 5 ? `${shown}; and ${total - 5} more` : shown;
}
