import {
  AlignmentType,
  BorderStyle,
  Document,
  Footer,
  Header,
  LevelFormat,
  Packer,
  PageNumber,
  Paragraph,
  Table,
  TableCell,
  TableRow,
  TextRun,
  WidthType,
  type ILevelsOptions,
} from 'docx';
import { strToU8, unzipSync, zipSync, strFromU8, type Zippable } from 'fflate';
import { OutlineNumbers } from './outline-numbers.ts';
import type { Block, Run, Sample } from './source.ts';

const levels: ILevelsOptions[] = [
  { level: 0, format: LevelFormat.DECIMAL, text: '%1.' },
  { level: 1, format: LevelFormat.DECIMAL, text: '%1.%2' },
  { level: 2, format: LevelFormat.LOWER_LETTER, text: '(%3)' },
  { level: 3, format: LevelFormat.LOWER_ROMAN, text: '(%4)' },
].map((level) => ({
  ...level,
  alignment: AlignmentType.LEFT,
  style: { paragraph: { indent: { left: 567 * Math.max(1, level.level), hanging: 567 } } },
}));

/** In twentieths of a point. */
const pageSizes = {
  A4: { width: 11906, height: 16838 },
  LETTER: { width: 12240, height: 15840 },
};

/**
 * Renders a Word file with header and footer and, with `automatic_numbering`, Word's automatic
 * clause numbers.
 */
export async function renderDocx(sample: Sample): Promise<Uint8Array> {
  const { options, blocks } = sample;
  const outlineNumbers = options.automatic_numbering ? new OutlineNumbers() : undefined;
  const document = new Document({
    title: sample.title,
    creator: 'Corvane Instruments Legal',
    styles: { default: { document: { run: { font: 'Times New Roman', size: 22 } } } },
    numbering: { config: [{ reference: 'clauses', levels }] },
    sections: [
      {
        properties: { page: { size: pageSizes[options.page] } },
        headers: { default: new Header({ children: [smallParagraph(options.header ?? '')] }) },
        footers: {
          default: new Footer({
            children: [
              smallParagraph(options.footer ?? '', [
                new TextRun({
                  children: ['    Page ', PageNumber.CURRENT, ' of ', PageNumber.TOTAL_PAGES],
                  size: 16,
                }),
              ]),
            ],
          }),
        },
        children: blocks.flatMap((block) => toWord(block, outlineNumbers)),
      },
    ],
  });
  return withDate(await Packer.toBuffer(document), `${options.date}T09:00:00Z`);
}

function smallParagraph(text: string, more: TextRun[] = []): Paragraph {
  return new Paragraph({ children: [new TextRun({ text, size: 16 }), ...more] });
}

function toWord(block: Block, outlineNumbers: OutlineNumbers | undefined): (Paragraph | Table)[] {
  switch (block.kind) {
    case 'title':
      return [
        new Paragraph({
          children: toTextRuns(block.runs, { bold: true, size: 28 }),
          alignment: AlignmentType.CENTER,
          spacing: { after: 240 },
        }),
      ];
    case 'heading':
    case 'paragraph': {
      const heading = block.kind === 'heading';
      const numbered = outlineNumbers?.stripNumber(block.runs);
      return [
        new Paragraph({
          children: toTextRuns(numbered?.runs ?? block.runs, heading ? { bold: true } : {}),
          spacing: { before: heading ? 160 : 0, after: 120 },
          keepNext: heading,
          ...(numbered
            ? { numbering: { reference: 'clauses', level: numbered.level } }
            : {
                indent: {
                  left: heading ? 0 : 567 * (block.kind === 'paragraph' ? block.indent : 0),
                },
              }),
        }),
      ];
    }
    case 'table':
      return [toTable(block.rows), new Paragraph('')];
    case 'signatures':
      return [toSignatures(block.columns)];
    case 'page_break':
      return [new Paragraph({ pageBreakBefore: true })];
  }
}

const toTextRuns = (runs: Run[], style: { bold?: boolean; size?: number }): TextRun[] =>
  runs.map(({ text, bold, italic }) => new TextRun({ text, bold, italics: italic, ...style }));

function toTable(rows: string[][]): Table {
  return new Table({
    width: { size: 100, type: WidthType.PERCENTAGE },
    rows: rows.map(
      (cells, row) =>
        new TableRow({
          tableHeader: row === 0,
          children: cells.map(
            (text) =>
              new TableCell({
                children: [new Paragraph({ children: [new TextRun({ text, bold: row === 0 })] })],
              }),
          ),
        }),
    ),
  });
}

function toSignatures(columns: string[][]): Table {
  const none = { style: BorderStyle.NONE, size: 0, color: 'auto' };
  const borders = { top: none, bottom: none, left: none, right: none };
  return new Table({
    width: { size: 100, type: WidthType.PERCENTAGE },
    borders: { ...borders, insideHorizontal: none, insideVertical: none },
    rows: [
      new TableRow({
        cantSplit: true,
        children: columns.map(
          (lines) => new TableCell({ borders, children: lines.map((line) => new Paragraph(line)) }),
        ),
      }),
    ],
  });
}

/** Packs the file again with the sample's date in place of the current time. */
function withDate(docx: Uint8Array, date: string): Uint8Array {
  const entries: Zippable = {};
  for (const [name, content] of Object.entries(unzipSync(docx))) {
    entries[name] =
      name === 'docProps/core.xml'
        ? strToU8(strFromU8(content).replace(/(?<=W3CDTF">)[^<]*/g, date))
        : content;
  }
  return zipSync(entries, { mtime: new Date('2000-01-01T00:00:00') });
}
