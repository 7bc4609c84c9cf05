import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addSources, forgetSource } from '../../src/commands/sources.ts';
import { folderSourcePrefix } from '../../src/sources/folder.ts';
import { contract, everything, openWorkplace } from '../workers/workplace.ts';

const noDrive = () => Promise.reject(new Error('Drive is not asked about folders.'));

/** A workplace whose folder of contracts, with a subfolder, has been read. */
async function openRead() {
  const opened = await openWorkplace();
  await mkdir(join(opened.contracts, 'Clients'));
  await writeFile(join(opened.contracts, 'Clients', 'a.txt'), contract('Aldermoor Inc.'));
  await writeFile(join(opened.contracts, 'b.txt'), contract('Birchfold GmbH'));
  await writeFile(join(opened.contracts, 'broken.pdf'), '%PDF-1.7 and nothing more');
  await opened.sync();
  return opened;
}

describe('adding a folder that holds one that is read', () => {
  it('keeps its documents findable, in their place in the new folder, and reads none again', async () => {
    const { root, sourceOf, store, sync } = await openRead();
    const outer = sourceOf(folderSourcePrefix + root).id;
    const before = await store
      .readableBy('everything')
      .documents(everything, { sort: 'title', limit: 10 });
    expect(await addSources(store, [root], noDrive)).toEqual([outer]);
    expect(await store.sources()).toEqual([outer]);

    const { documents } = await store
      .readableBy('everything')
      .documents(everything, { sort: 'title', limit: 10 });
    expect(documents.map(({ documentId }) => documentId).sort()).toEqual(
      before.documents.map(({ documentId }) => documentId).sort(),
    );
    const places = documents.map(({ file }) => `${file.folder}/${file.fileName}`);
    expect(places.sort()).toEqual(['contracts/Clients/a.txt', 'contracts/b.txt']);
    expect(
      await store.readableBy('everything').searchDocuments(['aldermoor'], everything, 5),
    ).toHaveLength(1);

    const moved = await store.files({ states: ['indexed'] });
    // the data folder is inside the new one too, so there is more to find
    const status = await sync();
    expect(status).toMatchObject({ unchanged: 2, indexed: 0, removed: 0 });
    const listed = moved.map((file) => ({ ...file, syncId: status.job_id, outcome: 'unchanged' }));
    expect(await store.files({ states: ['indexed'] })).toEqual(listed);
    expect(await store.verify()).toEqual([]);
  });

  it('takes over a single file that was added by itself', async () => {
    const { contracts, source, store, sync } = await openRead();
    await forgetSource(store, contracts);
    const path = join(contracts, 'Clients', 'a.txt');
    await addSources(store, [path], noDrive);
    expect(await sync()).toMatchObject({ found: 1, indexed: 1 });
    await addSources(store, [contracts], noDrive);
    expect(await store.sources()).toEqual([source]);
    expect(await store.files({})).toMatchObject([{ folder: 'Clients', fileName: 'a.txt', source }]);
    expect(await sync()).toMatchObject({ unchanged: 1, indexed: 1, removed: 0 });
  });
});

describe('forgetting a folder that is gone', () => {
  it('knows it by a path from here, with a slash at its end, and through a link', async () => {
    for (const named of ['relative', 'slash', 'link']) {
      const { root, contracts, store } = await openRead();
      await symlink(root, join(root, 'link'));
      await rename(contracts, join(root, 'elsewhere'));
      const paths: Record<string, string> = {
        relative: relative(process.cwd(), contracts),
        slash: `${contracts}/`,
        link: join(root, 'link', 'contracts'),
      };
      expect(await forgetSource(store, paths[named]!), named).toBe(3);
      expect(await store.sources()).toEqual([]);
    }
  });
});
