import {
  AlignmentType,
  DeletedTextRun,
  HeadingLevel,
  InsertedTextRun,
  LevelFormat,
  PageBreak,
  Paragraph,
  Table,
  TableCell,
  TableRow,
  TextRun,
} from 'docx';
import { describe, expect, it } from 'vitest';
import { docx, docxAround, odt, pdf } from './fixtures.ts';
import { pageTexts, parseFixture } from './parse-fixture.ts';

const fixture = parseFixture();

describe('PDF', () => {
  it('gives pages, line breaks and the title', async () => {
    const pages = [
      '1. Term\nThis Agreement begins on the Effective Date.',
      '2. Fees\nNone are due.',
    ];
    const info = { Title: 'Mutual NDA' };
    const reading = await fixture.read('nda.pdf', await pdf(pages, { info }));
    expect(reading).toMatchObject({ mediaType: 'application/pdf', title: 'Mutual NDA' });
    expect(pageTexts(reading).map((page) => page.trim())).toEqual(pages);
    expect(reading.pages.map((page) => page.number)).toEqual([1, 2]);
  });

  it('keeps an empty page', async () => {
    const pages = [
      'The first page holds one whole sentence, and a second one.',
      '',
      'And the third page holds another.',
    ];
    const reading = await fixture.read('empty-page.pdf', await pdf(pages));
    expect(pageTexts(reading).map((page) => page.trim())).toEqual(pages);
  });
});

