import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  packIndexTexts,
  packText,
  unpackIndexTexts,
  unpackText,
} from '../../src/store/sqlite/packed-text.ts';

const collapsed = (text: string) => text.replaceAll(/\s+/g, ' ').trim();

test('packed texts are unpacked as they were', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(unpackText(packText(text))).toBe(text);
    }),
  );
});

test('texts of passages are unpacked with all that differs in more than white space', () => {
  const piece = fc.record({
    slice: fc.string({ minLength: 1 }),
    other: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.map(({ slice }) => slice).join('');
      let start = 0;
      const passages = pieces.map(({ slice, other }) => {
        const span = { start, end: start + slice.length };
        start = span.end;
        return { ...span, indexText: other ?? collapsed(slice) };
      });
      const packed = packIndexTexts(text, passages);
      const unpacked = unpackIndexTexts(text, passages, packed);
      expect(unpacked.map(collapsed)).toEqual(passages.map((p) => collapsed(p.indexText)));
      if (pieces.every(({ other }) => other === undefined)) expect(packed).toBeNull();
    }),
  );
});
