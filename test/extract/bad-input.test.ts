import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { asDeedboxError } from '../../src/errors/errors.ts';
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
import { readingErrorOf, readerFixture } from '../support/document-reader.ts';
import { isLong } from '../support/long.ts';

const fixture = readerFixture();
const sentence = 'This Agreement is governed by the laws of the State of New York.';

describe('PDF', () => {
  it.each([0.2, 0.5, 0.9])('cut off at %f of its length is corrupt', async (share) => {
    const whole = await pdf([sentence, sentence, sentence]);
    const part = whole.subarray(0, Math.floor(whole.length * share));
    expect(await fixture.readingError('cut.pdf', part)).toMatchObject({
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
    expect(await fixture.readingError('broken.pdf', broken)).toMatchObject({ code: 'corrupt' });
  });

  it('that needs a password is encrypted; one with only an owner password is read', async () => {
    const locked = await pdf([sentence], { userPassword: 'secret', ownerPassword: 'other' });
    expect(await fixture.readingError('locked.pdf', locked)).toMatchObject({
      code: 'encrypted',
    });
    const restricted = await pdf([sentence], { ownerPassword: 'other' });
    expect((await fixture.read('restricted.pdf', restricted)).text.trim()).toBe(sentence);
  });

  it('of images alone has no text, stamped or not', async () => {
    expect(await fixture.readingError('scan.pdf', await scannedPdf(4))).toMatchObject({
      code: 'no_text',
    });
    expect(await fixture.readingError('blank.pdf', await pdf(['']))).toMatchObject({
      code: 'no_text',
    });
  });
});

describe('office files', () => {
  it.runIf(isLong)(
    'that unpack to gigabytes are too large, and refused without unpacking',
    async () => {
      const word = docxAround('');
      const zeros = zipSync(
        { 'word/document.xml': new Uint8Array(200 * 1024 * 1024) },
        { level: 9 },
      );
      expect(zeros.length).toBeLessThan(300_000);
      expect(word.length).toBeLessThan(5_000);
      expect(await fixture.readingError('bomb.docx', Buffer.from(zeros))).toMatchObject({
        code: 'too_large',
        retryable: false,
      });
    },
  );

  it('that understate their unpacked size are not unpacked beyond it', async () => {
    const parts = { 'word/document.xml': new Uint8Array(30 * 1024 * 1024) };
    const bytes = Buffer.from(zipSync(parts));
    const directory = bytes.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'));
    bytes.writeUInt32LE(1000, directory + 24);
    expect(await fixture.readingError('liar.docx', bytes)).toMatchObject({ code: 'corrupt' });
  });

  it('that are cut off are corrupt', async () => {
    const whole = await simpleDocx(sentence);
    const part = whole.subarray(0, whole.length / 2);
    expect(await fixture.readingError('cut.docx', part)).toMatchObject({ code: 'corrupt' });
    const doc = legacyDoc(sentence);
    expect(await fixture.readingError('cut.doc', doc.subarray(0, 700))).toMatchObject({
      code: 'corrupt',
    });
    expect(await fixture.readingError('cut.rtf', '{\\rtf1 {half')).toMatchObject({
      code: 'corrupt',
    });
  });

  it('that need a password are encrypted', async () => {
    const word = compound({
      EncryptionInfo: Buffer.alloc(5000),
      EncryptedPackage: Buffer.alloc(5000),
    });
    const manifest = { 'META-INF/manifest.xml': '<manifest:encryption-data/>' };
    expect(await fixture.readingError('new.docx', word)).toMatchObject({ code: 'encrypted' });
    expect(
      await fixture.readingError('old.doc', legacyDoc(sentence, { encrypted: true })),
    ).toMatchObject({
      code: 'encrypted',
    });
    expect(await fixture.readingError('text.odt', odt('', '', manifest))).toMatchObject({
      code: 'encrypted',
    });
  });

  it('without a word have no text', async () => {
    expect(await fixture.readingError('empty.docx', await simpleDocx(''))).toMatchObject({
      code: 'no_text',
    });
    expect(await fixture.readingError('empty.odt', odt('<text:p/>'))).toMatchObject({
      code: 'no_text',
    });
  });
});

describe('a wrong extension', () => {
  it('does not matter where the bytes say what a file is', async () => {
    const asPdf = await fixture.read('really-pdf.docx', await pdf([sentence]));
    expect(asPdf).toMatchObject({ mediaType: 'application/pdf' });
    const asWord = await fixture.read('really-word.pdf', await simpleDocx(sentence));
    expect(asWord.text).toBe(sentence);
    const asHtml = await fixture.read('really-html.doc', `<html><body><p>${sentence}</p></html>`);
    expect(asHtml).toMatchObject({ mediaType: 'text/html', text: sentence });
    const asRtf = await fixture.read('really-rtf.doc', `{\\rtf1\\ansi ${sentence}\\par}`);
    expect(asRtf.mediaType).toBe('application/rtf');
    const asText = await fixture.read('really-text.doc', sentence);
    expect(asText).toMatchObject({ mediaType: 'text/plain', text: sentence });
  });

  it.each(['error-page.pdf', 'error-page.docx', 'error-page.odt'])(
    'is the end of a text, or of a web page, called %s: it is no contract',
    async (name) => {
      for (const content of ['Not found.', '<!doctype html><title>Sign in</title>']) {
        const error = await fixture.readingError(name, content);
        expect(error).toMatchObject({ code: 'corrupt', retryable: false });
        expect(error.message).toMatch(/damaged or is not an? (PDF|Word|OpenDocument)/i);
      }
    },
  );

  it('of an unsupported format is named in the error', async () => {
    const workbook = Buffer.from(zipSync({ 'xl/workbook.xml': strToU8('<x/>') }));
    const errors = [
      await fixture.readingError('image.pdf', onePixelPng),
      await fixture.readingError('sheet.docx', workbook),
      await fixture.readingError('files.docx', Buffer.from(zipSync({ 'a.txt': strToU8('a') }))),
      await fixture.readingError(
        'mail.doc',
        compound({ '__substg1.0_001A001E': Buffer.alloc(5000) }),
      ),
    ];
    expect(errors.map((error) => error.code)).toEqual(Array(4).fill('unsupported_type'));
    expect(errors.map((error) => error.message)).toEqual([
      expect.stringContaining('PNG'),
      expect.stringContaining('Excel'),
      expect.stringContaining('ZIP'),
      expect.stringContaining('Outlook'),
    ]);
  });

  it('on random bytes is corrupt', async () => {
    const junk = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * i * 7 + i * 13) % 256));
    expect(await fixture.readingError('junk.txt', junk)).toMatchObject({ code: 'corrupt' });
    expect(await fixture.readingError('junk.pdf', junk)).toMatchObject({ code: 'corrupt' });
    expect(await fixture.readingError('junk', junk)).toMatchObject({ code: 'unsupported_type' });
  });
});

