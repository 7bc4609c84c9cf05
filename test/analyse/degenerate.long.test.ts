import { describe, expect, it } from 'vitest';
import { canonicalPartyKey, canonicalPartyKeys } from '../../src/analyse/canonical-party-key.ts';
import { findDates } from '../../src/analyse/date-text.ts';
import { isInHeaderOrFooter } from '../../src/analyse/prepared-text.ts';
import { findSigned } from '../../src/analyse/signed.ts';
import { analyseText } from './analysis-fixture.ts';

const opening =
  'SUPPLY AGREEMENT\n\nThis Supply Agreement is made on 1 May 2020 by and between Acme Inc. (the "Seller") and Brill LLC (the "Buyer").\n\n';

describe('analysis of texts that no contract resembles', () => {
  it('removes any number of legal forms from a name', () => {
    expect(canonicalPartyKey(`Acme${' Inc.'.repeat(100_000)}`)).toBe('acme');
  });

  it('reads names with any number of marks on a letter', () => {
    const name = `Acme${'\u0301\u0323'.repeat(100_000)} Brill`;
    expect(canonicalPartyKey(name)).toBe('acme brill');
    expect(canonicalPartyKeys(name)).toContain('acme brill');
  });

  it('tells which of many spans are in headers and footers', () => {
    const headersAndFooters = Array.from({ length: 50_000 }, (_, index) => ({
      start: 100 * index,
      end: 100 * index + 10,
    }));
    const prepared = { text: '', sentences: [], headersAndFooters };
    const starts = Array.from({ length: 100_000 }, (_, index) => 50 * index);
    const found = starts.filter((at) => isInHeaderOrFooter(prepared, { start: at, end: at + 10 }));
    expect(found).toEqual(starts.filter((at) => at % 100 === 0));
    expect(isInHeaderOrFooter(prepared, { start: 10, end: 100 })).toBe(false);
    expect(isInHeaderOrFooter(prepared, { start: 10, end: 101 })).toBe(true);
    expect(isInHeaderOrFooter(prepared, { start: 5_000_000, end: 5_000_001 })).toBe(false);
  });

  it('matches any number of blank lines with any number of signatures', () => {
    const pair = 'By: ____________\nBy: /s/ Ann Reed\nName: Ann Reed\n';
    expect(findSigned(pair.repeat(30_000)).value).toBe('signed');
    const forms = 'By: ____________ \nform\n'.repeat(30_000);
    expect(findSigned(`${pair.repeat(30_000)}${'text '.repeat(300)}${forms}`).value).toBe('signed');
    expect(findSigned(forms).value).toBe('unsigned');
  });

  it('reads a row of a schedule with any number of tabs', () => {
    const text = `${opening}Term${'\t'.repeat(200_000)}\nab`;
    expect(analyseText(text).expirationDate).toBeUndefined();
    const stated = `${opening}Term\t|\t from 1 May 2020 until 30 April 2030\n\nText.`;
    expect(analyseText(stated).expirationDate).toMatchObject({ value: '2030-04-30' });
  });

  it('finds dates among any number of blanks', () => {
    expect(findDates(`${'_'.repeat(100_000)} 1 May 2020`).at(-1)).toMatchObject({
      value: '2020-05-01',
    });
  });

  it('reads a letter with millions of marks', () => {
    expect(canonicalPartyKey(`Acme${'\u0301'.repeat(5_000_000)} Inc.`)).toBe('acme');
  });

  it('rejects a text with more sentences than any contract, rather than reading a part', () => {
    const statement = 'This Agreement is governed by the laws of Ohio.\n\n';
    const lists = (count: number) => `${opening}${statement}${'Item. '.repeat(count)}`;
    expect(analyseText(lists(1000)).governingLaw).toMatchObject({ value: 'Ohio' });
    expect(() => analyseText(lists(120_000))).toThrow(/more sentences than a contract/);
  });

  it('rejects a text with more sentences like one clause than any contract has', () => {
    const statement = 'This Agreement is governed by the laws of Ohio.\n\n';
    const laws = (count: number) =>
      analyseText(statement.repeat(count)).clauses.filter(({ type }) => type === 'governing_law');
    expect(laws(100)).toHaveLength(40);
    expect(() => laws(31_000)).toThrow(/governing_law/);
  });
});