describe('Word', () => {
  const level = (
    index: number,
    text: string,
    format: (typeof LevelFormat)[keyof typeof LevelFormat],
  ) => ({
    level: index,
    format,
    text,
    alignment: AlignmentType.START,
  });

  it('writes out automatic clause numbers over several levels', async () => {
    const clause = (text: string, depth: number) =>
      new Paragraph({ text, numbering: { reference: 'clauses', level: depth } });
    const reading = await fixture.read(
      'numbered.docx',
      await docx({
        numbering: {
          config: [
            {
              reference: 'clauses',
              levels: [
                level(0, 'ARTICLE %1', LevelFormat.UPPER_ROMAN),
                level(1, '%2.', LevelFormat.DECIMAL),
                level(2, '(%3)', LevelFormat.LOWER_LETTER),
              ],
            },
          ],
        },
        sections: [
          {
            children: [
              clause('Definitions', 0),
              clause('Interpretation', 1),
              clause('Term', 0),
              clause('Initial term', 1),
              clause('Renewal', 1),
              clause('by either party', 2),
              clause('by both parties', 2),
              clause('Notice', 1),
            ],
          },
        ],
      }),
    );
    expect(reading.text.split(/\n+/)).toEqual([
      'ARTICLE I Definitions',
      '1. Interpretation',
      'ARTICLE II Term',
      '1. Initial term',
      '2. Renewal',
      '(a) by either party',
      '(b) by both parties',
      '3. Notice',
    ]);
  });

  it('finds numbers in styles, restarts lists where they say so and shows legal numbers', async () => {
    const p = (text: string, properties: string) =>
      `<w:p><w:pPr>${properties}</w:pPr><w:r><w:t>${text}</w:t></w:r></w:p>`;
    const numbered = (id: number, at: number) =>
      `<w:numPr><w:ilvl w:val="${at}"/><w:numId w:val="${id}"/></w:numPr>`;
    const lvl = (at: number, format: string, text: string, more = '') =>
      `<w:lvl w:ilvl="${at}"><w:start w:val="1"/><w:numFmt w:val="${format}"/>${more}<w:lvlText w:val="${text}"/></w:lvl>`;
    const body =
      p('Grant', '<w:pStyle w:val="Clause"/>') +
      p('Scope', numbered(1, 1)) +
      p('deleted', `${numbered(1, 1)}<w:rPr><w:del w:id="9" w:author="x"/></w:rPr>`) +
      p('Term', '<w:pStyle w:val="Special"/>') +
      p('Length', numbered(1, 1)) +
      p('again', numbered(2, 0)) +
      p('plain', '<w:pStyle w:val="Clause"/><w:numPr><w:numId w:val="0"/></w:numPr>') +
      p('bullet', numbered(3, 0));
    const reading = await fixture.read(
      'styles.docx',
      docxAround(body, {
        'styles.xml':
          '<w:styles NS><w:style w:type="paragraph" w:styleId="Clause"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>' +
          '<w:style w:type="paragraph" w:styleId="Special"><w:basedOn w:val="Clause"/></w:style></w:styles>',
        'numbering.xml':
          `<w:numbering NS><w:abstractNum w:abstractNumId="7">${lvl(0, 'cardinalText', 'Section %1', '<w:pStyle w:val="Clause"/>')}` +
          `${lvl(1, 'decimal', '%1.%2', '<w:isLgl/>')}</w:abstractNum>` +
          `<w:abstractNum w:abstractNumId="8">${lvl(0, 'bullet', '')}</w:abstractNum>` +
          '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>' +
          '<w:num w:numId="2"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>' +
          '<w:num w:numId="3"><w:abstractNumId w:val="8"/></w:num></w:numbering>',
      }),
    );
    // Word joins a paragraph whose mark is deleted with the one that follows it, and shows its number.
    expect(reading.text.split(/\n+/)).toEqual([
      'Section One Grant',
      '1.1 Scope',
      'Section Two deletedTerm',
      '2.1 Length',
      'Section Five again',
      'plain',
      '• bullet',
    ]);
  });

  it('reads tracked changes as accepted, tables row by row, and breaks pages', async () => {
    const cell = (text: string) => new TableCell({ children: [new Paragraph(text)] });
    const author = { id: 1, author: 'A', date: '2024-01-01T00:00:00Z' };
    const reading = await fixture.read(
      'mixed.docx',
      await docx({
        title: 'Lease of Unit 4',
        sections: [
          {
            children: [
              new Paragraph({ text: 'Lease', heading: HeadingLevel.HEADING_1 }),
              new Paragraph({
                children: [
                  new TextRun('Rent is '),
                  new DeletedTextRun({ text: '100', ...author }),
                  new InsertedTextRun({ text: '200', ...author }),
                  new TextRun(' a month.'),
                ],
              }),
              new Table({
                rows: [
                  new TableRow({ children: [cell('Month'), cell('Rent')] }),
                  new TableRow({ children: [cell('May'), cell('200')] }),
                ],
              }),
              new Paragraph({ children: [new PageBreak()] }),
              new Paragraph('Signatures'),
              new Paragraph({ text: 'Schedule', pageBreakBefore: true }),
            ],
          },
        ],
      }),
    );
    expect(reading.title).toBe('Lease of Unit 4');
    expect(pageTexts(reading).map((page) => page.trim())).toEqual([
      'Lease\n\nRent is 200 a month.\n\nMonth\tRent\nMay\t200',
      'Signatures',
      'Schedule',
    ]);
  });

  it('uses the pages of the last layout, each break once', async () => {
    const run = (content: string) => `<w:r>${content}</w:r>`;
    const rendered = '<w:lastRenderedPageBreak/>';
    const body =
      `<w:p>${run('<w:t>one </w:t>')}${run(`${rendered}<w:t>two</w:t>`)}</w:p>` +
      `<w:p>${run('<w:br w:type="page"/>')}</w:p>` +
      `<w:p>${run(`${rendered}<w:t>three</w:t>`)}</w:p>` +
      `<w:p><w:pPr><w:sectPr/></w:pPr>${run('<w:t>still three</w:t>')}</w:p>` +
      `<w:p>${run('<w:t>four</w:t>')}</w:p>`;
    const reading = await fixture.read('pages.docx', docxAround(body));
    expect(pageTexts(reading).map((page) => page.trim())).toEqual([
      'one',
      'two',
      'three\n\nstill three',
      'four',
    ]);
  });
});

describe('OpenDocument', () => {
  it('writes out numbers, tables, notes and pages, and drops deleted text', async () => {
    const level = (at: number, suffix: string, shown: number, format = '1') =>
      `<text:list-level-style-number text:level="${at}" style:num-format="${format}" style:num-suffix="${suffix}" text:display-levels="${shown}"/>`;
    const styles =
      `<text:list-style style:name="L1">${level(1, '.', 1)}${level(2, '', 2)}${level(3, ')', 1, 'a')}</text:list-style>` +
      '<style:style style:name="New"><style:paragraph-properties fo:break-before="page"/></style:style>';
    const item = (text: string, nested = '') =>
      `<text:list-item><text:p>${text}</text:p>${nested}</text:list-item>`;
    const list = (content: string) => `<text:list>${content}</text:list>`;
    const cell = (text: string) => `<table:table-cell><text:p>${text}</text:p></table:table-cell>`;
    const content =
      '<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion></text:changed-region></text:tracked-changes>' +
      '<text:h text:outline-level="1">Supply<text:s text:c="2"/>Agreement</text:h>' +
      `<text:list text:style-name="L1">${item('Goods', list(item('Delivery') + item('Risk', list(item('in transit')))))}${item('Price')}</text:list>` +
      `<table:table><table:table-row>${cell('Item')}${cell('Price')}</table:table-row></table:table>` +
      '<text:p>See<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>A note.</text:p></text:note-body></text:note> it.</text:p>' +
      '<text:p text:style-name="New">Second <text:soft-page-break/>third</text:p>';
    const meta = '<m xmlns:dc="d"><office:meta><dc:title>Supply</dc:title></office:meta></m>';
    const reading = await fixture.read('supply.odt', odt(content, styles, { 'meta.xml': meta }));
    expect(reading.title).toBe('Supply');
    expect(pageTexts(reading).map((page) => page.trim().split(/\n+/))).toEqual([
      [
        'Supply  Agreement',
        '1. Goods',
        '1.1 Delivery',
        '1.2 Risk',
        'a) in transit',
        '2. Price',
        'Item\tPrice',
        'See [1] it.',
        '[1] A note.',
      ],
      ['Second'],
      ['third'],
    ]);
  });
});

