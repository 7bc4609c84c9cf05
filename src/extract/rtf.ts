import iconv from 'iconv-lite';
import type { ExtractedText } from '../domain/documents.ts';
import { DeedboxError } from '../errors/errors.ts';
import { appendHeadersAndFooters } from './page-headers.ts';
import { pageMark, splitAtPageMarks } from './pages.ts';
import { isSymbolFont, symbolCharacter, tickBox } from './symbols.ts';

/** State of an open group, which nested groups inherit. */
interface Group {
  destination: 'body' | 'title' | 'header' | 'footer' | 'fonts' | 'choice' | 'skip';
  /** Characters to skip after `\u`: the fallback for old readers. */
  fallbacks: number;
  font: number;
  isHidden: boolean;
}

/**
 * Destinations whose content is not part of the text. All destinations marked `\*` are skipped,
 * too.
 */
const skipped = new Set(
  (
    'colortbl stylesheet pict object fldinst annotation xe tc tcn rxe txe nonesttables falt author operator subject keywords ' +
    'comment doccomm company manager category template creatim revtim printim buptim ftnsep ' +
    'ftnsepc aftnsep aftnsepc filetbl revtbl listtable listoverridetable rsidtbl generator'
  ).split(' '),
);

const pageHeaders = /^(header|footer)[lrf]?$/;

/** Control words and symbols that stand for text. */
const characters: Record<string, string> = {
  par: '\n',
  line: '\n',
  sect: '\n',
  row: '\n',
  nestrow: '\n',
  cell: '\t',
  nestcell: '\t',
  tab: '\t',
  page: pageMark,
  emdash: '—',
  endash: '–',
  bullet: '•',
  lquote: '‘',
  rquote: '’',
  ldblquote: '“',
  rdblquote: '”',
  emspace: ' ',
  enspace: ' ',
  qmspace: ' ',
  '~': '\u00a0',
  _: '\u2011',
  '\n': '\n',
  '\r': '\n',
  '{': '{',
  '}': '}',
  '\\': '\\',
};

const token = /\\([a-zA-Z]+)(-?\d+)? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)/gs;

/**
 * Extracts the text of a Rich Text Format file (RTF 1.9.1), with the list numbers in the file and
 * table rows on lines, without tracked deletions and hidden text. Throws `corrupt` if it is cut
 * off.
 */
export function extractRtf(data: Buffer): ExtractedText {
  const { body, title, headers, footers, openGroups } = new RtfParser().read(
    data.toString('latin1'),
  );
  if (openGroups > 0) {
    throw new DeedboxError('corrupt', 'The RTF file is cut off: its end is missing.', {
      hint: 'Fetch a complete copy of the file.',
    });
  }
  const text = body.replaceAll(/(?<![\t ])[\t ]+$/gm, '').replaceAll(/\n{3,}/g, '\n\n');
  const marked = appendHeadersAndFooters(text, headers, footers);
  return { ...splitAtPageMarks(marked), title };
}

/** A form field of Word: a text, a tick box or a list of choices. */
interface FormField {
  kind: number;
  result: number;
  byDefault: number;
  choices: RtfText[];
}

/** Stands for "as by default". */
const undefinedResult = 25;

class RtfParser {
  private readonly body = new RtfText();
  private readonly title = new RtfText();
  private readonly headers: RtfText[] = [];
  private readonly footers: RtfText[] = [];
  private readonly fontNames = new Map<number, string>();
  private form: FormField | undefined;
  private readonly fonts = new Map<number, string | undefined>();
  private group: Group = { destination: 'body', fallbacks: 1, font: -1, isHidden: false };
  private defaultFont = -1;
  private charactersToSkip = 0;
  /** Set while only `{` or `{\*` of the current group has been read. */
  private groupStart: 'plain' | 'starred' | undefined;

  read(rtf: string) {
    const groups: Group[] = [];
    token.lastIndex = 0;
    for (let match = token.exec(rtf); match; match = token.exec(rtf)) {
      const [, word, parameter, hex, symbol, brace, text] = match;
      if (brace === '{') {
        groups.push(this.group);
        this.group = { ...this.group };
        this.groupStart = 'plain';
        this.charactersToSkip = 0;
      } else if (brace === '}') {
        this.group = groups.pop() ?? this.group;
        this.charactersToSkip = 0;
        this.groupStart = undefined;
        if (groups.length === 0) break;
      } else if (word === 'bin') {
        token.lastIndex += Math.max(0, Number(parameter ?? 0));
      } else if (word !== undefined) {
        this.control(word, parameter === undefined ? undefined : Number(parameter));
      } else if (symbol === '*') {
        this.groupStart = 'starred';
      } else {
        this.groupStart = undefined;
        if (hex !== undefined) this.writeByte(Number.parseInt(hex, 16));
        else if (symbol !== undefined) this.write(characters[symbol] ?? '');
        else for (const character of text ?? '') this.writeByte(character.charCodeAt(0));
      }
    }
    return {
      body: String(this.body),
      title: String(this.title),
      headers: this.headers.map(String),
      footers: this.footers.map(String),
      openGroups: groups.length,
    };
  }

