import PDFDocument from 'pdfkit';
import { describe, expect, it } from 'vitest';
import { garbledShare } from '../../src/extract/legibility.ts';
import { extractPdf } from '../../src/extract/pdf.ts';
import { readWithPdfium } from '../../src/extract/pdfium-reader.ts';
import { Pdfium } from '../../src/extract/pdfium.ts';
import { isLong } from '../support/long.ts';
import { parseFixture } from './parse-fixture.ts';
import { finished, numberedFontPdf, pdf, pdfBomb, scannedPdf, turnedPdf } from './fixtures.ts';

const file = parseFixture();
const sentence = 'This Agreement is governed by the laws of the State of New York.';

/** A page of texts at distances from its left and top. */
function placed(texts: [left: number, top: number, text: string][]): Promise<Buffer> {
  const document = new PDFDocument().fontSize(11);
  for (const [left, top, text] of texts) document.text(text, left, top, { lineBreak: false });
  return finished(document);
}

async function lines(data: Buffer): Promise<string[]> {
  return (await extractPdf(data)).text.split('\n');
}

describe('columns of a PDF', () => {
  it('are apart in a signature block, whether drawn by rows or by columns', async () => {
    const left = ['ACME INC.', 'By: /s/ Ann Lee', 'Title: President'];
    const right = ['BETA LLC', 'By: /s/ Bo Ray', 'Title: Manager'];
    const place = (column: string[], x: number) =>
      column.map((text, row): [number, number, string] => [x, 100 + row * 20, text]);
    const [ofLeft, ofRight] = [place(left, 72), place(right, 320)];
    const rows = ofLeft.flatMap((cell, row) => [cell, ofRight[row]!]);
    expect(await lines(await placed(rows))).toEqual(
      left.map((text, row) => `${text} \t${right[row]}`),
    );
    expect(await lines(await placed([...ofLeft, ...ofRight]))).toEqual([...left, ...right]);
  });

  it('are apart in a table and after numbers of clauses, but words are not', async () => {
    const cells: [number, number, string][] = [
      [72, 100, 'Milestone'],
      [250, 100, 'Target Date'],
      [400, 100, 'Payment'],
      [72, 120, 'Proof of Concept'],
      [250, 120, '12 months'],
      [400, 120, 'US $250,000.00'],
      [72, 140, '1.1'],
      [108, 140, 'The parties agree as follows.'],
    ];
    expect(await lines(await placed(cells))).toEqual([
      'Milestone \tTarget Date \tPayment',
      'Proof of Concept \t12 months \tUS $250,000.00',
      '1.1 \tThe parties agree as follows.',
    ]);
  });

  it('are not seen in the wide spaces of justified and of typewritten lines', async () => {
    const document = new PDFDocument().font('Courier').fontSize(11);
    document.text(`Justified: ${sentence} ${sentence}`, { align: 'justify', width: 300 });
    document.text('Two  spaces.  After  each  word.', { wordSpacing: 2 });
    const text = (await lines(await finished(document))).join(' ');
    expect(text).toBe(`Justified: ${sentence} ${sentence} Two spaces. After each word.`);
  });
});

describe('lines of a PDF', () => {
  it('are joined at a hyphen, which stays', async () => {
    const [read] = await lines(await pdf(['A mutual non-\ndisclosure agreement of the parties.']));
    expect(read).toBe('A mutual non-disclosure agreement of the parties.');
  });

  it('contain what stands above or below them', async () => {
    const document = new PDFDocument()
      .fontSize(11)
      .text('Made on the 5', 72, 100, { lineBreak: false });
    const end = 72 + document.widthOfString('Made on the 5');
    document.fontSize(7).text('th', end, 99, { lineBreak: false });
    const after = end + document.widthOfString('th');
    document.fontSize(11).text(' day of May, 2020.', after, 100, { lineBreak: false });
    expect(await lines(await finished(document))).toEqual(['Made on the 5th day of May, 2020.']);
  });

  it.each([90, 180, 270] as const)('are read on a page turned by %i degrees', async (degrees) => {
    const page = turnedPdf(degrees, [
      [
        [50, 'By: Ann Lee'],
        [300, 'By: Bo Ray'],
      ],
      [[50, 'The second line of it']],
    ]);
    expect(await lines(page)).toEqual(['By: Ann Lee \tBy: Bo Ray', 'The second line of it']);
  });

  it('are not broken on a page with little but spread letters', async () => {
    const document = new PDFDocument().fontSize(11);
    for (const [row, text] of ['ACME TECHNOLOGIES, INC.', 'By: Ann Lee', 'Title: CEO'].entries()) {
      let x = 72;
      for (const letter of text) {
        if (letter !== ' ') document.text(letter, x, 100 + row * 20, { lineBreak: false });
        x += document.widthOfString(letter) + 0.5;
      }
    }
    expect(await lines(await finished(document))).toEqual([
      'ACME TECHNOLOGIES, INC.',
      'By: Ann Lee',
      'Title: CEO',
    ]);
  });
});

