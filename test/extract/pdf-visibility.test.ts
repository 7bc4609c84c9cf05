import { describe, expect, it } from 'vitest';
import { extractPdf } from '../../src/extract/pdf.ts';
import { scanOfPage, show, writePdf, type WrittenPdf } from '../support/pdf-writer.ts';

const shown = 'The total fee is EUR 48,000 and the law is that of England and Wales.';
const hidden = 'The law is that of Panama.';
const visible = show([[72, 700, shown]]);

async function read(pdf: WrittenPdf): Promise<string> {
  return (await extractPdf(writePdf(pdf))).text.replaceAll(/\s+/g, ' ');
}

const at = (left: number, bottom: number, before = '') => show([[left, bottom, hidden]], before);

describe('text that nobody sees', () => {
  it.each<[string, Partial<WrittenPdf>]>([
    ['is never drawn', { content: at(72, 500, '3 Tr') }],
    ['only clips', { content: `q ${at(72, 500, '7 Tr')} Q` }],
    ['is white on the page', { content: `1 1 1 rg ${at(72, 500)}` }],
    ['is nearly white on the page', { content: `0.99 g ${at(72, 500)}` }],
    ['is white in other colours', { content: `0 0 0 0 k ${at(72, 500)}` }],
    [
      'has the colour of the box below',
      { content: `0 0 0.6 rg 60 490 400 30 re f ${at(72, 500)}` },
    ],
    ['is too small', { content: `q 0.01 0 0 0.01 72 500 cm ${at(0, 0)} Q` }],
    ['is off the page', { content: at(700, 500) }],
    ['is below the page', { content: at(72, -50) }],
    ['is out of the crop box', { content: at(72, 20), page: '/CropBox [0 50 612 792]' }],
    ['is cut off', { content: `q 72 600 100 20 re W n ${at(72, 500)} Q` }],
    ['is under a box', { content: `${at(72, 500)} 0 g 60 490 400 30 re f` }],
    ['is under a white box', { content: `${at(72, 500)} 1 g 60 490 400 30 re f` }],
    [
      'is transparent',
      { content: `/G gs ${at(72, 500)}`, resources: '/ExtGState << /G << /ca 0 >> >>' },
    ],
    [
      'is in a layer that is off',
      {
        content: `/OC /L BDC ${at(72, 500)} EMC`,
        resources: '/Properties << /L 10 0 R >>',
        objects: ['<< /Type /OCG /Name (L) >>'],
        catalog: '/OCProperties << /OCGs [10 0 R] /D << /OFF [10 0 R] /Order [10 0 R] >> >>',
      },
    ],
    ['is in a form', { content: '/X1 Do', appearances: [`3 Tr ${at(2, 5)}`] }],
  ])('is left out where it %s', async (_, pdf) => {
    expect(await read({ ...pdf, content: `${visible}${pdf.content}` })).toBe(shown);
  });

  it('is left out by words where it is covered in part', async () => {
    const content = `${visible}0 g 146 696 62 14 re f`;
    const text = await read({ content });
    expect(text).not.toContain('48,000');
    expect(text).toContain('and the law is that of England');
  });
});

describe('text that is seen', () => {
  it.each([
    ['white on a bar', `0 0 0.4 rg 60 490 400 30 re f 1 g ${at(72, 500)}`],
    ['grey', `0.6 g ${at(72, 500)}`],
    ['on a yellow box', `1 1 0 rg 60 490 400 30 re f 0 g ${at(72, 500)}`],
    ['as an outline', at(72, 500, '1 Tr')],
    ['within its clip path', `q 60 490 400 30 re W n ${at(72, 500)} Q`],
    ['under an empty box', `${at(72, 500)} 60 490 400 30 re S`],
  ])('is read: %s', async (_, content) => {
    expect(await read({ content: visible + content })).toBe(`${shown} ${hidden}`);
  });
});

describe('the text layer of a scan', () => {
  const { object, draw } = scanOfPage();
  const scan = { resources: '/XObject << /Scan 10 0 R >>', objects: [object] };
  const layer = show(
    Array.from({ length: 8 }, (_, row): [number, number, string] => [72, 700 - row * 14, shown]),
    '3 Tr',
  );

  it.each([
    ['over the image', draw + layer],
    ['under the image', layer.replaceAll('3 Tr', '0 Tr') + draw],
    ['beside a stamp', draw + layer + show([[20, 20, 'Envelope 8F41-22C0']])],
  ])('is read %s', async (_, content) => {
    expect(await read({ ...scan, content })).toContain(`${shown} ${shown}`);
  });

  it('is left out of a page with other text', async () => {
    const content = `${draw}0 g ${visible}${at(72, 500, '3 Tr')}`;
    expect(await read({ ...scan, content })).toBe(shown);
  });
});
