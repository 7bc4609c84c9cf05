import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { SourceFile } from '../../src/domain/documents.ts';
import type { Source } from '../../src/sources/source.ts';
import { ingestChangedFiles, postponeIngestion } from '../../src/sync/changed-files.ts';
import { contract, openFixture } from './fixture.ts';

type Fixture = Awaited<ReturnType<typeof openFixture>>;

async function listedFiles({ sourceOf, source }: Fixture): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for await (const entry of sourceOf(source).list())
    if (entry.kind === 'file') files.push(entry.file);
  return files;
}

const services = ({ store, queue }: Fixture) => ({ store, queue, ensureWorker: () => {} });

it('a listing does not remove a file that a change recorded after the listing passed it', async () => {
  const fixture = await openFixture();
  const { contracts, sourceOf } = fixture;
  await writeFile(join(contracts, 'first.txt'), contract('Alder Works Ltd.'));
  await writeFile(join(contracts, 'removed.txt'), contract('Birch Works Ltd.'));
  await fixture.sync();
  await rm(join(contracts, 'removed.txt'));

  const withChangeAtItsEnd = (id: string): Source => {
    const source = sourceOf(id);
    return {
      id,
      async *list(signal) {
        yield* source.list(signal);
        await writeFile(join(contracts, 'late.txt'), contract('Cedar Works Ltd.'));
        const late = (await listedFiles(fixture)).filter(({ fileName }) => fileName === 'late.txt');
        const newest = (await fixture.store.sync())!;
        await ingestChangedFiles(services(fixture), late, newest.syncId);
      },
      fetch: (file, options) => source.fetch(file, options),
      exists: (file) => source.exists!(file),
    };
  };
  const status = await fixture.sync({ sourceFor: withChangeAtItsEnd });
  expect(Object.keys(await fixture.texts()).sort()).toEqual(['first.txt', 'late.txt']);
  expect(status).toMatchObject({ state: 'done', removed: 1, indexed: 1 });
});

it('enqueues what changed, and not what is indexed as it is', async () => {
  const fixture = await openFixture();
  const { contracts, queue } = fixture;
  await writeFile(join(contracts, 'same.txt'), contract('Alder Works Ltd.'));
  await writeFile(join(contracts, 'changed.txt'), contract('Birch Works Ltd.'));
  const { job_id: syncId } = await fixture.sync();
  await writeFile(join(contracts, 'changed.txt'), contract('Cedar Works Ltd. of Dorset'));
  await ingestChangedFiles(services(fixture), await listedFiles(fixture), syncId!);
  expect((await queue.counts('ingest')).waiting).toBe(1);
  expect(await fixture.record('changed.txt')).toMatchObject({ state: 'pending', attempts: 0 });
  expect(await fixture.record('same.txt')).toMatchObject({ state: 'indexed' });
});

it('drops the jobs of pending files that are being written, which a change enqueues again', async () => {
  const fixture = await openFixture();
  const { contracts, queue } = fixture;
  await writeFile(join(contracts, 'first.txt'), contract('Alder Works Ltd.'));
  const { job_id: syncId } = await fixture.sync();
  await writeFile(join(contracts, 'slow.txt'), contract('Birch Works Ltd.'));
  const files = await listedFiles(fixture);
  await ingestChangedFiles(services(fixture), files, syncId!);
  await postponeIngestion(
    fixture,
    files.map(({ fileId }) => fileId),
  );
  expect((await queue.counts('ingest')).waiting).toBe(0);
  await ingestChangedFiles(services(fixture), files, syncId!);
  expect((await queue.counts('ingest')).waiting).toBe(1);
});
