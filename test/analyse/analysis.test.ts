import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clauseTypeIds } from '../../src/analyse/clause-types.ts';
import { minConfidence } from '../../src/analyse/clause-model/clause-model.ts';
import type { Analysis, Span } from '../../src/domain/documents.ts';
import { documentTypes } from '../../src/domain/documents.ts';
import { isLong } from '../support/long.ts';
import { analyseText } from './analysis-fixture.ts';

/** All evidence spans of an analysis. */
function spansOf(analysis: Analysis): Span[] {
  const dates = [analysis.agreementDate, analysis.effectiveDate, analysis.expirationDate];
  const facts = [analysis.renewalTerm, analysis.noticePeriod, analysis.governingLaw];
  return [
    ...analysis.documentTypeEvidence,
    ...analysis.signed.evidence,
    ...analysis.clauses,
    ...[...analysis.parties, ...dates, ...facts].flatMap((fact) => fact?.evidence ?? []),
  ];
}

/**
 * Checks that all spans of an analysis are trimmed, non-empty spans of the text and all values are
 * valid.
 */
function expectValidAnalysis(text: string): void {
  const analysis = analyseText(text);
  const invalidSpans = spansOf(analysis).filter(({ start, end }) => {
    const slice = text.slice(start, end);
    return slice.length !== end - start || slice === '' || slice.trim() !== slice;
  });
  expect(invalidSpans).toEqual([]);
  expect(analysis.title).not.toBe('');
  expect(documentTypes).toContain(analysis.documentType);
  const known = new Set<string>(clauseTypeIds);
  const invalidClauses = analysis.clauses.filter(
    ({ type, confidence }) => !known.has(type) || !(confidence >= minConfidence && confidence <= 1),
  );
  expect(invalidClauses).toEqual([]);
  for (const party of analysis.parties) {
    expect(party.name).not.toBe('');
    expect(party.evidence).not.toEqual([]);
  }
  for (const date of [analysis.agreementDate, analysis.effectiveDate, analysis.expirationDate]) {
    if (!date) continue;
    expect(date.evidence).not.toEqual([]);
    if (date.basis === 'stated' || date.basis === 'computed')
      expect(date.value).toMatch(/^\d{4}-\d\d-\d\d$/);
    if (date.basis === 'computed') expect(date.explanation).toBeTruthy();
  }
}

const words = [
  'This', 'Agreement', '"Agreement"', '(the', '"Company")', 'between', 'by and between', 'and', 'Acme', 'Orla', 'Inc.', 'LLC', ',', ';', '.', '(', ')', '"', 'a Delaware corporation', 'dated', 'March 1, 2015', '____ day of ____, 2011', 'five (5) years', 'from the', 'Effective Date', '("Effective Date")', 'term of this Agreement', 'shall', 'renew automatically', 'unless', 'ninety (90) days', 'before the end', 'governed by the laws of', 'Delaware', 'IN WITNESS WHEREOF', 'By: /s/ Ann', 'By: ____', '\n\n', '\n', '1.', '2.1 Term', 'WHEREAS', '\u201cBuyer\u201d', '\ud83d\ude00', '\u0000', 'until terminated', 'notice of non-renewal', '-', '\u00a0', 'AMENDMENT NO. 2 TO',
]; // prettier-ignore

describe('analysis is valid', () => {
  it('for random contract-like text', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 80 }), (parts) => {
        expectValidAnalysis(parts.join(' '));
      }),
      { numRuns: 300 },
    );
  });

  it('for any string', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), expectValidAnalysis), {
      numRuns: 200,
    });
  });

  it('is the same for the same input', () => {
    const text = words.join(' ');
    expect(analyseText(text)).toEqual(analyseText(text));
  });

  // A pattern that backtracks beyond linear time does not end on these within the test's time limit.
  const scale = isLong ? 1 : 1 / 4;
  it.each([
    ['one endless word', 'a', 300_000],
    ['one endless sentence', 'the party shall not assign the license of any right ', 6_000],
    ['spaces', ' ', 300_000, ['This Agreement', 'between']],
    ['underscores', '_', 300_000],
    ['open parentheses', '(', 200_000],
    ['open quotes', '("the ', 60_000],
    ['capitals without end', 'ACME AND ', 40_000],
    ['names without end', 'between Acme Inc., and ', 15_000],
    ['numbers', '1 ', 150_000],
    ['number words', 'twenty-', 50_000],
    ['months', 'March ', 60_000],
    ['dates', '1/1/01 ', 120_000],
    ['dates in words', 'June 1, 2001 ', 80_000],
    ['terms', 'the term of this agreement shall expire on the date of ', 6_000],
    ['line breaks', '\n', 300_000],
    ['laws', 'governed by the laws of the ', 12_000],
    ['signatures', 'By: ', 80_000],
    ['closings', 'In witness whereof, Orla Inc. ', 10_000],
  ] as [string, string, number, [string, string]?][])(
    'on %s',
    (_, unit, count, [before, after] = ['', '']) => {
      expectValidAnalysis(before + unit.repeat(count * scale) + after);
    },
  );
});

const corpus = join(fileURLToPath(new URL('.', import.meta.url)), '../../../shared/cuad/contracts');

describe.skipIf(!existsSync(corpus))('analysis of real contracts', () => {
  const every = isLong ? 1 : 48;
  it(`is valid for one in ${every}`, () => {
    const names = readdirSync(corpus).sort();
    for (const name of names.filter((_, index) => index % every === 0)) {
      expectValidAnalysis(readFileSync(join(corpus, name), 'utf8'));
    }
  }, 300_000);
});
