import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addSources, removeSourceByPath } from '../../src/commands/sources.ts';
import { folderSourcePrefix } from '../../src/sources/folder/folder-source.ts';
import { readConfig } from '../../src/settings/config.ts';
import { unfiltered } from '../contract/store-samples.ts';
import { contract, openFixture } from '../workers/fixture.ts';

/** Without a sign-in, so that every request to Drive would fail. */
const settings = readConfig({ DEEDBOX_DATA: '/nonexistent' }).sources;

/** A workplace whose folder of contracts, with a subfolder, has been read. */
async function openSyncedFixture() {
  const fixture = await openFixture();
  await mkdir(join(fixture.contracts, 'Clients'));
  await writeFile(join(fixture.contracts, 'Clients', 'a.txt'), contract('Aldermoor Inc.'));
  await writeFile(join(fixture.contracts, 'b.txt'), contract('Birchfold GmbH'));
  await writeFile(join(fixture.contracts, 'broken.pdf'), '%PDF-1.7 and nothing more');
  await fixture.sync();
  return fixture;
}

describe('adding a folder that contains a source', () => {
  it('keeps its documents searchable, under the new folder, and reads none again', async () => {
    const { root, sourceOf, store, sync } = await openSyncedFixture();
    const outer = sourceOf(folderSourcePrefix + root).id;
    const before = await store
      .scopedTo('unrestricted')
      .documents(unfiltered, { sort: 'title', limit: 10 });
    expect(await addSources(store, [root], settings)).toEqual([outer]);
    expect(await store.sources()).toEqual([outer]);

    const { documents } = await store
      .scopedTo('unrestricted')
      .documents(unfiltered, { sort: 'title', limit: 10 });
    expect(documents.map(({ documentId }) => documentId).sort()).toEqual(
      before.documents.map(({ documentId }) => documentId).sort(),
    );
    const filePaths = documents.map(({ file }) => `${file.folder}/${file.fileName}`);
    expect(filePaths.sort()).toEqual(['contracts/Clients/a.txt', 'contracts/b.txt']);
    expect(
      await store.scopedTo('unrestricted').searchDocuments(['aldermoor'], unfiltered, 5),
    ).toHaveLength(1);

    const moved = await store.files({ states: ['indexed'] });
    // the data folder is inside the new one too, so there is more to find
    const status = await sync();
    expect(status).toMatchObject({ unchanged: 2, indexed: 0, removed: 0 });
    const expectedFiles = moved.map((file) => ({
      ...file,
      syncId: status.job_id,
      outcome: 'unchanged',
    }));
    expect(await store.files({ states: ['indexed'] })).toEqual(expectedFiles);
    expect(await store.verify()).toEqual([]);
  });

  it('takes over a single file that was added by itself', async () => {
    const { contracts, source, store, sync } = await openSyncedFixture();
    await removeSourceByPath(store, contracts);
    const path = join(contracts, 'Clients', 'a.txt');
    await addSources(store, [path], settings);
    expect(await sync()).toMatchObject({ found: 1, indexed: 1 });
    await addSources(store, [contracts], settings);
    expect(await store.sources()).toEqual([source]);
    expect(await store.files({})).toMatchObject([{ folder: 'Clients', fileName: 'a.txt', source }]);
    expect(await sync()).toMatchObject({ unchanged: 1, indexed: 1, removed: 0 });
  });
});

describe('removing a folder that no longer exists', () => {
  it('accepts a relative path, a slash at the end, and a link', async () => {
    for (const pathKind of ['relative', 'slash', 'link']) {
      const { root, contracts, store } = await openSyncedFixture();
      await symlink(root, join(root, 'link'));
      await rename(contracts, join(root, 'elsewhere'));
      const paths: Record<string, string> = {
        relative: relative(process.cwd(), contracts),
        slash: `${contracts}/`,
        link: join(root, 'link', 'contracts'),
      };
      expect(await removeSourceByPath(store, paths[pathKind]!), pathKind).toBe(3);
      expect(await store.sources()).toEqual([]);
    }
  });
});
