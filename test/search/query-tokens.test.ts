import { expect, it } from 'vitest';
import { queryTerms } from '../../src/search/query-tokens.ts';

it('a word that every object has as a property is a word', () => {
  expect(queryTerms('constructor valueOf NDA')).toEqual([
    'constructor',
    'valueof',
    'nda',
    'nondisclosure',
    'disclosure',
    'confidentiality',
  ]);
});
