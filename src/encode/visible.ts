/**
 * Text from contracts, file names and sources, made visible for people and models: every character that
 * has no shape of its own, ends a line, or changes the order of others is written as `\u{HEX}`, its code
 * point in hexadecimal.
 */

/**
 * Controls (C0, DEL, C1), formats (bidirectional marks, zero-width characters, tags, soft hyphens), line and
 * paragraph separators, lone surrogates, and what fonts leave out (fillers, variation selectors). Signs of
 * Arabic, Syriac and Kaithi that are formats by their category, and have a shape, are not among them.
 */
const hiddenPattern =
  /(?![\u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2\u{110BD}\u{110CD}])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/gu;

const escapeCharacter = (character: string) =>
  `\\u{${character.codePointAt(0)!.toString(16).toUpperCase()}}`;

/** A backslash that the notation itself could be taken to begin with. */
const escapeNotation = (text: string) => text.replaceAll('\\u{', String.raw`\u{5C}u{`);

/**
 * Shows hidden characters of text that Deedbox composed, and in which names are encoded already. Encoding
 * it again changes nothing.
 * @param kept characters that stay as they are
 */
export function showHidden(text: string, kept = ''): string {
  return text.replace(hiddenPattern, (character) =>
    kept.includes(character) ? character : escapeCharacter(character),
  );
}

/**
 * A name (of a file, folder, person, party or source; a title, a heading, a value) on one line. White space
 * at its ends is shown too, so that two different names never look the same by what cannot be seen. To be
 * applied once: `decodeSingleLine` restores the name.
 */
export function singleLine(name: string): string {
  const shown = showHidden(escapeNotation(name));
  const trimmed = shown.trim();
  if (trimmed.length === shown.length) return shown;
  const start = shown.indexOf(trimmed);
  const showSpaces = (spaces: string) => Array.from(spaces, escapeCharacter).join('');
  return `${showSpaces(shown.slice(0, start))}${trimmed}${showSpaces(shown.slice(start + trimmed.length))}`;
}

/** The name that `singleLine` encoded. Any other text is returned unchanged. */
export function decodeSingleLine(text: string): string {
  return text.replace(/\\u\{([0-9A-F]{1,6})\}/g, (notation, hex: string) => {
    const codePoint = Number.parseInt(hex, 16);
    return codePoint > 0x10ffff ? notation : String.fromCodePoint(codePoint);
  });
}

/** A name for the middle of a sentence, in quotes that it cannot close. */
export function quoted(name: string): string {
  return `"${singleLine(name).replaceAll('"', '\\"')}"`;
}

/**
 * Text of a contract with the line breaks `\n` and `\r\n`, both as `\n`, and tabs. All other hidden
 * characters are shown, other line breaks too, so that each line of the result is one for every reader.
 */
export function visibleText(text: string): string {
  return showHidden(escapeNotation(text.replaceAll('\r\n', '\n')), '\n\t');
}
