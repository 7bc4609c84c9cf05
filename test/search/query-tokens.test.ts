import { describe, expect, it } from 'vitest';
import { queryTerms, tokenize } from '../../src/search/query-tokens.ts';

describe('tokens of a query', () => {
  it.each([
    ['Kältetechnik GmbH & Co. KG', ['kaltetechnik', 'gmbh', 'co', 'kg']],
    ["Dovrane's fees, and the tenants’ rent", ['dovrane', 'fees', 'and', 'the', 'tenants', 'rent']],
    ['ﬁve (5) non-compete', ['five', '5', 'non', 'compete']],
    ['?!', []],
  ])('are lower case, without diacritics and punctuation: %s', (text, expected) => {
    expect(tokenize(text)).toEqual(expected);
  });
});

describe('terms of a query', () => {
  it('are its distinct words without stop words', () => {
    expect(queryTerms('Which notice must we give, and what is a notice?')).toEqual([
      'notice',
      'must',
    ]);
  });

  it('are all of its words where these are stop words', () => {
    expect(queryTerms('What is it about?')).toEqual(['what', 'is', 'it', 'about']);
  });

  it('include the words that an abbreviation stands for, also beside names of object properties', () => {
    expect(queryTerms('constructor valueOf NDA')).toEqual([
      'constructor',
      'valueof',
      'nda',
      'nondisclosure',
      'disclosure',
      'confidentiality',
    ]);
  });
});
