import { expect, test } from 'vitest';
import { IdRanges } from '../../src/store/sqlite/id-ranges.ts';
import { seededRandom } from '../../training/random.ts';

test('ranges of ids answer as a list of the ids does', () => {
  const random = seededRandom(3);
  for (let round = 0; round < 200; round += 1) {
    const sorted: { first: number; count: number }[] = [];
    let next = 1 + Math.floor(random() * 4);
    while (next < 60) {
      const count = 1 + Math.floor(random() * 5);
      sorted.push({ first: next, count });
      next += count + Math.floor(random() * 4);
    }
    const ranges = new IdRanges(sorted);
    const ids = sorted.flatMap(({ first, count }) =>
      Array.from({ length: count }, (_, i) => first + i),
    );
    const all = Array.from({ length: 80 }, (_, id) => id);
    expect(ranges.size).toBe(ids.length);
    expect(all.filter((id) => ranges.has(id))).toEqual(ids);
    const some = all.filter(() => random() < 0.4);
    expect(some.filter(ranges.ascending())).toEqual(some.filter((id) => ids.includes(id)));
    for (const id of all) {
      expect(ranges.countUpTo(id)).toBe(ids.filter((one) => one <= id).length);
    }
  }
  expect([1, 2].filter(new IdRanges([]).ascending())).toEqual([]);
});
