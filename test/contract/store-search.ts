import { expect, test } from 'vitest';
import type { Analysis, ContractDate } from '../../src/domain/documents.ts';
import type { DocumentFilter, DocumentSort } from '../../src/store/records.ts';
import {
  clause,
  indexRevision,
  unfiltered,
  model,
  revisionOf,
  type StoreUnderTest,
  unrestricted,
  vectorOf,
} from './store-samples.ts';

export function searchContract(subject: () => StoreUnderTest): void {
  test('words are matched by their stem, best match first', async () => {
    const { store } = subject();
    const id = await indexRevision(
      store,
      revisionOf('a', [
        'Either party may terminate.',
        'Termination requires notice of termination in writing.',
        'The café is leased.',
        'Nothing else matters here.',
      ]),
    );
    const hits = await unrestricted(store).searchText(['terminated', 'notices'], unfiltered, 10);
    expect(hits.map(({ ordinal }) => ordinal)).toEqual([1, 0]);
    expect(hits[0]).toMatchObject({ documentId: id, start: 28 });
    const [there] = await unrestricted(store).passages([hits[0]!]);
    expect(there).toMatchObject([{ passageId: hits[0]!.passageId, path: ['2 Terms'] }]);
    expect(hits[0]!.score).toBeGreaterThan(hits[1]!.score);
    expect(hits[1]!.score).toBeGreaterThan(0);
    expect(await unrestricted(store).searchText(['CAFE'], unfiltered, 10)).toHaveLength(1);
    expect(await unrestricted(store).searchText(['notice', 'café'], unfiltered, 1)).toHaveLength(1);
    expect(await unrestricted(store).searchText(['absent'], unfiltered, 10)).toEqual([]);
    expect(await unrestricted(store).searchText([], unfiltered, 10)).toEqual([]);
    expect(await unrestricted(store).searchText(['notice'], unfiltered, 0)).toEqual([]);
  });

  test('a word is found in a new document even if it was searched for before', async () => {
    const { store } = subject();
    const filler = Array.from({ length: 30 }, (_, index) => `Filler number ${index}.`);
    await indexRevision(store, revisionOf('a', filler));
    expect(await unrestricted(store).searchText(['quagga'], unfiltered, 5)).toEqual([]);
    await indexRevision(store, revisionOf('b', ['The quagga is sold.']));
    expect(await unrestricted(store).searchText(['quagga'], unfiltered, 5)).toHaveLength(1);
  });

  test('replacing a document by itself does not change scores', async () => {
    const { store } = subject();
    const texts = [
      'Notice of renewal is given in writing.',
      'Renewal is automatic.',
      'Rent is due.',
    ];
    const write = () => indexRevision(store, revisionOf('a', texts));
    const search = async () => {
      const hits = await unrestricted(store).searchText(['renewal', 'notice'], unfiltered, 10);
      const documents = await unrestricted(store).searchDocuments(
        ['renewal', 'rent'],
        unfiltered,
        10,
      );
      return {
        passages: hits.map(({ ordinal, score }) => [ordinal, score.toFixed(9)]),
        documents: documents.map(({ score }) => score.toFixed(9)),
      };
    };
    await indexRevision(store, revisionOf('b', ['Nothing of the kind.']));
    await write();
    const fresh = await search();
    for (let times = 0; times < 3; times++) await write();
    expect(await search()).toEqual(fresh);
  });

  test('query syntax has no effect', async () => {
    const { store } = subject();
    await indexRevision(store, revisionOf('a', ['The non-compete clause AND the rest OR not.']));
    const typed = [
      '"',
      "'",
      '*',
      'AND',
      'heading:x',
      '(',
      'NEAR(a b)',
      '-',
      '\0',
      '',
      ' ',
      '{a}:b',
      'd1',
      '^x',
      '💼',
    ];
    for (const term of typed) {
      await unrestricted(store).searchText([term], unfiltered, 5);
      await unrestricted(store).searchDocuments([term], unfiltered, 5);
    }
    expect(await unrestricted(store).searchText(['non-compete'], unfiltered, 5)).toHaveLength(1);
    expect(
      await unrestricted(store).searchText(typed.concat('clause'), unfiltered, 5),
    ).toHaveLength(1);
    // The token that identifies the document inside the index is not searchable.
    expect(await unrestricted(store).searchText(['d1'], unfiltered, 5)).toEqual([]);
  });

  test('a document is found by title, party, file name, folder and opening', async () => {
    const { store } = subject();
    const opening = 'This agreement is made by Zebra Holdings. ';
    const far = `${'Filler words follow. '.repeat(200)}Quagga.`;
    const id = await indexRevision(
      store,
      revisionOf('deals/okapi-final.pdf', [opening, far], {
        parties: ['Gnu Brothers'],
        analysis: { title: 'Distribution Agreement' },
      }),
    );
    await indexRevision(store, revisionOf('misc/other.pdf', ['Mentions of distribution and Gnu.']));
    const first = async (...terms: string[]) =>
      (await unrestricted(store).searchDocuments(terms, unfiltered, 5))[0]?.documentId;
    for (const term of ['distribution', 'gnu', 'okapi', 'deals', 'ZEBRA']) {
      expect(await first(term)).toBe(id);
    }
    expect(await first('quagga')).toBeUndefined();
    expect((await unrestricted(store).searchDocuments(['gnu'], unfiltered, 1)).length).toBe(1);
  });

  test('the nearest passages are found, also directly after a change', async () => {
    const { store } = subject();
    const sentences = (word: string) =>
      Array.from(
        { length: 30 },
        (_, index) => `The ${word} number ${index} of paragraph ${index}.`,
      );
    await indexRevision(store, revisionOf('a', sentences('apple')));
    await store.updateIndex();
    await indexRevision(store, revisionOf('b', ['Wholly different quince words.']));
    const query = vectorOf('Wholly different quince words.');
    const [topHit] = await unrestricted(store).searchVectors(query, model, unfiltered, 3);
    expect(topHit?.score).toBeCloseTo(1, 2);
    expect(topHit?.documentId).toBe((await store.file('b'))?.documentId);
    await store.removeFiles(['b']);
    const after = await unrestricted(store).searchVectors(query, model, unfiltered, 100);
    expect(after).toHaveLength(30);
    expect(after.map(({ score }) => score)).toEqual(
      after.map(({ score }) => score).sort((x, y) => y - x),
    );
    expect(await unrestricted(store).searchVectors(query, model, unfiltered, 0)).toEqual([]);
  });
}

