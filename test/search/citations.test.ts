import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Page, Section } from '../../src/domain/documents.ts';
import { cite, headingAt, headingsOf, pageAt } from '../../src/search/citations.ts';
import { passagesOf } from '../contract/store-samples.ts';
import { openSearchFixture } from './search-fixture.ts';

const text = 'First page.Second page.Third.';
/** The pages begin at 0, 11 and 23. */
const pages: Page[] = [
  { number: 1, start: 0, end: 11 },
  { number: 2, start: 11, end: 23 },
  { number: 3, start: 23, end: 29 },
];

describe('a citation', () => {
  it.each([
    ['within one page', 2, 5, [1, 1]],
    ['that ends with its page', 6, 11, [1, 1]],
    ['that begins with a page', 11, 12, [2, 2]],
    ['of the first character of the next page', 10, 12, [1, 2]],
    ['of a whole page', 11, 23, [2, 2]],
    ['over three pages', 10, 24, [1, 3]],
    ['of the last character', 28, 29, [3, 3]],
    ['of nothing, where a page begins', 11, 11, [2, 2]],
  ])('%s names the pages of its first and its last character', (_, start, end, expected) => {
    const citation = cite(text, pages, { start, end });
    expect([citation.page_start, citation.page_end]).toEqual(expected);
    expect(citation.text).toBe(text.slice(start, end));
    expect([citation.char_start, citation.char_end]).toEqual([start, end]);
    expect(citation).not.toHaveProperty('heading');
  });

  it('has the heading it is given', () => {
    expect(cite(text, pages, { start: 0, end: 5 }, '1 Terms').heading).toBe('1 Terms');
  });

  it('names pages that hold its first and its last character, wherever it stands', () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 199 }), { maxLength: 12 });
    fc.assert(
      fc.property(cuts, fc.nat(199), fc.nat(199), (unordered, a, b) => {
        const starts = [0, ...unordered.toSorted((x, y) => x - y)];
        const table = starts.map((start, at) => ({
          number: at + 1,
          start,
          end: starts[at + 1] ?? 200,
        }));
        const [start, end] = [Math.min(a, b), Math.max(a, b) + 1];
        const found = cite('x'.repeat(200), table, { start, end });
        const holds = (number: number, offset: number) =>
          table[number - 1]!.start <= offset && offset < table[number - 1]!.end;
        expect(holds(found.page_start, start)).toBe(true);
        expect(holds(found.page_end, end - 1)).toBe(true);
      }),
    );
  });
});

describe('pages and headings by offset', () => {
  it('takes a text without a page table for one page', () => {
    expect(pageAt([], 5)).toBe(1);
  });

  it('joins the headings of the innermost section', () => {
    const section = (path: string[], start: number, end: number): Section => ({
      kind: 'body',
      level: path.length,
      title: path.at(-1) ?? '',
      path,
      start,
      end,
    });
    const sections = [
      section(['1 Term'], 0, 20),
      section(['1 Term', '1.1 Renewal'], 5, 10),
      section([], 20, 25),
    ];
    expect([0, 4, 5, 9, 10, 19, 20, 25].map((offset) => headingAt(sections, offset))).toEqual([
      '1 Term',
      '1 Term',
      '1 Term › 1.1 Renewal',
      '1 Term › 1.1 Renewal',
      '1 Term',
      '1 Term',
      undefined,
      undefined,
    ]);
  });

  it('reads the headings over many passages at once', async () => {
    const { context, write } = await openSearchFixture();
    const [a, b] = [await write('a', ['One.', 'Two.']), await write('b', ['Three.'])];
    const ofA = await passagesOf(context.scopedIndex, a);
    const [ofB] = await passagesOf(context.scopedIndex, b);
    const gone = { ...ofA[0]!, passageId: 999 };
    expect(await headingsOf(context, [ofA[1]!, ofB!, gone])).toEqual(
      new Map([
        [ofA[1]!.passageId, '2 Terms'],
        [ofB!.passageId, '1 Terms'],
      ]),
    );
    expect(await headingsOf(context, [])).toEqual(new Map());
  });
});
