import type { Analysis } from '../../src/domain/documents.ts';
import { expect, test, vi } from 'vitest';
import {
  clause,
  dimensions,
  indexRevision,
  unfiltered,
  model,
  passagesOf,
  pending,
  revisionOf,
  type StoreUnderTest,
  unrestricted,
  vectorOf,
} from './store-samples.ts';

export function documentsContract(subject: () => StoreUnderTest): void {
  test('a document is returned completely', async () => {
    const { store } = subject();
    const revision = revisionOf('deals/nda.pdf', ['Zażółć 𝔘nicode “quotes”.', 'It ends in 2027.'], {
      parties: ['Acme Ltd', 'Beta Inc'],
      analysis: {
        title: 'Mutual NDA',
        documentType: 'nda',
        expirationDate: {
          value: '2027-05-01',
          basis: 'computed',
          explanation: 'two years from 2025-05-01',
          evidence: [{ start: 3, end: 9 }],
        },
        governingLaw: { value: 'New York', evidence: [{ start: 0, end: 4 }] },
        clauses: [clause('governing_law', 0.9, 'New York'), clause('audit_rights', 0.1)],
      },
    });
    const documentId = await indexRevision(store, revision);
    const { total, documents } = await unrestricted(store).documents(unfiltered, {
      sort: 'title',
      limit: 10,
    });
    const { clauses, ...analysis } = revision.analysis;
    expect(total).toBe(1);
    expect(documents).toEqual([
      {
        documentId,
        revision: expect.any(String) as string,
        file: revision.file,
        contentHash: revision.contentHash,
        mediaType: 'text/plain',
        pages: 2,
        characters: revision.text.length,
        analysis,
      },
    ]);
    expect(await unrestricted(store).text(documentId)).toEqual({
      revision: documents[0]?.revision,
      text: revision.text,
      pages: revision.pages,
      sections: revision.sections,
    });
    const found = await unrestricted(store).clauses([documentId, 'unknown'], { minConfidence: 0 });
    expect([...found]).toEqual([[documentId, clauses]]);
    const some = await unrestricted(store).clauses([documentId], {
      minConfidence: 0.5,
      types: ['audit_rights'],
    });
    expect([...some]).toEqual([[documentId, []]]);
    const passages = await passagesOf(unrestricted(store), documentId);
    expect(passages.map(({ start, end }) => revision.text.slice(start, end))).toEqual(
      revision.passages.map(({ indexText }) => indexText),
    );
    expect(await store.file('deals/nda.pdf')).toMatchObject({
      state: 'indexed',
      outcome: 'indexed',
      attempts: 1,
      contentHash: revision.contentHash,
      documentId,
    });
  });

  test('passages are found by position, for many spans at once', async () => {
    const { store } = subject();
    const id = await indexRevision(store, revisionOf('a', ['One two.', 'Three four.', 'Five.']));
    const other = await indexRevision(store, revisionOf('b', ['Six.', 'Seven.']));
    const found = await unrestricted(store).passages([
      { documentId: id, start: 0, end: 8 },
      { documentId: other, start: 0, end: 1 },
      { documentId: id, start: 7, end: 10 },
      { documentId: id, start: 8, end: 9 },
      { documentId: 'unknown', start: 0, end: 1000 },
      { documentId: id, start: 0, end: 8 },
      { documentId: id, start: 0, end: 1000 },
    ]);
    expect(
      found.map((passages) => passages.map(({ documentId, ordinal }) => [documentId, ordinal])),
    ).toEqual([
      [[id, 0]],
      [[other, 0]],
      [
        [id, 0],
        [id, 1],
      ],
      [],
      [],
      [[id, 0]],
      [
        [id, 0],
        [id, 1],
        [id, 2],
      ],
    ]);
    const [[location]] = found as [[object]];
    expect(location).toEqual({
      passageId: expect.any(Number) as number,
      documentId: id,
      revision: expect.any(String) as string,
      ordinal: 0,
      start: 0,
      end: 8,
      path: ['1 Terms'],
    });
    expect(await unrestricted(store).passages([])).toEqual([]);
  });

  test('a new revision replaces all of the old one, under the same id', async () => {
    const { store } = subject();
    const first = revisionOf('a', ['Apples are sold.', 'Pears are leased.'], {
      parties: ['Acme'],
      analysis: { clauses: [clause('exclusivity', 0.9)] },
    });
    const documentId = await indexRevision(store, first);
    const old = await passagesOf(unrestricted(store), documentId);
    expect((await unrestricted(store).parties(unfiltered)).map(({ name }) => name)).toEqual([
      'Acme',
    ]);
    const second = revisionOf('a', ['Plums are rented.'], { parties: ['Beta'] });
    expect(await indexRevision(store, second)).toBe(documentId);
    expect((await unrestricted(store).text(documentId))?.text).toBe('Plums are rented.');
    expect(await unrestricted(store).searchText(['apples', 'pears'], unfiltered, 9)).toEqual([]);
    expect(
      (await unrestricted(store).searchVectors(vectorOf('apples'), model, unfiltered, 9)).length,
    ).toBe(1);
    expect((await unrestricted(store).parties(unfiltered)).map(({ name }) => name)).toEqual([
      'Beta',
    ]);
    expect(
      (await unrestricted(store).clauses([documentId], { minConfidence: 0 })).get(documentId),
    ).toEqual([]);
    const [passage] = await passagesOf(unrestricted(store), documentId);
    for (const { passageId } of old) expect(passageId).not.toBe(passage?.passageId);
  });

  test('a document without text or passages is stored', async () => {
    const { store } = subject();
    const id = await indexRevision(store, {
      ...revisionOf('empty', []),
      pages: [{ number: 1, start: 0, end: 0 }],
    });
    expect(await passagesOf(unrestricted(store), id)).toEqual([]);
    expect((await store.status()).documents).toBe(1);
    await indexRevision(store, revisionOf('empty', ['Now there is something.']));
    expect(await passagesOf(unrestricted(store), id)).toHaveLength(1);
  });

  test('a failed write leaves the former revision', async () => {
    const { store } = subject();
    const id = await indexRevision(store, revisionOf('a', ['Apples are sold.']));
    const before = await store.status();
    const broken = revisionOf('a', ['Pears.', 'Plums.']);
    // Two passages with one ordinal: rejected after most of the document is written.
    broken.passages.forEach((passage) => (passage.ordinal = 0));
    await expect(indexRevision(store, broken)).rejects.toMatchObject({ code: 'storage_error' });
    expect((await unrestricted(store).text(id))?.text).toBe('Apples are sold.');
    expect(await unrestricted(store).searchText(['apples'], unfiltered, 5)).toHaveLength(1);
    expect(await store.status()).toEqual(before);
  });

  test('vectors of another model are rejected until a reset', async () => {
    const { store } = subject();
    const id = await indexRevision(store, revisionOf('a', ['Apples are sold.']));
    const other = { name: 'other', checksum: 'b'.repeat(64), dimensions };
    await store.requireModel({ ...model, name: 'the same files in another folder' });
    await expect(store.requireModel(other)).rejects.toMatchObject({
      code: 'model_mismatch',
      hint: expect.stringContaining('deedbox reindex') as string,
    });
    const revision = revisionOf('b', ['Pears.'], { model: other });
    await expect(indexRevision(store, revision)).rejects.toMatchObject({ code: 'model_mismatch' });
    const short = revisionOf('b', ['Pears.']);
    short.passages.forEach((passage) => (passage.vector = passage.vector.slice(1)));
    await expect(indexRevision(store, short)).rejects.toMatchObject({ code: 'model_mismatch' });
    await expect(
      unrestricted(store).searchVectors(new Float32Array(3), model, unfiltered, 5),
    ).rejects.toMatchObject({
      code: 'model_mismatch',
    });

    await store.reset(other);
    await store.requireModel(other);
    expect(await store.status()).toMatchObject({ documents: 0, passages: 0, model: other });
    expect(await store.file('a')).toMatchObject({ state: 'pending', attempts: 0 });
    expect(
      await unrestricted(store).searchVectors(vectorOf('apples'), other, unfiltered, 5),
    ).toEqual([]);
    // A worker that still runs with the old model cannot write.
    const late = revisionOf('a', ['Apples.']);
    await expect(indexRevision(store, late)).rejects.toMatchObject({ code: 'model_mismatch' });
    expect(await indexRevision(store, revisionOf('a', ['Apples.'], { model: other }))).toBe(id);
    expect(
      await unrestricted(store).searchVectors(vectorOf('apples'), other, unfiltered, 5),
    ).toHaveLength(1);
  });

  test('a query of the former model is rejected once another process has reset the store', async () => {
    const { store, reopen } = subject();
    await indexRevision(store, revisionOf('a', ['Apples are sold.']));
    const query = vectorOf('apples');
    expect(await unrestricted(store).searchVectors(query, model, unfiltered, 5)).toHaveLength(1);
    const other = { ...model, checksum: 'b'.repeat(64) };
    const elsewhere = await reopen();
    await elsewhere.reset(other);
    const mismatch = { code: 'model_mismatch' };
    await expect(
      unrestricted(store).searchVectors(query, model, unfiltered, 5),
    ).rejects.toMatchObject(mismatch);
    await indexRevision(elsewhere, revisionOf('a', ['Apples are sold.'], { model: other }));
    await expect(
      unrestricted(store).searchVectors(query, model, unfiltered, 5),
    ).rejects.toMatchObject(mismatch);
    expect(await unrestricted(store).searchVectors(query, other, unfiltered, 5)).toHaveLength(1);
  });

  test('each write gives a document a new revision, which all read methods return', async () => {
    const { store, reopen } = subject();
    const readerStore = await reopen();
    const written = revisionOf('a', ['Apples are sold.', 'Pears are leased.']);
    const documentId = await indexRevision(store, written);
    await indexRevision(store, revisionOf('other', ['Apples too.']));
    const readRevision = async () => {
      const filter = { ...unfiltered, documentIds: [documentId] };
      const { documents } = await unrestricted(readerStore).documents(filter, {
        sort: 'title',
        limit: 1,
      });
      const all = [
        ...documents,
        await unrestricted(readerStore).text(documentId),
        ...(await passagesOf(unrestricted(readerStore), documentId)),
        ...(await unrestricted(readerStore).searchText(['apples'], filter, 5)),
        ...(await unrestricted(readerStore).searchVectors(vectorOf('apples'), model, filter, 5)),
      ].map((read) => read?.revision);
      // One document, one text, two passages, one hit by words, two by vectors.
      expect(all).toHaveLength(7);
      const [revision = ''] = all;
      expect(new Set(all)).toEqual(new Set([revision]));
      return revision;
    };
    const first = await readRevision();
    const [oldHit] = await unrestricted(readerStore).searchText(['pears'], unfiltered, 1);
    await store.recordFiles([{ ...(await store.file('a'))!, fileName: 'renamed.txt' }]);
    expect(await readRevision()).toBe(first);
    await indexRevision(store, written);
    const second = await readRevision();
    await indexRevision(store, revisionOf('a', ['Apples.', 'Plums.'], { contentHash: 'new' }));
    const third = await readRevision();
    expect(new Set([first, second, third, '']).size).toBe(4);
    expect(oldHit?.revision).toBe(first);
    expect((await unrestricted(readerStore).text(documentId))?.revision).not.toBe(oldHit?.revision);
    await store.removeFiles(['a']);
    await indexRevision(store, written);
    expect([first, second, third]).not.toContain(await readRevision());
  });

  test('parties are counted by document and named in the most frequent spelling', async () => {
    const { store } = subject();
    const named = (fileId: string, ...names: string[]) => ({
      ...revisionOf(fileId, ['Text.']),
      partyKeys: names.map((name) => ({ key: name.slice(0, 4).toLowerCase(), name })),
    });
    const one = await indexRevision(store, named('1', 'ACME Corp', 'Beta'));
    const two = await indexRevision(store, named('2', 'Acme Corporation', 'Acme Corporation'));
    const three = await indexRevision(store, named('3', 'Acme Corporation'));
    expect(await unrestricted(store).parties(unfiltered)).toEqual([
      { key: 'acme', name: 'Acme Corporation', documents: 3 },
      { key: 'beta', name: 'Beta', documents: 1 },
    ]);
    const naming = (...keys: string[]) => unrestricted(store).documentsByParty(keys);
    expect(await naming('beta')).toEqual([one]);
    expect([one, two, three]).toEqual(expect.arrayContaining(await naming('acme')));
    expect(await naming('acme')).toHaveLength(1);
    expect(await naming('acme', 'beta', 'nobody')).toContain(one);
    expect(await naming()).toEqual([]);
    const filter = { ...unfiltered, partyKeys: ['beta'] };
    expect(await unrestricted(store).parties(filter)).toEqual([
      { key: 'acme', name: 'ACME Corp', documents: 1 },
      { key: 'beta', name: 'Beta', documents: 1 },
    ]);
  });

  test('parties are found by the words of their names and short names, as far as they may be read', async () => {
    const { store } = subject();
    const partyKeys = [
      { key: 'acme foods', name: 'Acme Foods Ltd' },
      {
        key: 'general electric capital',
        name: 'General Electric Capital Corp.',
        aliases: ['gecc one'],
      },
    ];
    const file = { aclEntries: ['user:ann@firm.example' as const] };
    await indexRevision(store, revisionOf('1', ['Text.'], { partyKeys, file }));
    const names = async (...words: string[]) =>
      (await unrestricted(store).partiesByWords(words)).map(({ name }) => name);
    expect(await names('foods')).toEqual(['Acme Foods Ltd']);
    expect(await names('gecc', 'acme', 'foods')).toEqual([
      'Acme Foods Ltd',
      'General Electric Capital Corp.',
    ]);
    expect(await names('food', 'electr')).toEqual([]);
    expect(await names()).toEqual([]);
    const others = store.scopedTo(['user:bob@firm.example']);
    expect(await others.partiesByWords(['acme'])).toEqual([]);
    await indexRevision(store, revisionOf('1', ['Other text.'], { partyKeys: [], file }));
    expect(await names('acme')).toEqual([]);
  });

  test('filters that a question states select by any law, type or title, party of each group, date', async () => {
    const { store } = subject();
    const evidence = [{ start: 0, end: 4 }];
    const date = (value: string) => ({ value, basis: 'stated' as const, evidence });
    const write = (fileId: string, analysis: Partial<Analysis>, ...keys: string[]) =>
      indexRevision(
        store,
        revisionOf(fileId, ['Text.'], {
          analysis,
          partyKeys: keys.map((key) => ({ key, name: key })),
        }),
      );
    const a = await write(
      'a',
      {
        title: 'License and Development Agreement',
        documentType: 'development',
        governingLaw: { value: 'Ohio', evidence },
        agreementDate: date('2019-05-01'),
        effectiveDate: date('2020-01-01'),
        expirationDate: date('2021-03-31'),
        renewalTerm: {
          kind: 'automatic',
          length: { count: 1, unit: 'year' },
          value: '1 year',
          evidence,
        },
        signed: { value: 'unsigned', evidence },
      },
      'acme',
      'beta',
    );
    const b = await write(
      'b',
      {
        title: 'Amendment to the License Agreement',
        documentType: 'amendment',
        governingLaw: { value: 'Iowa', evidence },
        effectiveDate: date('2019-07-01'),
        expirationDate: date('2021-06-30'),
        signed: { value: 'unknown', evidence },
      },
      'acme',
    );
    const found = async (filter: object) =>
      (
        await unrestricted(store).documents(
          { ...unfiltered, today: '2026-06-15', ...filter },
          { sort: 'title', limit: 10 },
        )
      ).documents.map(({ documentId }) => documentId);
    expect(await found({ partyGroups: [['acme'], ['beta', 'other']] })).toEqual([a]);
    expect(await found({ partyGroups: [['acme'], ['other']] })).toEqual([]);
    expect(await found({ partyKeys: ['beta'], partyGroups: [['acme']] })).toEqual([a]);
    expect(await found({ documentTypes: ['license'] })).toEqual([]);
    expect(await found({ documentTypes: ['license'], titlePhrases: ['LICENSE'] })).toEqual([a]);
    expect(await found({ documentTypes: ['amendment'], titlePhrases: ['nothing'] })).toEqual([b]);
    expect(await found({ governingLaws: ['iowa', 'Texas'] })).toEqual([b]);
    expect(await found({ signedStates: ['signed', 'unknown'] })).toEqual([b]);
    expect(await found({ agreement: { from: '2019-06-01', to: '2019-12-31' } })).toEqual([b]);
    expect(await found({ agreement: { to: '2019-05-31' } })).toEqual([a]);
    expect(await found({ anyTermEnd: { from: '2021-01-01', to: '2021-12-31' } })).toEqual([b, a]);
    expect(await found({ anyTermEnd: { from: '2027-01-01', to: '2027-12-31' } })).toEqual([a]);
    expect(await found({ status: 'in_force', statusDay: '2021-05-01' })).toEqual([b, a]);
    expect(await found({ status: 'in_force' })).toEqual([a]);
  });

  test('ids are completed from a prefix', async () => {
    const { store } = subject();
    const ids: string[] = [];
    for (let n = 0; n < 80; n += 1) {
      ids.push(await indexRevision(store, revisionOf(`x/${n}`, ['Text.'])));
    }
    await store.recordFiles([pending('unread')]);
    ids.sort();
    expect(await unrestricted(store).documentIds('', 100)).toEqual(ids);
    expect(await unrestricted(store).documentIds('', 3)).toEqual(ids.slice(0, 3));
    for (const id of ids) {
      expect(await unrestricted(store).documentIds(id.slice(0, 8), 10)).toContain(id);
      const alike = ids.filter((other) => other.startsWith(id.slice(0, 1)));
      expect(await unrestricted(store).documentIds(id.slice(0, 1), 100)).toEqual(alike);
    }
    expect(await unrestricted(store).documentIds('%', 10)).toEqual([]);
  });

  test('listeners of this process and others are notified once a change is readable', async () => {
    const { store, reopen } = subject();
    const other = await reopen();
    const here: number[] = [];
    const there: number[] = [];
    const stop = store.onChange((number) => here.push(number));
    other.onChange((number) => there.push(number));
    await indexRevision(store, revisionOf('a', ['Apples are sold.']));
    const { sequenceNumber } = await store.status();
    await vi.waitFor(() => expect(here.at(-1)).toBe(sequenceNumber), 10_000);
    await vi.waitFor(() => expect(there.at(-1)).toBe(sequenceNumber), 10_000);
    expect(await unrestricted(other).searchText(['apples'], unfiltered, 5)).toHaveLength(1);
    expect(
      await unrestricted(other).searchVectors(vectorOf('apples'), model, unfiltered, 5),
    ).toHaveLength(1);
    stop();
    await store.removeFiles(['a']);
    await vi.waitFor(() => expect(there.at(-1)).toBeGreaterThan(sequenceNumber), 10_000);
    expect(here.at(-1)).toBe(sequenceNumber);
  });
}
