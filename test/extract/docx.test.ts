import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { docxAround } from './fixtures.ts';
import { parseFixture } from './parse-fixture.ts';

const fixture = parseFixture();

const t = (text: string) => `<w:t xml:space="preserve">${text}</w:t>`;
const r = (text: string, properties = '') =>
  `<w:r>${properties && `<w:rPr>${properties}</w:rPr>`}${t(text)}</w:r>`;
const p = (content: string, properties = '') =>
  `<w:p>${properties && `<w:pPr>${properties}</w:pPr>`}${content}</w:p>`;
const fld = (type: string, form = '') =>
  `<w:r><w:fldChar w:fldCharType="${type}">${form}</w:fldChar></w:r>`;
const instruction = (text: string) => `<w:r><w:instrText>${text}</w:instrText></w:r>`;
const field = (code: string, result?: string, form = '') =>
  fld('begin', form) +
  instruction(code) +
  (result === undefined ? '' : fld('separate') + result) +
  fld('end');
const control = (properties: string, content: string) =>
  `<w:sdt><w:sdtPr>${properties}</w:sdtPr><w:sdtContent>${content}</w:sdtContent></w:sdt>`;
const box = (content: string) =>
  `<w:drawing><wps:txbx><w:txbxContent>${content}</w:txbxContent></wps:txbx></w:drawing>`;
const numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>';
const change = 'w:id="1" w:author="A" w:date="2024-02-01T00:00:00Z"';
const numbering =
  '<w:numbering NS><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/>' +
  '<w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum>' +
  '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num></w:numbering>';

/** The lines of a Word document with this body. */
async function lines(body: string, parts: Record<string, string> = {}): Promise<string[]> {
  const { text } = await fixture.read('a.docx', docxAround(body, parts));
  return text.split(/\n+/).filter((line) => line !== '');
}

const relations = (targets: Record<string, string>) => ({
  '_rels/document.xml.rels': `<Relationships>${Object.entries(targets)
    .map(([id, target]) => `<Relationship Id="${id}" Type="x/${id}" Target="${target}"/>`)
    .join('')}</Relationships>`,
});

describe('fields of Word', () => {
  it('show their cached results, and no instructions', async () => {
    expect(
      await lines(
        p(
          `<w:fldSimple w:instr=" DOCPROPERTY Date ">${r('1 May 2024')}</w:fldSimple>${r(' by ')}` +
            field(' MERGEFIELD Party ', r('Tarn Ltd')) +
            r(' law ') +
            fld('begin') +
            instruction('IF ') +
            field('MERGEFIELD Law', r('hidden result')) +
            instruction(' = "x" "England" "Wales"') +
            fld('separate') +
            r('Scotland') +
            fld('end') +
            r(' ') +
            `<w:hyperlink r:id="x">${r('link')}</w:hyperlink>`,
        ) +
          p(fld('begin') + instruction('TOC') + fld('separate') + r('1 Term')) +
          p(r('2 Law') + fld('end')),
      ),
    ).toEqual(['1 May 2024 by Tarn Ltd law Scotland link', '1 Term', '2 Law']);
  });

  it('without a result show what their properties say', async () => {
    const ffData = (state: string) => `<w:ffData><w:checkBox>${state}</w:checkBox></w:ffData>`;
    const list =
      '<w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="a"/><w:listEntry w:val="b"/></w:ddList></w:ffData>';
    expect(
      await lines(
        p(
          field('FORMCHECKBOX', undefined, ffData('<w:default w:val="0"/>')) +
            field(' FORMCHECKBOX ', '', ffData('<w:default w:val="0"/><w:checked/>')) +
            field('FORMCHECKBOX', '', ffData('<w:default/><w:checked w:val="0"/>')) +
            field('FORMCHECKBOX', '', ffData('<w:default w:val="1"/>')) +
            r(' ') +
            field('FORMDROPDOWN', '', list) +
            field(' SYMBOL 254 \\f "Wingdings" \\s 12') +
            field(' MACROBUTTON NoMacro [Click here and type name]', r('[Click here]')),
        ),
      ),
    ).toEqual(['☐☒☐☒ b☒']);
  });

  it('that do not end hide nothing', async () => {
    expect(await lines(p(r('one ') + fld('begin') + instruction('REF x')) + p(r('two')))).toEqual([
      'one',
      'two',
    ]);
  });
});

