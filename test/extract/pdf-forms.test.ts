import { describe, expect, it } from 'vitest';
import { extractPdf } from '../../src/extract/pdf.ts';
import { show, shownInField, writePdf } from '../support/pdf-writer.ts';

const body = show([
  [72, 740, 'SERVICES AGREEMENT between Northwind Analytics Ltd and the customer named below.'],
  [72, 700, 'Customer:'],
  [72, 670, 'Made on ____________ between the parties, for ____________ months.'],
  [72, 640, '1. Services. The Supplier shall provide the analytics services with care.'],
]);

async function read(pdf: Buffer): Promise<string[]> {
  return (await extractPdf(pdf)).text.split('\n').map((line) => line.replaceAll(/\s+/g, ' '));
}

const [customer, date, months] = ['170 695 470 713', '112 665 170 683', '280 665 340 683'];
const filled = [
  'SERVICES AGREEMENT between Northwind Analytics Ltd and the customer named below.',
  'Customer: Harrow Foods Ltd',
  'Made on 1 March 2024 between the parties, for 24 months.',
  '1. Services. The Supplier shall provide the analytics services with care.',
];

describe('the values of a form', () => {
  const values = ['Harrow Foods Ltd', '1 March 2024', '24'];
  const rectangles = [customer, date, months];
  const field = (at: number, more: string) =>
    `/Subtype /Widget /FT /Tx /T (f${at}) /Rect [${rectangles[at]}] ${more}`;

  it('stand in their lines, whether they have an appearance or not', async () => {
    const drawn = writePdf({
      content: body,
      annotations: values.map((value, at) => field(at, `/V (${value}) /AP << /N AP${at + 1} >>`)),
      appearances: values.map(shownInField),
    });
    expect(await read(drawn)).toEqual(filled);
    const stored = writePdf({
      content: body,
      annotations: values.map((value, at) => field(at, `/V (${value})`)),
      form: '/NeedAppearances true',
    });
    expect(await read(stored)).toEqual(filled);
  });

  it('stand there once where the page shows them too', async () => {
    const both = writePdf({
      content: body.replace('(Customer:)', '(Customer: Harrow Foods Ltd)'),
      annotations: [
        '/Subtype /Widget /FT /Tx /T (a) /V (Harrow Foods Ltd) /Rect [118 695 470 713] /AP << /N AP1 >>',
      ],
      appearances: [shownInField('Harrow Foods Ltd')],
    });
    expect((await read(both))[1]).toBe('Customer: Harrow Foods Ltd');
  });

  it('are the labels of what is chosen, and what a comb spreads', async () => {
    const pdf = writePdf({
      content: body,
      annotations: [
        `/Subtype /Widget /FT /Ch /Ff 131072 /T (a) /V (hf) /Opt [[(nw) (Northwind)] [(hf) (Harrow Foods Ltd)]] /Rect [${customer}]`,
        `/Subtype /Widget /FT /Tx /T (b) /MaxLen 8 /V (01032024) /Rect [${date}] /AP << /N AP1 >>`,
      ],
      appearances: [
        Array.from('01032024')
          .map((digit, at) => `BT /F1 10 Tf ${2 + at * 7} 5 Td (${digit}) Tj ET`)
          .join(' '),
      ],
    });
    const lines = await read(pdf);
    expect(lines[1]).toBe('Customer: Harrow Foods Ltd');
    expect(lines[2]).toMatch(/^Made on 01032024 between/);
  });

  it('have lines, and stay out where they are hidden, secret or pressed', async () => {
    const pdf = writePdf({
      content: body,
      annotations: [
        `/Subtype /Widget /FT /Tx /Ff 4096 /T (a) /V (Harrow Foods Ltd\r5 Mill Lane) /Rect [170 680 470 713]`,
        `/Subtype /Widget /FT /Tx /Ff 8192 /T (b) /V (secret) /Rect [400 600 500 618]`,
        '/Subtype /Widget /FT /Tx /T (c) /V (hidden) /Rect [400 560 500 578] /F 2',
        `/Subtype /Widget /FT /Btn /Ff 65536 /T (d) /MK << /CA (Send) >> /Rect [400 520 500 538]`,
        '/Subtype /Widget /FT /Tx /T (e) /V (alone) /Rect [400 500 500 518]',
      ],
    });
    const lines = await read(pdf);
    expect(lines.slice(1, 3)).toEqual(['Customer: Harrow Foods Ltd', '5 Mill Lane']);
    expect(lines.at(-1)).toBe('alone');
    expect(lines.join()).not.toMatch(/secret|Send|hidden/);
  });
});

describe('boxes and buttons of a form', () => {
  const content = show([
    [72, 700, 'The term is'],
    [90, 680, 'one year.'],
    [90, 660, 'two years.'],
    [90, 640, '[ ] three years.'],
  ]);
  const box = (bottom: number, left: number, state: string, more = '') =>
    `/Subtype /Widget /FT /Btn /T (b${bottom}) /V /${state} /AS /${state} ${more}` +
    `/Rect [${left} ${bottom} ${left + 12} ${bottom + 12}] /AP << /N << /On AP1 /Off AP2 >> >>`;
  const appearances = ['q BT /ZaDb 10 Tf 1 1 Td (4) Tj ET Q', 'q Q'];

  it.each(['', '/Ff 32768 '])('keep their state at their place (%s)', async (flags) => {
    const annotations = [
      box(678, 72, 'Off', flags),
      box(658, 72, 'On', flags),
      box(638, 90, 'Off', flags),
    ];
    expect(await read(writePdf({ content, annotations, appearances }))).toEqual([
      'The term is',
      '☐ one year.',
      '☒ two years.',
      '☐ three years.',
    ]);
  });
});

