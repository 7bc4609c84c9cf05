import { describe, expect, it } from 'vitest';
import { odt } from './fixtures.ts';
import { parseFixture } from './parse-fixture.ts';

const fixture = parseFixture();

async function lines(name: string, content: string | Buffer): Promise<string[]> {
  const { text } = await fixture.read(name, content);
  return text.split(/\n+/).flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
}

describe('forms in HTML', () => {
  it('show their values, and the states of their boxes', async () => {
    const html = `<!doctype html><html><body>
      <p>Law: <input type="checkbox"> England <INPUT TYPE=CHECKBOX CHECKED> Scotland</p>
      <p><label><input type="radio" name="a">one</label> <label><input type="radio" checked>two</label></p>
      <p>By <input value="Tarn Ltd"><input type="hidden" value="HID"><input type="submit" value="Send"><input type="password" value="HID"><button>Send</button></p>
      <p>Pay <select><option>Net 30</option><optgroup><option selected>Net 60</option></optgroup></select>
      <select><option value="">Choose</option><option>x</option></select><select><option>first</option><option>x</option></select>
      <select multiple><option selected>a</option><option>x</option><option selected>b</option></select></p>
      <p><textarea>free text</textarea> <span role="checkbox" aria-checked="true"></span> agreed</p>
      <p style="visibility: hidden">HID</p><p style='mso-hide:all'>HID</p></body></html>`;
    expect(await lines('form.html', html)).toEqual([
      'Law: ☐ England ☒ Scotland',
      '○ one ● two',
      'By Tarn Ltd',
      'Pay Net 60 first a, b',
      'free text ☒ agreed',
    ]);
  });
});

it('tasks in Markdown keep their state', async () => {
  expect(await lines('tasks.md', '# Law\n\n- [ ] England\n- [x] Scotland\n\n1. [X] one\n')).toEqual(
    ['Law', '• ☐ England', '• ☒ Scotland', '1. ☒ one'],
  );
});