describe('tick boxes of Word', () => {
  it('keep their state', async () => {
    const checkbox = (state: string, sign: string) =>
      control(`<w14:checkbox>${state}</w14:checkbox>`, r(sign));
    expect(
      await lines(
        p(
          checkbox('<w14:checked w14:val="1"/>', '\uf0fe') +
            checkbox('<w14:checked w14:val="0"/>', '☐') +
            checkbox('', 'x'),
        ) +
          p(
            '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:sym w:font="Wingdings" w:char="F0A8"/>' +
              '<w:sym w:font="Wingdings" w:char="FD"/><w:sym w:font="Wingdings 2" w:char="F052"/>' +
              '<w:sym w:font="Wingdings 2" w:char="F0A3"/><w:sym w:font="Webdings" w:char="F063"/></w:r>' +
              r(' þ¨', '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>') +
              r(' \uf06f', '<w:rFonts w:ascii="Wingdings"/>'),
          ) +
          control('<w14:checkbox><w14:checked w14:val="true"/></w14:checkbox>', p(r('☐'))) +
          p(r(' last')),
      ),
    ).toEqual(['☒☐☐', '☒☐☒☒☐☐ ☒☐ ☐', '☒ last']);
  });
});

describe('text of Word that is not shown', () => {
  const styles =
    '<w:styles NS><w:style w:type="character" w:styleId="Note"><w:rPr><w:vanish/></w:rPr></w:style>' +
    '<w:style w:type="character" w:styleId="Loud"><w:basedOn w:val="Note"/><w:rPr><w:vanish w:val="0"/></w:rPr></w:style>' +
    '<w:style w:type="paragraph" w:styleId="Aside"><w:rPr><w:vanish/></w:rPr></w:style>' +
    '<w:style w:type="paragraph" w:styleId="Child"><w:basedOn w:val="Aside"/></w:style></w:styles>';
  const style = (id: string) => `<w:rStyle w:val="${id}"/>`;

  it('is left out: hidden runs, styles, paragraphs and rows', async () => {
    expect(
      await lines(
        p(r('a') + r('HID', '<w:vanish/>') + r('b', '<w:vanish w:val="false"/>')) +
          p(r('c') + r('HID', style('Note')) + r('d', style('Loud'))) +
          p(r('HID'), '<w:pStyle w:val="Aside"/>') +
          p(r('HID') + r('e', '<w:vanish w:val="0"/>'), '<w:pStyle w:val="Child"/>') +
          p(r('f', style('Note')), '<w:pStyle w:val="Child"/>') +
          `<w:tbl><w:tr><w:trPr><w:hidden/></w:trPr><w:tc>${p(r('HID'))}</w:tc></w:tr><w:tr><w:tc>${p(r('g'))}</w:tc></w:tr></w:tbl>` +
          p(r('h', '<w:webHidden/>')),
        { 'styles.xml': styles },
      ),
    ).toEqual(['ab', 'cd', 'e f', 'g', 'h']);
  });

  it('is left out: hints of empty content controls', async () => {
    expect(
      await lines(
        p(
          r('by ') +
            control('<w:showingPlcHdr/><w:text/>', r('Click here to enter text.')) +
            control('<w:showingPlcHdr w:val="0"/>', r('Tarn')) +
            control('<w:text/>', r('Choose.', style('PlaceholderText')) + r(' Ltd')),
        ) + control('<w:showingPlcHdr/>', p(r('Click or tap to enter a date.'))),
      ),
    ).toEqual(['by Tarn Ltd']);
  });

  it('takes no number', async () => {
    const hidden = '<w:rPr><w:vanish/></w:rPr>';
    expect(
      await lines(
        p(r('a'), numbered) +
          p(r('HID', '<w:vanish/>'), numbered + hidden) +
          p(r('Heading.'), numbered + hidden) +
          p(r('Text on the same line.')) +
          p(r('c'), numbered),
        { 'numbering.xml': numbering },
      ),
    ).toEqual(['1. a', '2. Heading. Text on the same line.', '3. c']);
  });
});