const on = (value: string): ContractDate => ({ value, basis: 'stated', evidence: [] });

const year = { count: 1, unit: 'year' } as const;

const sampleContracts: [
  name: string,
  analysis: Partial<Analysis>,
  file?: { folder?: string; modifiedAt?: string },
][] = [
  [
    'nda',
    {
      title: 'élan NDA',
      documentType: 'nda',
      effectiveDate: on('2025-01-01'),
      expirationDate: on('2026-06-15'),
      renewalTerm: { kind: 'automatic', value: '1 year', length: year, evidence: [] },
      noticePeriod: { value: '14 days', length: { count: 14, unit: 'day' }, evidence: [] },
      governingLaw: { value: 'New York', evidence: [] },
      signed: { value: 'signed', evidence: [] },
      clauses: [clause('governing_law', 0.9), clause('exclusivity', 0.4)],
    },
    { folder: 'Clients/Acme', modifiedAt: '2026-03-01T23:30:00.000Z' },
  ],
  [
    'lease',
    {
      title: 'Lease of the mill',
      documentType: 'lease',
      effectiveDate: on('2020-01-01'),
      expirationDate: on('2026-06-14'),
      governingLaw: { value: 'York', evidence: [] },
      clauses: [clause('exclusivity', 0.5), clause('governing_law', 0.8)],
    },
    { folder: 'Clients/Acme/2020', modifiedAt: '2026-02-01T00:00:00.000Z' },
  ],
  [
    'msa',
    {
      title: 'Master agreement',
      documentType: 'msa',
      agreementDate: on('2024-01-01'),
      expirationDate: { basis: 'perpetual', evidence: [] },
    },
    { folder: 'Clients/Acme_2', modifiedAt: '2026-01-01T00:00:00.000Z' },
  ],
  [
    'sow',
    { title: 'a statement of work', documentType: 'sow', effectiveDate: on('2026-06-16') },
    { folder: '', modifiedAt: '2026-04-01T00:00:00+02:00' },
  ],
  ['letter', { title: 'Letter', documentType: 'other', agreementDate: on('2019-01-01') }],
];

