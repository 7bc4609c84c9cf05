import { describe, expect, it } from 'vitest';
import { indexText } from '../../src/segment/index-text.ts';
import { searchableTexts } from '../../src/segment/searchable-text.ts';
import { segment } from '../../src/segment/segment.ts';

const texts = (text: string, furniture: string[] = []) => {
  const spans = furniture.map((line) => {
    const start = text.indexOf(line);
    return { start, end: start + line.length };
  });
  const passages = segment(text, []).passages.map((span) => ({
    ...span,
    indexText: indexText(text, span, spans),
  }));
  return searchableTexts(text, passages, spans);
};

describe('what full text has of a passage', () => {
  it('is found as one word and as two where a line ends with a hyphen', () => {
    const [first] = texts('The zephyr-\nalgorithm is kept, and so is the non-\nexclusive licence.');
    for (const word of ['zephyralgorithm', 'zephyr', 'algorithm', 'nonexclusive', 'non-exclusive'])
      expect(first).toContain(word);
  });

  it('has the words of headers and footers once, and no page numbers', () => {
    const text =
      'Kestrelmoor/77 Page 1\nThe Supplier delivers.\nKestrelmoor/77 Page 12345\nThe Customer pays.';
    const all = texts(text, ['Kestrelmoor/77 Page 1\n', 'Kestrelmoor/77 Page 12345']).join('\n');
    expect(all.match(/Kestrelmoor/g)).toHaveLength(1);
    expect(all.match(/Page/g)).toHaveLength(1);
    expect(all).toContain('12345');
    expect(all).not.toContain('77');
  });

  it('is the text of the index where nothing is left out', () => {
    expect(texts('The Supplier delivers the Goods.')).toEqual(['The Supplier delivers the Goods.']);
  });
});
