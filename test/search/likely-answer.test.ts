import { describe, expect, it } from 'vitest';
import { isLikelyAnswered } from '../../src/search/likely-answer.ts';

const hit = (change: object) => ({
  passageId: 1,
  documentId: 'd',
  revision: 'r',
  ordinal: 0,
  start: 0,
  end: 10,
  score: 1,
  coverage: 0,
  exactCoverage: 0,
  clauses: [],
  ...change,
});

describe('a likely answer', () => {
  it.each([
    ['a clause of the type', 'Is there a cap?', ['cap'], { score: 0.5 }, {}, true],
    ['no probable clause', 'Is there a cap?', ['cap'], { score: 0.49 }, {}, false],
    [
      'a clause on the matter of an office',
      'Who is our data officer?',
      ['data', 'officer'],
      { score: 1 },
      {},
      false,
    ],
    [
      'all words of a short question',
      'dress code',
      ['dress', 'code'],
      { score: 0 },
      { coverage: 0.95 },
      true,
    ],
    [
      'most words of a short question',
      'dress code',
      ['dress', 'code'],
      { score: 0 },
      { coverage: 0.8 },
      false,
    ],
    [
      'most words of a long one',
      'a long one',
      ['a', 'b', 'c', 'd', 'e'],
      { score: 0 },
      { coverage: 0.7 },
      true,
    ],
    [
      'half the words of a long one',
      'a long one',
      ['a', 'b', 'c', 'd', 'e'],
      { score: 0 },
      { coverage: 0.5 },
      false,
    ],
    [
      'all rare words',
      'What was agreed about terabytes?',
      ['agreed', 'terabytes'],
      { score: 0 },
      { exactCoverage: 1, coverage: 0.7 },
      true,
    ],
  ])('is %s', (_, question, terms, clause, lexical, expected) => {
    const found = { lexical: [hit(lexical)], clause: [hit(clause)] };
    expect(isLikelyAnswered(question, terms, found)).toBe(expected);
  });
});
