import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { Access, ListedAclEntry, AclEntry } from '../../src/domain/documents.ts';
import type { Store } from '../../src/store/store.ts';
import {
  clause,
  indexRevision,
  unfiltered,
  model,
  passagesOf,
  revisionOf,
  type StoreUnderTest,
  unrestricted,
  vectorOf,
} from './store-samples.ts';

const ann: Access = [
  'anyone',
  'user:ann@firm.example',
  'domain:firm.example',
  'group:deals@firm.example',
];
const bob: Access = ['anyone', 'user:bob@other.example', 'domain:other.example'];

/** Who may read each file, and the words that only it holds. */
const shared: Record<string, AclEntry[]> = {
  open: ['anyone'],
  firm: ['domain:firm.example'],
  deals: ['group:deals@firm.example', 'group:board@firm.example'],
  board: ['group:board@firm.example'],
  bobs: ['user:bob@other.example'],
  both: ['user:ann@firm.example', 'user:bob@other.example'],
  nobody: [],
};
const words: Record<string, string> = {
  open: 'Apple',
  firm: 'Birch',
  deals: 'Cedar',
  board: 'Damson',
  bobs: 'Elm',
  both: 'Fig',
  nobody: 'Gorse',
};

async function write(
  store: Store,
  name: string,
  aclEntries: readonly ListedAclEntry[] = shared[name]!,
) {
  return indexRevision(
    store,
    revisionOf(`${name}.txt`, [`The ${words[name]} orchard is shared.`, `${words[name]} only.`], {
      file: { aclEntries, folder: name },
      parties: [`${words[name]} Limited`, 'Common Limited'],
      analysis: { title: `${words[name]} Agreement`, clauses: [clause('audit_rights', 0.9)] },
    }),
  );
}

async function fill(store: Store): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const name of Object.keys(shared)) ids.set(name, await write(store, name));
  return ids;
}

/** The names of the files whose documents each read method returns. */
async function seen(store: Store, access: Access, ids: Map<string, string>) {
  const scopedIndex = store.scopedTo(access);
  const nameOf = new Map([...ids].map(([name, id]) => [id, name]));
  const names = (found: Iterable<string>) =>
    [...new Set(found)].map((id) => nameOf.get(id)!).sort();
  const all = [...ids.values()];
  const listed = await scopedIndex.documents(unfiltered, { sort: 'title', limit: 50 });
  const byDocumentIds = await scopedIndex.documents(
    { ...unfiltered, documentIds: all },
    { sort: 'expiration_date', limit: 50 },
  );
  expect(listed.total).toBe(listed.documents.length);
  expect(byDocumentIds.total).toBe(byDocumentIds.documents.length);
  const filter = { ...unfiltered, partyKeys: ['common limited'] };
  const byId = [];
  for (const id of all) if (await scopedIndex.text(id)) byId.push(id);
  const withPassages = [];
  for (const id of all) if ((await passagesOf(scopedIndex, id)).length > 0) withPassages.push(id);
  const parties = await scopedIndex.parties(unfiltered);
  expect(parties.find(({ key }) => key === 'common limited')?.documents ?? 0).toBe(listed.total);
  const naming = await scopedIndex.documentsByParty(parties.map(({ key }) => key));
  expect(byId).toEqual(expect.arrayContaining(naming));
  expect(naming.length > 0).toBe(byId.length > 0);
  const hits = {
    text: await scopedIndex.searchText(Object.values(words), unfiltered, 50),
    orchards: await scopedIndex.searchText(['orchard'], filter, 50),
    vectors: await scopedIndex.searchVectors(vectorOf('Damson only.'), model, unfiltered, 50),
    words: await scopedIndex.searchDocuments(['agreement', 'limited'], unfiltered, 50),
  };
  const { documents, passages } = await scopedIndex.size();
  expect(passages).toBe(documents * 2);
  const { files } = await scopedIndex.files();
  expect(files.indexed).toBe(documents);
  expect(documents).toBe(listed.total);
  return [
    ...[listed, byDocumentIds].map((answer) =>
      names(answer.documents.map((one) => one.documentId)),
    ),
    names(byId),
    names(withPassages),
    names((await scopedIndex.clauses(all, { minConfidence: 0 })).keys()),
    names(await scopedIndex.documentIds('', 50)),
    names((await scopedIndex.filesByName(all)).map(({ documentId }) => documentId!)),
    ...Object.values(hits).map((found) => names(found.map((hit) => hit.documentId))),
    Object.keys(words)
      .filter((name) => parties.some(({ name: party }) => party === `${words[name]} Limited`))
      .sort(),
  ];
}

const visibleTo = (access: Access, aclEntries: Record<string, readonly AclEntry[]> = shared) =>
  Object.keys(aclEntries)
    .filter(
      (name) =>
        access === 'unrestricted' ||
        aclEntries[name]!.some((principal) => access.includes(principal)),
    )
    .sort();

