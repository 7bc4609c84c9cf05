/** What JSON allows in a string, and a terminal or a reader of lines obeys or hides. */
const hiddenInJson = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/gu;

const unicodeEscapes = (character: string) =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** JSON on one line, equal to its value for every parser, in which no character is hidden. */
export function visibleJson(value: unknown): string {
  return escapeJson(JSON.stringify(value));
}

/** The same for a line that is JSON already. */
export function escapeJson(json: string): string {
  return json.replace(hiddenInJson, unicodeEscapes);
}
