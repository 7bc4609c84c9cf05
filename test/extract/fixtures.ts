import { deflateSync } from 'node:zlib';
import * as CFB from 'cfb';
import { Document, Packer, Paragraph, type IPropertiesOptions } from 'docx';
import { strToU8, zipSync } from 'fflate';
import PDFDocument from 'pdfkit';

/** A PDF with one page for each text. */
export function pdf(pages: string[], options: PDFKit.PDFDocumentOptions = {}): Promise<Buffer> {
  const document = new PDFDocument({ autoFirstPage: false, ...options });
  for (const text of pages) document.addPage().fontSize(11).text(text);
  return finished(document);
}

/** A PDF whose pages are pictures, each with a signing service's stamp. */
export function scannedPdf(pages: number): Promise<Buffer> {
  const document = new PDFDocument({ autoFirstPage: false });
  for (let page = 0; page < pages; page++) {
    document.addPage().image(onePixelPng, 0, 0, { width: 500, height: 700 });
    document.fontSize(6).text('Envelope Id 8F41-22C0-9B7E-0417-AA52-6C11', 20, 10);
  }
  return finished(document);
}

/** The bytes of a document, which it ends. */
export function finished(document: PDFKit.PDFDocument): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
    document.end();
  });
}

/** A one-page PDF around a page content that is already compressed. */
function pdfAround(content: Buffer, filter: string): Buffer {
  return pdfOf(content, {
    filter,
    objects: ['<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'],
  });
}

/** A one-page PDF written by hand. `page` is added to its page; of `objects`, the first is font F1 and has number 5. */
function pdfOf(
  content: Buffer,
  { filter, page = '', objects }: { filter?: string; page?: string; objects: string[] },
): Buffer {
  const dictionary = `<< /Length ${content.length}${filter ? ` /Filter ${filter}` : ''} >>`;
  const bodies = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R ${page}` +
      '/Resources << /Font << /F1 5 0 R >> >> >>',
    Buffer.concat([Buffer.from(`${dictionary}\nstream\n`), content, Buffer.from('\nendstream')]),
    ...objects,
  ];
  const parts: Buffer[] = [Buffer.from('%PDF-1.4\n')];
  const offsets: number[] = [];
  const length = () => parts.reduce((sum, part) => sum + part.length, 0);
  for (const [index, body] of bodies.entries()) {
    offsets.push(length());
    parts.push(Buffer.from(`${index + 1} 0 obj\n`), Buffer.from(body), Buffer.from('\nendobj\n'));
  }
  const start = length();
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = bodies.length + 1;
  parts.push(
    Buffer.from(
      `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R >>\n` +
        `startxref\n${start}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}

/** A PDF whose page is turned by `degrees` clockwise, with lines of texts at distances from its left. */
export function turnedPdf(
  degrees: 90 | 180 | 270,
  lines: [left: number, text: string][][],
): Buffer {
  // turns the other way, to where the page is 612 or 792 wide
  const matrix = { 90: '0 1 -1 0 612 0', 180: '-1 0 0 -1 612 792', 270: '0 -1 1 0 0 792' }[degrees];
  const shown = lines.flatMap((line, row) =>
    line.map(([left, text]) => `BT /F1 12 Tf ${left} ${500 - row * 14} Td (${text}) Tj ET\n`),
  );
  const content = Buffer.from(`q ${matrix} cm\n${shown.join('')}Q`);
  const objects = ['<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'];
  return pdfOf(content, { page: `/Rotate ${degrees} `, objects });
}

/**
 * A PDF of one text in a font that numbers its characters from 1. `characterMap` is the map from those
 * numbers to Unicode, given the characters; without it the font has none.
 */
