import {
  Document,
  DeletedTextRun,
  ImageRun,
  InsertedTextRun,
  Packer,
  Paragraph,
  TextRun,
} from 'docx';
import { describe, expect, it } from 'vitest';
import { readingOf } from '../../src/domain/reading.ts';
import { onePixelPng } from './fixtures.ts';
import { parseFixture } from './parse-fixture.ts';

const file = parseFixture();

async function readingOfWord(options: ConstructorParameters<typeof Document>[0]) {
  const bytes = await Packer.toBuffer(new Document(options));
  const read = await file.read('contract.docx', bytes);
  return { text: read.text, ...readingOf(read.pages, read) };
}

const change = (id: number, author: string) => ({ id, author, date: '2026-01-05T10:00:00Z' });
const picture = (width: number, height: number) =>
  new Paragraph({
    children: [new ImageRun({ type: 'png', data: onePixelPng, transformation: { width, height } })],
  });

describe('what is open in a Word document', () => {
  it('is counted: each change once, however many runs it has, and each comment', async () => {
    const reading = await readingOfWord({
      comments: {
        children: [0, 1].map((id) => ({
          id,
          author: 'Ann',
          date: new Date('2026-01-05'),
          children: [new Paragraph('Is this agreed?')],
        })),
      },
      sections: [
        {
          children: [
            new Paragraph({
              children: [
                new TextRun('The fee is '),
                new DeletedTextRun({ text: 'EUR 10,000', ...change(1, 'Ann') }),
                new InsertedTextRun({ text: 'EUR ', ...change(2, 'Ann') }),
                new InsertedTextRun({ text: '12,000', bold: true, ...change(3, 'Ann') }),
                new InsertedTextRun({ text: ' a month', ...change(4, 'Bo') }),
              ],
            }),
          ],
        },
      ],
    });
    expect(reading.text).toContain('The fee is EUR 12,000 a month');
    expect(reading).toMatchObject({ openRevisions: 3, comments: 2, unreadParts: [] });
  });

  it('is nothing in one without', async () => {
    const reading = await readingOfWord({
      sections: [{ children: [new Paragraph('A contract.')] }],
    });
    expect(reading).toMatchObject({ openRevisions: 0, comments: 0, unreadParts: [] });
  });

  it('does not hide that a page of it is a picture, which a logo is not', async () => {
    const reading = await readingOfWord({
      sections: [{ children: [new Paragraph('A contract.'), picture(120, 60), picture(600, 800)] }],
    });
    expect(reading.unreadParts).toEqual([{ name: 'picture 1', reason: 'picture' }]);
  });
});
