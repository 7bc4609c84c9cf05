import { describe, expect, it } from 'vitest';
import { retrieveClauses } from '../../src/search/clause-retriever.ts';
import { retrieveDense } from '../../src/search/dense-retriever.ts';
import { retrieveLexical } from '../../src/search/lexical-retriever.ts';
import { clause, unfiltered } from '../contract/store-samples.ts';
import { openSearchFixture } from './search-fixture.ts';

const sentences = [
  'Either party may terminate this Agreement.',
  'The Supplier shall carry liability insurance.',
  'Rent is due each month.',
];
/** The span of one of the sentences, as `revisionOf` joins them. */
function spanOf(at: number) {
  const start = sentences.slice(0, at).join('\n').length + (at > 0 ? 1 : 0);
  return { start, end: start + sentences[at]!.length };
}

describe('the lexical retriever', () => {
  it('finds passages by their words, in documents that pass the filter', async () => {
    const { context, write } = await openSearchFixture();
    const first = await write('a', sentences);
    const second = await write('b', ['Insurance is carried. It is liability insurance.']);
    const find = async (terms: string[], limit = 10, documentIds = [first, second]) =>
      (await retrieveLexical(context, terms, { ...unfiltered, documentIds }, limit)).map(
        ({ documentId, ordinal }) => [documentId, ordinal],
      );
    expect(await find(['terminating'])).toEqual([[first, 0]]);
    expect(new Set(await find(['insurance', 'liability']))).toEqual(
      new Set([
        [first, 1],
        [second, 0],
      ]),
    );
    expect(await find(['insurance'], 10, [first])).toEqual([[first, 1]]);
    expect(await find(['insurance', 'rent'], 1)).toHaveLength(1);
    expect(await find(['quagga'])).toEqual([]);
  });
});

describe('the dense retriever', () => {
  it('finds the passage nearest to the question, in documents that pass the filter', async () => {
    const { context, write } = await openSearchFixture();
    const first = await write('a', sentences);
    const second = await write('b', sentences.slice(0, 2));
    const filter = { ...unfiltered, documentIds: [first] };
    const hits = await retrieveDense(context, 'rent is due EACH month', filter, 2);
    expect(hits.map(({ documentId, ordinal }) => [documentId, ordinal])[0]).toEqual([first, 2]);
    expect(hits).toHaveLength(2);
    expect(hits[0]!.score).toBeCloseTo(1, 4);
    const all = await retrieveDense(context, sentences[1]!, unfiltered, 10);
    expect(all).toHaveLength(5);
    expect(new Set(all.slice(0, 2).map(({ documentId }) => documentId))).toEqual(
      new Set([first, second]),
    );
  });

  it('refuses vectors of another model', async () => {
    const { context, write } = await openSearchFixture();
    await write('a', sentences);
    const identity = { ...context.embedder.identity, checksum: 'b'.repeat(64) };
    const other = { ...context, embedder: { ...context.embedder, identity } };
    await expect(retrieveDense(other, 'rent', unfiltered, 5)).rejects.toMatchObject({
      code: 'model_mismatch',
    });
  });
});

describe('the clause retriever', () => {
  const insurance = (confidence: number, at: number) => ({
    ...clause('insurance', confidence),
    ...spanOf(at),
  });
  const find = async (
    { context }: Pick<Awaited<ReturnType<typeof openSearchFixture>>, 'context'>,
    question: string,
    documentIds: string[],
  ) =>
    (await retrieveClauses(context, question, documentIds)).map(
      ({ documentId, ordinal, score }) => [documentId, ordinal, score],
    );

  it('finds the passages of clauses of the type asked for, with their confidence', async () => {
    const fixture = await openSearchFixture();
    const clauses = [
      insurance(0.9, 1),
      { ...clause('governing_law', 0.8), ...spanOf(2) },
      insurance(0.02, 2),
      insurance(0.019, 0),
    ];
    const first = await fixture.write('a', sentences, { analysis: { clauses } });
    const other = await fixture.write('b', sentences, {
      analysis: { clauses: [insurance(0.5, 0)] },
    });
    const question = 'Which insurance must be carried?';
    expect(await find(fixture, question, [first, other])).toEqual([
      [first, 1, 0.9],
      [first, 2, 0.02],
      [other, 0, 0.5],
    ]);
    expect(await find(fixture, question, [other])).toEqual([[other, 0, 0.5]]);
    expect(await find(fixture, 'Which law governs?', [first])).toEqual([[first, 2, 0.8]]);
    expect(await find(fixture, 'Who is the weather?', [first])).toEqual([]);
    expect(await find(fixture, question, ['unknown'])).toEqual([]);
  });

  it('gives a passage the confidence of its most probable clause, whichever comes first', async () => {
    const fixture = await openSearchFixture();
    const whole = { start: spanOf(0).start, end: spanOf(1).end };
    const clauses = [insurance(0.3, 1), { ...insurance(0.7, 1), ...whole }, insurance(0.4, 1)];
    const id = await fixture.write('a', sentences, { analysis: { clauses } });
    expect(new Set(await find(fixture, 'insurance', [id]))).toEqual(
      new Set([
        [id, 0, 0.7],
        [id, 1, 0.7],
      ]),
    );
  });

  it('looks for the two likeliest types that a question asks for', async () => {
    const fixture = await openSearchFixture();
    const types = ['insurance', 'governing_law', 'audit_rights'];
    const clauses = types.map((type, at) => ({ ...clause(type, 0.9), ...spanOf(at) }));
    const id = await fixture.write('a', sentences, { analysis: { clauses } });
    const question = 'Which insurance, which governing law, and what audit rights are there?';
    expect(await find(fixture, question, [id])).toHaveLength(2);
  });
});