export function filtersContract(subject: () => StoreUnderTest): void {
  async function matching(change: Partial<DocumentFilter>): Promise<string[]> {
    const { store } = subject();
    const filter = { ...unfiltered, ...change };
    const { total, documents } = await unrestricted(store).documents(filter, {
      sort: 'title',
      limit: 50,
    });
    const names = documents.map(({ file }) => file.fileId).sort();
    expect(total).toBe(names.length);
    // Each kind of search finds exactly the listed documents.
    const text = await unrestricted(store).searchText(['shared'], filter, 50);
    const vectors = await unrestricted(store).searchVectors(
      revisionOf('', ['shared']).passages[0]!.vector,
      model,
      filter,
      50,
    );
    const words = await unrestricted(store).searchDocuments(['shared'], filter, 50);
    const ids = documents.map(({ documentId }) => documentId).sort();
    for (const hits of [text, vectors, words]) {
      expect(hits.map(({ documentId }) => documentId).sort()).toEqual(ids);
    }
    return names;
  }

  async function fill(): Promise<void> {
    for (const [name, analysis, file] of sampleContracts) {
      const parties = name === 'nda' ? ['Acme', 'Beta'] : ['Beta'];
      await indexRevision(
        subject().store,
        revisionOf(name, [`Shared words of the ${name}.`], { analysis, file, parties }),
      );
    }
  }

  test('each condition matches the right documents', async () => {
    await fill();
    expect(await matching({})).toEqual(['lease', 'letter', 'msa', 'nda', 'sow']);
    expect(await matching({ documentTypes: ['nda', 'sow'] })).toEqual(['nda', 'sow']);
    expect(await matching({ documentTypes: [] })).toEqual([]);
    expect(await matching({ partyKeys: ['acme'] })).toEqual(['nda']);
    expect(await matching({ partyKeys: ['acme', 'beta'] })).toHaveLength(5);
    expect(await matching({ governingLaw: 'new yORK' })).toEqual(['nda']);
    expect(await matching({ governingLaw: '%' })).toEqual([]);
    expect(await matching({ signed: 'signed' })).toEqual(['nda']);
    expect(await matching({ effective: { from: '2025-01-01' } })).toEqual(['nda', 'sow']);
    expect(await matching({ effective: { from: '2020-01-01', to: '2020-01-01' } })).toEqual([
      'lease',
    ]);
    expect(await matching({ expires: { to: '2026-06-14' } })).toEqual(['lease']);
    expect(await matching({ notice: { from: '2026-06-01', to: '2026-06-30' } })).toEqual(['nda']);
    expect(await matching({ modified: { from: '2026-03-01', to: '2026-03-01' } })).toEqual(['nda']);
    expect(await matching({ modified: { from: '2026-03-31', to: '2026-03-31' } })).toEqual(['sow']);
    expect(await matching({ hasClauses: ['exclusivity'] })).toEqual(['lease']);
    expect(await matching({ hasClauses: ['governing_law', 'exclusivity'] })).toEqual(['lease']);
    expect(await matching({ hasClauses: ['exclusivity'], minClauseConfidence: 0.3 })).toHaveLength(
      2,
    );
    expect(await matching({ lacksClauses: ['exclusivity'] })).toEqual([
      'letter',
      'msa',
      'nda',
      'sow',
    ]);
    expect(await matching({ hasClauses: [], lacksClauses: [] })).toHaveLength(5);
    expect(
      await matching({ hasClauses: ['governing_law'], lacksClauses: ['exclusivity'] }),
    ).toEqual(['nda']);
  });

  test('what was not read is counted, and nothing is lacking in it', async () => {
    await fill();
    const { store } = subject();
    const all = { pages: 9, ocrPages: 0, openRevisions: 0, comments: 0 };
    const unread = {
      ...all,
      unreadPages: [
        { first: 2, last: 4, reason: 'no_text' as const },
        { first: 7, last: 7, reason: 'garbled_text' as const },
      ],
      unreadParts: [{ name: 'annex.pdf', reason: 'attachment' as const }],
    };
    const scanned = { reading: unread };
    const hidden = { file: { aclEntries: [] } };
    await indexRevision(
      store,
      revisionOf('scan', ['Cover of the shared words.'], { analysis: scanned }),
    );
    await indexRevision(
      store,
      revisionOf('hidden', ['Cover of the shared words.'], { analysis: scanned, ...hidden }),
    );
    const whole = { reading: { ...all, unreadPages: [], unreadParts: [] } };
    await indexRevision(
      store,
      revisionOf('whole', ['Cover of the shared words.'], { analysis: whole }),
    );

    expect(await matching({ readInPart: true })).toEqual(['hidden', 'scan']);
    const lacking = await matching({ lacksClauses: ['exclusivity'] });
    expect(lacking).toEqual(['letter', 'msa', 'nda', 'sow', 'whole']);
    expect(await matching({ readInPart: true, lacksClauses: ['exclusivity'] })).toEqual([
      'hidden',
      'scan',
    ]);
    expect((await store.status()).unread).toEqual({ documents: 2, pages: 8, parts: 2 });
    const readable = await store.scopedTo(['anyone']).files();
    expect(readable.unread).toEqual({ documents: 1, pages: 4, parts: 1 });
  });

  test('a folder filter includes subfolders, but no folder with the same prefix', async () => {
    await fill();
    expect(await matching({ folder: 'Clients/Acme' })).toEqual(['lease', 'nda']);
    expect(await matching({ folder: '/Clients/Acme/' })).toEqual(['lease', 'nda']);
    expect(await matching({ folder: 'Clients' })).toEqual(['lease', 'msa', 'nda']);
    expect(await matching({ folder: 'Client_' })).toEqual([]);
    expect(await matching({ folder: '%' })).toEqual([]);
    expect(await matching({ folder: '' })).toHaveLength(5);
    expect(await matching({ folders: ['Clients/Acme', ''] })).toEqual(['letter', 'nda', 'sow']);
  });

  test('status is computed for the given day', async () => {
    await fill();
    expect(await matching({ status: 'in_force' })).toEqual(['msa', 'nda']);
    expect(await matching({ status: 'expired' })).toEqual(['lease']);
    expect(await matching({ status: 'not_yet_effective' })).toEqual(['sow']);
    expect(await matching({ status: 'unknown' })).toEqual(['letter']);
    expect(await matching({ status: 'in_force', today: '2026-06-16' })).toEqual(['msa', 'nda']);
    expect(await matching({ status: 'in_force', today: '2023-12-31' })).toEqual(['lease']);
  });

  test('a renewed contract is found by its current term', async () => {
    await fill();
    const later = { today: '2027-01-01' };
    expect(await matching({ ...later, expires: { from: '2027-06-15', to: '2027-06-15' } })).toEqual(
      ['nda'],
    );
    expect(await matching({ ...later, expires: { to: '2026-12-31' } })).toEqual(['lease']);
    expect(await matching({ ...later, notice: { from: '2027-06-01', to: '2027-06-01' } })).toEqual([
      'nda',
    ]);
    expect(await matching({ ...later, notice: { to: '2026-12-31' } })).toEqual([]);
    // After this year's notice deadline, both that one and next year's match.
    const late = { today: '2027-06-02' };
    expect(await matching({ ...late, notice: { to: '2027-06-01' } })).toEqual(['nda']);
    expect(await matching({ ...late, notice: { from: '2028-06-01' } })).toEqual(['nda']);
    expect(await matching({ ...late, notice: { from: '2027-06-02', to: '2028-05-31' } })).toEqual(
      [],
    );
    expect(await matching({ renews: true })).toEqual(['nda']);
    expect(await matching({ renews: false })).toHaveLength(4);
    expect(await matching({ noticeUnknown: true })).toEqual([]);
  });

  test('ids restrict the result, and pages have no gaps', async () => {
    await fill();
    const { store } = subject();
    const { documents } = await unrestricted(store).documents(unfiltered, {
      sort: 'title',
      limit: 50,
    });
    const ids = documents.map(({ documentId }) => documentId);
    expect(await matching({ documentIds: ids.slice(0, 2) })).toHaveLength(2);
    expect(await matching({ documentIds: [] })).toEqual([]);
    expect(await matching({ documentIds: ['unknown'] })).toEqual([]);
    const pages: string[] = [];
    for (let offset = 0; offset < 6; offset += 2) {
      const page = await unrestricted(store).documents(unfiltered, {
        sort: 'title',
        limit: 2,
        offset,
      });
      expect(page.total).toBe(5);
      pages.push(...page.documents.map(({ documentId }) => documentId));
    }
    expect(pages).toEqual(ids);
  });

  test('missing dates are sorted last', async () => {
    await fill();
    const order = async (sort: DocumentSort) =>
      (
        await unrestricted(subject().store).documents(unfiltered, { sort, limit: 50 })
      ).documents.map(({ file }) => file.fileId);
    expect(await order('title')).toEqual(['sow', 'nda', 'lease', 'letter', 'msa']);
    expect(await order('expiration_date')).toEqual(['lease', 'nda', 'msa', 'sow', 'letter']);
    expect(await order('effective_date')).toEqual(['sow', 'nda', 'lease', 'msa', 'letter']);
    expect(await order('modified')).toEqual(['sow', 'nda', 'lease', 'letter', 'msa']);
  });
}
