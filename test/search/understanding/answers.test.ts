import { beforeAll, describe, expect, it } from 'vitest';
import type { SearchContext } from '../../../src/search/context.ts';
import { searchDocumentsRequestSchema } from '../../../src/search/request-schemas.ts';
import { searchDocuments } from '../../../src/search/search-documents.ts';
import { searchPassages } from '../../../src/search/search-passages.ts';
import { sourceFile } from '../../contract/store-samples.ts';
import { onFileFinished } from '../../support/clean-up.ts';
import { manyContracts, openContracts } from './contracts-fixture.ts';

let context: SearchContext;
let nameOf: (id: string) => string;
beforeAll(async () => {
  const index = await openContracts(manyContracts, onFileFinished);
  ({ context } = index);
  const names = new Map(Object.entries(index.ids).map(([name, id]) => [id, name]));
  nameOf = (id) => names.get(id)!;
});

async function ask(query: string, given: object = {}) {
  const request = searchDocumentsRequestSchema.parse({ query, ...given });
  const answer = await searchDocuments(context, request);
  return {
    ...answer,
    names: answer.documents.map((one) => nameOf(one.document_id)),
    near: (answer.related ?? []).map((one) => `${nameOf(one.document_id)}: ${one.why}`),
  };
}

describe('a question that no contract meets', () => {
  it('is answered by that first, with the other contracts of the client as related', async () => {
    const answer = await ask('Has Amsel Handels AG signed an NDA with us?');
    expect(Object.keys(answer)[0]).toBe('summary');
    expect(answer.summary).toBe('No NDA with Amsel Handels AG among 13 contracts read.');
    expect(answer).toMatchObject({ total: 0, documents: [] });
    expect(answer.near.toSorted()).toEqual(['services-amsel: no NDA', 'supply-amsel: no NDA']);
    expect(answer.understood).toEqual([
      { words: 'Amsel Handels AG', filter: 'party', value: 'Amsel Handels AG' },
      { words: 'NDA', filter: 'document_types', value: 'nda' },
      { words: 'signed', filter: 'signed', value: 'true' },
    ]);
    expect(answer.notes![0]).toBe(
      'Understood as filters: "Amsel Handels AG" as party "Amsel Handels AG"; "NDA" as document_types "nda"; ' +
        '"signed" as signed "true". Filters that are given take the place of these.',
    );
  });

  it('names an unsigned draft as related, never as a match', async () => {
    const answer = await ask('Has Verrastone Labs signed an NDA with us?');
    expect(answer.summary).toMatch(/^No signed NDA with Verrastone Labs, Inc\. among/);
    expect(answer).toMatchObject({ total: 0, documents: [] });
    expect(answer.near).toEqual(['draft-verra: an unsigned draft or copy']);
    // without a word on its signature, a draft is an NDA
    expect((await ask('Is there an NDA with Verrastone Labs?')).names).toEqual(['draft-verra']);
  });

  it('names a party of a similar name as that', async () => {
    const answer = await ask('Has Ostrevik Marine Ltd signed an NDA with us?');
    expect(answer).toMatchObject({ total: 0 });
    expect(answer.near).toContain('nda-ostrevik: with a party of a similar name');
    expect(answer.near).toContain('lease-ostrevik: no NDA');
  });

  it('says that no contract names a stranger', async () => {
    const answer = await ask('Has Zebra GmbH signed an NDA?');
    expect(answer.summary).toBe('No contract names "Zebra GmbH" among 13 contracts read.');
    expect(answer).toMatchObject({ total: 0, documents: [] });
    expect(answer.related).toEqual([]);
  });

  it('is answered so for filters without a question', async () => {
    const answer = await ask('x', { query: undefined, party: 'Amsel', document_types: ['nda'] });
    expect(answer.summary).toBe('No NDA with Amsel Handels AG among 13 contracts read.');
    expect(answer.near).toHaveLength(2);
  });

  it('gives no more related contracts than the answer may have', async () => {
    const answer = await ask('Has Amsel Handels AG signed an NDA?', { limit: 1 });
    expect(answer.related).toHaveLength(1);
  });

  it('counts files that were not read', async () => {
    const { store, context: other } = await openContracts({
      one: { type: 'supply', parties: ['Harrow Mills Limited', 'Amsel Handels AG'] },
    });
    await store.recordFiles([
      { ...sourceFile('two'), state: 'pending', attempts: 0, syncId: 'sync-1' },
    ]);
    const answer = await searchDocuments(other, { query: 'Has Amsel signed an NDA?', limit: 10 });
    expect(answer.summary).toBe(
      'No NDA with Amsel Handels AG among 1 contract read; 1 file was not read.',
    );
  });
});

