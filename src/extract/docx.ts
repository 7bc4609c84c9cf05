import { Parser } from 'htmlparser2';
import mammoth from 'mammoth';
import type { ExtractedText } from '../domain/documents.ts';
import { DocxNumbering, type NumberedParagraph } from './docx-numbering.ts';
import { findOpenItems } from './docx-open-items.ts';
import { htmlToText } from './html.ts';
import { splitAtPageMarks, pageMark } from './pages.ts';
import { child, descendants, parseXml, textOf, integer, localName } from './xml.ts';
import { ZipArchive } from './zip.ts';

/**
 * Extracts the text of a Word document with all tracked changes accepted, its automatic clause
 * numbers, and its pages if the file records them. Throws `too_large`, `corrupt` or `encrypted`.
 */
export async function extractDocx(data: Buffer): Promise<ExtractedText> {
  const zip = await ZipArchive.open(data);
  const body = zip.has('word/document.xml') ? 'word/document.xml' : mainPart(zip);
  const folder = body.slice(0, body.lastIndexOf('/') + 1);
  const numbering = new DocxNumbering(
    await zip.readXml(`${folder}numbering.xml`),
    await zip.readXml(`${folder}styles.xml`),
  );
  let main = '';
  const parts = {
    // Without numbering, since HTML lists would not have the document's numbers.
    exists: (name: string) => zip.has(name) && !name.endsWith('numbering.xml'),
    read: async (name: string, encoding?: string) => {
      if (!encoding) return zip.read(name);
      const xml = (await zip.readXml(name)) ?? '';
      if (name !== body) return xml;
      main = xml;
      return insertNumbersAndPageMarks(xml, numbering);
    },
  };
  const { value: html } = await mammoth.convertToHtml(
    // Not in mammoth's types: an opened package, so that reads obey the limits of `ZipArchive`.
    { file: parts } as unknown as { buffer: Buffer },
    {
      includeEmbeddedStyleMap: false,
      convertImage: mammoth.images.imgElement(async () => ({ src: '' })),
    },
  );
  const { text, pages } = splitAtPageMarks(htmlToText(html));
  const openItems = await findOpenItems(zip, { folder, body: main, text });
  return { text, pages, title: await readTitle(zip), ...openItems };
}

function mainPart(zip: ZipArchive): string {
  return zip.names().find((name) => /^word\/document\d*\.xml$/.test(name)) ?? 'word/document.xml';
}

async function readTitle(zip: ZipArchive): Promise<string | undefined> {
  const core = await zip.readXml('docProps/core.xml');
  if (!core) return undefined;
  const [properties] = descendants(parseXml(core), 'coreProperties');
  return textOf(child(properties, 'title'));
}

interface OpenParagraph extends NumberedParagraph {
  /** Where to insert a run so that it is the first. */
  insertAt: number;
  hasText: boolean;
  hasBegun: boolean;
  isDeleted: boolean;
  hasBreakBefore: boolean;
  /** Whether it ends a section that ends a page. */
  hasBreakAfter: boolean;
}

interface Insertion {
  at: number;
  /**
   * Order of insertions at one place: a page mark comes before the number of its first paragraph.
   */
  order: number;
  text: string;
}

/**
 * Inserts automatic numbers and page marks as text into the main part of a Word document. Pages
 * begin at breaks by the author and where Word last laid out a page. Everything else stays the
 * same, byte for byte.
 */
function insertNumbersAndPageMarks(xml: string, numbering: DocxNumbering): string {
  const handler = new BodyHandler(numbering);
  const parser = new Parser(handler, { xmlMode: true });
  parser.write(xml);
  parser.end();
  handler.insertions.sort((a, b) => a.at - b.at || a.order - b.order);
  let written = '';
  let from = 0;
  for (const { at, text } of handler.insertions) {
    written += xml.slice(from, at) + text;
    from = at;
  }
  return written + xml.slice(from);
}

class BodyHandler {
  readonly insertions: Insertion[] = [];
  private readonly numbering: DocxNumbering;
  private parser = { startIndex: 0, endIndex: 0 };
  private readonly path: string[] = [];
  private readonly paragraphs: OpenParagraph[] = [];
  private prefix = '';
  /** Depth within `mc:Choice`, the newer of two renderings of a shape; mammoth reads the older. */
  private alternatives = 0;
  private isBreakPending = false;
  private isContinuous = false;
  /**
   * Whether the row has had a page break: Word records it in each cell of a row that spans pages.
   */
  private rowHasBreak = false;

