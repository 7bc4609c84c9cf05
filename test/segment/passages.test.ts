import { describe, expect, it } from 'vitest';
import { segment } from '../../src/segment/segment.ts';
import { onePage, slices } from './invariants.ts';

const sentence = (n: number) =>
  `In case ${n} the Supplier shall deliver the goods which the Buyer ordered under this Agreement on time.`;
const paragraph = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => sentence(from + i)).join(' ');

describe('passages', () => {
  const text = [
    'This Agreement is made between Harrow Foods Ltd. and Copperline Mills, Inc. on the first day of May in the year 2024, and it binds their successors.',
    '1. Orders',
    `1.1 Forecasts. ${paragraph(1, 9)}`,
    `1.2 Changes. ${sentence(20)}`,
    `1.3 Costs. ${sentence(30)}`,
    '2. Delivery',
    `2.1 Sites. ${paragraph(40, 30)}`,
    'IN WITNESS WHEREOF, the parties have signed this Agreement.',
    'EXHIBIT A',
    sentence(50),
  ].join('\n\n');
  const structure = segment(text, onePage(text));
  const passages = structure.passages;

  it('have about 500 characters of whole sentences', () => {
    const ends = new Set(structure.sentences.map(({ end }) => end));
    const lengths = passages.map(({ start, end }) => end - start);
    expect(passages.every(({ end }) => ends.has(end))).toBe(true);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(900);
    const long = lengths.filter((length) => length >= 300 && length <= 800);
    expect(long.length).toBeGreaterThanOrEqual(7);
  });

  it('never span two top-level sections', () => {
    for (const { start, level } of structure.sections) {
      if (level > 1) continue;
      expect(passages.some((passage) => passage.start < start && passage.end > start)).toBe(false);
    }
  });

  it('never join the signature block of an exhibit with its text', () => {
    const exhibit = `${text}\n\nIN WITNESS WHEREOF, the parties have signed this Exhibit.`;
    const { passages: found, sections } = segment(exhibit, onePage(exhibit));
    expect(sections.at(-1)).toMatchObject({ kind: 'signatures', level: 2 });
    expect(slices(exhibit, found.slice(-2))).toEqual([
      `EXHIBIT A\n\n${sentence(50)}`,
      'IN WITNESS WHEREOF, the parties have signed this Exhibit.',
    ]);
  });

  it('have the heading path of their section', () => {
    const [text2, within] = [
      slices(text, passages),
      (words: string) => (t: string) => t.includes(words),
    ];
    expect(passages[text2.findIndex(within('In case 1 '))]!.path).toEqual([
      '1 Orders',
      '1.1 Forecasts',
    ]);
    expect(passages[text2.findIndex(within('In case 55 '))]!.path).toEqual([
      '2 Delivery',
      '2.1 Sites',
    ]);
    expect(passages[text2.findIndex(within('In case 50 the'))]).toBeDefined();
    expect(passages.at(-1)!.path).toEqual(['EXHIBIT A']);
  });

  it('merge with short neighbours under the same heading', () => {
    const short = slices(text, passages).find((passage) => passage.includes('1.2 Changes'));
    expect(short).toContain('1.3 Costs');
  });

  it('never end with a heading', () => {
    for (const passage of slices(text, passages)) {
      expect(passage).not.toMatch(/(?:Orders|Delivery|Forecasts|Changes|Costs|Sites)\.?$/);
    }
  });

  it('stay bounded in a series of headings', () => {
    const titles = Array.from({ length: 60 }, (_, i) => `1.${i + 1} Delivery to Mill Number Two.`);
    const list = [sentence(1), '1. Orders', ...titles, sentence(2)].join('\n\n');
    const lengths = segment(list, onePage(list)).passages.map(({ start, end }) => end - start);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(1000);
  });

  it('divide a sentence longer than 1,000 characters at a comma or a semicolon', () => {
    const long = `${Array.from({ length: 60 }, (_, i) => `the goods of kind number ${i}`).join(', ')}.`;
    const parts = slices(long, segment(long, onePage(long)).passages);
    expect(parts.length).toBeGreaterThan(1);
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(1000);
    expect(parts.slice(0, -1).every((part) => part.endsWith(','))).toBe(true);
  });
});
