import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCursor, writeCursor } from '../../src/search/cursor.ts';

describe('cursors', () => {
  it('continue the request they were made for, whatever the limit', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(1_000_000), fc.nat(), (query, offset, limit) => {
        const cursor = writeCursor({ query, limit }, offset);
        expect(readCursor({ query, limit: limit + 1, cursor } as { cursor: string })).toBe(offset);
      }),
    );
  });

  it('are refused by another request, and so is anything made up', () => {
    const cursor = writeCursor({ query: 'a' }, 10);
    const rejectedCall = (request: { query: string; cursor: string }) => () => readCursor(request);
    expect(rejectedCall({ query: 'b', cursor })).toThrow('another question');
    fc.assert(
      fc.property(fc.string(), (made) => {
        expect(rejectedCall({ query: 'a', cursor: made })).toThrow('another question');
      }),
    );
  });
});