describe('damage of any kind', () => {
  it('gives a text or an error about the file, never an internal error', async () => {
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
    const damage = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), byte: fc.nat(255) });
    const damages = fc.array(damage, { minLength: 1, maxLength: 12 });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...whole), damages, fc.boolean(), async (file, at, cut) => {
        const bytes = Buffer.from(file[1]);
        for (const one of at) bytes[Math.floor(one.at * (bytes.length - 1))] = one.byte;
        const damaged = cut ? bytes.subarray(0, Math.ceil(at[0]!.at * bytes.length)) : bytes;
        const reading = fixture.read(`${run++}-${file[0]}`, damaged);
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
      expect(await fixture.readingError(name, '')).toMatchObject({ code: 'no_text' });
    }
    expect(await fixture.readingError('blank.txt', ' \r\n\t\f ')).toMatchObject({
      code: 'no_text',
    });
  });

  it('that is missing, or is a folder, is retryable', async () => {
    const path = await fixture.write('soon-gone.txt', sentence);
    await rm(path);
    const gone = await readingErrorOf(fixture.readPath(path, 'soon-gone.txt'));
    expect(gone).toMatchObject({ code: 'source_error', retryable: true });
    await mkdir(path);
    const folder = await readingErrorOf(fixture.readPath(path, 'soon-gone.txt'));
    expect(folder).toMatchObject({ code: 'source_error', retryable: true });
  });

  it('that vanishes while it waits fails without affecting others', async () => {
    const whole = await pdf(Array.from({ length: 8 }, (_, page) => `${page}. ${sentence}`));
    const others = Array.from({ length: 4 }, (_, i) => fixture.read(`other-${i}.pdf`, whole));
    const path = await fixture.write('waiting.txt', sentence);
    const waiting = readingErrorOf(fixture.readPath(path, 'waiting.txt'));
    await rm(path);
    expect(await waiting).toMatchObject({ code: 'source_error', retryable: true });
    expect((await Promise.all(others)).map((read) => read.pages.length)).toEqual(Array(4).fill(8));
  });

  it('is not changed', async () => {
    const path = await fixture.write(join('kept.txt'), sentence);
    await fixture.readPath(path, 'kept.txt');
    await expect(writeFile(path, sentence, { flag: 'r+' })).resolves.toBeUndefined();
  });
});
