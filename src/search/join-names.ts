import { quoted } from '../encode/visible.ts';

/** Names that a sentence lists at most. */
export const maxListedNames = 5;

/** "A; B; and 3 more": the first of `total` names, for a sentence. */
export function joinNames(names: string[], total = names.length): string {
  const firstNames = names.slice(0, maxListedNames).join('; ');
  return total > maxListedNames ? `${firstNames}; and ${total - maxListedNames} more` : firstNames;
}

/** A contract in a sentence, by its title and its file. */
export function documentName(document: { title: string; file_name: string }): string {
  return `${quoted(document.title)} (${quoted(document.file_name)})`;
}
