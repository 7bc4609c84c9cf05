import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { asDeedboxError } from '../../src/errors.ts';
import {
  compound,
  docxAround,
  legacyDoc,
  odt,
  onePixelPng,
  pdf,
  scannedPdf,
  simpleDocx,
} from './fixtures.ts';
import { refusalOf, workbench } from './workbench.ts';

const bench = workbench();
const sentence = 'This Agreement is governed by the laws of the State of New York.';

describe('PDF', () => {
  it.each([0.2, 0.5, 0.9])('cut off at %f of its length is corrupt', async (share) => {
    const whole = await pdf([sentence, sentence, sentence]);
    const part = whole.subarray(0, Math.floor(whole.length * share));
    expect(await bench.refusal('cut.pdf', part)).toMatchObject({
      code: 'corrupt',
      retryable: false,
    });
  });

  it('with its objects destroyed is corrupt', async () => {
    const whole = (await pdf([sentence])).toString('latin1');
    const broken = Buffer.from(
      whole.replaceAll(/\d+ 0 obj/g, 'x').replaceAll('xref', 'y'),
      'latin1',
    );
    expect(await bench.refusal('broken.pdf', broken)).toMatchObject({ code: 'corrupt' });
  });

  it('that needs a password is encrypted; one that only its owner may change is read', async () => {
    const locked = await pdf([sentence], { userPassword: 'secret', ownerPassword: 'other' });
    expect(await bench.refusal('locked.pdf', locked)).toMatchObject({ code: 'encrypted' });
    const restricted = await pdf([sentence], { ownerPassword: 'other' });
    expect((await bench.extract('restricted.pdf', restricted)).text.trim()).toBe(sentence);
  });

  it('of images alone has no text, stamped or not', async () => {
    expect(await bench.refusal('scan.pdf', await scannedPdf(4))).toMatchObject({ code: 'no_text' });
    expect(await bench.refusal('blank.pdf', await pdf(['']))).toMatchObject({ code: 'no_text' });
  });
});

describe('office files', () => {
  it('that unpack to gigabytes are too large, and refused without unpacking', async () => {
    const word = docxAround('');
    const zeros = zipSync({ 'word/document.xml': new Uint8Array(200 * 1024 * 1024) }, { level: 9 });
    expect(zeros.length).toBeLessThan(300_000);
    expect(word.length).toBeLessThan(5_000);
    expect(await bench.refusal('bomb.docx', Buffer.from(zeros))).toMatchObject({
      code: 'too_large',
      retryable: false,
    });
  });

  it('that understate what they unpack to are not unpacked further than they say', async () => {
    const parts = { 'word/document.xml': new Uint8Array(30 * 1024 * 1024) };
    const bytes = Buffer.from(zipSync(parts));
    const directory = bytes.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'));
    bytes.writeUInt32LE(1000, directory + 24);
    expect(await bench.refusal('liar.docx', bytes)).toMatchObject({ code: 'corrupt' });
  });

  it('that are cut off are corrupt', async () => {
    const whole = await simpleDocx(sentence);
    const part = whole.subarray(0, whole.length / 2);
    expect(await bench.refusal('cut.docx', part)).toMatchObject({ code: 'corrupt' });
    const doc = legacyDoc(sentence);
    expect(await bench.refusal('cut.doc', doc.subarray(0, 700))).toMatchObject({ code: 'corrupt' });
    expect(await bench.refusal('cut.rtf', '{\\rtf1 {half')).toMatchObject({ code: 'corrupt' });
  });

  it('that need a password are encrypted', async () => {
    const word = compound({
      EncryptionInfo: Buffer.alloc(5000),
      EncryptedPackage: Buffer.alloc(5000),
    });
    const manifest = { 'META-INF/manifest.xml': '<manifest:encryption-data/>' };
    expect(await bench.refusal('new.docx', word)).toMatchObject({ code: 'encrypted' });
    expect(await bench.refusal('old.doc', legacyDoc(sentence, { encrypted: true }))).toMatchObject({
      code: 'encrypted',
    });
    expect(await bench.refusal('text.odt', odt('', '', manifest))).toMatchObject({
      code: 'encrypted',
    });
  });

  it('without a word have no text', async () => {
    expect(await bench.refusal('empty.docx', await simpleDocx(''))).toMatchObject({
      code: 'no_text',
    });
    expect(await bench.refusal('empty.odt', odt('<text:p/>'))).toMatchObject({ code: 'no_text' });
  });
});

