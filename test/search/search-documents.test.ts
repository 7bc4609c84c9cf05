import { describe, expect, it } from 'vitest';
import { getDocument } from '../../src/search/get-document.ts';
import { searchDocuments } from '../../src/search/search-documents.ts';
import { searchPassages } from '../../src/search/search-passages.ts';
import { clause, indexRevision, revisionOf } from '../contract/store-samples.ts';
import { openSearchFixture } from './search-fixture.ts';

const roof = 'The roof is repaired by the Landlord.';

describe('searching documents', () => {
  it('ranks by names and by the best passage, and leaves out what scores far less', async () => {
    const { context, write } = await openSearchFixture();
    const best = await write('a', [roof], { analysis: { title: 'Roof Repair Agreement' } });
    for (const file of ['b', 'c']) await write(file, ['Fees are due.', 'Wages are paid weekly.']);
    const { documents, total } = await searchDocuments(context, {
      query: 'roof repaired by the landlord',
      limit: 10,
    });
    expect(documents.map((document) => document.document_id)).toEqual([best]);
    expect(total).toBe(1);
    expect(documents[0]!.score).toBeGreaterThan(1);
    expect(documents[0]!.matches![0]).toMatchObject({ text: roof, heading: '1 Terms' });
  });

  it('quotes two passages of a document at most', async () => {
    const { context, write } = await openSearchFixture();
    await write('a', [roof, 'The roof is flat.', 'A roof is old.']);
    const { documents } = await searchDocuments(context, { query: 'roof', limit: 10 });
    expect(documents[0]!.matches).toHaveLength(2);
  });

  it('continues with the cursor until all are listed', async () => {
    const { context, write } = await openSearchFixture();
    for (const file of ['a', 'b', 'c', 'd']) await write(file, [roof]);
    const seen: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const answer = await searchDocuments(context, { limit: 2, ...(cursor && { cursor }) });
      seen.push(...answer.documents.map((document) => document.file_name));
      cursor = answer.next_cursor;
      pages++;
    } while (cursor !== undefined && pages < 5);
    expect(seen.toSorted()).toEqual(['a', 'b', 'c', 'd']);
    expect(pages).toBe(2);
  });

  it('gives each absence its confidence, and quotes the most probable passage', async () => {
    const { context, write } = await openSearchFixture();
    const clauses = [
      { ...clause('insurance', 0.2), start: 0, end: roof.length },
      { ...clause('insurance', 0.3), start: roof.length + 1, end: roof.length + 6 },
    ];
    await write('a', [roof, 'Fees are due.'], { analysis: { clauses } });
    const { documents } = await searchDocuments(context, {
      lacks_clauses: ['insurance', 'audit_rights'],
      limit: 10,
    });
    const [insurance, audit] = documents[0]!.absences!;
    expect(insurance).toMatchObject({ clause_type: 'insurance', nearest: { text: 'Fees ' } });
    expect(insurance!.confidence).toBeLessThanOrEqual(0.7);
    expect(insurance!.confidence).toBeGreaterThan(0.5);
    expect(audit).not.toHaveProperty('nearest');
    // Less than 1: passages of a lower confidence are not stored.
    expect(audit!.confidence).toBeLessThan(1);
    expect(audit!.confidence).toBeGreaterThan(0.9);
  });

  it('notes a deadline that is past, and not one that is today', async () => {
    const { store, context } = await openSearchFixture();
    const evidence = [{ start: 0, end: 5 }];
    await indexRevision(
      store,
      revisionOf('a', [roof], {
        analysis: {
          title: 'Cleaning Agreement',
          effectiveDate: { value: '2025-07-15', basis: 'stated', evidence },
          expirationDate: { value: '2026-07-14', basis: 'stated', evidence },
          renewalTerm: {
            value: 'one year',
            kind: 'automatic',
            length: { count: 1, unit: 'year' },
            evidence,
          },
          noticePeriod: { value: '30 days', length: { count: 30, unit: 'day' }, evidence },
        },
      }),
    );
    const notesOn = async (today: string) => {
      const answer = await searchDocuments({ ...context, today: () => today }, { limit: 10 });
      return { deadline: answer.documents[0]!.notice_deadline, notes: answer.notes?.join() ?? '' };
    };
    const { deadline } = await notesOn('2026-06-01');
    expect(deadline).toBe('2026-06-14');
    expect((await notesOn('2026-06-14')).notes).not.toContain('notice_deadline is past');
    expect((await notesOn('2026-06-15')).notes).toContain('notice_deadline is past');
  });
});

describe('searching passages', () => {
  it('gives a cursor while there are more', async () => {
    const { context, write } = await openSearchFixture();
    await write('a', ['One roof.', 'Two roofs.', 'Three roofs.', 'Four roofs.']);
    const first = await searchPassages(context, { query: 'roof', limit: 2 });
    expect(first.next_cursor).toBeDefined();
    const request = { query: 'roof', limit: 2, cursor: first.next_cursor! };
    const second = await searchPassages(context, request);
    expect(second.next_cursor).toBeUndefined();
    expect(new Set([...first.passages, ...second.passages].map(({ text }) => text)).size).toBe(4);
  });
});

describe('reading a document', () => {
  it('gives pages as far as the limit of one answer, and the page to continue with', async () => {
    const { store, context } = await openSearchFixture();
    const page = 'x'.repeat(9_999);
    const text = [page, page, page].join('\n');
    const pages = [0, 1, 2].map((at) => ({
      number: at + 1,
      start: at * 10_000,
      end: Math.min((at + 1) * 10_000, text.length),
    }));
    const id = await indexRevision(store, revisionOf('a', [page, page, page], { pages }));
    const first = await getDocument(context, { document_id: id });
    expect(first.pages.map((one) => one.page)).toEqual([1, 2]);
    expect(first.next_page).toBe(3);
    const rest = await getDocument(context, { document_id: id, page_from: 3 });
    expect(rest.pages.map((one) => [one.page, one.char_start, one.char_end])).toEqual([
      [3, 20_000, 29_999],
    ]);
    expect(rest).not.toHaveProperty('next_page');
    for (const range of [{ page_from: 4 }, { page_from: 2, page_to: 1 }]) {
      await expect(getDocument(context, { document_id: id, ...range })).rejects.toMatchObject({
        code: 'invalid_request',
      });
    }
  });
});
