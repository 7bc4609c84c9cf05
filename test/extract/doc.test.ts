import { describe, expect, it } from 'vitest';
import { legacyDoc } from './fixtures.ts';
import { parseFixture } from './parse-fixture.ts';

const fixture = parseFixture();

const read = async (...args: Parameters<typeof legacyDoc>): Promise<string> =>
  (await fixture.read('old.doc', legacyDoc(...args))).text;

/** The description of a form field in the data stream ([MS-DOC] 2.9.78). */
function formField(kind: number, result: number, byDefault: number): Buffer {
  const field = Buffer.alloc(0x44 + 20);
  field.writeUInt32LE(field.length, 0);
  field.writeUInt16LE(0x44, 4);
  field.writeUInt32LE(0xffffffff, 0x44);
  field.writeUInt16LE(kind | (result << 2), 0x48);
  field.writeUInt16LE(byDefault, 0x44 + 14);
  return field;
}

describe('Word 97–2003', () => {
  it('gives the text with its quotation marks', async () => {
    const reading = await fixture.read(
      'old.doc',
      legacyDoc('The “Term” is one year.\rNotice: 30 days.\r'),
    );
    expect(reading.mediaType).toBe('application/msword');
    expect(reading.text).toBe('The “Term” is one year.\nNotice: 30 days.');
  });

  it('reads every character of Windows code page 1252', async () => {
    expect(
      await read('\x80 1, \x8eofie \x93Term\x94 \x96 no\x92 \x85\x99\x81 \xe9nd\r', {
        compressed: true,
      }),
    ).toBe('€ 1, Žofie “Term” – no’ …™\ufffd énd');
  });

  it('reads the characters that Word uses for hyphens, breaks and cells', async () => {
    expect(await read('Confi\x1fdenti\x1fality twenty\x1efour\x0bline\x0cpage\r')).toBe(
      'Confi\u00addenti\u00adality twenty\u2011four\nline\npage',
    );
    expect(await read('a\x01b\x02c\x05d\x08e\x07f\x03\x04\x06g\r')).toBe('abcde\tfg');
  });

  it('shows results of fields, also nested ones, and no instructions', async () => {
    expect(
      await read(
        'on \x13 IF \x13 REF x \x14 no \x15 = 1 \x14 1 May\x15 by \x13 MERGEFIELD p \x14Tarn \x13 REF y \x14Ltd\x15\x15\x13 XE "z" \x15.\r',
      ),
    ).toBe('on  1 May by Tarn Ltd.');
    expect(await read('a \x13 MACROBUTTON n [Click here]\x14[Click here]\x15b\r')).toBe('a b');
  });

  it('leaves out hidden and deleted text', async () => {
    const runs: [string, string][] = [
      [' HIDDEN\r', '3c0801'],
      ['shown', '3c0800'],
      ['DELETED', '000801'],
      ['styled', '3c0880'],
      ['HID2', '3508013c0881'],
    ];
    expect(await read('a HIDDEN\r b shown DELETEDstyled HID2.\r', { runs })).toBe(
      'a b shown styled .',
    );
  });

  it('keeps tick boxes: signs of Wingdings and form fields', async () => {
    const symbol = (code: string) => `096a0100${code}`;
    expect(
      await read('(a {b þc (d\r', {
        fonts: ['Arial', 'Wingdings'],
        runs: [
          ['(', symbol('fef0')],
          ['þ', '4f4a0100'],
        ],
      }),
    ).toBe('☒a {b ☒c (d');
    for (const [result, byDefault, box] of [
      [0, 0, '☐'],
      [1, 0, '☒'],
      [25, 1, '☒'],
      [25, 0, '☐'],
    ] as const) {
      const runs: [string, string][] = [['\x01', '036a00000000']];
      const data = formField(1, result, byDefault);
      expect(await read('a \x13 FORMCHECKBOX \x01\x14\x15 b\r', { runs, data })).toBe(`a ${box} b`);
    }
  });

  it('puts page headers and footers at the end, once', async () => {
    const body = 'Contract\r';
    const stories = [
      '',
      'No. 17\r\r',
      '',
      'Page \x13 PAGE \x143\x15\r\r',
      'No. 17\r\r',
      'Tarn Ltd\r\r',
    ];
    expect(
      await read(body + stories.join(''), {
        bodyLength: body.length,
        headers: stories.map(({ length }) => length),
      }),
    ).toBe('Contract\n\n[Page header] No. 17\n\n[Page footer] Tarn Ltd');
  });
});
