/** Names that a sentence lists at most. */
export const maxListedNames = 5;

/** "A; B; and 3 more": the first of `total` names, for a sentence. */
export function joinNames(names: string[], total = names.length): string {
  const firstNames = names.slice(0, maxListedNames).join('; ');
  return total > maxListedNames ? `${firstNames}; and ${total - maxListedNames} more` : firstNames;
}
