/** Characters that no answer shows as they are; written by their numbers, independently of the encoders. */

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at);

const codePoints = [
  ...range(0x00, 0x1f), // C0 with tab, line feed, vertical tab, form feed, carriage return, escape
  ...range(0x7f, 0x9f), // DEL, C1 with NEL, CSI and OSC
  0xad, // soft hyphen
  0x34f, // grapheme joiner
  0x61c, // Arabic letter mark
  ...range(0x115f, 0x1160), // fillers
  ...range(0x17b4, 0x17b5),
  0x3164,
  0xffa0,
  ...range(0x180b, 0x180f),
  ...range(0x200b, 0x200f), // zero-width characters, LRM, RLM
  ...range(0x2028, 0x202e), // line and paragraph separator, bidirectional marks
  ...range(0x2060, 0x206f), // word joiner, isolates
  0x2800, // blank Braille pattern
  ...range(0xd800, 0xd803), // halves of characters
  ...range(0xdffc, 0xdfff),
  ...range(0xfe00, 0xfe0f), // variation selectors
  0xfeff, // byte order mark
  ...range(0xfff9, 0xfffb),
  0xe0001, // tags
  ...range(0xe0020, 0xe007f),
  ...range(0xe0100, 0xe01ef),
];

export const hiddenCharacters = codePoints.map((codePoint) => String.fromCodePoint(codePoint));

const hidden = new Set(codePoints);

/** The hidden characters of a text, but for those that are allowed there, as `U+202E`. */
export function hiddenIn(text: string, allowed = ''): string[] {
  return Array.from(text)
    .filter((character) => {
      const codePoint = character.codePointAt(0)!;
      const isHalf = codePoint >= 0xd800 && codePoint <= 0xdfff;
      return (hidden.has(codePoint) || isHalf) && !allowed.includes(character);
    })
    .map((character) => `U+${character.codePointAt(0)!.toString(16).toUpperCase()}`);
}
