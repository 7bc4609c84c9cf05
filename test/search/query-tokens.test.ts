import { expect, it } from 'vitest';
import { queryTerms } from '../../src/search/query-tokens.ts';

it('takes names of object properties for words', () => {
  expect(queryTerms('constructor valueOf NDA')).toEqual([
    'constructor',
    'valueof',
    'nda',
    'nondisclosure',
    'disclosure',
    'confidentiality',
  ]);
});
