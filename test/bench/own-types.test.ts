import { describe, expect, it } from 'vitest';
import { countOwnTypes, hideHeadings, ownTypeFigures } from '../../bench/quality/own-types.ts';
import type { Clause } from '../../src/domain/documents.ts';
import { segment } from '../../src/segment/segment.ts';

const text = [
  'MILL AGREEMENT',
  '',
  '1. Confidentiality. The miller keeps the recipes of the baker to himself and tells nobody.',
  '',
  '2. Force Majeure. Neither side answers for a flood that stops the wheel for a while.',
  '',
  '3. Miscellaneous. The miller gives each notice in writing and hands it over in person.',
  '',
].join('\n');
const structure = segment(text, []);

const clause = (type: string, words: string, confidence = 0.9): Clause => {
  const start = text.indexOf(words);
  expect(start).toBeGreaterThanOrEqual(0);
  return { type, start, end: start + words.length, confidence };
};

describe('hidden headings', () => {
  it('are removed from text and structure, and other offsets do not change', () => {
    const hidden = hideHeadings(text, structure);
    expect(hidden.text).toHaveLength(text.length);
    expect(hidden.text).not.toMatch(/confidentiality|force majeure|miscellaneous/i);
    expect(hidden.text.indexOf('The miller keeps')).toBe(text.indexOf('The miller keeps'));
    expect(hidden.structure.sections.some(({ title, path }) => title ?? path[0])).toBe(false);
    expect(structure.sections.some(({ title }) => title === 'Confidentiality')).toBe(true);
  });
});

describe('own types compared with headings', () => {
  it('count clauses under a heading of the type, and under one of another type', () => {
    const counts = countOwnTypes(structure, [
      clause('confidentiality', 'The miller keeps'),
      clause('confidentiality', 'Neither side answers'),
      clause('notices', 'The miller gives each notice'),
      clause('force_majeure', 'Neither side answers', 0.4),
    ]);
    const none = { predicted: 0, right: 0, headed: 0, found: 0 };
    expect(counts.get('confidentiality')).toEqual({ predicted: 2, right: 1, headed: 1, found: 1 });
    expect(counts.get('force_majeure')).toEqual({ ...none, headed: 1 });
    // "Miscellaneous" names no type, so a notice there is neither right nor wrong
    expect(counts.get('notices')).toEqual(none);
  });

  it('become precision and recall over contracts', () => {
    const countContract = (company: string, words: string) => ({
      company,
      fold: 0,
      ownTypes: countOwnTypes(structure, [clause('confidentiality', words)]),
    });
    const contracts = [
      countContract('ash', 'The miller keeps'),
      countContract('elm', 'Neither side answers'),
    ];
    const figures = ownTypeFigures(contracts);
    expect(figures.get('confidentiality')).toMatchObject({
      precision: { value: 0.5 },
      recall: { value: 0.5 },
    });
    expect(figures.get('force_majeure')!.precision.value).toBeNaN();
  });
});