  private control(word: string, parameter: number | undefined): void {
    const { group } = this;
    const groupStart = this.groupStart;
    this.groupStart = undefined;
    const pageHeader = groupStart === 'plain' ? pageHeaders.exec(word)?.[1] : undefined;
    if (pageHeader !== undefined) {
      group.destination = pageHeader as 'header' | 'footer';
      this[`${group.destination}s`].push(new RtfText());
    } else if (word === 'shptxt') {
      if (!/^(?:header|footer)$/.test(group.destination)) group.destination = 'body';
    } else if (word === 'ffl' && this.form) {
      group.destination = 'choice';
      this.form.choices.push(new RtfText());
    } else if (groupStart === 'starred' && word !== 'shpinst') group.destination = 'skip';
    else if (groupStart === 'plain' && skipped.has(word)) group.destination = 'skip';
    if (word === 'fonttbl') group.destination = 'fonts';
    else if (word === 'info') group.destination = 'skip';
    else if (word === 'title' && groupStart === 'plain') group.destination = 'title';
    else if (word === 'formfield') {
      this.form = { kind: 0, result: undefinedResult, byDefault: 0, choices: [] };
    } else if (word === 'fftype' && this.form) this.form.kind = parameter ?? 0;
    else if (word === 'ffres' && this.form) this.form.result = parameter ?? 0;
    else if (word === 'ffdefres' && this.form) this.form.byDefault = parameter ?? 0;
    else if (word === 'fldrslt') this.showForm();
    else if (word === 'footnote') this.write(' ');
    else if (word === 'ansicpg') this.body.encoding = encodingOfCodePage(parameter ?? 1252);
    else if (word === 'mac') this.body.encoding = 'macintosh';
    else if (word === 'deff') this.defaultFont = parameter ?? 0;
    else if (word === 'f') group.font = parameter ?? 0;
    else if (word === 'fcharset') this.fonts.set(group.font, encodingOfCharset(parameter ?? 0));
    else if (word === 'uc') group.fallbacks = parameter ?? 1;
    else if (word === 'v' || word === 'deleted') group.isHidden = parameter !== 0;
    else if (word === 'plain') group.isHidden = false;
    else if (word === 'u') {
      this.charactersToSkip = 0;
      this.writeUnicode((parameter ?? 0) & 0xffff);
      this.charactersToSkip = group.fallbacks;
    } else if (Object.hasOwn(characters, word)) this.write(characters[word]!);
  }

  /** Shows the state of a tick box or the choice of a list, which have no result as text. */
  private showForm(): void {
    if (!this.form) return;
    const { kind, result, byDefault, choices } = this.form;
    this.form = undefined;
    const chosen = result === undefinedResult ? byDefault : result;
    if (kind === 1) this.write(tickBox(chosen === 1));
    else if (kind === 2) this.write(String(choices[chosen] ?? ''));
    if (kind === 1 || kind === 2) this.group.destination = 'skip';
  }

  private writeByte(writeByte: number): void {
    if (this.charactersToSkip > 0) {
      this.charactersToSkip--;
      return;
    }
    const font = this.group.font < 0 ? this.defaultFont : this.group.font;
    if (this.group.destination === 'fonts') {
      const name = `${this.fontNames.get(font) ?? ''}${String.fromCharCode(writeByte)}`;
      this.fontNames.set(font, name.replace(/;.*$/s, ''));
      return;
    }
    const fontName = this.fontNames.get(font);
    if (isSymbolFont(fontName) && writeByte > 0x20) {
      this.target()?.addText(symbolCharacter(fontName, writeByte));
    } else this.target()?.addByte(writeByte, this.fonts.get(font));
  }

  private writeUnicode(code: number): void {
    const fontName = this.fontNames.get(this.group.font);
    const isSymbol = isSymbolFont(fontName) && code > 0x20;
    this.write(isSymbol ? symbolCharacter(fontName, code) : String.fromCharCode(code));
  }

  private write(text: string): void {
    if (this.charactersToSkip > 0) this.charactersToSkip--;
    else this.target()?.addText(text);
  }

  private target(): RtfText | undefined {
    if (this.group.isHidden) return undefined;
    switch (this.group.destination) {
      case 'body':
        return this.body;
      case 'title':
        return this.title;
      case 'header':
        return this.headers.at(-1);
      case 'footer':
        return this.footers.at(-1);
      case 'choice':
        return this.form?.choices.at(-1);
      default:
        return undefined;
    }
  }
}

/** Windows code pages of `\fcharset` numbers (RTF 1.9.1, "Font Table"). */
const charsetCodePages: Record<number, string> = {
  0: 'windows-1252',
  77: 'macintosh',
  128: 'cp932',
  129: 'cp949',
  134: 'cp936',
  136: 'cp950',
  161: 'windows-1253',
  162: 'windows-1254',
  163: 'windows-1258',
  177: 'windows-1255',
  178: 'windows-1256',
  186: 'windows-1257',
  204: 'windows-1251',
  222: 'windows-874',
  238: 'windows-1250',
};

/**
 * Collects characters and code-page bytes in order. Adjacent bytes are decoded together, since a
 * character may have two.
 */
class RtfText {
  encoding = 'windows-1252';
  private readonly parts: string[] = [];
  private bytes: number[] = [];
  private bytesEncoding = this.encoding;

  addByte(byte: number, fontEncoding: string | undefined): void {
    const encoding = fontEncoding ?? this.encoding;
    if (encoding !== this.bytesEncoding) this.flush();
    this.bytesEncoding = encoding;
    this.bytes.push(byte);
  }

  addText(text: string): void {
    this.flush();
    this.parts.push(text);
  }

  toString(): string {
    this.flush();
    return this.parts.join('');
  }

  private flush(): void {
    if (this.bytes.length === 0) return;
    this.parts.push(iconv.decode(Buffer.from(this.bytes), this.bytesEncoding));
    this.bytes = [];
  }
}

/** The encoding a font's `\fcharset` stands for; undefined for the document's own. */
function encodingOfCharset(charset: number): string | undefined {
  return charsetCodePages[charset];
}

/** The encoding of an `\ansicpg` number. */
function encodingOfCodePage(codePage: number): string {
  const name = codePage === 65001 ? 'utf8' : `cp${codePage}`;
  return iconv.encodingExists(name) ? name : 'windows-1252';
}
