import fc from 'fast-check';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { segment } from '../../src/segment/segment.ts';
import { indexText } from '../../src/segment/index-text.ts';
import { expectValidStructure, joinPages, onePage } from './invariants.ts';
import { isLong } from '../support/long.ts';

const root = join(import.meta.dirname, '../..');
const cuad = join(root, '../shared/cuad/contracts');

const sentence = fc
  .array(
    fc.constantFrom(
      'the Supplier',
      'shall deliver',
      'Acme Inc.',
      'No. 5',
      'Section 2.1',
      'U.S. law',
      'thirty (30) days',
      '(a) goods;',
      '(b) services; and',
      '"Confidential Information"',
      'Exhibit A',
      '$1,000.00',
      'termina-\ntion',
      '😀',
    ),
    { minLength: 1, maxLength: 40 },
  )
  .map((words) => `${words.join(' ')}.`);
const heading = fc.constantFrom(
  'ARTICLE IV',
  'ARTICLE 1 DEFINITIONS',
  'Section 2.1 Term.',
  '1.',
  '2.',
  '2.1',
  '2.1.3 Notices.',
  '(a)',
  '(i) Fees.',
  'A.',
  'TERM AND TERMINATION',
  'RECITALS',
  'WHEREAS,',
  'NOW, THEREFORE,',
  'IN WITNESS WHEREOF,',
  'By: ____ Name: Jane Title: CEO',
  'EXHIBIT A',
  'Schedule 1 – Prices',
  'TABLE OF CONTENTS',
  'Page 3 of 12',
  '- 4 -',
  'Source: ACME INC, 10-K, 3/1/2010',
  '5',
);
const contract = fc
  .array(
    fc.tuple(
      fc.oneof(heading, sentence),
      fc.constantFrom(' ', '  ', '     ', '\n', '\n\n', '\r\n', '\t', '\n\n\n\n\n', '\f', '\u00a0'),
    ),
    { maxLength: 60 },
  )
  .map((pieces) => pieces.flat().join(''));

describe('the structure', () => {
  it('is valid for contract-like text', () => {
    fc.assert(
      fc.property(contract, (text) => expectValidStructure(text, segment(text, onePage(text)))),
      { numRuns: 400 },
    );
  });

  it('is valid for contract-like pages', () => {
    fc.assert(
      fc.property(fc.array(contract, { minLength: 1, maxLength: 6 }), (texts) => {
        const { text, pages } = joinPages(texts);
        expectValidStructure(text, segment(text, pages));
      }),
      { numRuns: 200 },
    );
  });

  it('is valid for any string, lone surrogates included', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 3000 }),
      fc.string({ unit: 'grapheme', maxLength: 3000 }),
      fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes)),
    );
    fc.assert(
      fc.property(anything, fc.integer({ min: 0, max: 3000 }), (text, cut) => {
        const middle = Math.min(cut, text.length);
        const pages = [
          { number: 1, start: 0, end: middle },
          { number: 2, start: middle, end: text.length },
        ];
        expectValidStructure(text, segment(text, pages));
        expectValidStructure(text, segment(text, []));
      }),
      { numRuns: 300 },
    );
  });

  it('never splits a pair of surrogates in text without white space', () => {
    for (const text of ['😀'.repeat(5001), `a${'😀'.repeat(5000)}`, `ab${'𝔸'.repeat(3000)}`]) {
      expectValidStructure(text, segment(text, onePage(text)));
    }
  });

  it('is the same each time', () => {
    fc.assert(
      fc.property(contract, (text) => {
        expect(segment(text, onePage(text))).toEqual(segment(text, onePage(text)));
      }),
      { numRuns: 50 },
    );
  });
});

describe('hostile text', () => {
  const units = [
    ' ',
    '\n',
    '\r\n',
    '1.1.1.1',
    '1.1.1.1 ',
    '1.1.1.1\n',
    '(',
    '( ',
    '(a) ',
    'i) ',
    '; (b) ',
    '. ',
    '."',
    ')',
    '-',
    '_',
    'a',
    'A',
    'TERM ',
    'Term ',
    'Inc. ',
    'a-\n',
    '1. Term. ',
    'ARTICLE I ',
    'EXHIBIT A ',
    'EXHIBIT A\n\n',
    'IN WITNESS WHEREOF. ',
    'By: ',
    'Source: ',
    '1\n\n\n\n\n',
    'TABLE OF CONTENTS 1. A ',
    '1..... ',
    'x\ty\n',
    '😀',
    'NOW, THEREFORE. WHEREAS; ',
  ];
  // A quadratic step over the full length takes minutes: the test's own time limit finds it.
  const length = isLong ? 250_000 : 60_000;
  it.each(units)('made of %j is segmented within the time limit', (unit) => {
    const text = unit.repeat(Math.ceil(length / unit.length));
    const structure = segment(text, onePage(text));
    expect(structure.passages.length > 0).toBe(text.trim() !== '');
    expect(structure.passages.at(-1)?.end ?? 0).toBe(text.trimEnd().length);
    indexText(text, { start: 0, end: text.length }, structure.headersAndFooters);
  });
});

describe('real texts', () => {
  const every = isLong ? 1 : 32;
  it.skipIf(!existsSync(cuad))(`of one in ${every} filed contracts are sound`, () => {
    for (const name of readdirSync(cuad).filter((_, at) => at % every === 0)) {
      const text = readFileSync(join(cuad, name), 'utf8');
      expectValidStructure(text, segment(text, onePage(text)));
    }
  });

  it('of the samples have valid structures', () => {
    const folder = join(root, 'samples');
    const names = (existsSync(folder) ? readdirSync(folder, { recursive: true }) : []) as string[];
    for (const name of names.filter((each) => /\.(?:txt|md|html?)$/i.test(each))) {
      const text = readFileSync(join(folder, name), 'utf8');
      const structure = segment(text, onePage(text));
      expectValidStructure(text, structure);
      expect(structure.passages.length).toBeGreaterThan(0);
    }
  });
});
