import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { pageTexts, extractorFixture } from './extractor-fixture.ts';

const fixture = extractorFixture();

describe('plain text', () => {
  it('is preserved exactly for any UTF-8, with pages that cover it', async () => {
    const character = fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...Array.from("abc .,;:'§\n\r\t")) },
      {
        weight: 1,
        arbitrary: fc.constantFrom('\f', '\u2028', '\u00a0', '“', 'é', '字', '😀', '\u0301'),
      },
    );
    const text = fc
      .string({ unit: character, maxLength: 300 })
      .map((middle) => `Agreement ${middle}`);
    await fc.assert(
      fc.asyncProperty(text, async (written) => {
        const extraction = await fixture.extract('any.txt', Buffer.from(written));
        expect(extraction.text).toBe(written);
        expect(pageTexts(extraction).join('')).toBe(written);
        expect(extraction.pages.map((page) => page.number)).toEqual(
          extraction.pages.map((_, i) => i + 1),
        );
        for (const page of pageTexts(extraction).slice(0, -1))
          expect(page.endsWith('\f')).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('loses only its byte order mark', async () => {
    const written = 'Clause 1\r\n\r\n  Term: “one year”\r\n';
    const extraction = await fixture.extract('marked.txt', `\uFEFF${written}`);
    expect(extraction).toMatchObject({
      text: written,
      mediaType: 'text/plain',
      pages: [{ number: 1 }],
    });
  });

  it.each([
    [
      'windows-1252',
      'The “Supplier” – Café Société S.A. – shall pay € 5,000 to the Buyer under § 4.',
    ],
    [
      'latin1',
      'Le présent contrat est régi par le droit français; les parties élisent domicile à Paris.',
    ],
    ['utf16-le', 'This Agreement is made between Müller GmbH and the Buyer.'],
    ['utf16-be', 'This Agreement is made between Müller GmbH and the Buyer.'],
    [
      'windows-1251',
      'Настоящий договор заключен между сторонами и вступает в силу с даты подписания.',
    ],
    [
      'shift_jis',
      '本契約は、日本法に準拠し、同法に従って解釈されるものとする。契約期間は一年とする。',
    ],
  ])('in %s is decoded', async (encoding, written) => {
    const extraction = await fixture.extract('encoded.txt', iconv.encode(written, encoding));
    expect(extraction.text).toBe(written);
  });

  it('in UTF-16 with a mark is decoded', async () => {
    const bytes = iconv.encode('Vertrag über Lieferung', 'utf16-le', { addBOM: true });
    expect((await fixture.extract('marked.txt', bytes)).text).toBe('Vertrag über Lieferung');
  });

  it('keeps its offsets if it has characters that a database refuses', async () => {
    const bytes = Buffer.from('ab\u0000cd Agreement '.repeat(30).replace('ab', 'AB'));
    const halves = iconv.encode('Agreement \uD800 stays', 'utf16-le', { addBOM: true });
    expect((await fixture.extract('half.txt', halves)).text).toBe('Agreement \uFFFD stays');
    expect(await fixture.extractionError('nul.txt', bytes)).toMatchObject({ code: 'corrupt' });
  });
});
