import { Parser } from 'htmlparser2';
import type { DocxNumbering, NumberedParagraph } from './docx-numbering.ts';
import { pageMark } from './pages.ts';
import { integer, localName } from './xml.ts';

interface OpenParagraph extends NumberedParagraph {
  /** Where a run may be inserted so that it comes first. */
  insertAt: number;
  hasText: boolean;
  begun: boolean;
  deleted: boolean;
  breakBefore: boolean;
  /** Holds the properties of the section that it ends. */
  breakAfter: boolean;
}

interface Insertion {
  at: number;
  /** Among insertions at one place: a page begins before the number of its first paragraph. */
  order: number;
  text: string;
}

/**
 * The main part of a Word document with its automatic numbers written out as text and a page mark
 * wherever a page begins: by an author's break, or where Word last laid out a page. Everything else
 * stays as it was, byte for byte, for the converter that reads it next.
 */
export function writeOutNumbersAndPages(xml: string, numbering: DocxNumbering): string {
  const reader = new BodyReader(numbering);
  const parser = new Parser(reader, { xmlMode: true });
  parser.write(xml);
  parser.end();
  reader.insertions.sort((a, b) => a.at - b.at || a.order - b.order);
  let written = '';
  let from = 0;
  for (const { at, text } of reader.insertions) {
    written += xml.slice(from, at) + text;
    from = at;
  }
  return written + xml.slice(from);
}

class BodyReader {
  readonly insertions: Insertion[] = [];
  private readonly numbering: DocxNumbering;
  private position = { startIndex: 0, endIndex: 0 };
  private readonly path: string[] = [];
  private readonly paragraphs: OpenParagraph[] = [];
  private prefix = '';
  /** Depth in the newer of two renderings of one shape; the converter reads the older. */
  private alternatives = 0;
  private breakPending = false;
  private continuous = false;
  /** A row that spans pages records the break in each of its cells. */
  private rowHasBreak = false;

  constructor(numbering: DocxNumbering) {
    this.numbering = numbering;
  }

  onparserinit(parser: { startIndex: number; endIndex: number }): void {
    this.position = parser;
  }

  onopentag(tag: string, attributes: Record<string, string>): void {
    const name = localName(tag);
    const value = attributes[`${this.prefix}val`];
    const inProperties = this.path.includes('pPr');
    this.path.push(name);
    const paragraph = this.paragraphs.at(-1);
    if (name === 'Choice') this.alternatives++;
    else if (name === 'tr') this.rowHasBreak = false;
    else if (name === 'p') this.open(tag);
    else if (!paragraph || this.alternatives > 0) return;
    else if (inProperties) this.readProperty(paragraph, name, value);
    else if (name === 'r') this.begin(paragraph);
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
      this.breakPending ||= paragraph?.breakAfter ?? false;
    } else if (name === 'sectPr' && paragraph) {
      paragraph.breakAfter = !this.continuous;
    } else if (name === 'pPr' && paragraph && this.path.at(-1) === 'p') {
      paragraph.insertAt = this.position.endIndex + 1;
      this.begin(paragraph);
    }
  }

  private open(tag: string): void {
    this.prefix = tag.slice(0, tag.length - 1);
    const insertAt = this.position.endIndex + 1;
    this.paragraphs.push({
      insertAt,
      hasText: false,
      begun: false,
      deleted: false,
      breakBefore: false,
      breakAfter: false,
    });
  }

  private readProperty(paragraph: OpenParagraph, name: string, value: string | undefined): void {
    if (this.path.includes('pPrChange')) return;
    const parent = this.path.at(-2);
    if (name === 'pStyle') paragraph.styleId = value;
    else if (name === 'numId') paragraph.numId = value;
    else if (name === 'ilvl') paragraph.level = integer(value);
    else if (name === 'pageBreakBefore') paragraph.breakBefore = value !== '0' && value !== 'false';
    else if (name === 'del' && parent === 'rPr') paragraph.deleted = true;
    else if (name === 'sectPr') this.continuous = false;
    else if (name === 'type' && parent === 'sectPr') this.continuous = value === 'continuous';
  }

  private begin(paragraph: OpenParagraph): void {
    if (paragraph.begun || this.alternatives > 0) return;
    paragraph.begun = true;
    if (paragraph.deleted) return;
    if (this.breakPending || paragraph.breakBefore) {
      this.breakPending = false;
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
      this.insert(this.position.startIndex, 0, text);
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
