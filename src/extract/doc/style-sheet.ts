import { tableEntry, type DocStreams, type TableEntry } from './binary-file.ts';
import { characterProperties, type CharacterProperties } from './character-properties.ts';

interface Style {
  basedOn: number;
  hides: boolean | undefined;
}

const styleSheet: TableEntry = 0xa2;
const fontTable: TableEntry = 0x112;
const noStyle = 0xfff;

/** Whether the styles of a Word 97–2003 file hide text ([MS-DOC] 2.9.271). */
export class DocStyleSheet {
  private readonly styles: (Style | undefined)[] = [];

  constructor(streams: DocStreams) {
    const sheet = tableEntry(streams, styleSheet);
    if (sheet.length < 6) return;
    const headerSize = sheet.readUInt16LE(0);
    const count = sheet.readUInt16LE(2);
    const baseSize = sheet.readUInt16LE(4);
    let at = 2 + headerSize;
    for (let index = 0; index < count && at + 2 <= sheet.length; index++) {
      const size = sheet.readUInt16LE(at);
      this.styles.push(
        size === 0 ? undefined : readStyle(sheet.subarray(at + 2, at + 2 + size), baseSize),
      );
      at += 2 + size;
    }
  }

  /** Whether characters are hidden, given the style of their paragraph. */
  isHidden({ hidden, characterStyle }: CharacterProperties, paragraphStyle: number): boolean {
    if (typeof hidden === 'boolean') return hidden;
    const byStyle = this.hides(paragraphStyle) !== this.hides(characterStyle ?? noStyle);
    return hidden === 'opposite' ? !byStyle : byStyle;
  }

  private hides(index: number): boolean {
    const seen = new Set<number>();
    for (let at = index; at !== noStyle && !seen.has(at);) {
      seen.add(at);
      const style = this.styles[at];
      if (style?.hides !== undefined) return style.hides;
      at = style?.basedOn ?? noStyle;
    }
    return false;
  }
}

const paragraphKind = 1;
const characterKind = 2;

function readStyle(style: Buffer, baseSize: number): Style | undefined {
  if (style.length < baseSize + 2) return undefined;
  const kindAndBase = style.readUInt16LE(2);
  const kind = kindAndBase & 0xf;
  let hides: boolean | undefined;
  if (kind === paragraphKind || kind === characterKind) {
    const afterName = baseSize + 4 + 2 * style.readUInt16LE(baseSize);
    const lists = propertyLists(style, afterName);
    const list = lists[kind === paragraphKind ? 1 : 0];
    const hidden = list && characterProperties(list).hidden;
    hides = typeof hidden === 'boolean' ? hidden : undefined;
  }
  return { basedOn: kindAndBase >> 4, hides };
}

function propertyLists(style: Buffer, start: number): Buffer[] {
  const lists: Buffer[] = [];
  for (let at = start; at + 2 <= style.length;) {
    const size = style.readUInt16LE(at);
    lists.push(style.subarray(at + 2, at + 2 + size));
    at += 2 + size + (size % 2);
  }
  return lists;
}

/** The names of the fonts, by number ([MS-DOC] 2.9.286). */
export function readFonts(streams: DocStreams): string[] {
  const table = tableEntry(streams, fontTable);
  const fonts: string[] = [];
  const nameOffset = 40;
  for (let at = 4; at < table.length; at += table.readUInt8(at) + 1) {
    const font = table.subarray(at, at + table.readUInt8(at) + 1);
    fonts.push(font.subarray(nameOffset).toString('utf16le').replace(/\0.*$/s, ''));
  }
  return fonts;
}
