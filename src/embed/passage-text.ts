/**
 * The text of a passage for embedding: its headings, then its text, since a clause often names its
 * subject only in its heading.
 * @param path headings from the top level down, as in `Passage.path`
 * @param indexText the passage as `indexText` of `src/segment` returns it
 */
export function passageText(path: string[], indexText: string): string {
  return path.length === 0 ? indexText : `${path.join(' > ')}\n${indexText}`;
}