describe('a question that contracts meet', () => {
  it.each([
    ['Has Birch Retail signed an NDA with us?', ['nda-birch']],
    ['Which contracts with Amsel expire in 2021?', ['supply-amsel', 'services-amsel']],
    ['contracts with Amsel that end before April 2021', ['supply-amsel']],
    ['agreement with Amsel under German law', ['services-amsel']],
    ['supply agreements under Irish law', ['supply-birch', 'supply-amsel']],
    ['contracts with Ostrevik', ['lease-ostrevik', 'nda-ostrevik']],
    ['active supply agreements', ['supply-birch']],
    ['Which NDAs are signed?', ['nda-birch', 'nda-ostrevik']],
  ])('gives these alone: %s', async (question, names) => {
    const answer = await ask(question);
    expect(answer.names.toSorted()).toEqual(names.toSorted());
    expect(answer.total).toBe(names.length);
    expect(answer.related).toBeUndefined();
    expect(answer.summary).toMatch(new RegExp(`^${names.length} .* among 13 contracts read\\.`));
  });

  it('calls signed what is known to be', async () => {
    expect((await ask('Has Birch Retail signed an NDA?')).summary).toBe(
      '1 signed NDA with Birch Retail AG among 13 contracts read.',
    );
    expect((await ask('Has Ostrevik Maritime signed an NDA?')).summary).toBe(
      '1 NDA with Ostrevik Maritime Logistics GmbH among 13 contracts read. Whether it is signed is not known.',
    );
    expect((await ask('Which NDAs are signed?')).summary).toBe(
      '2 NDAs among 13 contracts read. Whether 1 of them is signed is not known.',
    );
  });

  it('says how a short name was matched', async () => {
    const { notes } = await ask('contracts with Ostrevik');
    expect(notes!.join()).toContain(
      '"Ostrevik" was matched with "Ostrevik Marine Ltd"; "Ostrevik Maritime',
    );
  });

  it('lets the filters of the request win', async () => {
    const answer = await ask('Has Amsel Handels AG signed an NDA?', {
      party: 'Birch Retail',
      document_types: ['supply'],
    });
    expect(answer.names).toEqual(['supply-birch']);
    expect(answer.understood!.map(({ filter }) => filter)).toEqual(['signed']);
  });

  it('pages through them', async () => {
    const first = await ask('contracts with Harrow Mills', { limit: 7 });
    const second = await ask('contracts with Harrow Mills', {
      limit: 7,
      cursor: first.next_cursor,
    });
    expect(new Set([...first.names, ...second.names]).size).toBe(13);
    expect(second.next_cursor).toBeUndefined();
  });
});

it('ranks as before where a question names no contracts', async () => {
  const answer = await ask('invoices are paid');
  expect(answer.understood).toBeUndefined();
  expect(answer.summary).toBeUndefined();
  expect(answer.total).toBeGreaterThan(1);
});

