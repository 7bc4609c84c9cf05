import { describe, expect, it } from 'vitest';
import type { RankedPassage } from '../../src/search/fusion.ts';
import { selectPassages, spreadDocuments } from '../../src/search/select-passages.ts';

const same = 'The Supplier keeps it secret.';
const texts: Record<string, string> = {
  a: same,
  b: 'THE SUPPLIER\nkeeps it secret.',
  c: same,
  d: 'The Supplier keeps it to him.',
};

function passage(passageId: number, documentId: string, score: number): RankedPassage {
  const features = { lexical: 1, dense: 1, clause: 0, document: 0, exact: 0 };
  const place = { passageId, documentId, revision: 'r', ordinal: 0, start: 0 };
  return { ...place, end: texts[documentId]!.length, score, features, clauses: [] };
}

const textOf = async ({ documentId }: RankedPassage) => ({
  text: texts[documentId]!,
  pages: [],
  sections: [],
  revision: 'r',
});

const ranked = [passage(1, 'a', 4), passage(2, 'd', 3), passage(3, 'b', 2), passage(4, 'c', 1)];
const found = async (offset: number, limit: number) => {
  const { selected, end } = await selectPassages(ranked, { offset, limit }, textOf);
  return { end, selected: selected.map((one) => [one.passage.passageId, ...one.sameWording]) };
};

describe('a page of a ranking', () => {
  it('shows the same words in several contracts once, with the others', async () => {
    expect(await found(0, 8)).toEqual({ end: 4, selected: [[1, 'b', 'c'], [2]] });
    expect(await found(0, 1)).toEqual({ end: 1, selected: [[1, 'b', 'c']] });
    expect(await found(2, 8)).toEqual({ end: 4, selected: [[3, 'c']] });
  });

  it('leaves out what was removed meanwhile', async () => {
    const gone = async (one: RankedPassage) => (one.documentId === 'a' ? undefined : textOf(one));
    const { selected } = await selectPassages(ranked, { offset: 0, limit: 2 }, gone);
    expect(selected.map((one) => one.passage.passageId)).toEqual([2, 3]);
  });
});

describe('passages of one document', () => {
  it('make room for others that are nearly as good, and not for those that are not', () => {
    const list = [passage(1, 'a', 3), passage(2, 'a', 2.9), passage(3, 'a', 2.85)];
    const order = (other: number) =>
      spreadDocuments([...list, passage(4, 'b', other)]).map(({ passageId }) => passageId);
    expect(order(2.8)).toEqual([1, 4, 2, 3]);
    expect(order(2.5)).toEqual([1, 2, 3, 4]);
  });
});
