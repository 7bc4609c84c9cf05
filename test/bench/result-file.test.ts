import { mkdtempSync, readdirSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { replacePart } from '../../bench/docs/marked-part.ts';
import {
  figureOf,
  formatResult,
  parseResult,
  readResult,
  resultsFolder,
  writeResult,
  type Result,
} from '../../training/result-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'deedbox-results-'));
afterAll(() => rmSync(folder, { recursive: true }));

const figures = {
  'pdf.ingest.rate': figureOf(5.123456789, 'per second'),
  'nothing.to.measure': figureOf(Number.NaN, 'share'),
  'cuad.aupr': { ...figureOf(0.7, 'share'), interval: [0.6, 0.8] as [number, number] },
};

describe('result files', () => {
  it('have the day, the commit and the machine, and figures to six digits', () => {
    writeResult({ name: 'bench', command: 'npm run bench', corpus: 'CUAD', figures }, folder);
    const result = readResult('bench', folder)!;
    expect(result).toMatchObject({
      name: 'bench',
      command: 'npm run bench',
      corpus: 'CUAD',
      date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      commit: expect.stringMatching(/^(?:[0-9a-f]{7,}(?:, modified)?|unknown)$/),
      machine: { node: process.versions.node },
    });
    expect(result.figures).toEqual({
      'pdf.ingest.rate': { value: 5.12346, unit: 'per second' },
      'nothing.to.measure': { value: null, unit: 'share' },
      'cuad.aupr': { value: 0.7, unit: 'share', interval: [0.6, 0.8] },
    });
    expect(parseResult('bench', formatResult(result))).toEqual(result);
  });

  it('are undefined where no run wrote one', () => {
    expect(readResult('clients', folder)).toBeUndefined();
  });

  it.each<[string, (result: Result) => unknown]>([
    ['an unknown unit', (result) => ({ ...result, figures: { x: { value: 1, unit: 'miles' } } })],
    ['a figure without a value', (result) => ({ ...result, figures: { x: { unit: 'ms' } } })],
    ['no machine', ({ machine: _machine, ...result }) => result],
    ['an unknown field', (result) => ({ ...result, author: 'ann' })],
    ['the name of another benchmark', (result) => ({ ...result, name: 'audit' })],
    ['a day that does not exist', (result) => ({ ...result, date: '2026-02-30' })],
  ])('reject %s', (_, change) => {
    const result = readResult('bench', folder)!;
    writeFileSync(join(folder, 'bench.json'), JSON.stringify(change(result)));
    expect(() => readResult('bench', folder)).toThrow();
    writeFileSync(join(folder, 'bench.json'), formatResult(result));
  });

  const committed = existsSync(resultsFolder) ? readdirSync(resultsFolder) : [];
  it('that are committed are valid', () => {
    for (const file of committed) {
      expect(file).toMatch(/\.json$/);
      expect(readResult(file.slice(0, -'.json'.length))).toBeDefined();
    }
  });
});

describe('a generated part of a page', () => {
  const [begin, end] = ['<!-- figures:begin -->', '<!-- figures:end -->'];

  it('is replaced between its marks, the same again and again', () => {
    const page = `# Card\n\n${begin}\nfigures of last year\n${end}\n\n## After\n`;
    const first = replacePart(page, 'figures', '| AUPR | 0.7 |', 'README.md');
    expect(first).toContain('| AUPR | 0.7 |');
    expect(first).not.toContain('last year');
    expect(first.startsWith(`# Card\n\n${begin}\n`)).toBe(true);
    expect(first.endsWith(`${end}\n\n## After\n`)).toBe(true);
    expect(replacePart(first, 'figures', '| AUPR | 0.7 |', 'README.md')).toBe(first);
  });

  it('is an error where the page has no marks', () => {
    expect(() => replacePart('# Card\n', 'figures', '', 'README.md')).toThrow(
      /README\.md has no marks/,
    );
  });
});
