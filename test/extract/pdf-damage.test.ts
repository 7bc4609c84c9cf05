import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { hasDamagedStream } from '../../src/extract/pdf-damage.ts';

const content = deflateSync('BT /F1 12 Tf (This Agreement) Tj ET '.repeat(50));
const damaged = Buffer.from(content).fill(0x55, 40, 50);

function stream(dictionary: string, data: Buffer | string): Buffer {
  return Buffer.concat([
    Buffer.from(`4 0 obj\n<< ${dictionary} >>\nstream\r\n`),
    Buffer.from(data),
    Buffer.from('\nendstream\nendobj\n'),
  ]);
}

/** ASCII85 without the short form of four zeros. */
function ascii85(data: Buffer): string {
  const groups = Array.from({ length: Math.ceil(data.length / 4) }, (_, at) => {
    const group = Buffer.concat([data.subarray(at * 4, at * 4 + 4), Buffer.alloc(4)]);
    let value = group.readUInt32BE(0);
    const digits = Array.from({ length: 5 }, () => {
      const digit = String.fromCharCode(33 + (value % 85));
      value = Math.floor(value / 85);
      return digit;
    });
    return digits
      .reverse()
      .slice(0, Math.min(4, data.length - at * 4) + 1)
      .join('');
  });
  return `${groups.join('')}~>`;
}

describe('a damaged stream of a PDF', () => {
  it.each([
    ['compressed', '/Filter /FlateDecode', content, damaged],
    ['compressed, by the short name', '/Filter[/Fl]/Length 99', content, damaged],
    ['compressed and cut off', '/Filter /FlateDecode', content, content.subarray(0, -20)],
    [
      'compressed, as text',
      '/Filter [ /ASCII85Decode /FlateDecode ]',
      ascii85(content),
      ascii85(damaged),
    ],
  ])('is found where it is %s', (_, dictionary, intact, broken) => {
    const other = stream('/Filter /FlateDecode', content);
    expect(hasDamagedStream(Buffer.concat([stream(dictionary, intact), other]))).toBe(false);
    expect(hasDamagedStream(Buffer.concat([other, stream(dictionary, broken)]))).toBe(true);
  });

  it('is not looked for in images, other compressions, empty streams and encrypted files', () => {
    const flate = '/Filter /FlateDecode';
    expect(hasDamagedStream(stream(`/Subtype /Image ${flate}`, damaged))).toBe(false);
    expect(hasDamagedStream(stream('/Filter /LZWDecode', damaged))).toBe(false);
    expect(hasDamagedStream(stream(flate, ''))).toBe(false);
    const encrypted = Buffer.from('trailer << /Encrypt 9 0 R >>');
    expect(hasDamagedStream(Buffer.concat([stream(flate, damaged), encrypted]))).toBe(false);
  });
});
