import { partitionPoint } from '../../domain/partition-point.ts';
import { isSymbolFont, symbolCharacter } from '../symbols.ts';
import { readPieces, type DocStreams, type Piece } from './binary-file.ts';
import { characterProperties, type CharacterProperties } from './character-properties.ts';
import { formFieldText } from './form-field.ts';
import { modifiersOf, PropertyRuns } from './property-runs.ts';
import { DocStyleSheet, readFonts } from './style-sheet.ts';

/** Characters that Word uses for something else than their text ([MS-DOC] 2.4.1, 2.8.35). */
const specialCharacters: Readonly<Record<string, string>> = {
  '\x09': '\t',
  '\x0a': '\n',
  '\x0b': '\n',
  '\x0c': '\n',
  '\x0d': '\n',
  '\x0e': '\n',
  '\x1e': '\u2011',
  '\x1f': '\u00ad',
};
const cellMark = '\x07';
const [fieldBegin, fieldSeparator, fieldEnd] = ['\x13', '\x14', '\x15'];

interface ParagraphProperties {
  style: number;
  isRowEnd: boolean;
}

interface OpenField {
  instruction: string;
  isInResult: boolean;
  formOffset: number | undefined;
}

/** The text of a Word 97–2003 file by its positions, without deleted and hidden text. */
export class DocText {
  private readonly streams: DocStreams;
  private readonly pieces: Piece[];
  private readonly characters: PropertyRuns;
  private readonly paragraphs: PropertyRuns;
  private readonly styles: DocStyleSheet;
  private readonly fonts: string[];
  private readonly knownProperties = new Map<Buffer, CharacterProperties>();

  /** Throws `corrupt`. */
  constructor(streams: DocStreams) {
    this.streams = streams;
    this.pieces = readPieces(streams);
    this.characters = new PropertyRuns(streams, 'character');
    this.paragraphs = new PropertyRuns(streams, 'paragraph');
    this.styles = new DocStyleSheet(streams);
    this.fonts = readFonts(streams);
  }

  /** The text between two positions; of a page header, without the number of the page. */
  read(start: number, end: number, isHeaderOrFooter = false): string {
    const showsResult = ({ isInResult, instruction }: OpenField) =>
      isInResult &&
      !resultNotText.test(instruction) &&
      !(isHeaderOrFooter && pageNumber.test(instruction));
    const fields: OpenField[] = [];
    let text = '';
    for (const run of this.runs(start, end)) {
      for (const character of run.text) {
        const field = fields.at(-1);
        if (character === fieldBegin) {
          fields.push({ instruction: '', isInResult: false, formOffset: undefined });
        } else if (character === fieldSeparator && field) field.isInResult = true;
        else if (character === fieldEnd && field) {
          fields.pop();
          if (fields.every(({ isInResult }) => isInResult) && run.isShown)
            text += this.formText(field);
        } else if (field && !field.isInResult) {
          field.instruction += character;
          field.formOffset ??= run.properties.formOffset;
        } else if (run.isShown && fields.every(showsResult)) text += this.show(character, run);
      }
    }
    return text
      .replaceAll(/[\t ]+$/gm, '')
      .replaceAll(/\n{3,}/g, '\n\n')
      .trim();
  }

  private formText({ instruction, formOffset }: OpenField): string {
    const isForm = /^\s*FORM(?:CHECKBOX|DROPDOWN)\b/i.test(instruction);
    const { data } = this.streams;
    return isForm && formOffset !== undefined && formOffset + 4 < data.length
      ? formFieldText(data, formOffset)
      : '';
  }

  private show(character: string, { properties, isRowEnd }: TextRun): string {
    const { symbol, font } = properties;
    if (symbol && character === '(')
      return symbolCharacter(this.fonts[symbol.font] ?? '', symbol.code);
    if (character === cellMark) return isRowEnd ? '\n' : '\t';
    if (character < ' ') return specialCharacters[character] ?? '';
    const fontName = font === undefined ? undefined : this.fonts[font];
    return isSymbolFont(fontName) && character !== ' '
      ? symbolCharacter(fontName, character.codePointAt(0)!)
      : character;
  }

  /** The text between two positions, cut where its properties change. */
  private *runs(start: number, end: number): Generator<TextRun> {
    let index = Math.max(0, partitionPoint(this.pieces, (piece) => piece.start <= start) - 1);
    for (; index < this.pieces.length && this.pieces[index]!.start < end; index++) {
      const piece = this.pieces[index]!;
      const last = Math.min(piece.text.length, end - piece.start);
      for (let at = Math.max(0, start - piece.start); at < last;) {
        const offset = piece.offset + at * piece.bytesPerCharacter;
        const run = this.characters.at(offset);
        const paragraph = this.paragraphs.at(offset);
        const until = Math.min(run?.end ?? Infinity, paragraph?.end ?? Infinity);
        const length = Math.ceil((until - offset) / piece.bytesPerCharacter);
        const stop = Math.min(last, at + Math.max(1, length));
        yield this.textRun(piece.text.slice(at, stop), run?.modifiers, paragraph?.modifiers);
        at = stop;
      }
    }
  }

  private textRun(text: string, run: Buffer | undefined, paragraph: Buffer | undefined): TextRun {
    const { style, isRowEnd } = paragraphProperties(paragraph);
    const properties = run ? this.propertiesOf(run) : {};
    const isShown = properties.isDeleted !== true && !this.styles.isHidden(properties, style);
    return { text, properties, isShown, isRowEnd };
  }

  private propertiesOf(modifiers: Buffer): CharacterProperties {
    const known = this.knownProperties.get(modifiers) ?? characterProperties(modifiers);
    this.knownProperties.set(modifiers, known);
    return known;
  }
}

interface TextRun {
  text: string;
  properties: CharacterProperties;
  isShown: boolean;
  isRowEnd: boolean;
}

/** A form field shows its own text, and the result of a button is a hint. */
const resultNotText = /^\s*(?:FORMCHECKBOX|FORMDROPDOWN|MACROBUTTON)\b/i;
const pageNumber = /^\s*(?:PAGE|NUMPAGES|SECTIONPAGES)\b/i;

function paragraphProperties(modifiers: Buffer | undefined): ParagraphProperties {
  if (!modifiers || modifiers.length < 2) return { style: 0, isRowEnd: false };
  let isRowEnd = false;
  for (const { code, operand } of modifiersOf(modifiers.subarray(2))) {
    if (code === 0x2417 || code === 0x244c)
      isRowEnd = operand.length > 0 && operand.readUInt8(0) === 1;
  }
  return { style: modifiers.readUInt16LE(0), isRowEnd };
}