export function numberedFontPdf(
  text: string,
  characterMap: (characters: string[]) => string,
): Buffer {
  const characters = [...new Set(text)];
  const hex = (code: number) => code.toString(16).padStart(4, '0');
  const codes = Array.from(text, (character) => hex(characters.indexOf(character) + 1)).join('');
  const map =
    '/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Own def\n' +
    `1 begincodespacerange <0000> <FFFF> endcodespacerange\n${characterMap(characters)}\nendcmap end end`;
  return pdfOf(Buffer.from(`BT /F1 10 Tf 50 700 Td <${codes}> Tj ET`), {
    objects: [
      '<< /Type /Font /Subtype /Type0 /BaseFont /Own /Encoding /Identity-H /DescendantFonts [6 0 R] /ToUnicode 8 0 R >>',
      '<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Own /FontDescriptor 7 0 R /DW 500 ' +
        '/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>',
      '<< /Type /FontDescriptor /FontName /Own /Flags 4 /FontBBox [0 0 1000 1000] /ItalicAngle 0 ' +
        '/Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>',
      `<< /Length ${map.length} >>\nstream\n${map}\nendstream`,
    ],
  });
}

/** A PDF of a few kilobytes whose page inflates to `megabytes`. */
export function pdfBomb(megabytes: number): Buffer {
  const inner = deflateSync(Buffer.alloc(megabytes * 1024 * 1024), { level: 1 });
  return pdfAround(deflateSync(inner), '[/FlateDecode /FlateDecode]');
}

/** A small PDF that keeps a parser busy for a long time: one page with millions of words. */
export function slowPdf(): Buffer {
  const words = 'BT /F1 1 Tf 10 10 Td (word) Tj ET\n'.repeat(600_000);
  return pdfAround(deflateSync(deflateSync(words)), '[/FlateDecode /FlateDecode]');
}

export const onePixelPng = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

export function docx(options: IPropertiesOptions): Promise<Buffer> {
  return Packer.toBuffer(new Document(options));
}

export function simpleDocx(...paragraphs: string[]): Promise<Buffer> {
  return docx({ sections: [{ children: paragraphs.map((text) => new Paragraph(text)) }] });
}

