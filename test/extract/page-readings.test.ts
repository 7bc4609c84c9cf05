import * as fc from 'fast-check';
import PDFDocument from 'pdfkit';
import { describe, expect, it } from 'vitest';
import { readingOf, unreadPageCount } from '../../src/domain/reading.ts';
import type { Extraction } from '../../src/extract/parse.ts';
import { finished, onePixelPng } from './fixtures.ts';
import { parseFixture } from './parse-fixture.ts';

interface WithAnnotations {
  fileAnnotation(x: number, y: number, width: number, height: number, file: object): void;
}

const file = parseFixture();
const clause =
  'Each party shall keep the information of the other party secret and use it only to perform this Agreement. ' +
  'The Customer shall pay each invoice within thirty days of receipt.';
/** The same as its glyphs are numbered in many fonts: each code 29 less than that of the letter. */
const numbered = Array.from(clause, (character) =>
  character === ' ' ? '' : String.fromCharCode(character.charCodeAt(0) - 29),
).join('');

type Draw = (document: PDFKit.PDFDocument) => void;
const picture = (x: number, y: number, width: number, height: number): Draw => {
  return (document) => void document.image(onePixelPng, x, y, { width, height });
};
const text =
  (words: string): Draw =>
  (document) =>
    void document.text(words, 72, 72);
const all =
  (...draws: Draw[]): Draw =>
  (document) => {
    for (const draw of draws) draw(document);
  };
const outlines: Draw = (document) => {
  for (let at = 0; at < 120; at++) document.rect(72 + at * 3, 100, 2, 8).fill();
};
const rule: Draw = (document) => void document.moveTo(72, 700).lineTo(540, 700).stroke();
const invisible =
  (words: string): Draw =>
  (document) => {
    document.addContent('3 Tr');
    document.text(words, 72, 72);
    document.addContent('0 Tr');
  };

/** Kinds of pages, and why they are not read. */
const pageKinds: Record<string, { draw: Draw; reason?: string }> = {
  text: { draw: text(clause) },
  'a blank page': { draw: () => {} },
  'a blank page with a rule and its number': { draw: all(rule, text('7')) },
  'text upon a letterhead': { draw: all(picture(0, 0, 612, 792), text(clause.repeat(2))) },
  'text with a logo': { draw: all(picture(400, 20, 120, 60), text('SERVICES AGREEMENT')) },
  'text with a signature as a picture': {
    draw: all(text('Signed for Northwind Analytics Ltd'), picture(72, 200, 150, 40)),
  },
  'a scan with a text layer': {
    draw: all(picture(0, 0, 612, 792), invisible('Signed by both parties on 1 March 2024')),
  },
  'a scan over its text layer': {
    draw: all(text('Signed by both parties on 1 March 2024'), picture(0, 0, 612, 792)),
  },
  'a scan': { draw: picture(0, 0, 612, 792), reason: 'no_text' },
  'a scan in strips': {
    draw: all(picture(0, 0, 612, 260), picture(0, 260, 612, 260), picture(0, 520, 612, 260)),
    reason: 'no_text',
  },
  'a scan with a stamp': {
    draw: all(picture(0, 0, 612, 792), text('Received 4 March 2024 by the records department')),
    reason: 'no_text',
  },
  'the picture of a signature alone': { draw: picture(72, 400, 300, 80), reason: 'no_text' },
  'letters as outlines': { draw: outlines, reason: 'no_text' },
  'text beside the picture of a page': {
    draw: all(text(clause), picture(60, 250, 500, 500)),
    reason: 'picture',
  },
  garbage: { draw: text(numbered.repeat(2)), reason: 'garbled_text' },
  'a notice of the viewer': {
    draw: text(
      'Please wait... If this message is not eventually replaced with the proper contents of the document, your ' +
        'PDF viewer may not be able to display this type of document.',
    ),
    reason: 'placeholder',
  },
};

function pdfOfPages(pages: Draw[]): Promise<Buffer> {
  const document = new PDFDocument({ autoFirstPage: false, size: 'LETTER' });
  for (const draw of pages) draw(document.addPage());
  return finished(document);
}

const reasonsOf = ({ pages }: Pick<Extraction, 'pages'>) =>
  pages.map(({ reading }) => (reading?.how === 'unread' ? reading.reason : undefined));

