/**
 * Text as cues and questions are matched on: lower case, straight quotes and hyphens, every run of
 * white space one space. Offsets are lost, so it serves to judge a sentence, never to cite it.
 */
export function normalizeForMatching(text: string): string {
  return text
    .toLowerCase()
    .replace(/[\u2018\u2019\u00b4`]/g, "'")
    .replace(/[\u201c\u201d\u201e\u00ab\u00bb]/g, '"')
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/\s+/g, ' ')
    .trim();
}