describe('facts that are not known', () => {
  const us = 'Harrow Mills Limited';
  const clause = (type: string, text: string) => ({
    text: ['This agreement is made with Amsel Handels AG.', text],
    clauses: [type],
  });

  it('are read from the clause, which the answer says', async () => {
    const { context: other, ids } = await openContracts({
      law: {
        type: 'supply',
        parties: [us, 'Amsel Handels AG'],
        ...clause('governing_law', 'The laws of Peru govern.'),
      },
      date: {
        type: 'lease',
        parties: [us, 'Amsel Handels AG'],
        ...clause('expiration_date', 'It ends on May 4, 2031.'),
      },
      term: {
        type: 'sow',
        parties: [us, 'Amsel Handels AG'],
        from: '2020-02-01',
        ...clause('expiration_date', 'It runs for five (5) years from launch.'),
      },
    });
    const found = async (query: string) => {
      const answer = await searchDocuments(other, { query, limit: 10 });
      expect(answer.notes!.join()).toContain('by the words of a clause alone');
      return answer.documents.map((one) => one.document_id);
    };
    expect(await found('contracts with Amsel under Peruvian or Peru law')).toEqual([ids['law']]);
    expect(await found('contracts with Amsel that expire in 2031')).toEqual([ids['date']]);
    expect(await found('contracts with Amsel that expire in 2025')).toEqual([ids['term']]);
  });

  it('are no match where nothing states them', async () => {
    const { context: other } = await openContracts({
      lease: { type: 'lease', parties: [us, 'Amsel Handels AG'] },
    });
    const answer = await searchDocuments(other, {
      query: 'leases with Amsel that expire in 2031',
      limit: 10,
    });
    expect(answer).toMatchObject({ total: 0, documents: [] });
    expect(answer.related).toMatchObject([{ why: 'when it ends is not known' }]);
  });

  it('include a party that the opening names, which the answer says', async () => {
    const { context: other, ids } = await openContracts({
      nda: {
        type: 'nda',
        parties: [us],
        text: [`This NDA is made between ${us} and Tarnholt Robotik GmbH.`, 'It is secret.'],
      },
      other: {
        type: 'nda',
        parties: [us],
        text: [`This NDA is made by ${us}, a subsidiary of Yak Holding AG.`, 'It is secret.'],
      },
    });
    const answer = await searchDocuments(other, {
      query: 'Has Tarnholt Robotik GmbH signed an NDA?',
      limit: 10,
    });
    expect(answer.documents.map((one) => one.document_id)).toEqual([ids['nda']]);
    expect(answer.notes!.join()).toContain('check that it is a party');
    const parent = await searchDocuments(other, {
      query: 'Has Yak Holding AG signed an NDA?',
      limit: 10,
    });
    expect(parent.total).toBe(0);
    expect(parent.summary).toMatch(
      /none has it as a party that was recognised; 1 names it in its text/,
    );
  });

  it('end a term that is past twice: first, and now', async () => {
    const { context: other, ids } = await openContracts({
      renewed: {
        type: 'lease',
        parties: [us, 'Amsel Handels AG'],
        to: '2021-03-31',
        renews: 'automatic',
      },
    });
    const find = async (query: string) =>
      (await searchDocuments(other, { query, limit: 10 })).documents.map((one) => one.document_id);
    expect(await find('leases that expired in 2021')).toEqual([ids['renewed']]);
    expect(await find('leases that expire in 2027')).toEqual([ids['renewed']]);
    expect(await find('leases that expire in 2024')).toEqual([]);
  });
});

describe('passages', () => {
  it('are of the contracts that a question asks for', async () => {
    const answer = await searchPassages(context, {
      query: 'Which contracts with Birch Retail are NDAs?',
      limit: 10,
    });
    expect(new Set(answer.passages.map((one) => nameOf(one.document_id)))).toEqual(
      new Set(['nda-birch']),
    );
    expect(answer.understood).toHaveLength(2);
  });

  it('are of what is near where there is none, which is said first', async () => {
    const answer = await searchPassages(context, {
      query: 'Has Amsel Handels AG signed an NDA?',
      limit: 10,
    });
    expect(answer.summary).toBe(
      'No NDA with Amsel Handels AG among 13 contracts read. The passages are of what is near.',
    );
    expect(new Set(answer.passages.map((one) => nameOf(one.document_id)))).toEqual(
      new Set(['supply-amsel', 'services-amsel']),
    );
  });

  it('are not restricted where one contract is asked about', async () => {
    const answer = await searchPassages(context, {
      query: 'When are invoices under the Birch Retail lease paid?',
      limit: 10,
    });
    expect(answer.understood).toBeUndefined();
    expect(answer.passages.length).toBeGreaterThan(0);
  });

  it('name their file and the parties, and the amendments of their contracts', async () => {
    const parties = ['Harrow Mills Limited', 'Amsel Handels AG'];
    const { context: other } = await openContracts({
      supply: { type: 'supply', title: 'Supply Agreement', parties },
      change: { type: 'amendment', title: 'Amendment No. 1 to the Supply Agreement', parties },
    });
    const answer = await searchPassages(other, { query: 'When are invoices paid?', limit: 10 });
    expect(answer.passages[0]).toMatchObject({
      file_name: expect.stringMatching(/\.txt$/),
      parties,
    });
    expect(answer.notes!.join()).toContain('Seems to be amended');
  });
});

it('a search by notice names what renews within it though its day for notice has passed', async () => {
  const parties = ['Harrow Mills Limited', 'Amsel Handels AG'];
  const { context: other } = await openContracts({
    late: {
      type: 'lease',
      title: 'Late Lease',
      parties,
      to: '2026-07-01',
      renews: 'automatic',
      notice: 60,
    },
    open: {
      type: 'lease',
      title: 'Open Lease',
      parties,
      to: '2026-09-01',
      renews: 'automatic',
      notice: 60,
    },
  });
  const answer = await searchDocuments(other, {
    notice_from: '2026-06-15',
    notice_to: '2026-07-31',
    limit: 10,
  });
  expect(answer.documents.map(({ title }) => title)).toEqual(['Open Lease']);
  expect(answer.notes!.join()).toContain(
    'Renew within these days, though their last day for notice has passed: "Late Lease" ("late.txt") after 2026-07-01, notice was due by 2026-05-02',
  );
});