export function aclContract(subject: () => StoreUnderTest): void {
  test('every read method returns and counts readable documents alone', async () => {
    const { store } = subject();
    const ids = await fill(store);
    for (const access of ['unrestricted', ann, bob, ['anyone'], []] as Access[]) {
      const expected = visibleTo(access);
      for (const names of await seen(store, access, ids)) expect(names).toEqual(expected);
    }
    expect(visibleTo(ann)).toEqual(['both', 'deals', 'firm', 'open']);
    expect(visibleTo(bob)).toEqual(['bobs', 'both', 'open']);
  });

  test('an unreadable document is treated as missing', async () => {
    const { store } = subject();
    const id = (await fill(store)).get('board')!;
    const scopedIndex = store.scopedTo(ann);
    for (const one of [id, 'unknown']) {
      expect(await scopedIndex.text(one)).toBeUndefined();
      expect(await passagesOf(scopedIndex, one)).toEqual([]);
      expect(await scopedIndex.clauses([one], { minConfidence: 0 })).toEqual(new Map());
      const filter = { ...unfiltered, documentIds: [one] };
      expect(await scopedIndex.documents(filter, { sort: 'title', limit: 5 })).toEqual({
        total: 0,
        documents: [],
      });
      expect(await scopedIndex.searchText(['orchard'], filter, 5)).toEqual([]);
      expect(await scopedIndex.searchVectors(vectorOf('orchard'), model, filter, 5)).toEqual([]);
      expect(await scopedIndex.searchDocuments(['damson'], filter, 5)).toEqual([]);
      expect(await scopedIndex.documentIds(one, 5)).toEqual([]);
    }
    expect(await scopedIndex.searchText(['damson'], unfiltered, 5)).toEqual([]);
    expect(await scopedIndex.searchDocuments(['damson'], unfiltered, 5)).toEqual([]);
  });

  test('a changed ACL applies from the next query on, in every process', async () => {
    const { store, reopen } = subject();
    const ids = await fill(store);
    const other = await reopen();
    const views = [store, other];
    const expectSeen = async (aclEntries: Record<string, readonly AclEntry[]>) => {
      for (const view of views) {
        for (const access of [ann, bob]) {
          for (const names of await seen(view, access, ids)) {
            expect(names).toEqual(visibleTo(access, aclEntries));
          }
        }
      }
    };
    await expectSeen(shared);
    const record = (await store.file('open.txt'))!;
    await store.recordFiles([{ ...record, aclEntries: ['user:bob@other.example'] }]);
    await expectSeen({ ...shared, open: ['user:bob@other.example'] });
    await other.recordFiles([{ ...record, aclEntries: [] }]);
    await expectSeen({ ...shared, open: [] });
    await store.recordFiles([record]);
    await expectSeen(shared);
    // A new revision has an ACL of its own.
    await write(store, 'board', ['domain:other.example']);
    await expectSeen({ ...shared, board: ['domain:other.example'] });
  });

  test('an ACL entry applies until it expires', async () => {
    const { store, reopen } = subject();
    const other = await reopen();
    const ids = new Map([['open', await write(store, 'open')]]);
    const soon = new Date(Date.now() + 1500).toISOString();
    const aclEntries: ListedAclEntry[] = [
      'user:ann@firm.example until 2999-01-01T00:00:00.000Z',
      'user:bob@other.example until 2020-01-01T00:00:00.000Z',
      `user:cleo@firm.example until ${soon}`,
    ];
    const record = { ...(await store.file('open.txt'))!, aclEntries };
    await store.recordFiles([record]);
    expect((await store.file('open.txt'))!.aclEntries).toEqual(aclEntries);
    const cleo: Access = ['anyone', 'user:cleo@firm.example'];
    for (const view of [store, other]) {
      for (const names of await seen(view, ann, ids)) expect(names).toEqual(['open']);
      for (const names of await seen(view, bob, ids)) expect(names).toEqual([]);
      expect((await view.scopedTo(cleo).size()).documents).toBe(1);
    }
    await vi.waitFor(
      async () => expect((await store.scopedTo(cleo).size()).documents).toBe(0),
      4000,
    );
    expect(new Date().toISOString() >= soon).toBe(true);
    for (const view of [store, other]) {
      for (const names of await seen(view, cleo, ids)) expect(names).toEqual([]);
      for (const names of await seen(view, ann, ids)) expect(names).toEqual(['open']);
    }
    await store.recordFiles([{ ...record, aclEntries: ['user:cleo@firm.example'] }]);
    for (const names of await seen(other, cleo, ids)) expect(names).toEqual(['open']);
    expect(await store.verify()).toEqual([]);
  });

  test('unknown ACL entries match nobody, and are counted', async () => {
    const { store } = subject();
    const ids = new Map([['open', await write(store, 'open')]]);
    const record = (await store.file('open.txt'))!;
    await store.recordFiles([{ ...record, aclEntries: ['unknown'] }]);
    for (const names of await seen(store, ann, ids)) expect(names).toEqual([]);
    expect((await store.status()).aclEntries).toEqual({ unknown: 1, groups: 0 });
    await store.recordFiles([
      { ...record, aclEntries: ['group:a@b.example', 'group:c@b.example'] },
    ]);
    expect((await store.status()).aclEntries).toEqual({ unknown: 0, groups: 1 });
    expect(await store.verify()).toEqual([]);
  });

  test('the version changes if and only if a readable document changes', async () => {
    const { store } = subject();
    await fill(store);
    const scopedIndex = store.scopedTo(ann);
    let version = await scopedIndex.version();
    const changed = async () => {
      const before = version;
      version = await scopedIndex.version();
      return version !== before;
    };
    expect(await changed()).toBe(false);
    const board = (await store.file('board.txt'))!;
    const unseen = [
      () => write(store, 'board'),
      () => write(store, 'nobody'),
      () => store.recordFiles([{ ...board, fileName: 'renamed.txt' }]),
      () => store.recordFiles([{ ...board, aclEntries: [] }]),
      () => store.removeFiles(['bobs.txt']),
    ];
    for (const change of unseen) {
      await change();
      expect(await changed()).toBe(false);
    }
    const open = (await store.file('open.txt'))!;
    const visible = [
      () => store.recordFiles([{ ...board, aclEntries: ['domain:firm.example'] }]),
      () => store.recordFiles([{ ...open, fileName: 'renamed.txt' }]),
      () => write(store, 'open'),
      () => store.recordFiles([{ ...open, aclEntries: [] }]),
      () => store.removeFiles(['both.txt']),
    ];
    for (const change of visible) {
      await change();
      expect(await changed()).toBe(true);
    }
  });

  test('a change notification does not identify the document', async () => {
    const { store } = subject();
    const notifications: unknown[][] = [];
    const stop = store.scopedTo(bob).onChange((...given: unknown[]) => notifications.push(given));
    await write(store, 'board');
    await vi.waitFor(() => expect(notifications.length).toBeGreaterThan(0), 20_000);
    stop();
    expect(notifications.every((given) => given.length === 0)).toBe(true);
  });

  test('files that are not indexed are counted for principals that may read them', async () => {
    const { store } = subject();
    await fill(store);
    const record = (await store.file('firm.txt'))!;
    await store.recordFiles([
      {
        ...record,
        fileId: 'x',
        aclEntries: ['group:deals@firm.example'],
        state: 'failed',
        reason: 'encrypted',
      },
      { ...record, fileId: 'y', aclEntries: [], state: 'failed', reason: 'corrupt' },
      { ...record, fileId: 'z', aclEntries: ['anyone'], state: 'pending' },
    ]);
    expect(await store.scopedTo(ann).files()).toEqual({
      files: { pending: 1, indexed: 4, failed: 1, ignored: 0 },
      failures: { encrypted: 1 },
      unread: { documents: 0, pages: 0, parts: 0 },
    });
    const whole = await store.status();
    const { files, failures } = await unrestricted(store).files();
    expect({ files, failures }).toEqual({ files: whole.files, failures: whole.failures });
  });

  test('each principal reads exactly the files shared with it (property)', async () => {
    const { store } = subject();
    const ids = new Map<string, string>();
    const aclEntries: Record<string, readonly AclEntry[]> = {};
    const principal = fc.constantFrom<AclEntry>(
      'anyone',
      'domain:a.example',
      'domain:b.example',
      'group:g@a.example',
      'group:h@a.example',
      'user:u@a.example',
      'user:v@b.example',
    );
    const step = fc.record({
      name: fc.constantFrom(...Object.keys(words)),
      aclEntries: fc.uniqueArray(principal, { maxLength: 4 }),
      how: fc.constantFrom('write', 'share', 'remove'),
      access: fc.uniqueArray(principal, { maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
        for (const { name, aclEntries: now, how, access } of steps) {
          const known = await store.file(`${name}.txt`);
          if (how === 'remove') {
            await store.removeFiles([`${name}.txt`]);
            ids.delete(name);
            delete aclEntries[name];
          } else {
            if (how === 'share' && known) await store.recordFiles([{ ...known, aclEntries: now }]);
            else ids.set(name, await write(store, name, now));
            aclEntries[name] = now;
          }
          for (const names of await seen(store, access, ids)) {
            expect(names).toEqual(visibleTo(access, aclEntries));
          }
        }
      }),
      { numRuns: 25, seed: 4 },
    );
  });
}