describe('the title of a PDF', () => {
  it('is that of its metadata, without the name of the program', async () => {
    const Title = 'Microsoft Word - Vertrag über Öl – 契約';
    expect((await extractPdf(await pdf([sentence], { info: { Title } }))).title).toBe(
      'Vertrag über Öl – 契約',
    );
    expect((await extractPdf(await pdf([sentence]))).title).toBeUndefined();
  });
});

describe('the second reader', () => {
  const byRange = (characters: string[]) =>
    characters
      .map((character, at) => {
        const code = (at + 1).toString(16).padStart(4, '0');
        return `1 begincidrange <${code}> <${code}> ${character.codePointAt(0)} endcidrange`;
      })
      .join('\n');

  it('reads a font that PDFium cannot, and PDFium the others', async () => {
    const page = numberedFontPdf(sentence, byRange);
    expect((await readWithPdfium(page)).pages[0]).not.toContain('Agreement');
    expect((await extractPdf(page)).text).toBe(sentence);
  });

  it('does not help where no font says what its characters are', async () => {
    const page = numberedFontPdf(sentence.slice(0, 25), () => '');
    await expect(file.read('numbered.pdf', page)).rejects.toMatchObject({ code: 'no_text' });
  });

  it('reads a PDF whose cross-reference table is wrong', async () => {
    const whole = (await pdf([sentence])).toString('latin1');
    const moved = Buffer.from(whole.replace('%PDF-1.3\n', '%PDF-1.3\n%moved\n'), 'latin1');
    await expect(readWithPdfium(moved)).rejects.toThrow(/cross-reference/);
    expect((await extractPdf(moved)).text.trim()).toBe(sentence);
  });

  it('refuses a PDF with a damaged page, of which PDFium reads a part', async () => {
    const clauses = Array.from({ length: 40 }, (_, n) => `${n * n}. ${sentence}`);
    const damaged = await pdf([clauses.join('\n')]);
    const stream = damaged.indexOf('stream\n') + 7;
    damaged.fill(0x55, stream + 500, stream + 530);
    const [part = ''] = (await readWithPdfium(damaged)).pages;
    expect(part).toContain(clauses[0]);
    expect(part).not.toContain(clauses[39]);
    await expect(extractPdf(damaged)).rejects.toThrow();
  });
});

describe('a garbled page', () => {
  it('has many characters that stand for none, beside its letters', () => {
    const unknown = '\ufffd\u0003\ue012\u0378';
    expect(garbledShare(unknown.repeat(5))).toBe(1);
    expect(garbledShare(unknown.repeat(4) + 'letters '.repeat(3))).toBe(0);
    expect(garbledShare(unknown.repeat(5) + 'letters '.repeat(25))).toBe(1);
    expect(garbledShare(unknown.repeat(5) + 'letters '.repeat(30))).toBe(0);
    expect(garbledShare('\t\n\u00a0\u00ad'.repeat(50))).toBe(0);
  });
});

describe('errors of a PDF', () => {
  it('say that a password is needed, and leave the reader usable', async () => {
    const locked = await pdf([sentence], { userPassword: 'secret', ownerPassword: 'other' });
    await expect(extractPdf(locked)).rejects.toMatchObject({ code: 'encrypted' });
    const restricted = await pdf([sentence], { ownerPassword: 'other' });
    expect((await extractPdf(restricted)).text).toBe(sentence);
  });

  it('say that it is cut off, or holds no text', async () => {
    const whole = await pdf([sentence]);
    await expect(extractPdf(whole.subarray(0, 600))).rejects.toMatchObject({ code: 'corrupt' });
    await expect(file.read('scan.pdf', await scannedPdf(4))).rejects.toMatchObject({
      code: 'no_text',
    });
  });

  it('say that memory ran out', async () => {
    const pdfium = await Pdfium.start();
    expect(() => pdfium.withMemory(2 ** 31 - 1, () => {})).toThrow(/memory/);
    expect(pdfium.wasRefusedMemory).toBe(true);
  });

  it.runIf(isLong)('are too_large where PDFium aborts, and the next file is read', async () => {
    await expect(extractPdf(pdfBomb(1024))).rejects.toMatchObject({ code: 'too_large' });
    expect((await extractPdf(await pdf([sentence]))).text).toBe(sentence);
  });
});