describe('tracked changes of Word', () => {
  it('are read as accepted, and numbers count what is left', async () => {
    const del = `<w:del ${change}/>`;
    const cell = (text: string, properties = '') =>
      `<w:tc><w:tcPr>${properties}</w:tcPr>${p(r(text), numbered)}</w:tc>`;
    expect(
      await lines(
        p(r('a'), numbered) +
          p(
            `<w:del ${change}><w:r><w:delText>DEL</w:delText></w:r></w:del>`,
            `${numbered}<w:rPr>${del}</w:rPr>`,
          ) +
          p(
            `<w:moveFrom ${change}>${r('moved')}</w:moveFrom>`,
            `${numbered}<w:rPr><w:moveFrom ${change}/></w:rPr>`,
          ) +
          p(`<w:ins ${change}>${r('b')}</w:ins>`, `${numbered}<w:rPr><w:ins ${change}/></w:rPr>`) +
          `<w:tbl><w:tr><w:trPr>${del}</w:trPr>${cell('DEL')}</w:tr>` +
          `<w:tr>${cell('c')}${cell('DEL', `<w:cellDel ${change}/>`)}</w:tr></w:tbl>` +
          p(
            `<w:moveTo ${change}>${r('moved')}</w:moveTo>`,
            `${numbered}<w:rPr><w:moveTo ${change}/></w:rPr>`,
          ) +
          p(r('joined '), `${numbered}<w:rPr>${del}</w:rPr>`) +
          p(r('end'), numbered),
        { 'numbering.xml': numbering },
      ),
    ).toEqual(['1. a', '2. b', '3. c', '4. moved', '5. joined end']);
  });

  it('drop fields and numbers that were deleted with their text', async () => {
    expect(
      await lines(
        p(r('a') + `<w:del ${change}>${field('REF x', r('DEL'))}</w:del>` + r('b')) +
          p(
            r('c'),
            `<w:numPr><w:numId w:val="0"/></w:numPr><w:pPrChange ${change}><w:pPr>${numbered}</w:pPr></w:pPrChange>`,
          ),
        { 'numbering.xml': numbering },
      ),
    ).toEqual(['ab', 'c']);
  });
});

describe('other content of Word', () => {
  it('is text: breaks, tabs, hyphens, directions, ruby, wrappers', async () => {
    expect(
      await lines(
        p(
          `<w:r>${t('a')}<w:cr/>${t('b')}<w:br/>${t('c')}<w:ptab w:alignment="right"/>${t('d')}<w:tab/>${t('e')}</w:r>`,
        ) +
          p(`<w:r>${t('28')}<w:noBreakHyphen/>${t('Feb')}<w:softHyphen/></w:r>`) +
          p(`<w:bdo w:val="ltr">${r('AB-7')}</w:bdo><w:dir w:val="rtl">${r(' نور')}</w:dir>`) +
          p(
            `<w:smartTag><w:smartTagPr/>${r('s')}</w:smartTag><w:customXml>${r('x')}</w:customXml>`,
          ) +
          p(
            `<w:r><w:ruby><w:rubyPr/><w:rt>${r('あおば')}</w:rt><w:rubyBase>${r('青葉')}</w:rubyBase></w:ruby></w:r>`,
          ) +
          `<w:customXml><w:customXmlPr/>${p(r('block'))}</w:customXml>`,
      ),
    ).toEqual(['a', 'b', 'c d e', '28\u2011Feb\u00ad', 'AB-7 نور', 'sx', '青葉', 'block']);
  });

  it('is text: equations', async () => {
    const m = (text: string) => `<m:r><m:t>${text}</m:t></m:r>`;
    const e = (name: string, content: string) => `<m:${name}>${content}</m:${name}>`;
    expect(
      await lines(
        p(
          r('Price ') +
            e(
              'oMath',
              m('P = ') +
                e('f', e('num', m('a + b')) + e('den', m('2'))) +
                m(' × ') +
                e('sSup', e('e', m('x')) + e('sup', m('n'))) +
                m(' + ') +
                e('rad', e('deg', '') + e('e', m('y'))) +
                e('d', e('e', m('1.05'))),
            ),
        ),
      ),
    ).toEqual(['Price P = (a + b)/2 × x^n + √y(1.05)']);
  });

  it('is text: text boxes, each once, after the paragraph that holds them', async () => {
    const alternatives = (choice: string, fallback: string) =>
      `<mc:AlternateContent><mc:Choice Requires="wps">${choice}</mc:Choice><mc:Fallback>${fallback}</mc:Fallback></mc:AlternateContent>`;
    expect(
      await lines(
        p(
          `<w:r>${alternatives(box(p(r('new'))), `<w:pict><v:textbox><w:txbxContent>${p(r('old'))}</w:txbxContent></v:textbox></w:pict>`)}${t('anchor')}</w:r>`,
        ) +
          p(
            `<w:r>${alternatives('<w:drawing><c:chart/></w:drawing>', `<w:pict><v:textbox><w:txbxContent>${p(r('only old'))}</w:txbxContent></v:textbox></w:pict>`)}</w:r>`,
          ) +
          p(`<w:r>${box(p(r('1')) + p(`<w:r>${box(p(r('inner')))}</w:r>`))}</w:r>`) +
          p(field('REF x', `<w:r>${box(p(r('in field')))}</w:r>`)),
      ),
    ).toEqual(['anchor', 'new', 'only old', '1', 'inner', 'in field']);
  });

  it('is text: notes with their numbers', async () => {
    const note = (id: number, text: string) =>
      `<w:footnote w:id="${id}">${p(`<w:r><w:footnoteRef/></w:r>${r(text)}`)}</w:footnote>`;
    expect(
      await lines(
        p(
          r('a') +
            '<w:r><w:footnoteReference w:id="7"/></w:r>' +
            r(' b') +
            '<w:r><w:endnoteReference w:id="3"/><w:footnoteReference w:id="99"/></w:r>',
        ),
        {
          'footnotes.xml': `<w:footnotes NS>${note(1, 'unused')}${note(7, ' foot')}</w:footnotes>`,
          'endnotes.xml': `<w:endnotes NS><w:endnote w:id="3">${p(r('end'))}</w:endnote></w:endnotes>`,
        },
      ),
    ).toEqual(['a[1] b[2]', '[1] foot', '[2] end']);
  });
});