describe('a page of a PDF', () => {
  it.each(Object.entries(pageKinds))('%s', async (_, { draw, reason }) => {
    const read = await file.read('pages.pdf', await pdfOfPages([text(clause), draw]));
    expect(reasonsOf(read)).toEqual([undefined, reason]);
  });

  it('is read or not, whatever stands on the others', async () => {
    const kinds = fc.array(fc.constantFrom(...Object.values(pageKinds)), { maxLength: 7 });
    await fc.assert(
      fc.asyncProperty(kinds, async (chosen) => {
        const expected = [{ draw: text(clause) }, ...chosen] as typeof chosen;
        const read = await file.read(
          'mixed.pdf',
          await pdfOfPages(expected.map(({ draw }) => draw)),
        );
        const reading = readingOf(read.pages, read);
        const unread = reading.unreadPages.flatMap(({ first, last }) =>
          Array.from({ length: last - first + 1 }, (__, at) => first + at),
        );
        const rest = read.pages
          .filter((page) => page.reading === undefined)
          .map(({ number }) => number);
        expect([...unread, ...rest].sort((a, b) => a - b)).toEqual(
          expected.map((__, at) => at + 1),
        );
        expect(unread).toHaveLength(unreadPageCount(reading));
        expect(reasonsOf(read).map(Boolean)).toEqual(expected.map(({ reason }) => !!reason));
      }),
      { numRuns: 25 },
    );
  });

  it('keeps what is intact beside garbage, and nothing else of it', async () => {
    const partly = all(text(`${clause}\n\n${clause}\n\n${clause}\n\n${numbered}${numbered}`));
    const read = await file.read('partly.pdf', await pdfOfPages([partly, text(numbered)]));
    expect(reasonsOf(read)).toEqual(['garbled_text', 'garbled_text']);
    expect(read.text).toContain('within thirty days');
  }, 10_000);
});

describe('a PDF of which no page is read', () => {
  it.each([
    ['a scan', 'images of pages'],
    ['garbage', 'garbled'],
    ['a notice of the viewer', 'only a notice'],
  ])('fails and says why: %s', async (kind, message) => {
    const { draw } = pageKinds[kind]!;
    const reading = file.read('none.pdf', await pdfOfPages([draw, draw]));
    await expect(reading).rejects.toMatchObject({
      code: 'no_text',
      message: expect.stringContaining(message) as string,
      hint: expect.any(String) as string,
    });
  });

  it.each([
    'Bitte warten... Falls diese Meldung nicht durch den eigentlichen Inhalt des Dokuments ersetzt wird, ist Ihr PDF-Viewer möglicherweise nicht in der Lage, diese Art von Dokument anzuzeigen.',
    'Veuillez patienter... Si ce message n’est pas remplacé par le contenu du document, il est possible que votre visualiseur PDF ne puisse pas afficher ce type de document.',
    'Espere... Si este mensaje no se reemplaza por el contenido correcto del documento, es posible que su visor de PDF no pueda mostrar este tipo de documento.',
    'Een ogenblik geduld... Als dit bericht niet wordt vervangen door de juiste inhoud van het document, kan uw PDF-viewer dit type document mogelijk niet weergeven.',
    'For the best experience, open this PDF portfolio in Acrobat X or Adobe Reader X, or later.',
    'Öffnen Sie dieses PDF-Portfolio in Adobe Reader X oder höher.',
    'To view the full contents of this document, you need a later version of the PDF viewer.',
    'This PDF document is protected. You need a viewer that supports information protection to open it.',
  ])('knows the notice "%s"', async (notice) => {
    const reading = file.read('notice.txt', notice);
    await expect(reading).rejects.toMatchObject({ code: 'no_text' });
  });

  it.each([
    'Please wait for the confirmation of the Seller. The Buyer may read this Agreement with a PDF viewer of its choice. ' +
      clause.repeat(6),
    'The Supplier shall deliver Adobe Acrobat licences to the Customer by 1 May 2024.',
    'The portfolio of the Fund is managed by the Adviser under this Agreement dated 1 May 2024.',
  ])('takes no contract for one: "%s"', async (contract) => {
    expect(reasonsOf(await file.read('contract.txt', contract))).toEqual([undefined]);
  });
});

describe('what is attached to a PDF', () => {
  it('is a part that was not read, but for what programs attach for themselves', async () => {
    const document = new PDFDocument();
    document.text(clause);
    document.file(Buffer.from('annex'), { name: 'annex 1.pdf' });
    document.file(Buffer.from('profile'), { name: 'print.joboptions' });
    // missing in its types
    (document as unknown as WithAnnotations).fileAnnotation(100, 100, 20, 20, {
      src: Buffer.from('plan'),
      name: 'plan.docx',
    });
    const read = await file.read('attached.pdf', await finished(document));
    expect(reasonsOf(read)).toEqual([undefined]);
    expect(readingOf(read.pages, read).unreadParts).toEqual([
      { name: 'annex 1.pdf', reason: 'attachment' },
      { name: 'plan.docx', reason: 'attachment' },
    ]);
  });

  it('counts those that are many', () => {
    const unreadParts = Array.from({ length: 70 }, (_, at) => ({
      name: `annex ${at}`,
      reason: 'attachment' as const,
    }));
    const parts = readingOf([], { unreadParts }).unreadParts;
    expect(parts).toHaveLength(21);
    expect(parts.at(-1)).toEqual({ name: '50 more', reason: 'attachment' });
  });
});
