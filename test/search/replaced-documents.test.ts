import { describe, expect, it } from 'vitest';
import type { Redaction } from '../../src/domain/documents.ts';
import { MaskCache } from '../../src/redact/mask-cache.ts';
import { RedactedIndex } from '../../src/redact/redacted-index.ts';
import type { SearchContext } from '../../src/search/context.ts';
import { extractClauses } from '../../src/search/extract-clauses.ts';
import { headingsOf } from '../../src/search/citations.ts';
import { searchDocuments } from '../../src/search/search-documents.ts';
import { searchPassages } from '../../src/search/search-passages.ts';
import {
  clause,
  indexRevision,
  unfiltered,
  passagesOf,
  revisionOf,
  unrestricted,
} from '../contract/store-samples.ts';
import { openSearchFixture, wordEmbedder } from './search-fixture.ts';

/** Documents that a worker replaces while a question is answered. */

const oldSentences = ['The roof is repaired by the Landlord.', 'Rent is due each month.'];
/** Longer by one sentence at the beginning, so that every offset moves. */
const newSentences = ['A new preamble stands before all else.', ...oldSentences];

/**
 * A store with one lease. Each time a question is embedded, which is after its words were looked up
 * and before its hits are quoted, the lease is replaced: as often as `times`.
 */
async function openReplacing(times: number, replacement = newSentences) {
  const { store, context, write } = await openSearchFixture();
  const id = await write('lease', oldSentences, { parties: ['Sablecourt'] });
  let count = 0;
  const replacing: SearchContext = {
    ...context,
    embedder: {
      ...wordEmbedder,
      async embedQuery(text) {
        if (count < times) {
          count++;
          const sentences = count % 2 === 1 ? replacement : oldSentences;
          await indexRevision(store, revisionOf('lease', sentences, { parties: ['Sablecourt'] }));
        }
        return wordEmbedder.embedQuery(text);
      },
    },
  };
  return { store, context: replacing, id, replacements: () => count };
}

const roof = { query: 'who repairs the roof', limit: 10 };
const notReady = { code: 'not_ready', retryable: true };

describe('a document that is replaced while it is searched', () => {
  it('is searched again, and quoted from its new text', async () => {
    const { store, context, id, replacements } = await openReplacing(1);
    const { passages } = await searchPassages(context, roof);
    const stored = (await unrestricted(store).text(id))!;
    expect(replacements()).toBe(1);
    expect(passages).toHaveLength(3);
    expect(passages[0]).toMatchObject({ text: oldSentences[0], heading: '2 Terms', page_start: 2 });
    for (const { text, char_start: start, char_end: end } of passages) {
      expect(newSentences).toContain(text);
      expect(stored.text.slice(start, end)).toBe(text);
    }
  });

  it('is refused as not ready when it is replaced in each of 5 attempts', async () => {
    const { context, replacements } = await openReplacing(1000);
    await expect(searchPassages(context, roof)).rejects.toMatchObject(notReady);
    expect(replacements()).toBe(5);
    const { context: calmer } = await openReplacing(4);
    expect((await searchPassages(calmer, roof)).passages[0]!.text).toBe(oldSentences[0]);
  });

  it('is listed without quotations of its old text', async () => {
    // One new passage, so that the hit in the old text is the second of the document.
    const { context, id } = await openReplacing(1, ['Fees are due.']);
    const { documents } = await searchDocuments(context, roof);
    expect(documents.map((document) => document.document_id)).toEqual([id]);
    expect(documents[0]!.matches!.map(({ text }) => text)).toEqual(['Fees are due.']);
  });

  it('is read again for its clauses, 5 times at most', async () => {
    const request = { question: 'who repairs the roof', max_per_type: 3 };
    const { context, id } = await openReplacing(1);
    const { documents } = await extractClauses(context, { document_ids: [id], ...request });
    expect(documents[0]!.clauses.length).toBeGreaterThan(0);
    for (const { text } of documents[0]!.clauses) expect(newSentences).toContain(text);
    const { context: restless, id: other } = await openReplacing(1000);
    await expect(
      extractClauses(restless, { document_ids: [other], ...request }),
    ).rejects.toMatchObject(notReady);
  });

  it('is left out when it is removed meanwhile', async () => {
    const { store, context, write } = await openSearchFixture();
    await write('lease', oldSentences);
    const other = await write('other', ['The roof is flat.']);
    const embedder: SearchContext['embedder'] = {
      ...wordEmbedder,
      async embedQuery(text) {
        await store.removeFiles(['lease']);
        return wordEmbedder.embedQuery(text);
      },
    };
    const { passages } = await searchPassages({ ...context, embedder }, roof);
    expect(passages.map((passage) => passage.document_id)).toEqual([other]);
  });
});

describe('a masked document that is replaced while it is read', () => {
  const redactions: Redaction[] = ['names', 'amounts'];
  const signed = ['Fees are due.', 'By: /s/ Leopold Aschgrave', 'Aschgrave pays.'];

  /** An index that replaces the contract just before each of its texts is read, so often. */
  async function openRestless(initialTimes: number) {
    let times = initialTimes;
    const { store, write } = await openSearchFixture();
    const clauses = [{ ...clause('insurance', 0.9, 'Leopold Aschgrave'), start: 0, end: 5 }];
    const id = await write('a', signed, { analysis: { clauses } });
    const index = unrestricted(store);
    let count = 0;
    const read = index.text.bind(index);
    index.text = async (documentId) => {
      if (count < times) {
        count++;
        await indexRevision(
          store,
          revisionOf('a', [`Preamble ${count}.`, ...signed], { analysis: { clauses } }),
        );
      }
      return read(documentId);
    };
    const masked = new RedactedIndex(index, new MaskCache(redactions));
    const allow = (more: number) => void (times += more);
    return { index, masked, id, allow };
  }

  it('is masked by what its new text shows', async () => {
    const { masked, id } = await openRestless(1);
    const stored = await masked.text(id);
    expect(stored!.text).toContain('Preamble 1.');
    expect(stored!.text).not.toMatch(/Aschgrave/);
    expect((await masked.clauses([id], { minConfidence: 0 })).get(id)![0]!.value).toMatch(
      /^█+ █+$/,
    );
    const list = { sort: 'title', limit: 5 } as const;
    expect((await masked.documents(unfiltered, list)).documents).toHaveLength(1);
  });

  it('is masked by its new text where the mask of the old one is cached', async () => {
    const { masked, id, allow } = await openRestless(0);
    expect((await masked.text(id))!.text).toContain('By: /s/ ███████ █████████');
    allow(1);
    const stored = await masked.text(id);
    expect(stored!.text).toContain('Preamble 1.');
    expect(stored!.text).not.toMatch(/Aschgrave|Leopold/);
  });

  it('is refused as not ready when that goes on', async () => {
    const { masked, id } = await openRestless(1000);
    await expect(masked.text(id)).rejects.toMatchObject(notReady);
    const list = { sort: 'title', limit: 5 } as const;
    await expect(masked.documents(unfiltered, list)).rejects.toMatchObject(notReady);
  });

  it('has headings of passages that are of the revision masked', async () => {
    const { masked, index, id } = await openRestless(0);
    const passages = await passagesOf(index, id);
    expect((await headingsOf({ scopedIndex: masked }, passages)).size).toBe(3);
    expect(await masked.passages([{ documentId: 'unknown', start: 0, end: 9 }])).toEqual([[]]);
    const { masked: other, id: replacedId } = await openRestless(1);
    expect(await passagesOf(other, replacedId)).toEqual([]);
  });
});
