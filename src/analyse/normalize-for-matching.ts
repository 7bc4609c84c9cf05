/**
 * Normalizes a text for matching patterns: lower case, straight quotes and hyphens, each run of
 * white space as one space. Offsets in the result are not those of the stored text, so never cite
 * from it.
 */
export function normalizeForMatching(text: string): string {
  return (
    text
      .toLowerCase()
      .replace(/[\u2018\u2019\u00b4`]/g, "'")
      .replace(/[\u201c\u201d\u201e\u00ab\u00bb]/g, '"')
      .replace(/[\u2010-\u2015\u2212]/g, '-')
      // single blanks, by far the most, are left as they are
      .replace(/[^\S ]\s*| \s+/g, ' ')
      .trim()
  );
}
