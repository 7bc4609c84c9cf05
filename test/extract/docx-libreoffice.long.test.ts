import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from '../../src/extract/parse.ts';
import { isLong } from '../support/long.ts';
import { docxAround } from './fixtures.ts';

const hasLibreOffice = spawnSync('soffice', ['--version']).status === 0;
const documents = 100;

const word = fc.constantFrom(
  'Tarn',
  'shall',
  'deliver',
  'goods',
  'within',
  '30',
  'days',
  'clause',
  'fee',
  'Größe',
);
const words = fc.array(word, { minLength: 1, maxLength: 6 }).map((some) => ` ${some.join(' ')} `);
const run = (text: string, properties = '') =>
  `<w:r>${properties && `<w:rPr>${properties}</w:rPr>`}<w:t xml:space="preserve">${text}</w:t></w:r>`;
const fld = (type: string) => `<w:r><w:fldChar w:fldCharType="${type}"/></w:r>`;

/** Without hidden and deleted text, which LibreOffice writes. */
const inline = fc.oneof(
  { weight: 4, arbitrary: words.map((text) => run(text)) },
  words.map((text) => run(text, '<w:rStyle w:val="Hidden"/><w:vanish w:val="0"/>')),
  words.map((text) => run(text, '<w:b/><w:webHidden/>')),
  words.map((text) => `<w:ins w:id="1" w:author="A">${run(text)}</w:ins>`),
  words.map((text) => `<w:hyperlink w:anchor="x">${run(text)}</w:hyperlink>`),
  words.map((text) => `<w:smartTag w:uri="u" w:element="e">${run(text)}</w:smartTag>`),
  words.map((text) => `<w:bdo w:val="ltr">${run(text)}</w:bdo>`),
  words.map(
    (text) =>
      `<w:sdt><w:sdtPr><w:text/></w:sdtPr><w:sdtContent>${run(text)}</w:sdtContent></w:sdt>`,
  ),
  words.map(
    (text) =>
      `${fld('begin')}<w:r><w:instrText> QUOTE "x" </w:instrText></w:r>${fld('separate')}${run(text)}${fld('end')}`,
  ),
  fc.constantFrom(
    '<w:r><w:tab/></w:r>',
    '<w:r><w:br/></w:r>',
    '<w:r><w:cr/></w:r>',
    '<w:r><w:t>twenty</w:t><w:noBreakHyphen/><w:t>four</w:t></w:r>',
    '<w:r><w:t>Confi</w:t><w:softHyphen/><w:t>dential</w:t></w:r>',
    '<w:proofErr w:type="spellStart"/>',
  ),
);
const paragraph = fc
  .tuple(
    fc.constantFrom(
      '',
      '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>',
      '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr>',
      '<w:pStyle w:val="Clause"/>',
    ),
    fc.array(inline, { minLength: 1, maxLength: 5 }),
    words,
  )
  .map(
    ([properties, content, text]) =>
      `<w:p><w:pPr>${properties}</w:pPr>${run(text)}${content.join('')}</w:p>`,
  );
const table = fc
  .array(fc.array(words, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 3 })
  .map((rows) => {
    const cells = (row: string[]) =>
      row.map(
        (text) =>
          `<w:tc><w:tcPr><w:tcW w:w="3000" w:type="dxa"/></w:tcPr><w:p>${run(text)}</w:p></w:tc>`,
      );
    const lines = rows.map((row) => `<w:tr>${cells(row).join('')}</w:tr>`);
    return `<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w="3000"/><w:gridCol w:w="3000"/></w:tblGrid>${lines.join('')}</w:tbl>`;
  });
const body = fc.array(fc.oneof({ weight: 5, arbitrary: paragraph }, table), {
  minLength: 2,
  maxLength: 10,
});

const level = (at: number, format: string, text: string) =>
  `<w:lvl w:ilvl="${at}"><w:start w:val="1"/><w:numFmt w:val="${format}"/><w:lvlText w:val="${text}"/></w:lvl>`;
const parts = {
  'numbering.xml':
    `<w:numbering NS><w:abstractNum w:abstractNumId="1"><w:multiLevelType w:val="multilevel"/>${level(0, 'decimal', '%1.')}${level(1, 'lowerLetter', '(%2)')}</w:abstractNum>` +
    '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num></w:numbering>',
  'styles.xml':
    '<w:styles NS><w:style w:type="character" w:styleId="Hidden"><w:name w:val="Hidden"/><w:rPr><w:vanish/></w:rPr></w:style>' +
    '<w:style w:type="paragraph" w:styleId="Clause"><w:name w:val="Clause"/><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr></w:style></w:styles>',
  '_rels/document.xml.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${[
    'numbering',
    'styles',
  ]
    .map(
      (type, index) =>
        `<Relationship Id="r${index}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${type}" Target="${type}.xml"/>`,
    )
    .join('')}</Relationships>`,
};

/** The words and numbers of a text; two programs may put different white space between them. */
const wordsOf = (text: string) => text.replaceAll('\u00ad', '').match(/[\p{L}\p{N}]+/gu) ?? [];

describe.skipIf(!isLong || !hasLibreOffice)('the text of Word documents', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deedbox-libreoffice-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is that of LibreOffice', async () => {
    const names = fc.sample(body, { numRuns: documents, seed: 15 }).map((blocks, index) => ({
      name: `${index}.docx`,
      content: docxAround(`${blocks.join('')}<w:sectPr/>`, parts),
    }));
    for (const { name, content } of names) await writeFile(join(folder, name), content);
    await promisify(execFile)(
      'soffice',
      [
        `-env:UserInstallation=file://${join(folder, 'profile')}`,
        '--headless',
        '--convert-to',
        'txt:Text (encoded):UTF8',
        '--outdir',
        folder,
        ...names.map(({ name }) => join(folder, name)),
      ],
      { maxBuffer: 16 * 1024 * 1024 },
    );
    for (const { name } of names) {
      const ours = await parse(join(folder, name), name);
      const theirs = await readFile(join(folder, name.replace('docx', 'txt')), 'utf8');
      expect(wordsOf(ours.text), name).toEqual(wordsOf(theirs));
    }
  });
});