/** A Word package around parts written by hand; `body` is the content of w:body. */
export function docxAround(body: string, parts: Record<string, string> = {}): Buffer {
  const w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
  const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const document = Object.fromEntries(
    Object.entries(parts).map(([name, xml]) => [`word/${name}`, strToU8(xml.replace('NS', w))]),
  );
  const rels = (target: string, type: string) =>
    `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
    `<Relationship Id="r1" Type="${relations}/${type}" Target="${target}"/></Relationships>`;
  return Buffer.from(
    zipSync({
      '[Content_Types].xml': strToU8(
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">' +
          '<Default Extension="xml" ContentType="application/xml"/>' +
          '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
          ['document.main', 'styles', 'numbering'].map(contentType).join('') +
          '</Types>',
      ),
      '_rels/.rels': strToU8(rels('word/document.xml', 'officeDocument')),
      'word/document.xml': strToU8(
        `<?xml version="1.0"?><w:document ${w}><w:body>${body}</w:body></w:document>`,
      ),
      ...document,
    }),
  );
}

const contentType = (part: string) =>
  `<Override PartName="/word/${part.replace('.main', '')}.xml" ` +
  `ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.${part}+xml"/>`;

/** An OpenDocument text; `content` is what stands in office:text, `styles` in automatic styles. */
export function odt(content: string, styles = '', more: Record<string, string> = {}): Buffer {
  const names = ['office', 'text', 'style', 'table']
    .map((name) => `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${name}:1.0"`)
    .join(' ');
  const fo = 'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"';
  const parts = Object.entries(more).map(([name, text]) => [name, strToU8(text)]);
  return Buffer.from(
    zipSync({
      mimetype: [strToU8('application/vnd.oasis.opendocument.text'), { level: 0 }],
      'content.xml': strToU8(
        `<?xml version="1.0"?><office:document-content ${names} ${fo}>` +
          `<office:automatic-styles>${styles}</office:automatic-styles>` +
          `<office:body><office:text>${content}</office:text></office:body></office:document-content>`,
      ),
      ...Object.fromEntries(parts),
    }),
  );
}

interface LegacyDocOptions {
  encrypted?: boolean;
  /** Whether its text has one byte a character. */
  compressed?: boolean;
  /** Property modifiers of the characters that equal a text, as hexadecimal digits. */
  runs?: [text: string, modifiers: string][];
  /** Names of fonts, by number. */
  fonts?: string[];
  /** The length of the body; the rest of the text is the page headers. */
  bodyLength?: number;
  /** The lengths of the page headers and footers. */
  headers?: number[];
  data?: Buffer;
}

/** A Word 97–2003 file of one text piece ([MS-DOC] 2.4.1 and 2.8.35). */
export function legacyDoc(text: string, options: LegacyDocOptions = {}): Buffer {
  const { encrypted = false, compressed = false, runs = [], fonts = [], headers = [] } = options;
  const textAt = 0x600;
  const bytes = Buffer.from(text, compressed ? 'latin1' : 'utf16le');
  const width = compressed ? 1 : 2;
  const page = Math.ceil((textAt + bytes.length) / 512);
  const stream = Buffer.alloc(Math.max(8192, (page + 1) * 512));
  const table = Buffer.alloc(4096);
  let tableEnd = 0;
  const addEntry = (at: number, entry: Buffer) => {
    entry.copy(table, tableEnd);
    stream.writeUInt32LE(tableEnd, at);
    stream.writeUInt32LE(entry.length, at + 4);
    tableEnd += entry.length;
  };
  const numbers = (...values: number[]) => {
    const buffer = Buffer.alloc(values.length * 4);
    for (const [index, value] of values.entries()) buffer.writeUInt32LE(value, index * 4);
    return buffer;
  };
  stream.writeUInt16LE(0xa5ec, 0);
  stream.writeUInt16LE(0x00c1, 2);
  stream.writeUInt16LE(encrypted ? 0x0300 : 0x0200, 0x0a);
  stream.writeUInt32LE(textAt, 0x18);
  stream.writeUInt32LE(options.bodyLength ?? text.length, 0x4c);
  stream.writeUInt32LE(text.length - (options.bodyLength ?? text.length), 0x54);
  bytes.copy(stream, textAt);
  const position = compressed ? (textAt * 2) | 0x40000000 : textAt;
  const piece = Buffer.alloc(8);
  piece.writeUInt32LE(position, 2);
  addEntry(0x1a2, Buffer.concat([Buffer.from([2]), numbers(16, 0, text.length), piece]));
  if (runs.length > 0) {
    const places = runs.map(([part]) => text.indexOf(part));
    const bounds = [
      ...new Set([
        0,
        ...runs.flatMap(([part], i) => [places[i]!, places[i]! + part.length]),
        text.length,
      ]),
    ].toSorted((a, b) => a - b);
    const start = page * 512;
    stream.writeUInt8(bounds.length - 1, start + 511);
    let end = start + 510;
    for (const [index, bound] of bounds.entries()) {
      stream.writeUInt32LE(textAt + bound * width, start + index * 4);
      const run = runs[places.indexOf(bound)];
      if (!run) continue;
      const modifiers = Buffer.from(run[1], 'hex');
      end = (end - modifiers.length - 1) & ~1;
      stream.writeUInt8(modifiers.length, end);
      modifiers.copy(stream, end + 1);
      stream.writeUInt8((end - start) / 2, start + bounds.length * 4 + index);
    }
    addEntry(0xfa, numbers(textAt, textAt + bytes.length, page));
  }
  const names = fonts.map((name) => {
    const font = Buffer.alloc(40 + name.length * 2 + 2);
    font.writeUInt8(font.length - 1, 0);
    font.write(name, 40, 'utf16le');
    return font;
  });
  addEntry(0x112, Buffer.concat([Buffer.from([fonts.length, 0, 0, 0]), ...names]));
  if (headers.length > 0) {
    const starts = headers.reduce((sums, length) => [...sums, sums.at(-1)! + length], [0]);
    addEntry(0xf2, numbers(...Array<number>(6).fill(0), ...starts, starts.at(-1)! + 1));
  }
  const { data } = options;
  return compound({ WordDocument: stream, '1Table': table, ...(data && { Data: data }) });
}

/** A compound file with these streams. */
export function compound(streams: Record<string, Buffer>): Buffer {
  const file = CFB.utils.cfb_new();
  for (const [name, content] of Object.entries(streams)) CFB.utils.cfb_add(file, name, content);
  return CFB.write(file, { type: 'buffer' }) as Buffer;
}
