import { describe, expect, it } from 'vitest';
import type { AclEntry } from '../../src/domain/documents.ts';
import type { NewHold } from '../../src/store/records.ts';
import type { Store } from '../../src/store/store.ts';
import {
  indexRevision,
  model,
  pending,
  revisionOf,
  sourceFile,
} from '../contract/store-samples.ts';
import { unfiltered, unrestricted } from '../contract/store-samples.ts';
import { openStore, temporaryFolder } from './temporary-stores.ts';

const holdOn = (kind: NewHold['kind'], subject: string, key = subject): NewHold => ({
  kind,
  subject,
  key,
  reason: 'a claim',
  placedBy: 'ann',
});

/** The file names of all documents, and since when their files are gone: true for those that are. */
async function documentsOf(store: Store): Promise<Record<string, boolean>> {
  const options = { sort: 'title', limit: 100 } as const;
  const { documents } = await unrestricted(store).documents(unfiltered, options);
  return Object.fromEntries(
    documents.map(({ documentId, goneSince }) => [documentId, goneSince !== undefined]),
  );
}

describe('a document on hold', () => {
  it('stays findable when its file is removed, until the last hold is released', async () => {
    const store = await openStore(await temporaryFolder());
    const pear = await indexRevision(store, revisionOf('pear', ['The pear is leased.']));
    const plum = await indexRevision(store, revisionOf('plum', ['The plum is leased.']));
    const hold = await store.placeHold(holdOn('document', pear));
    expect(hold).toMatchObject({ id: 1, kind: 'document', documents: 1, gone: 0 });
    const second = await store.placeHold(holdOn('folder', 'other'));
    expect(await store.removeFiles(['pear', 'plum'])).toBe(1);
    expect(await documentsOf(store)).toEqual({ [pear]: true });
    expect(await unrestricted(store).searchText(['pear'], unfiltered, 5)).toHaveLength(1);
    expect(await store.holds()).toMatchObject([{ documents: 1, gone: 1 }, { documents: 0 }]);
    expect(await store.verify()).toEqual([]);
    expect(await store.releaseHold(second.id)).toMatchObject({ removed: 0 });
    expect(await store.releaseHold(hold.id)).toMatchObject({ removed: 1, hold: { id: 1 } });
    expect(await documentsOf(store)).toEqual({});
    expect(await store.files({})).toEqual([]);
    expect(await store.file('plum')).toBeUndefined();
    expect(plum).not.toBe(pear);
  });

  it('stays when its whole source is removed, and is removed with the last of two holds', async () => {
    const store = await openStore(await temporaryFolder());
    const party = { parties: ['acme widgets'] };
    const pear = await indexRevision(store, revisionOf('a/pear', ['The pear.'], party));
    await indexRevision(store, revisionOf('a/plum', ['The plum.']));
    const folder = await store.placeHold(holdOn('folder', 'a/none'));
    const [one, two] = [
      await store.placeHold(holdOn('party', 'Widgets', 'widgets')),
      await store.placeHold(holdOn('document', pear)),
    ];
    expect(one.documents).toBe(1);
    expect(await store.removeSource('folder:/contracts')).toBe(1);
    expect(await store.sources()).toEqual([]);
    expect(await documentsOf(store)).toEqual({ [pear]: true });
    await store.releaseHold(folder.id);
    await store.releaseHold(one.id);
    expect(await documentsOf(store)).toEqual({ [pear]: true });
    expect(await store.releaseHold(two.id)).toMatchObject({ removed: 1 });
    expect(await documentsOf(store)).toEqual({});
  });

  it('holds those of its folder and party that are read later, but no similar names', async () => {
    const store = await openStore(await temporaryFolder());
    await store.placeHold(holdOn('folder', 'deals'));
    await store.placeHold(holdOn('party', 'Acme', 'acme'));
    const kept = [
      await indexRevision(store, revisionOf('deals/a', ['A.'])),
      await indexRevision(store, revisionOf('deals/sub/b', ['B.'])),
      await indexRevision(store, revisionOf('c', ['C.'], { parties: ['acme holdings'] })),
    ];
    await indexRevision(store, revisionOf('deals two/d', ['D.']));
    await indexRevision(store, revisionOf('e', ['E.'], { parties: ['acmeson'] }));
    const all = (await store.files({})).map(({ fileId }) => fileId);
    expect(await store.removeFiles(all)).toBe(3);
    expect(await documentsOf(store)).toEqual(Object.fromEntries(kept.map((id) => [id, true])));
  });

  it('stays on hold when it is moved away, overwritten by another file, or ignored', async () => {
    const store = await openStore(await temporaryFolder());
    await store.placeHold(holdOn('folder', 'deals'));
    const moved = await indexRevision(store, revisionOf('deals/a', ['A.']));
    const target = await indexRevision(store, revisionOf('deals/b', ['B.']));
    const hidden = await indexRevision(store, revisionOf('deals/c', ['C.']));
    const other = await indexRevision(store, revisionOf('d', ['D.']));
    await store.renameFile('deals/a', sourceFile('elsewhere/a'), 'sync-2');
    await store.renameFile('d', sourceFile('deals/b'), 'sync-2');
    await store.recordFiles([{ ...pending('deals/c'), state: 'ignored', detail: 'hidden' }]);
    await store.removeFiles(['elsewhere/a']);
    expect(await documentsOf(store)).toEqual({
      [moved]: true,
      [target]: true,
      [hidden]: true,
      [other]: false,
    });
    expect((await store.file('deals/b'))?.documentId).toBe(other);
    expect((await store.file('deals/c'))?.state).toBe('ignored');
    expect(await store.verify()).toEqual([]);
  });

  it('keeps the version on hold when its bytes are replaced, and the new version is on hold too', async () => {
    const store = await openStore(await temporaryFolder());
    const first = await indexRevision(store, revisionOf('pear', ['The first price.']));
    await store.placeHold(holdOn('document', first));
    await indexRevision(store, revisionOf('pear', ['The first price.'], { pipeline: '2' }));
    expect(await documentsOf(store)).toEqual({ [first]: false }); // read again, not replaced
    const second = await indexRevision(
      store,
      revisionOf('pear', ['The second price.'], { file: { changeKey: '2' } }),
    );
    expect(second).not.toBe(first);
    expect(await documentsOf(store)).toEqual({ [first]: true, [second]: false });
    expect((await unrestricted(store).text(first))?.text).toBe('The first price.');
    expect((await unrestricted(store).text(second))?.text).toBe('The second price.');
    await store.removeFiles(['pear']);
    expect(await documentsOf(store)).toEqual({ [first]: true, [second]: true });
    expect(await store.verify()).toEqual([]);
  });

  it('gets its file back when that returns unchanged, and leaves its path to another one', async () => {
    const store = await openStore(await temporaryFolder());
    const pear = await indexRevision(store, revisionOf('pear', ['The pear.']));
    await store.placeHold(holdOn('document', pear));
    await store.removeFiles(['pear']);
    const other = await indexRevision(
      store,
      revisionOf('pear', ['Another contract.'], { file: { changeKey: '9' } }),
    );
    expect(await documentsOf(store)).toEqual({ [pear]: true, [other]: false });
    await store.removeFiles(['pear']);
    expect(await documentsOf(store)).toEqual({ [pear]: true });
    await store.recordFiles([pending('pear')]);
    expect(await documentsOf(store)).toEqual({ [pear]: false });
    expect((await store.file('pear'))?.documentId).toBe(pear);
  });

  it('keeps the rights that it had, and loses those that are withdrawn from the file', async () => {
    const store = await openStore(await temporaryFolder());
    const entries = ['user:ann@firm.example', 'user:bob@firm.example'] as const;
    const revision = revisionOf('pear', ['The pear.'], { file: { aclEntries: entries } });
    const pear = await indexRevision(store, revision);
    await store.placeHold(holdOn('document', pear));
    const readableIds = (entry: AclEntry) => store.scopedTo([entry]).documentIds('', 10);
    await indexRevision(
      store,
      revisionOf('pear', ['New.'], { file: { aclEntries: entries, changeKey: '2' } }),
    );
    expect(await readableIds('user:bob@firm.example')).toContain(pear);
    const known = (await store.file('pear'))!;
    await store.recordFiles([
      { ...known, aclEntries: ['user:ann@firm.example', 'user:eve@firm.example'] },
    ]);
    expect(await readableIds('user:ann@firm.example')).toContain(pear);
    expect(await readableIds('user:bob@firm.example')).not.toContain(pear);
    expect(await readableIds('user:eve@firm.example')).not.toContain(pear); // nor gains any
    await store.removeFiles(['pear']);
    expect(await readableIds('user:ann@firm.example')).toContain(pear);
  });

  it('is not lost by a reset for another model', async () => {
    const store = await openStore(await temporaryFolder());
    const pear = await indexRevision(store, revisionOf('pear', ['The pear.']));
    await store.placeHold(holdOn('document', pear));
    await store.removeFiles(['pear']);
    await expect(store.reset(model)).rejects.toThrow('1 documents on hold');
    expect(await documentsOf(store)).toEqual({ [pear]: true });
  });
});

it('refuses a hold on what is unknown or on hold, and the release of no hold', async () => {
  const store = await openStore(await temporaryFolder());
  await expect(store.placeHold(holdOn('document', 'none'))).rejects.toMatchObject({
    code: 'not_found',
  });
  await store.placeHold(holdOn('folder', 'a'));
  await expect(store.placeHold(holdOn('folder', 'a'))).rejects.toThrow(
    'a hold on this folder already',
  );
  await expect(store.releaseHold(7)).rejects.toMatchObject({ code: 'not_found' });
});