describe('the fields below another', () => {
  it('have its kind and its value', async () => {
    const pdf = writePdf({
      content: show([
        [72, 720, 'This Agreement is governed by the law of one of these:'],
        [72, 700, 'Place:'],
        [90, 680, 'Ireland'],
        [90, 660, 'England'],
        [300, 700, '.'],
      ]),
      annotations: [
        '/Subtype /Widget /Parent 10 0 R /AS /Off /Rect [72 678 84 690]',
        '/Subtype /Widget /Parent 10 0 R /AS /E /Rect [72 658 84 670]',
        '/Subtype /Widget /Parent 11 0 R /Rect [110 697 298 712]',
      ],
      objects: [
        '<< /FT /Btn /Ff 32768 /T (law) /V /E /Kids [12 0 R 13 0 R] >>',
        '<< /FT /Tx /T (place) /V (Cork) /Kids [14 0 R] >>',
      ],
    });
    expect((await read(pdf)).slice(1)).toEqual(['Place: Cork.', '☐ Ireland', '☒ England']);
  });
});

describe('notes on a page', () => {
  it('are read where they are drawn onto it, but not where a reader opens them', async () => {
    const pdf = writePdf({
      content: body,
      annotations: [
        `/Subtype /FreeText /Contents (Harrow Foods Ltd) /Rect [${customer}] /AP << /N AP1 >>`,
        `/Subtype /FreeText /Contents (1 March 2024) /DA (/F1 10 Tf) /Rect [${date}]`,
        `/Subtype /Stamp /Rect [${months}] /AP << /N AP2 >>`,
        '/Subtype /Text /Contents (Client wants Panama law.) /Rect [400 600 420 620]',
        '/Subtype /Highlight /Contents (Why?) /Rect [72 640 200 650] /QuadPoints [72 650 200 650 72 640 200 640]',
      ],
      appearances: ['Harrow Foods Ltd', '24'].map(shownInField),
    });
    expect(await read(pdf)).toEqual(filled);
  });

  it('are read as signatures', async () => {
    const pdf = writePdf({
      content: body + show([[72, 600, 'Signed by:']]),
      annotations: ['/Subtype /Widget /FT /Sig /T (s) /Rect [150 595 450 613] /AP << /N AP1 >>'],
      appearances: [shownInField('Digitally signed by Ann Lee')],
    });
    expect(await read(pdf)).toContain('Signed by: Digitally signed by Ann Lee');
  });
});

describe('text that is drawn over a form', () => {
  it('stands on its blanks, in its gaps and after its labels', async () => {
    const content =
      body +
      show([
        [72, 620, 'Term:'],
        [72, 600, 'Law:'],
        [72, 580, 'One year'],
        [72, 560, '[ ] Two years'],
        [116, 671, '1 March 2024'],
        [290, 671, '24'],
        [170, 700, 'Harrow Foods Ltd'],
        [170, 620, 'two years'],
        [170, 600, 'Ireland'],
        [73, 561, 'X'],
      ]);
    expect(await read(writePdf({ content }))).toEqual([
      ...filled,
      'Term: two years',
      'Law: Ireland',
      'One year',
      '☒ Two years',
    ]);
  });
});

describe('an XFA form', () => {
  const data =
    '<xfa:datasets xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/"><xfa:data><form1>' +
    '<CustomerName>Harrow Foods Ltd</CustomerName><Signed>true</Signed><page><Start>2024-03-01</Start></page>' +
    '</form1></xfa:data></xfa:datasets>';
  it('is read by its data where its pages do not show them', async () => {
    const pdf = writePdf({
      content: show([
        [72, 700, 'Please wait. If this message is not replaced, open it elsewhere.'],
      ]),
      form: '/XFA [(datasets) 10 0 R]',
      objects: [`<< /Length ${data.length} >>\nstream\n${data}\nendstream`],
    });
    expect((await read(pdf)).slice(1)).toEqual([
      'Customer Name: Harrow Foods Ltd',
      'Start: 2024-03-01',
    ]);
  });
});

describe('files within a PDF', () => {
  it('are named', async () => {
    const pdf = writePdf({
      content: body,
      catalog: '/Names << /EmbeddedFiles << /Names [(a) 10 0 R] >> >>',
      objects: [
        '<< /Type /Filespec /F (annex.pdf) /UF (annex.pdf) /EF << /F 11 0 R >> >>',
        '<< /Type /EmbeddedFile /Length 5 >>\nstream\nhello\nendstream',
      ],
      annotations: [],
    });
    const unreadParts = [{ name: 'annex.pdf', reason: 'attachment' }];
    expect(await extractPdf(pdf)).toMatchObject({ unreadParts });
  });
});
