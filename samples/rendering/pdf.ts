import PdfDocument from 'pdfkit';
import { breakLines, type Word } from './line-breaker.ts';
import type { Block, Run, Sample } from './source.ts';

type Doc = PDFKit.PDFDocument;

const margin = 72;
const size = 10.5;
const lineHeight = 14;

/**
 * Renders a PDF like a law firm's word processor: header and footer, "Page x of y", indented
 * clauses. Streams are uncompressed, since zlib's output differs between Node releases.
 */
export async function renderPdf(sample: Sample): Promise<Buffer> {
  const { options, blocks } = sample;
  const date = new Date(`${options.date}T09:00:00Z`);
  const doc = new PdfDocument({
    size: options.page,
    margin,
    bufferPages: true,
    compress: false,
    info: { Title: sample.title, CreationDate: date, ModDate: date },
  });
  const chunks: Buffer[] = [];
  doc.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise((resolve) => doc.on('end', resolve));
  blocks.forEach((block, i) => drawBlock(doc, block, blocks[i + 1], options.hyphenate));
  drawHeadersAndFooters(doc, options);
  doc.end();
  await ended;
  return Buffer.concat(chunks);
}

function drawBlock(doc: Doc, block: Block, next: Block | undefined, hyphenate: boolean): void {
  switch (block.kind) {
    case 'title':
      keepTogether(doc, 60);
      drawRuns(doc, embolden(block.runs), { size: 14, isCentred: true });
      doc.y += 10;
      break;
    case 'heading':
      keepTogether(doc, next?.kind === 'table' ? 120 : 60);
      doc.y += 5;
      drawRuns(doc, embolden(block.runs), {});
      doc.y += 5;
      break;
    case 'paragraph':
      drawRuns(doc, block.runs, { indent: block.indent * 28, isJustified: true, hyphenate });
      doc.y += 7;
      break;
    case 'table':
      drawTable(doc, block.rows);
      break;
    case 'signatures':
      drawSignatures(doc, block.columns);
      break;
    case 'page_break':
      doc.addPage();
  }
}

const embolden = (runs: Run[]): Run[] => runs.map((run) => ({ ...run, bold: true }));

function keepTogether(doc: Doc, height: number): void {
  if (doc.y + height > doc.page.height - margin) doc.addPage();
}

interface TextStyle {
  size?: number;
  indent?: number;
  isCentred?: boolean;
  isJustified?: boolean;
  hyphenate?: boolean;
}

function drawRuns(doc: Doc, runs: Run[], setting: TextStyle): void {
  const { indent = 0, isCentred = false, isJustified = false, hyphenate = false } = setting;
  const fontSize = setting.size ?? size;
  const measure = (text: string, style: { bold: boolean; italic: boolean }) =>
    doc.font(fontOf(style)).fontSize(fontSize).widthOfString(text);
  const width = doc.page.width - 2 * margin - indent;
  const lines = breakLines(runs, width, measure, hyphenate);
  lines.forEach((words, i) => {
    keepTogether(doc, lineHeight);
    const natural = words.reduce(
      (sum, word) => sum + measure((word.hasSpaceBefore ? ' ' : '') + word.text, word),
      0,
    );
    const spaceCount = words.filter((word) => word.hasSpaceBefore).length;
    const stretch =
      isJustified && i < lines.length - 1 && spaceCount ? (width - natural) / spaceCount : 0;
    const x = margin + indent + (isCentred ? (width - natural) / 2 : 0);
    drawLine(doc, words, x, fontSize, stretch);
    doc.y += fontSize > size ? fontSize * 1.4 : lineHeight;
  });
}

/** Words of one font are drawn as one string, which keeps their spaces. */
function drawLine(doc: Doc, words: Word[], left: number, fontSize: number, stretch: number): void {
  const y = doc.y;
  let x = left;
  for (let i = 0; i < words.length;) {
    const first = words[i]!;
    doc.font(fontOf(first)).fontSize(fontSize);
    if (first.hasSpaceBefore) x += doc.widthOfString(' ') + stretch;
    let text = first.text;
    for (i++; i < words.length && fontOf(words[i]!) === fontOf(first); i++) {
      text += (words[i]!.hasSpaceBefore ? ' ' : '') + words[i]!.text;
    }
    doc.text(text, x, y, { lineBreak: false, wordSpacing: stretch });
    x += doc.widthOfString(text) + stretch * (text.split(' ').length - 1);
  }
  doc.x = margin;
  doc.y = y;
}

function fontOf({ bold, italic }: { bold: boolean; italic: boolean }): string {
  if (bold) return italic ? 'Times-BoldItalic' : 'Times-Bold';
  return italic ? 'Times-Italic' : 'Times-Roman';
}

function drawTable(doc: Doc, rows: string[][]): void {
  doc.font('Times-Roman').fontSize(size - 0.5);
  doc.x = margin;
  doc.table({
    columnStyles: (column) => ({ width: column === 0 ? '*' : 130 }),
    rowStyles: (row) => (row === 0 ? { backgroundColor: '#eeeeee' } : {}),
    defaultStyle: { border: 0.5, padding: 4 },
    data: rows,
  });
  doc.x = margin;
  doc.y += 10;
}

function drawSignatures(doc: Doc, columns: string[][]): void {
  const height = Math.max(...columns.map((lines) => lines.length)) * 18;
  keepTogether(doc, height + 10);
  const top = doc.y + 8;
  const width = (doc.page.width - 2 * margin) / columns.length;
  columns.forEach((lines, column) => {
    const x = margin + column * width;
    lines.forEach((line, row) => {
      const y = top + row * 18;
      const signature = /^(By: |Signed: )(.*)$/.exec(line);
      if (signature) {
        doc.font('Times-Roman').fontSize(size).text(signature[1]!, x, y, { lineBreak: false });
        const left = x + doc.widthOfString(signature[1]!);
        doc.font('Times-Italic').text(signature[2]!, left, y, { lineBreak: false });
        doc
          .moveTo(left, y + 12)
          .lineTo(x + width - 24, y + 12)
          .lineWidth(0.5)
          .stroke();
      } else {
        doc.font(row === 0 ? 'Times-Bold' : 'Times-Roman').fontSize(size);
        doc.text(line, x, y, { lineBreak: false });
      }
    });
  });
  doc.x = margin;
  doc.y = top + height;
}

function drawHeadersAndFooters(doc: Doc, { header, footer }: Sample['options']): void {
  const { count } = doc.bufferedPageRange();
  for (let i = 0; i < count; i++) {
    doc.switchToPage(i);
    const { width, height } = doc.page;
    doc.page.margins.bottom = 0;
    const printLine = (text: string, y: number, align: 'left' | 'right') =>
      doc.text(text, margin, y, { width: width - 2 * margin, align, lineBreak: false });
    doc.font('Helvetica').fontSize(8);
    if (header) printLine(header, 40, 'right');
    if (footer) printLine(footer, height - 46, 'left');
    printLine(`Page ${i + 1} of ${count}`, height - 46, 'right');
  }
}
