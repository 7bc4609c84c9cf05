import { describe, expect, it } from 'vitest';
import type { Clause } from '../../src/domain/documents.ts';
import { extractClauses } from '../../src/search/extract-clauses.ts';
import { clause } from '../contract/store-samples.ts';
import { openSearchFixture } from './search-fixture.ts';

const sentences = [
  'The Supplier carries insurance.',
  'Insurance is proven on request.',
  'This is governed by the law of Ontario.',
  'The roof is repaired by the Landlord.',
];

function at(ordinal: number, type: string, confidence: number): Clause {
  const start = sentences.slice(0, ordinal).reduce((sum, one) => sum + one.length + 1, 0);
  return { ...clause(type, confidence), start, end: start + sentences[ordinal]!.length };
}

async function open(...clauses: Clause[]) {
  const { context, write } = await openSearchFixture();
  const id = await write('a', sentences, { analysis: { clauses } });
  return async (request: Partial<Parameters<typeof extractClauses>[1]>) => {
    const answer = await extractClauses(context, {
      document_ids: [id],
      max_per_type: 3,
      ...request,
    });
    const [document] = answer.documents;
    return {
      ...document!,
      found: document!.clauses.map((one) => [one.clause_type, one.text, one.confidence]),
    };
  };
}

describe('extracting clauses', () => {
  it('gives the most probable clauses of each type, as many as requested', async () => {
    const extract = await open(
      at(0, 'insurance', 0.5),
      at(2, 'governing_law', 0.9),
      at(1, 'insurance', 0.8),
      at(3, 'insurance', 0.29),
    );
    const { found, not_found } = await extract({
      clause_types: ['insurance', 'governing_law', 'audit_rights', 'insurance'],
      max_per_type: 1,
    });
    expect(new Set(found)).toEqual(
      new Set([
        ['governing_law', sentences[2], 0.9],
        ['insurance', sentences[1], 0.8],
      ]),
    );
    expect(not_found).toEqual(['audit_rights']);
    const all = await extract({ clause_types: ['insurance'] });
    expect(all.found.map(([, , confidence]) => confidence)).toEqual([0.8, 0.5]);
    const lower = await extract({ clause_types: ['insurance'], min_confidence: 0.2 });
    expect(lower.found.map(([, , confidence]) => confidence)).toEqual([0.8, 0.5, 0.29]);
  });

  it('answers a question by clauses of the types it asks for, and by other passages', async () => {
    const extract = await open(at(0, 'insurance', 0.9), at(2, 'governing_law', 0.9));
    const { found } = await extract({ question: 'Which insurance is carried?' });
    expect(found[0]).toEqual(['insurance', sentences[0], 0.9]);
    const passages = found.filter(([type]) => type === 'question').map(([, text]) => text);
    expect(passages).not.toContain(sentences[0]);
    expect(passages.length).toBeGreaterThan(0);
  });

  it('gives the nearest passage in any case, others from a confidence on', async () => {
    const extract = await open();
    const question = 'is the roof repaired by the landlord';
    const sure = await extract({ question, min_confidence: 1 });
    expect(sure.found).toHaveLength(1);
    expect(sure.found[0]![1]).toBe(sentences[3]);
    const any = await extract({ question, min_confidence: 0 });
    expect(any.found).toHaveLength(4);
    const confidences = any.found.map(([, , confidence]) => confidence as number);
    expect(confidences).toEqual(confidences.toSorted((a, b) => b - a));
  });

  it('leaves out a passage only where clauses hold more than half of it', async () => {
    const { start, end } = at(3, 'insurance', 0.9);
    const half = start + Math.ceil((end - start) / 2);
    const question = 'insurance; is the roof repaired by the landlord';
    for (const [clauseEnd, isLeftOut] of [
      [half + 1, true],
      [half - 1, false],
    ] as const) {
      const extract = await open({ ...clause('insurance', 0.9), start, end: clauseEnd });
      const { clauses } = await extract({ question, min_confidence: 0 });
      const texts = clauses.filter((one) => one.clause_type === 'question').map(({ text }) => text);
      expect(texts.includes(sentences[3]!)).toBe(!isLeftOut);
    }
  });

  it('rejects an unknown document', async () => {
    const { context } = await openSearchFixture();
    await expect(
      extractClauses(context, { document_ids: ['unknown'], max_per_type: 3 }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });
});