  constructor(numbering: DocxNumbering) {
    this.numbering = numbering;
  }

  onparserinit(parser: { startIndex: number; endIndex: number }): void {
    this.parser = parser;
  }

  onopentag(tag: string, attributes: Record<string, string>): void {
    const name = localName(tag);
    const value = attributes[`${this.prefix}val`];
    const inProperties = this.path.includes('pPr');
    this.path.push(name);
    const paragraph = this.paragraphs.at(-1);
    if (name === 'Choice') this.alternatives++;
    else if (name === 'tr') this.rowHasBreak = false;
    else if (name === 'p') this.openParagraph(tag);
    else if (!paragraph || this.alternatives > 0) return;
    else if (inProperties) this.readProperty(paragraph, name, value);
    else if (name === 'r') this.beginParagraph(paragraph);
    else if (name === 'lastRenderedPageBreak') this.breakPage(paragraph);
    else if (name === 'br' && attributes[`${this.prefix}type`] === 'page')
      this.breakPage(paragraph);
  }

  ontext(text: string): void {
    const paragraph = this.paragraphs.at(-1);
    if (paragraph && text !== '' && this.path.at(-1) === 't') paragraph.hasText = true;
  }

  onclosetag(tag: string): void {
    this.path.pop();
    const name = localName(tag);
    const paragraph = this.paragraphs.at(-1);
    if (name === 'Choice') this.alternatives--;
    else if (name === 'p') {
      this.paragraphs.pop();
      this.isBreakPending ||= paragraph?.hasBreakAfter ?? false;
    } else if (name === 'sectPr' && paragraph) {
      paragraph.hasBreakAfter = !this.isContinuous;
    } else if (name === 'pPr' && paragraph && this.path.at(-1) === 'p') {
      paragraph.insertAt = this.parser.endIndex + 1;
      this.beginParagraph(paragraph);
    }
  }

  private openParagraph(tag: string): void {
    this.prefix = tag.slice(0, tag.length - 1);
    const insertAt = this.parser.endIndex + 1;
    this.paragraphs.push({
      insertAt,
      hasText: false,
      hasBegun: false,
      isDeleted: false,
      hasBreakBefore: false,
      hasBreakAfter: false,
    });
  }

  private readProperty(paragraph: OpenParagraph, name: string, value: string | undefined): void {
    if (this.path.includes('pPrChange')) return;
    const parent = this.path.at(-2);
    if (name === 'pStyle') paragraph.styleId = value;
    else if (name === 'numId') paragraph.numId = value;
    else if (name === 'ilvl') paragraph.level = integer(value);
    else if (name === 'pageBreakBefore')
      paragraph.hasBreakBefore = value !== '0' && value !== 'false';
    else if (name === 'del' && parent === 'rPr') paragraph.isDeleted = true;
    else if (name === 'sectPr') this.isContinuous = false;
    else if (name === 'type' && parent === 'sectPr') this.isContinuous = value === 'continuous';
  }

  private beginParagraph(paragraph: OpenParagraph): void {
    if (paragraph.hasBegun || this.alternatives > 0) return;
    paragraph.hasBegun = true;
    if (paragraph.isDeleted) return;
    if (this.isBreakPending || paragraph.hasBreakBefore) {
      this.isBreakPending = false;
      this.insert(paragraph.insertAt, 0, this.run(pageMark));
    }
    const label = this.numbering.next(paragraph);
    if (label) this.insert(paragraph.insertAt, 1, this.run(`${label} `));
  }

  private breakPage(paragraph: OpenParagraph): void {
    const inRow = this.path.includes('tr');
    if (inRow && this.rowHasBreak) return;
    this.rowHasBreak = inRow;
    if (paragraph.hasText) {
      const text = `<${this.prefix}t>${pageMark}</${this.prefix}t>`;
      this.insert(this.parser.startIndex, 0, text);
    } else {
      this.insert(paragraph.insertAt, 0, this.run(pageMark));
    }
  }

  private insert(at: number, order: number, text: string): void {
    this.insertions.push({ at, order, text });
  }

  private run(text: string): string {
    const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    const { prefix } = this;
    return `<${prefix}r><${prefix}t xml:space="preserve">${escaped}</${prefix}t></${prefix}r>`;
  }
}
