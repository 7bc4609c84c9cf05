/**
 * The text of a passage as it is embedded: the headings it stands under, then what it says. A
 * clause often names its subject in its heading alone.
 * @param path headings from the top level down, as in `Passage.path`
 * @param indexText the passage as a reader reads it
 */
export function passageText(path: string[], indexText: string): string {
  return path.length === 0 ? indexText : `${path.join(' > ')}\n${indexText}`;
}