describe('OpenDocument', () => {
  const style = (family: string, name: string, properties: string, parent = '') =>
    `<style:style style:family="${family}" style:name="${name}"${parent && ` style:parent-style-name="${parent}"`}><style:text-properties ${properties}/></style:style>`;
  const styles =
    style('text', 'Hid', 'text:display="none"') +
    style('text', 'Loud', 'text:display="true"', 'Hid') +
    style('text', 'Bold', 'fo:font-weight="bold"', 'Hid') +
    style('text', 'W', 'style:font-name="Wingdings"') +
    style('paragraph', 'HidP', 'text:display="none"') +
    style('paragraph', 'ChildP', 'fo:color="#000"', 'HidP');
  const span = (name: string, text: string) =>
    `<text:span text:style-name="${name}">${text}</text:span>`;
  const p = (content: string, name = '') => `<text:p text:style-name="${name}">${content}</text:p>`;

  it('leaves out hidden text and hints', async () => {
    expect(
      await lines(
        'hidden.odt',
        odt(
          p(`a${span('Hid', `HID${span('Loud', 'b')}`)}c${span('Bold', 'HID')}`) +
            p('HID', 'HidP') +
            p(`HID${span('Loud', 'shown')}`, 'ChildP') +
            p('HID<text:hidden-paragraph text:is-hidden="true"/>') +
            p(
              '<text:hidden-text text:is-hidden="true">HID</text:hidden-text>d<text:hidden-text text:is-hidden="false">e</text:hidden-text>',
            ) +
            `<text:section text:display="none">${p('HID')}</text:section>` +
            `<table:table><table:table-row table:visibility="collapse"><table:table-cell>${p('HID')}</table:table-cell></table:table-row></table:table>` +
            p(
              'by <text:placeholder>&lt;Name&gt;</text:placeholder><loext:content-control loext:showing-place-holder="true">Click</loext:content-control>Tarn',
            ) +
            p(
              '<text:ruby><text:ruby-base>青葉</text:ruby-base><text:ruby-text>HID</text:ruby-text></text:ruby>',
            ),
          styles,
        ),
      ),
    ).toEqual(['abc', 'shown', 'de', 'by Tarn', '青葉']);
  });

  it('keeps tick boxes and the values of form controls', async () => {
    const control = (id: string) => `<draw:control draw:control="${id}"/>`;
    expect(
      await lines(
        'form.odt',
        odt(
          '<office:forms><form:form><form:checkbox xml:id="c1" form:current-state="checked" form:label="Scotland"/>' +
            '<form:checkbox xml:id="c2" form:state="unchecked" form:label="England"/><form:radio form:id="c3" form:current-selected="true"/>' +
            '<form:text form:id="c4" form:current-value="Tarn Ltd" form:value="old"/>' +
            '<form:listbox form:id="c5"><form:option form:label="a"/><form:option form:label="b" form:current-selected="true"/></form:listbox></form:form></office:forms>' +
            p(['c1', 'c2', 'c3', 'c4', 'c5'].map(control).join(' ')) +
            p(
              '<loext:content-control loext:checkbox="true" loext:checked="true">☐</loext:content-control><loext:content-control loext:checkbox="true">x</loext:content-control>',
            ) +
            p(
              '<field:fieldmark field:type="vnd.oasis.opendocument.field.FORMCHECKBOX"><field:param field:name="Checkbox_Checked" field:value="true"/></field:fieldmark>',
            ) +
            p(`${span('W', '\uf0fe')} ${span('W', '\uf0a8')}`),
          styles,
        ),
      ),
    ).toEqual(['☒ Scotland ☐ England ● Tarn Ltd b', '☒☐', '☒', '☒ ☐']);
  });

  it('puts page headers and footers at the end, once', async () => {
    const master = (content: string) => `<style:master-page>${content}</style:master-page>`;
    const header = (kind: string, content: string, more = '') =>
      `<style:${kind}${more}>${p(content)}</style:${kind}>`;
    const stylesXml = `<office:document-styles><office:master-styles>${master(header('header', 'No. 17') + header('footer', 'Page <text:page-number>2</text:page-number> of <text:page-count>9</text:page-count>'))}${master(header('header', 'No. 17') + header('header-first', 'Tarn Ltd') + header('header-left', 'HID', ' style:display="false"'))}</office:master-styles></office:document-styles>`;
    expect(await lines('headers.odt', odt(p('Contract'), '', { 'styles.xml': stylesXml }))).toEqual(
      ['Contract', '[Page header] No. 17', '[Page header] Tarn Ltd'],
    );
  });
});

describe('RTF', () => {
  it('keeps tick boxes and choices, and puts page headers and footers at the end', async () => {
    const form = (properties: string, code: string) =>
      `{\\field{\\*\\fldinst { ${code} }{\\*\\formfield{${properties}}}}{\\fldrslt shown}}`;
    const rtf = `{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0\\fcharset0 Times;}{\\f1\\fnil\\fcharset2 Wingdings;}}
{\\header No. 17\\par}{\\headerf Tarn Ltd}{\\footer Page {\\field{\\*\\fldinst PAGE}{\\fldrslt 3}}\\par}{\\footerl No. 17}
Law {\\f1\\'a8} England {\\f1\\'fe} Scotland {\\f1\\u-3842?} x\\par
${form('\\fftype1\\ffres25\\ffdefres1', 'FORMCHECKBOX')} ${form('\\fftype1\\ffres0\\ffdefres1', 'FORMCHECKBOX')} ${form('\\fftype2\\ffres1{\\*\\ffl a}{\\*\\ffl b}', 'FORMDROPDOWN')} ${form('\\fftype0', 'FORMTEXT')}\\par}`;
    expect(await lines('form.rtf', rtf)).toEqual([
      'Law ☐ England ☒ Scotland ☒ x',
      '☒ ☐ b shown',
      '[Page header] No. 17',
      '[Page header] Tarn Ltd',
      '[Page footer] No. 17',
    ]);
  });
});
