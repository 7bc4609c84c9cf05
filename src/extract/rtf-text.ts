import iconv from 'iconv-lite';

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

/** Collects characters and code-page bytes in order; bytes are decoded together, as they may be pairs. */
export class RtfText {
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
export function encodingOfCharset(charset: number): string | undefined {
  return charsetCodePages[charset];
}

/** The encoding of an `\ansicpg` number. */
export function encodingOfCodePage(codePage: number): string {
  const name = codePage === 65001 ? 'utf8' : `cp${codePage}`;
  return iconv.encodingExists(name) ? name : 'windows-1252';
}
