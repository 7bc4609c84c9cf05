import type { ExtractedText } from '../documents.ts';
import { DeedboxError } from '../errors.ts';
import { pageMark, pagesAtMarks } from './pages.ts';
import { charsetEncoding, codePageEncoding, RtfText } from './rtf-text.ts';

/** What is open between a brace and its partner; inherited by the groups within. */
interface Group {
  destination: 'body' | 'title' | 'fonts' | 'skip';
  /** Characters to pass over after a `\u`, which repeat it for old readers. */
  fallbacks: number;
  font: number;
  hidden: boolean;
}

/** Destinations whose content is not part of what the document says. Starred ones are all skipped. */
const skipped = new Set(
  (
    'colortbl stylesheet pict object header headerl headerr headerf footer footerl footerr footerf ' +
    'fldinst annotation xe tc tcn rxe txe nonesttables falt author operator subject keywords ' +
    'comment doccomm company manager category template creatim revtim printim buptim ftnsep ' +
    'ftnsepc aftnsep aftnsepc filetbl revtbl listtable listoverridetable rsidtbl generator'
  ).split(' '),
);

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
 * Text of a Rich Text Format file (RTF 1.9.1): list numbers as its writer recorded them, table rows
 * on lines, tracked deletions and hidden text left out. Throws `corrupt` where it is cut off.
 */
export function extractRtf(data: Buffer): ExtractedText {
  const { body, title, openGroups } = new RtfReader().read(data.toString('latin1'));
  if (openGroups > 0) {
    throw new DeedboxError('corrupt', 'The RTF file is cut off: its end is missing.', {
      hint: 'Fetch a complete copy of the file.',
    });
  }
  const text = body.replaceAll(/[\t ]+$/gm, '').replaceAll(/\n{3,}/g, '\n\n');
  return { ...pagesAtMarks(text), title };
}

class RtfReader {
  private readonly body = new RtfText();
  private readonly title = new RtfText();
  private readonly fonts = new Map<number, string | undefined>();
  private group: Group = { destination: 'body', fallbacks: 1, font: -1, hidden: false };
  private defaultFont = -1;
  private toSkip = 0;
  /** Nothing but `{`, or `{\*`, has been read of the present group. */
  private opening: 'plain' | 'starred' | undefined;

  read(rtf: string): { body: string; title: string; openGroups: number } {
    const groups: Group[] = [];
    token.lastIndex = 0;
    for (let match = token.exec(rtf); match; match = token.exec(rtf)) {
      const [, word, parameter, hex, symbol, brace, text] = match;
      if (brace === '{') {
        groups.push(this.group);
        this.group = { ...this.group };
        this.opening = 'plain';
        this.toSkip = 0;
      } else if (brace === '}') {
        this.group = groups.pop() ?? this.group;
        this.toSkip = 0;
        this.opening = undefined;
        if (groups.length === 0) break;
      } else if (word === 'bin') {
        token.lastIndex += Math.max(0, Number(parameter ?? 0));
      } else if (word !== undefined) {
        this.control(word, parameter === undefined ? undefined : Number(parameter));
      } else if (symbol === '*') {
        this.opening = 'starred';
      } else {
        this.opening = undefined;
        if (hex !== undefined) this.byte(Number.parseInt(hex, 16));
        else if (symbol !== undefined) this.write(characters[symbol] ?? '');
        else for (const character of text ?? '') this.byte(character.charCodeAt(0));
      }
    }
    return { body: String(this.body), title: String(this.title), openGroups: groups.length };
  }

  private control(word: string, parameter: number | undefined): void {
    const { group } = this;
    const opening = this.opening;
    this.opening = undefined;
    if (word === 'shptxt') group.destination = 'body';
    else if (opening === 'starred' && word !== 'shpinst') group.destination = 'skip';
    else if (opening === 'plain' && skipped.has(word)) group.destination = 'skip';
    if (word === 'fonttbl') group.destination = 'fonts';
    else if (word === 'info') group.destination = 'skip';
    else if (word === 'title' && opening === 'plain') group.destination = 'title';
    else if (word === 'footnote') this.write(' ');
    else if (word === 'ansicpg') this.body.encoding = codePageEncoding(parameter ?? 1252);
    else if (word === 'mac') this.body.encoding = 'macintosh';
    else if (word === 'deff') this.defaultFont = parameter ?? 0;
    else if (word === 'f') group.font = parameter ?? 0;
    else if (word === 'fcharset') this.fonts.set(group.font, charsetEncoding(parameter ?? 0));
    else if (word === 'uc') group.fallbacks = parameter ?? 1;
    else if (word === 'v' || word === 'deleted') group.hidden = parameter !== 0;
    else if (word === 'plain') group.hidden = false;
    else if (word === 'u') {
      this.toSkip = 0;
      this.write(String.fromCharCode((parameter ?? 0) & 0xffff));
      this.toSkip = group.fallbacks;
    } else if (Object.hasOwn(characters, word)) this.write(characters[word]!);
  }

  private byte(byte: number): void {
    if (this.toSkip > 0) {
      this.toSkip--;
      return;
    }
    const font = this.group.font < 0 ? this.defaultFont : this.group.font;
    this.target()?.addByte(byte, this.fonts.get(font));
  }

  private write(text: string): void {
    if (this.toSkip > 0) this.toSkip--;
    else this.target()?.addText(text);
  }

  private target(): RtfText | undefined {
    if (this.group.hidden) return undefined;
    if (this.group.destination === 'body') return this.body;
    return this.group.destination === 'title' ? this.title : undefined;
  }
}
