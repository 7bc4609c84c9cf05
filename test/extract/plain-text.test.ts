import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { pageTexts, parseFixture } from './parse-fixture.ts';

const fixture = parseFixture();

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
        const reading = await fixture.read('any.txt', Buffer.from(written));
        expect(reading.text).toBe(written);
        expect(pageTexts(reading).join('')).toBe(written);
        expect(reading.pages.map((page) => page.number)).toEqual(
          reading.pages.map((_, i) => i + 1),
        );
        for (const page of pageTexts(reading).slice(0, -1)) expect(page.endsWith('\f')).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('loses only its byte order mark', async () => {
    const written = 'Clause 1\r\n\r\n  Term: “one year”\r\n';
    const reading = await fixture.read('marked.txt', `\uFEFF${written}`);
    expect(reading).toMatchObject({
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
    const reading = await fixture.read('encoded.txt', iconv.encode(written, encoding));
    expect(reading.text).toBe(written);
  });

  it('in UTF-16 with a mark is decoded', async () => {
    const bytes = iconv.encode('Vertrag über Lieferung', 'utf16-le', { addBOM: true });
    expect((await fixture.read('marked.txt', bytes)).text).toBe('Vertrag über Lieferung');
  });

  it('keeps its offsets if it has characters that a database refuses', async () => {
    const bytes = Buffer.from('ab\u0000cd Agreement '.repeat(30).replace('ab', 'AB'));
    const halves = iconv.encode('Agreement \uD800 stays', 'utf16-le', { addBOM: true });
    expect((await fixture.read('half.txt', halves)).text).toBe('Agreement \uFFFD stays');
    await expect(fixture.read('nul.txt', bytes)).rejects.toMatchObject({ code: 'corrupt' });
  });
});
