import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCursor, writeCursor } from '../../src/search/cursor.ts';

describe('cursors', () => {
  it('continue their request, with any limit', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(1_000_000), fc.nat(), (query, offset, limit) => {
        const cursor = writeCursor({ query, limit }, offset);
        expect(readCursor({ query, limit: limit + 1, cursor } as { cursor: string })).toBe(offset);
      }),
    );
  });

  it('are rejected with another request, as is any other text', () => {
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