describe('a wrong extension', () => {
  it('does not matter where the bytes say what a file is', async () => {
    const asPdf = await bench.extract('really-pdf.docx', await pdf([sentence]));
    expect(asPdf).toMatchObject({ mediaType: 'application/pdf' });
    const asWord = await bench.extract('really-word.pdf', await simpleDocx(sentence));
    expect(asWord.text).toBe(sentence);
    const asHtml = await bench.extract('really-html.doc', `<html><body><p>${sentence}</p></html>`);
    expect(asHtml).toMatchObject({ mediaType: 'text/html', text: sentence });
    const asRtf = await bench.extract('really-rtf.doc', `{\\rtf1\\ansi ${sentence}\\par}`);
    expect(asRtf.mediaType).toBe('application/rtf');
    const asText = await bench.extract('really-text.doc', sentence);
    expect(asText).toMatchObject({ mediaType: 'text/plain', text: sentence });
  });

  it.each(['error-page.pdf', 'error-page.docx', 'error-page.odt'])(
    'is the end of a text, or of a web page, called %s: it is no contract',
    async (name) => {
      for (const content of ['Not found.', '<!doctype html><title>Sign in</title>']) {
        const refused = await bench.refusal(name, content);
        expect(refused).toMatchObject({ code: 'corrupt', retryable: false });
        expect(refused.message).toMatch(/damaged or is not an? (PDF|Word|OpenDocument)/i);
      }
    },
  );

  it('of something that is not read names what it is', async () => {
    const workbook = Buffer.from(zipSync({ 'xl/workbook.xml': strToU8('<x/>') }));
    const refusals = [
      await bench.refusal('image.pdf', onePixelPng),
      await bench.refusal('sheet.docx', workbook),
      await bench.refusal('files.docx', Buffer.from(zipSync({ 'a.txt': strToU8('a') }))),
      await bench.refusal('mail.doc', compound({ '__substg1.0_001A001E': Buffer.alloc(5000) })),
    ];
    expect(refusals.map((refusal) => refusal.code)).toEqual(Array(4).fill('unsupported_type'));
    expect(refusals.map((refusal) => refusal.message)).toEqual([
      expect.stringContaining('PNG'),
      expect.stringContaining('Excel'),
      expect.stringContaining('ZIP'),
      expect.stringContaining('Outlook'),
    ]);
  });

  it('on junk is corrupt, and says so', async () => {
    const junk = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * i * 7 + i * 13) % 256));
    expect(await bench.refusal('junk.txt', junk)).toMatchObject({ code: 'corrupt' });
    expect(await bench.refusal('junk.pdf', junk)).toMatchObject({ code: 'corrupt' });
    expect(await bench.refusal('junk', junk)).toMatchObject({ code: 'unsupported_type' });
  });
});

describe('damage of any kind', () => {
  it('gives a text or a reason that concerns the file, never a failure of ours', async () => {
    const whole: [string, Buffer][] = [
      ['a.pdf', await pdf([`1. ${sentence}`, `2. ${sentence}`])],
      ['a.docx', await simpleDocx(sentence, sentence)],
      ['a.odt', odt(`<text:p>${sentence}</text:p>`)],
      ['a.doc', legacyDoc(sentence.repeat(3))],
      [
        'a.rtf',
        Buffer.from(`{\\rtf1\\ansi{\\fonttbl{\\f0 Times;}}\\f0 ${sentence}\\par \\u8364?}`),
      ],
      ['a.html', Buffer.from(`<html><table><tr><td>${sentence}</td></tr></table></html>`)],
    ];
    const wound = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), byte: fc.nat(255) });
    const wounds = fc.array(wound, { minLength: 1, maxLength: 12 });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...whole), wounds, fc.boolean(), async (file, at, cut) => {
        const bytes = Buffer.from(file[1]);
        for (const one of at) bytes[Math.floor(one.at * (bytes.length - 1))] = one.byte;
        const damaged = cut ? bytes.subarray(0, Math.ceil(at[0]!.at * bytes.length)) : bytes;
        const reading = bench.extract(`${run++}-${file[0]}`, damaged);
        const outcome = await reading.then(
          () => 'read',
          (error: unknown) => asDeedboxError(error).code,
        );
        expect([
          'read',
          'corrupt',
          'no_text',
          'encrypted',
          'unsupported_type',
          'too_large',
        ]).toContain(outcome);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a file', () => {
  it('that is empty has no text', async () => {
    for (const name of ['empty.pdf', 'empty.docx', 'empty.txt']) {
      expect(await bench.refusal(name, '')).toMatchObject({ code: 'no_text' });
    }
    expect(await bench.refusal('blank.txt', ' \r\n\t\f ')).toMatchObject({ code: 'no_text' });
  });

  it('that is gone, or is a folder, can be tried again', async () => {
    const path = await bench.write('soon-gone.txt', sentence);
    await rm(path);
    const gone = await refusalOf(bench.extractor.extract(path, { fileName: 'soon-gone.txt' }));
    expect(gone).toMatchObject({ code: 'source_error', retryable: true });
    await mkdir(path);
    const folder = await refusalOf(bench.extractor.extract(path, { fileName: 'soon-gone.txt' }));
    expect(folder).toMatchObject({ code: 'source_error', retryable: true });
  });

  it('that vanishes while it waits for its turn fails alone', async () => {
    const whole = await pdf(Array.from({ length: 8 }, (_, page) => `${page}. ${sentence}`));
    const others = Array.from({ length: 4 }, (_, i) => bench.extract(`other-${i}.pdf`, whole));
    const path = await bench.write('waiting.txt', sentence);
    const waiting = refusalOf(bench.extractor.extract(path, { fileName: 'waiting.txt' }));
    await rm(path);
    expect(await waiting).toMatchObject({ code: 'source_error', retryable: true });
    expect((await Promise.all(others)).map((read) => read.pages.length)).toEqual(Array(4).fill(8));
  });

  it('is not touched', async () => {
    const path = await bench.write(join('kept.txt'), sentence);
    await bench.extractor.extract(path, { fileName: 'kept.txt' });
    await expect(writeFile(path, sentence, { flag: 'r+' })).resolves.toBeUndefined();
  });
});
