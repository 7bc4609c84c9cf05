import { describe, expect, it } from 'vitest';
import { indexText } from '../../src/segment/index-text.ts';
import { segment } from '../../src/segment/segment.ts';

/** The characters of a text that are not white space. */
const solid = (text: string) => text.replace(/\s+/g, '');

describe('segmentation of texts that no contract resembles', () => {
  it('finds no headings in a list of more than any contract has', () => {
    const lines = Array.from({ length: 110_000 }, (_, index) => `${(index % 900) + 1}. Item\n`);
    const text = lines.join('');
    const { sections, sentences, passages } = segment(text, []);
    expect(sections).toHaveLength(1);
    expect(sections[0]).toMatchObject({ kind: 'front_matter', path: [] });
    expect(sentences.length).toBeGreaterThan(10_000);
    expect(solid(passages.map(({ start, end }) => text.slice(start, end)).join(''))).toBe(
      solid(text),
    );
  });

  it.each([
    ['full stops between blanks', ' .'.repeat(300_000)],
    ['one token', 'AbC'.repeat(300_000)],
    ['one sentence', 'the goods and the services and '.repeat(30_000)],
    ['white space', `a${' \t\u2028\f'.repeat(200_000)}b`],
    ['combining marks', '\u0301\u0323'.repeat(300_000)],
    ['page numbers', 'Page 1\n\n\n\n\n'.repeat(50_000)],
  ])('covers %s with passages', (_, text) => {
    const { passages } = segment(text, []);
    expect(solid(passages.map(({ start, end }) => text.slice(start, end)).join(''))).toBe(
      solid(text),
    );
  });

  it('joins any number of hyphens in a passage', () => {
    const text = 'non-\nexclusive '.repeat(20_000);
    const joined = indexText(text, { start: 0, end: text.length }, []);
    expect(joined).toBe('non-exclusive '.repeat(20_000).trim());
  });
});
