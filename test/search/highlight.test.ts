import { describe, expect, it } from 'vitest';
import { findHighlights } from '../../src/search/highlight.ts';
import { wordEmbedder } from './search-fixture.ts';

const text =
  'The Supplier delivers the Goods on time. The total liability of the Supplier is limited to the fees paid. ' +
  'Notices are sent by mail.';
const start = 0;
const end = text.length;
const features = { lexical: 0, dense: 0, clause: 0, document: 0, exact: 0 };
const place = { passageId: 1, documentId: 'd', revision: 'r', ordinal: 0, start, end, score: 1 };

async function highlight(
  question: string,
  terms: string[],
  clauses: { start: number; end: number; confidence: number }[] = [],
) {
  const passage = { ...place, features, clauses };
  const [span] = await findHighlights({ embedder: wordEmbedder }, { question, terms }, [
    { passage, text },
  ]);
  return text.slice(span!.start, span!.end);
}

describe('the part of a passage that answers', () => {
  it('is the sentence that is nearest to the question', async () => {
    expect(await highlight('liability of the supplier', ['liability', 'supplier'])).toBe(
      'The total liability of the Supplier is limited to the fees paid.',
    );
    expect(await highlight('are notices mailed?', ['notices', 'mailed'])).toBe(
      'Notices are sent by mail.',
    );
  });

  it('is the most probable clause that is asked for, within the passage', async () => {
    const goods = { start: 0, end: 40, confidence: 0.9 };
    expect(await highlight('liability', ['liability'], [goods])).toBe(text.slice(0, 40));
    const beyond = { start: 107, end: 999, confidence: 0.95 };
    expect(await highlight('liability', ['liability'], [goods, beyond])).toBe(text.slice(107));
  });

  it('takes in clauses that touch it, unless they are far less probable', async () => {
    const one = { start: 0, end: 40, confidence: 0.9 };
    const touching = { start: 41, end: 105, confidence: 0.6 };
    expect(await highlight('x', [], [one, touching])).toBe(text.slice(0, 105));
    expect(await highlight('x', [], [one, { ...touching, confidence: 0.4 }])).toBe(
      text.slice(0, 40),
    );
  });
});