describe('RTF', () => {
  it('decodes code pages and Unicode, keeps list numbers and rows, omits hidden text', async () => {
    const rtf = String.raw`{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fcharset0 Times;}{\f1\fcharset204 Arial;}}
{\stylesheet{\s1 Heading;}}{\info{\title Loan \'93Note\'94}{\author Someone}}{\*\generator Writer;}
{\listtext 2.1\tab}Term of the \ldblquote Loan\rdblquote\par
\f1\'c4\'ee\'e3\'ee\'e2\'ee\'f0\f0  caf\'e9 \u8364? 5\par
{\deleted struck}{\v hidden}\constructor kept{\footnote A note.}\par
\trowd A\cell B\cell\row
{\field{\*\fldinst HYPERLINK "x"}{\fldrslt link}}{\pict 0102}\page Second page\par}`;
    const reading = await fixture.read('loan.rtf', rtf);
    expect(reading).toMatchObject({ mediaType: 'application/rtf', title: 'Loan “Note”' });
    expect(pageTexts(reading).map((page) => page.trim())).toEqual([
      '2.1\tTerm of the “Loan”\nДоговор café € 5\nkept A note.\nA\tB\nlink',
      'Second page',
    ]);
  });
});

describe('HTML', () => {
  it('formats headings, lists and tables and omits hidden text', async () => {
    const html = `<!doctype html><html><head><title>NDA &amp; more</title><style>p{}</style></head><body>
      <h1>Non-Disclosure</h1><script>alert(1)</script><p>Between <b>A</b>
      and B.</p><ol type="a"><li>one</li><li>two</li></ol>
      <table><tr><th>Item</th><th>Price</th></tr><tr><td><p>Pens</p></td><td>3</td></tr></table>
      <table><tr><td>2.1</td><td><p>Term.</p><p>Two years.</p></td></tr></table>
      <p hidden>secret</p><hr style="page-break-after: always"><p>Page two</p></body></html>`;
    const reading = await fixture.read('nda.html', html);
    expect(reading.title).toBe('NDA & more');
    const [first = '', second = ''] = pageTexts(reading);
    expect(first.split(/\n+/).map((line) => line.trim())).toEqual([
      'Non-Disclosure',
      'Between A and B.',
      'a. one',
      'b. two',
      'Item\tPrice',
      'Pens\t3',
      '2.1\tTerm.',
      'Two years.',
      '',
    ]);
    expect(second.trim()).toBe('Page two');
  });

  it('uses the declared character set for bytes that are not UTF-8', async () => {
    const html = '<html><meta charset="windows-1251"><p>\xc4\xee\xe3\xee\xe2\xee\xf0</p></html>';
    const reading = await fixture.read('ru.htm', Buffer.from(html, 'latin1'));
    expect(reading.text.trim()).toBe('Договор');
  });
});

describe('Markdown', () => {
  it('gives the text without markup', async () => {
    const source =
      '# Licence\n\n**Licensor** grants:\n\n1. use\n2. copy\n\n| a | b |\n|---|---|\n| 1 | 2 |\n';
    const reading = await fixture.read('licence.md', source);
    expect(reading).toMatchObject({ mediaType: 'text/markdown', title: 'Licence' });
    expect(reading.text.split(/\n+/).map((line) => line.trim())).toEqual([
      'Licence',
      'Licensor grants:',
      '1. use',
      '2. copy',
      'a\tb',
      '1\t2',
    ]);
  });
});
