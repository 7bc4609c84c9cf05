import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DotProducts } from '../../src/store/sqlite/vectors/dot-products.ts';
import { scoreBuffer } from '../../src/store/sqlite/vectors/exact-search.ts';
import { toQuery, toRecords } from '../../src/store/sqlite/vectors/records.ts';
import { dimensions, vectorOf } from '../contract/store-samples.ts';
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
      fc.integer({ min: 1, max: 70 }).chain((length) =>
        fc.record({
          query: fc.array(fc.integer({ min: -32767, max: 32767 }), vectorSize(length)),
          records: fc.array(fc.array(byte, vectorSize(length)), { minLength: 1, maxLength: 9 }),
          prefix: fc.constantFrom(0, 8),
        }),
      ),
      ({ query, records, prefix }) => {
        const dots = new DotProducts(query.length);
        const stride = prefix + dots.width;
        records.forEach((record, i) => dots.buffer.set(record, i * stride + prefix));
        dots.setQuery(Int16Array.from(query));
        const { length } = records;
        const scores = prefix > 0 ? dots.scoreRecords(length) : dots.scoreCodes(length);
        expect([...scores.subarray(0, records.length)]).toEqual(
          records.map((record) => dot(record, query)),
        );
      },
    ),
  );
});

test('scores of records are similarities', () => {
  const vectors = ['one party', 'the other party', 'neither of both'].map(vectorOf);
  const dots = new DotProducts(dimensions);
  dots.buffer.set(toRecords(vectors, 7));
  for (const query of vectors) {
    dots.setQuery(toQuery(query));
    const found = new Map<number, number>();
    scoreBuffer(dots, 3, (passage, score) => found.set(passage, score));
    expect([...found.keys()]).toEqual([7, 8, 9]);
    for (const [passage, score] of found) {
      expect(Math.abs(score - dot(vectors[passage - 7]!, query))).toBeLessThan(0.01);
    }
  }
});

function vectorSize(length: number) {
  return { minLength: length, maxLength: length };
}
