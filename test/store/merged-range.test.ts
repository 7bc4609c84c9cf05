import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergedRange } from '../../src/store/sqlite/vectors/segment-maintenance.ts';
import type { Segment } from '../../src/store/sqlite/vectors/segment-table.ts';

/** Adds segments one by one and merges as told; returns the segments left and the records written. */
function simulate(sizes: number[]) {
  let segments: Segment[] = [];
  let [written, next] = [0, 1];
  for (const records of sizes) {
    segments.push({ first: next, last: next + records - 1, records, file: '', checksum: '' });
    next += records;
    for (let range = mergedRange(segments); range; range = mergedRange(segments)) {
      const { first, last } = range;
      const merged = segments.filter((s) => s.first >= first && s.last <= last);
      expect(merged.length).toBeGreaterThan(1);
      const sum = merged.reduce((total, segment) => total + segment.records, 0);
      written += sum;
      segments = segments.filter((s) => s.last < first || s.first > last);
      segments.push({ ...merged[0]!, last, records: sum });
    }
  }
  return { segments, written, total: next - 1 };
}

test('merging ends, keeps few segments and writes each record few times', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 6000 }), { maxLength: 400 }), (sizes) => {
      const { segments, written, total } = simulate(sizes);
      expect(segments.reduce((sum, { records }) => sum + records, 0)).toBe(total);
      expect(segments.length).toBeLessThanOrEqual(7 * 6);
      expect(written).toBeLessThanOrEqual(total * 6 + 8 * 512);
    }),
    { numRuns: 50 },
  );
});

test('50,000 contracts end in a few large segments', () => {
  const { segments, written, total } = simulate(Array<number>(1343).fill(4096));
  expect(segments.length).toBeLessThan(25);
  expect(written / total).toBeLessThan(4);
});

test('documents that come one by one are merged too', () => {
  expect(simulate(Array<number>(2000).fill(3)).segments.length).toBeLessThan(24);
});
