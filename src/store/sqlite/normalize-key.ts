/** Text under which differences of case, accents and width vanish, for comparing and ordering. */
export function normalizeKey(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
}
