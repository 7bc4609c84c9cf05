import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DotProducts } from '../../src/store/sqlite/vectors/dot-products.ts';
import { compileModule } from '../support/wasm.ts';

test('the compiled module is that of its source', async () => {
  const file = new URL('../../src/store/sqlite/vectors/dot-products-module.ts', import.meta.url);
  expect(readFileSync(file, 'utf8')).toBe(await compileModule());
});

const byte = fc.integer({ min: -127, max: 127 });
const dot = (one: ArrayLike<number>, other: ArrayLike<number>) =>
  Array.from(one).reduce((sum, value, i) => sum + value * other[i]!, 0);

test('dot products of 8-bit records are those of the definition', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 70 }).chain((dimensions) =>
        fc.record({
          query: fc.array(fc.integer({ min: -32767, max: 32767 }), vectorSize(dimensions)),
          records: fc.array(fc.array(byte, vectorSize(dimensions)), { minLength: 1, maxLength: 9 }),
          prefix: fc.constantFrom(0, 8),
        }),
      ),
      ({ query, records, prefix }) => {
        const dots = new DotProducts(query.length);
        const stride = prefix + dots.width;
        records.forEach((record, i) => dots.buffer.set(record, i * stride + prefix));
        dots.setQuery(Int16Array.from(query));
        const scores = dots.scores8(records.length, stride, prefix);
        expect([...scores.subarray(0, records.length)]).toEqual(
          records.map((record) => dot(record, query)),
        );
      },
    ),
  );
});

test('dot products of 16-bit unit vectors are those of the definition', () => {
  const dots = new DotProducts(48);
  const unitVector = (axis: number) =>
    Int16Array.from({ length: 48 }, (_, i) => (i === axis ? 32767 : 0));
  const diagonal = new Int16Array(48).fill(Math.round(32767 / Math.sqrt(48)));
  const vectors = [unitVector(0), unitVector(47), diagonal, diagonal.map((value) => -value)];
  vectors.forEach((vector, i) => dots.buffer.set(new Uint8Array(vector.buffer), i * 96));
  for (const query of vectors) {
    dots.setQuery(query);
    expect([...dots.scores16(4).subarray(0, 4)]).toEqual(vectors.map((v) => dot(v, query)));
  }
});

function vectorSize(length: number) {
  return { minLength: length, maxLength: length };
}