describe('page headers and footers of Word', () => {
  const reference = (kind: string, type: string, id: string) =>
    `<w:${kind}Reference w:type="${type}" r:id="${id}"/>`;
  const story = (kind: string, content: string) => `<w:${kind} NS>${content}</w:${kind}>`;

  it('stand once at the end, marked, if they are shown', async () => {
    const first = `<w:sectPr>${reference('header', 'default', 'h1')}${reference('header', 'first', 'h2')}${reference('footer', 'default', 'f1')}</w:sectPr>`;
    const last = `<w:sectPr><w:titlePg/>${reference('header', 'default', 'h3')}${reference('header', 'first', 'h4')}${reference('header', 'even', 'h2')}</w:sectPr>`;
    const watermark = '<w:r><w:pict><v:textpath string="DRAFT"/></w:pict></w:r>';
    expect(
      await lines(p(r('Contract'), first) + p(r('Law')) + last, {
        ...relations({
          h1: 'h1.xml',
          h2: 'h2.xml',
          h3: 'h3.xml',
          h4: '/word/h4.xml',
          f1: 'f1.xml',
        }),
        'h1.xml': story('hdr', p(r('No. 17')) + p(r('Tarn Ltd'))),
        'h2.xml': story('hdr', p(r('not shown'))),
        'h3.xml': story('hdr', p(r('No. 17')) + p(r('Tarn  Ltd'))),
        'h4.xml': story('hdr', p(watermark)),
        'f1.xml': story(
          'ftr',
          p(r('Page ') + field('PAGE', r('3')) + r(' of ') + field('NUMPAGES', r('9'))),
        ),
      }),
    ).toEqual(['Contract', 'Law', '[Page header] No. 17', 'Tarn Ltd', '[Page header] DRAFT']);
  });
});

describe('documents embedded in a Word document', () => {
  const chunks = {
    ...relations({ c1: 'c1.htm', c2: 'c2.rtf', c3: 'c3.txt', c4: 'c4.mht', c5: 'gone' }),
  };
  const chunk = (id: string) => `<w:altChunk r:id="${id}"/>`;

  it('are text where they stand', async () => {
    const archive =
      'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\n' +
      'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n' +
      '<html><body><p>Arch=\r\nive caf=C3=A9</p></body></html>\r\n--b--';
    expect(
      await lines(p(r('a')) + ['c1', 'c2', 'c3', 'c4', 'c5'].map(chunk).join('') + p(r('z')), {
        ...chunks,
        'c1.htm': '<html><body><p>Page</p></body></html>',
        'c2.rtf': '{\\rtf1 Rich\\par}',
        'c3.txt': 'Plain',
        'c4.mht': archive,
      }),
    ).toEqual(['a', 'Page', 'Rich', 'Plain', 'Archive café', 'z']);
  });

  it('are read to a limited depth', async () => {
    const wrap = (inner: Buffer | undefined) =>
      Buffer.from(
        zipSync({
          'word/document.xml': strToU8(
            `<w:document><w:body>${p(r('level'))}${chunk('c1')}</w:body></w:document>`,
          ),
          'word/_rels/document.xml.rels': strToU8(
            relations({ c1: 'c.docx' })['_rels/document.xml.rels'],
          ),
          ...(inner && { 'word/c.docx': inner }),
        }),
      );
    let nested = wrap(undefined);
    for (let depth = 0; depth < 8; depth++) nested = wrap(nested);
    const { text } = await fixture.read('nested.docx', nested);
    expect(text.match(/level/g)).toHaveLength(4);
  });
});

it('finds the body of a Word document where its relationships say', async () => {
  const data = zipSync({
    '_rels/.rels': strToU8(
      '<Relationships><Relationship Id="a" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="/word/main.xml"/></Relationships>',
    ),
    'word/main.xml': strToU8(
      `<x:document><x:body><x:p><x:r><x:t>Strict</x:t></x:r></x:p></x:body></x:document>`,
    ),
  });
  expect((await fixture.read('strict.docx', Buffer.from(data))).text).toBe('Strict');
});
