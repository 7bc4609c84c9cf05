/** Text under which differences of case, accents and width vanish, for comparing and ordering. */
export function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
}
