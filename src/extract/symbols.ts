import { codePoint } from 'dingbat-to-unicode';

/** A tick box as it stands in the stored text, whatever made it. */
export const tickBox = (isTicked: boolean): string => (isTicked ? '☒' : '☐');

const symbolFont = /^(?:wingdings(?: [23])?|webdings|symbol|zapfdingbats)$/i;

export function isSymbolFont(font: string | undefined): font is string {
  return font !== undefined && symbolFont.test(font.trim());
}

/** Signs of symbol fonts under the characters that people type for them. */
const plainSigns: Readonly<Record<string, string>> = {
  '🗷': '☒',
  '🗹': '☒',
  '🗵': '☒',
  '⮽': '☒',
  '⌧': '☒',
  '☑': '☒',
  '🞎': '☐',
  '🞏': '☐',
  '🞐': '☐',
  '🗆': '☐',
  '□': '☐',
  '◻': '☐',
  '⬜': '☐',
  '🗸': '✓',
  '🗶': '✗',
  '🗴': '✗',
  '🗙': '✗',
  '⭘': '○',
  '🞊': '◉',
  '⚫': '●',
  '◼': '■',
  '⬛': '■',
};

/**
 * The character that a code shows in a symbol font such as Wingdings. Office adds 0xF000 to the code.
 * Of a code that the font does not have, the character itself, or nothing if it is for private use.
 */
export function symbolCharacter(font: string, code: number): string {
  const inPrivateUse = code >= 0xf000 && code <= 0xf0ff;
  const found = codePoint(font.trim(), inPrivateUse ? code - 0xf000 : code)?.string;
  if (found !== undefined) return plainSigns[found] ?? found;
  return inPrivateUse || code > 0x10ffff ? '' : String.fromCodePoint(code);
}

/** A text as a symbol font shows it. */
export function symbolText(font: string, text: string): string {
  return Array.from(text, (character) =>
    /\s/.test(character) ? character : symbolCharacter(font, character.codePointAt(0)!),
  ).join('');
}
