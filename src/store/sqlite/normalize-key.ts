/** Text without differences of case, accents and width, to compare and sort by. */
export function normalizeKey(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
}
