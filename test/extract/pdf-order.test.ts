import { describe, expect, it } from 'vitest';
import { extractPdf } from '../../src/extract/pdf.ts';
import { show, writePdf } from '../support/pdf-writer.ts';

type Line = [left: number, bottom: number, text: string];

async function read(...lines: Line[]): Promise<string[]> {
  const { text } = await extractPdf(writePdf({ content: show(lines) }));
  return text.split('\n').map((line) => line.replaceAll(/\s+/g, ' '));
}

const clauses: Line[] = [
  [90, 690, 'This Agreement starts on 1 July 2024. The parties meet'],
  [90, 676, 'once a year to review it.'],
  [90, 650, 'The Tenant shall pay a rent of GBP 900 a month on the'],
  [90, 636, 'first day of each month of the term.'],
  [90, 610, 'Either party may end this Agreement in writing.'],
];

describe('numbers that are drawn apart from their clauses', () => {
  const labels = [
    ['7.', '8.', '9.'],
    ['(a)', '(b)', '(c)'],
    ['7.1', '7.2', '7.3'],
    ['Section 7.', 'Section 8.', 'Section 9.'],
    ['7', '8', '9'],
    ['•', '•', '•'].map(() => '\x95'),
  ];
  it.each(labels)('come before them: %s', async (...of) => {
    const numbers = of.map((label, at): Line => [40, 690 - at * 40, label]);
    const label = (at: number) => of[at]!.replace('\x95', '•');
    const expected = [
      'HEADING',
      `${label(0)} ${clauses[0]![2]}`,
      clauses[1]![2],
      `${label(1)} ${clauses[2]![2]}`,
      clauses[3]![2],
      `${label(2)} ${clauses[4]![2]}`,
    ];
    const heading: Line = [60, 720, 'HEADING'];
    expect(await read(heading, ...clauses, ...numbers)).toEqual(expected);
    expect(await read(...numbers, heading, ...clauses)).toEqual(expected);
    const [first, second, third] = numbers as [Line, Line, Line];
    const after = [
      ...clauses.slice(0, 2),
      first,
      ...clauses.slice(2, 4),
      second,
      ...clauses.slice(4),
      third,
    ];
    expect(await read(heading, ...after)).toEqual(expected);
    const onLine = [
      clauses[0]!,
      first,
      clauses[1]!,
      clauses[2]!,
      second,
      ...clauses.slice(3),
      third,
    ];
    expect(await read(heading, ...onLine)).toEqual(expected);
  });

  it('stay where they number lines or stand in the middle of their paragraphs', async () => {
    const numbered = Array.from({ length: 6 }, (_, at): Line => [40, 700 - at * 20, `${at + 1}`]);
    const lines = numbered.map(([, bottom], at): Line => [
      90,
      bottom,
      `A line of a pleading, the ${at}th.`,
    ]);
    expect((await read(...lines, ...numbered)).slice(-2)).toEqual(['5', '6']);
    const block = Array.from({ length: 3 }, (_, at): Line => [
      90,
      700 - at * 12,
      `Line ${at} of a paragraph`,
    ]);
    const first = [[40, 688, 'i.'], ...block] as Line[];
    const second = first.map(([left, bottom, text]): Line => [left, bottom - 40, text]);
    expect((await read(...first, ...second))[0]).toBe('i.');
  });
});

describe('lines that are drawn out of their order', () => {
  it('are sorted on a page without columns, but not its header and footer', async () => {
    const lines = Array.from({ length: 8 }, (_, at): Line => [
      72,
      700 - at * 14,
      `Line ${at} of the text`,
    ]);
    const texts = lines.map(([, , text]) => text);
    expect(await read(...lines.toReversed())).toEqual(texts);
    expect(await read(...lines.slice(4), ...lines.slice(0, 4))).toEqual(texts);
    const footer: Line[] = [
      [72, 60, 'Confidential'],
      [72, 46, 'Page 1 of 1'],
      [72, 32, 'Draft'],
    ];
    expect(await read(...footer, ...lines)).toEqual([
      ...footer.map(([, , text]) => text),
      ...texts,
    ]);
  });
});

describe('columns that are drawn line by line', () => {
  const left = [
    'The first party shall pay the',
    'invoices within thirty days',
    'of their receipt and in full.',
  ];
  const right = [
    'The second party shall send',
    'its notices by registered',
    'post to the office of the other.',
  ];
  const third = [
    'Neither party is liable for',
    'a delay that comes from',
    'a cause beyond its control.',
  ];
  const rows = (columns: string[][], width: number): Line[] =>
    left.flatMap((_, row) =>
      columns.map((column, at): Line => [50 + at * width, 700 - row * 14, column[row]!]),
    );

  it('are read column by column', async () => {
    const heading: Line = [
      50,
      740,
      'AGREEMENT between Northwind Analytics Ltd and Harrow Foods Ltd, of 1 March 2024',
    ];
    const end: Line = [50, 600, 'Signed in two copies.'];
    expect(await read(heading, ...rows([left, right], 240), end)).toEqual([
      heading[2],
      ...left,
      ...right,
      end[2],
    ]);
    const narrow = rows([left, right], 240).map(([x, y, text]): Line => [
      x === 50 && y === 672 ? 290 - 8 - 112 : x,
      y,
      text,
    ]);
    expect(await read(...narrow)).toEqual([...left, ...right]);
    expect(await read(...rows([left, right, third], 170))).toEqual([...left, ...right, ...third]);
  });

  it('are not seen in tables and blocks of signatures', async () => {
    const labels = ['Effective Date', 'Governing Law', 'Party A', 'Courts'];
    const values = ['5 May 2024', 'the laws of Ireland', 'Harrow Mills Ltd', 'Dublin'];
    const table = labels.flatMap((label, at): Line[] => [
      [50, 700 - at * 14, label],
      [300, 700 - at * 14, values[at]!],
    ]);
    expect(await read(...table)).toEqual(labels.map((label, at) => `${label} ${values[at]}`));
  });
});
