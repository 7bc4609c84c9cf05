import { appendFile, cp, mkdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { AclEntry } from '../../src/domain/documents.ts';
import { openEmbedder } from '../../src/embed/embedder.ts';
import { DeedboxError } from '../../src/errors/errors.ts';
import { readableExtensions } from '../../src/extract/formats.ts';
import { FolderSource, folderSourcePrefix } from '../../src/sources/folder/folder-source.ts';
import type { SyncStatusResponse } from '../../src/search/response-schemas.ts';
import type { Source } from '../../src/sources/source.ts';
import type { Store } from '../../src/store/store.ts';
import { cancelSync, finishKey, syncStatus } from '../../src/sync/syncs.ts';
import { recordFailure } from '../../workers/failure.ts';
import { runIngestJob } from '../../workers/ingest.ts';
import { runSyncJob } from '../../workers/sync.ts';
import type { WorkerServices } from '../../workers/services.ts';
import { startWorker } from '../../workers/worker.ts';
import { unfiltered } from '../contract/store-samples.ts';
import { openReader } from '../support/document-reader.ts';
import { bundledModel, contract, openFixture } from './fixture.ts';

const counts = (status: SyncStatusResponse) => {
  const { state, found, indexed, unchanged, failed, ignored, removed, pending } = status;
  expect(found).toBe(indexed + unchanged + failed + ignored + pending);
  return { state, found, indexed, unchanged, failed, ignored, removed, pending };
};
const zeroCounts = {
  found: 0,
  indexed: 0,
  unchanged: 0,
  failed: 0,
  ignored: 0,
  removed: 0,
  pending: 0,
};

/** A folder source that fails the first fetches of each file. */
function failingSource(contracts: string, data: string, failures: number) {
  const left = new Map<string, number>();
  return new (class extends FolderSource {
    override fetch(...args: Parameters<FolderSource['fetch']>) {
      const failuresLeft = left.get(args[0].fileId) ?? failures;
      left.set(args[0].fileId, failuresLeft - 1);
      if (failuresLeft <= 0) return super.fetch(...args);
      throw new DeedboxError('source_error', 'The drive is away.', { retryable: true });
    }
  })(contracts, { extensions: readableExtensions, tempFolder: join(data, 'tmp') });
}

describe('a first sync', () => {
  it('gives every file a state, and a reason if it is not indexed', async () => {
    const { contracts, sync, texts, store } = await openFixture();
    await mkdir(join(contracts, 'Clients'));
    await writeFile(join(contracts, 'Clients', 'a.txt'), contract('Aldermoor Inc.'));
    await writeFile(join(contracts, 'b.md'), contract('Birchfold GmbH'));
    await writeFile(join(contracts, 'empty.txt'), '');
    await writeFile(join(contracts, 'broken.pdf'), '%PDF-1.7 and nothing more');
    await writeFile(join(contracts, '~$a.docx'), 'lock');
    const status = await sync();
    expect(counts(status)).toEqual({
      ...zeroCounts,
      state: 'done',
      found: 5,
      indexed: 2,
      failed: 2,
      ignored: 1,
    });
    expect(
      status.failures.map(({ file_name, reason, attempts }) => [file_name, reason, attempts]),
    ).toEqual([
      ['broken.pdf', 'corrupt', 1],
      ['empty.txt', expect.any(String), 1],
    ]);
    expect(status.finished_at).toBeDefined();
    expect(await texts()).toEqual({
      'a.txt': expect.stringContaining('Aldermoor'),
      'b.md': expect.stringContaining('Birchfold'),
    });
    const [ignored] = await store.files({ states: ['ignored'] });
    expect(ignored).toMatchObject({ fileName: '~$a.docx', detail: expect.stringMatching(/\w/) });
    expect(await store.verify()).toEqual([]);
  });

  it('makes a document findable by full text, by vectors and by party', async () => {
    const { contracts, sync, store, embedder } = await openFixture();
    await writeFile(join(contracts, 'a.txt'), contract('Aldermoor Inc.'));
    await sync();
    const vector = await embedder.embedQuery('which law governs');
    expect(
      await store.scopedTo('unrestricted').searchText(['delaware'], unfiltered, 5),
    ).not.toEqual([]);
    expect(
      await store.scopedTo('unrestricted').searchVectors(vector, embedder.identity, unfiltered, 5),
    ).not.toEqual([]);
    expect(
      (await store.scopedTo('unrestricted').parties(unfiltered)).map(({ key }) => key),
    ).toContain('aldermoor');
  });
});

describe('a later sync', () => {
  it('finds new files and withdrawn permissions while a file is still being read', async () => {
    const { contracts, services, source, store, request, record, waitUntil } = await openFixture();
    let acl: AclEntry[] = ['user:ann@firm.example', 'user:bob@firm.example'];
    const folder = services.sourceFor(source);
    const shared: Source = {
      id: folder.id,
      fetch: (file, options) => folder.fetch(file, options),
      async *list(signal?: AbortSignal) {
        for await (const entry of folder.list(signal))
          yield entry.kind === 'file'
            ? { ...entry, file: { ...entry.file, aclEntries: acl } }
            : entry;
      },
    };
    let finish = () => {};
    const slow = new Promise<void>((resolve) => (finish = resolve));
    const reader: WorkerServices['reader'] = {
      async read(file, signal) {
        if (file.fileName === 'slow.txt') await slow;
        return services.reader.read(file, signal);
      },
    };
    for (const name of ['a.txt', 'slow.txt'])
      await writeFile(join(contracts, name), contract('Aldermoor Inc.'));
    const worker = startWorker(
      { ...services, reader, sourceFor: () => shared },
      { concurrency: 2 },
    );
    onTestFinished(() => worker.stop(0));
    const isReadable = async (email: string) =>
      (await store.scopedTo([`user:${email}`]).files()).files.indexed > 0;
    await request();
    await vi.waitUntil(() => isReadable('ann@firm.example'), { timeout: 30_000 });

    acl = ['user:bob@firm.example'];
    await writeFile(join(contracts, 'new.txt'), contract('Birchfold GmbH'));
    await request();
    await vi.waitUntil(async () => (await record('new.txt'))?.state === 'indexed', {
      timeout: 30_000,
    });
    expect(await isReadable('ann@firm.example')).toBe(false);
    expect(await isReadable('bob@firm.example')).toBe(true);
    expect(await record('slow.txt')).toMatchObject({ state: 'pending' });
    finish();
    await waitUntil(({ state }) => state === 'done');
    expect(counts(await syncStatus({ store }))).toMatchObject({ found: 3, indexed: 3 });
  });

  it('does not open a file with unchanged size and time, unless it is full', async () => {
    const { contracts, sync, texts } = await openFixture();
    const path = join(contracts, 'a.txt');
    await writeFile(path, contract('Aldermoor Inc.'));
    // A whole second, which every file system can give back.
    await utimes(path, 1_700_000_000, 1_700_000_000);
    await sync();
    await writeFile(path, contract('Aldermore Inc.'));
    await utimes(path, 1_700_000_000, 1_700_000_000);
    expect(counts(await sync())).toMatchObject({ state: 'done', found: 1, unchanged: 1 });
    expect((await texts())['a.txt']).toContain('Aldermoor');
    expect(counts(await sync({ kind: 'full' as const }))).toMatchObject({ found: 1, indexed: 1 });
    expect((await texts())['a.txt']).toContain('Aldermore');
  });

  it('ingests a changed file again under the same document id', async () => {
    const { contracts, sync, texts, record } = await openFixture();
    await writeFile(join(contracts, 'a.txt'), contract('Aldermoor Inc.'));
    await writeFile(join(contracts, 'b.txt'), contract('Birchfold GmbH'));
    await sync();
    const before = await record('a.txt');
    await writeFile(join(contracts, 'a.txt'), contract('Cindervale Corp.'));
    expect(counts(await sync())).toMatchObject({ found: 2, indexed: 1, unchanged: 1 });
    expect((await record('a.txt'))?.documentId).toBe(before?.documentId);
    expect((await texts())['a.txt']).toContain('Cindervale');
  });

  it('does not parse a file of which only the time has changed', async () => {
    const { contracts, sync, record } = await openFixture();
    const path = join(contracts, 'a.txt');
    await writeFile(path, contract('Aldermoor Inc.'));
    await sync();
    await utimes(path, 1_700_000_000, 1_700_000_000);
    expect(counts(await sync())).toMatchObject({ found: 1, indexed: 0, unchanged: 1 });
    expect((await record('a.txt'))?.modifiedAt).toBe(new Date(1_700_000_000_000).toISOString());
    expect(counts(await sync())).toMatchObject({ found: 1, unchanged: 1 });
  });

  it('records a rename and a move without parsing the file', async () => {
    const { contracts, sync, texts, record } = await openFixture();
    await writeFile(join(contracts, 'a.txt'), contract('Aldermoor Inc.'));
    await writeFile(join(contracts, 'b.txt'), contract('Birchfold GmbH'));
    await sync();
    const [a, b] = [await record('a.txt'), await record('b.txt')];
    await mkdir(join(contracts, 'Old'));
    await rename(join(contracts, 'a.txt'), join(contracts, 'Aldermoor.txt'));
    await rename(join(contracts, 'b.txt'), join(contracts, 'Old', 'b.txt'));
    const reader = { read: () => Promise.reject(new Error('nothing is to be read')) };
    expect(counts(await sync({ reader }))).toEqual({
      ...zeroCounts,
      state: 'done',
      found: 2,
      unchanged: 2,
    });
    expect((await record('Aldermoor.txt'))?.documentId).toBe(a?.documentId);
    expect(await record('b.txt')).toMatchObject({ documentId: b?.documentId, folder: 'Old' });
    expect(Object.keys(await texts()).sort()).toEqual(['Aldermoor.txt', 'b.txt']);
  });

  it('removes files that are gone, and nothing else', async () => {
    const { contracts, sync, texts } = await openFixture();
    await writeFile(join(contracts, 'a.txt'), contract('Aldermoor Inc.'));
    await writeFile(join(contracts, 'b.txt'), contract('Birchfold GmbH'));
    await sync();
    await rm(join(contracts, 'a.txt'));
    expect(counts(await sync())).toMatchObject({ found: 1, unchanged: 1, removed: 1 });
    expect(Object.keys(await texts())).toEqual(['b.txt']);
  });

  it('ingests files of an earlier pipeline again', async () => {
    const { contracts, sync } = await openFixture();
    await writeFile(join(contracts, 'a.txt'), contract('Aldermoor Inc.'));
    await sync();
    expect(counts(await sync({ pipeline: 'next' }))).toMatchObject({ indexed: 1, unchanged: 0 });
    expect(counts(await sync({ pipeline: 'next' }))).toMatchObject({ indexed: 0, unchanged: 1 });
  });

  it('does not retry a permanent failure until the file, the pipeline or a limit changes', async () => {
    const { contracts, data, services, sync, record } = await openFixture();
    const path = join(contracts, 'broken.pdf');
    await writeFile(path, '%PDF-1.7 and nothing more');
    await sync();
    const before = await record('broken.pdf');
    expect(before).toMatchObject({ state: 'failed', reason: 'corrupt', attempts: 1 });

    let fetched = 0;
    const source = new (class extends FolderSource {
      override fetch(...args: Parameters<FolderSource['fetch']>) {
        fetched += 1;
        return super.fetch(...args);
      }
    })(contracts, { extensions: readableExtensions, tempFolder: join(data, 'tmp') });
    const rerun = (more: Parameters<typeof sync>[0] = {}) =>
      sync({ sourceFor: () => source, ...more });

    const status = await rerun();
    expect(counts(status)).toEqual({ ...zeroCounts, state: 'done', found: 1, failed: 1 });
    expect(status.failures).toMatchObject([
      { file_name: 'broken.pdf', reason: 'corrupt', attempts: 1 },
    ]);
    expect(await record('broken.pdf')).toEqual({ ...before, syncId: status.job_id });
    expect(fetched).toBe(0);

    const next = { pipeline: 'next', limits: { ...services.limits, timeLimitMs: 60_000 } };
    for (const more of [{ kind: 'full' as const }, { pipeline: 'next' }, next]) {
      fetched = 0;
      expect(counts(await rerun(more))).toMatchObject({ failed: 1 });
      expect(fetched, JSON.stringify(more)).toBe(1);
      expect(counts(await rerun({ ...more, kind: 'incremental' }))).toMatchObject({ failed: 1 });
      expect(fetched).toBe(1);
    }
    await utimes(path, 1_700_000_000, 1_700_000_000);
    await rerun(next);
    expect(fetched).toBe(2);
  });

  it('keeps the old revision readable when the new one cannot be read', async () => {
    const { contracts, sync, texts, record } = await openFixture();
    await writeFile(join(contracts, 'a.txt'), contract('Aldermoor Inc.'));
    await sync();
    await writeFile(join(contracts, 'a.txt'), '');
    expect(counts(await sync())).toMatchObject({ state: 'done', failed: 1 });
    expect((await texts())['a.txt']).toContain('Aldermoor');
    expect(await record('a.txt')).toMatchObject({ state: 'failed', attempts: 1 });
    expect(counts(await sync())).toMatchObject({ state: 'done', failed: 1 });
    expect((await texts())['a.txt']).toContain('Aldermoor');
    await writeFile(join(contracts, 'a.txt'), contract('Cindervale Corp.'));
    expect(counts(await sync())).toMatchObject({ indexed: 1, failed: 0 });
    expect((await texts())['a.txt']).toContain('Cindervale');
    expect((await record('a.txt'))?.reason).toBeUndefined();
  });
});

describe('failures', () => {
  it('retries an error that may pass', async () => {
    const { contracts, data, sync, record } = await openFixture();
    await writeFile(join(contracts, 'a.txt'), contract('Aldermoor Inc.'));
    const source = failingSource(contracts, data, 2);
    expect(counts(await sync({ sourceFor: () => source }))).toMatchObject({ indexed: 1 });
    expect(await record('a.txt')).toMatchObject({ state: 'indexed', attempts: 3 });
    expect((await record('a.txt'))?.reason).toBeUndefined();
  });

  it('fails a file after the last attempt, with the reason and the number of attempts', async () => {
    const { contracts, data, sync } = await openFixture();
    await writeFile(join(contracts, 'a.txt'), contract('Aldermoor Inc.'));
    const source = failingSource(contracts, data, 99);
    const status = await sync({ sourceFor: () => source });
    expect(counts(status)).toMatchObject({ state: 'done', failed: 1 });
    expect(status.failures).toMatchObject([{ reason: 'source_error', attempts: 3 }]);
    // the drive may be back at any time
    expect(counts(await sync())).toMatchObject({ indexed: 1, failed: 0 });
  });

  it('fails a file that is gone when it is fetched, and removes it with the next sync', async () => {
    const { contracts, data, sync } = await openFixture();
    await writeFile(join(contracts, 'a.txt'), contract('Aldermoor Inc.'));
    const source = new (class extends FolderSource {
      override async fetch(...args: Parameters<FolderSource['fetch']>) {
        await rm(join(contracts, 'a.txt'), { force: true });
        return super.fetch(...args);
      }
    })(contracts, { extensions: readableExtensions, tempFolder: join(data, 'tmp') });
    const status = await sync({ sourceFor: () => source });
    expect(status.failures).toMatchObject([{ file_name: 'a.txt', reason: 'source_error' }]);
    expect(counts(await sync())).toEqual({ ...zeroCounts, state: 'done', removed: 1 });
  });

  it('removes nothing of a source that cannot be listed, and ingests the others', async () => {
    const { root, contracts, sync, texts, store } = await openFixture();
    await writeFile(join(contracts, 'a.txt'), contract('Aldermoor Inc.'));
    await sync();
    const other = join(root, 'other');
    await mkdir(other);
    await writeFile(join(other, 'b.txt'), contract('Birchfold GmbH'));
    await store.addSource(folderSourcePrefix + other);
    await rename(contracts, `${contracts}-unmounted`);
    const status = await sync();
    expect(status).toMatchObject({ state: 'failed', detail: expect.stringContaining(contracts) });
    expect(counts(status)).toMatchObject({ found: 1, indexed: 1, removed: 0 });
    expect(Object.keys(await texts()).sort()).toEqual(['a.txt', 'b.txt']);
    await rename(`${contracts}-unmounted`, contracts);
    expect(counts(await sync())).toMatchObject({ state: 'done', found: 2, unchanged: 2 });
  });

  it('ingests the new files of a source that can be listed only in part', async () => {
    const { contracts, data, sync, texts } = await openFixture();
    await writeFile(join(contracts, 'a.txt'), contract('Aldermoor Inc.'));
    await sync();
    await rm(join(contracts, 'a.txt'));
    await writeFile(join(contracts, 'b.txt'), contract('Birchfold GmbH'));
    const partial = new (class extends FolderSource {
      override async *list() {
        yield* super.list();
        throw new DeedboxError('source_error', 'One folder of it could not be read.');
      }
    })(contracts, { extensions: readableExtensions, tempFolder: join(data, 'tmp') });
    const status = await sync({ sourceFor: () => partial });
    expect(counts(status)).toEqual({ ...zeroCounts, state: 'failed', found: 1, indexed: 1 });
    expect(status.detail).toBe('One folder of it could not be read.');
    expect(Object.keys(await texts()).sort()).toEqual(['a.txt', 'b.txt']);
    expect(counts(await sync())).toMatchObject({ state: 'done', found: 1, removed: 1 });
  });

  it('refuses a file that is too large, and leaves no copies behind', async () => {
    const { contracts, data, services, sync } = await openFixture();
    await writeFile(join(contracts, 'a.txt'), contract('Aldermoor Inc.').repeat(20));
    const status = await sync({ limits: { ...services.limits, maxBytes: 1000 } });
    expect(status.failures).toMatchObject([{ reason: 'too_large', attempts: 1 }]);
    const copies = await stat(join(data, 'tmp')).catch(() => undefined);
    expect(copies).toBeUndefined();
  });

  it('does not restore the files of a source that is removed during the sync', async () => {
    const { contracts, services, store, source, request, sourceOf } = await openFixture();
    await writeFile(join(contracts, 'a.txt'), contract('Aldermoor Inc.'));
    const removing = {
      ...services,
      sourceFor: (id: string) => {
        const folder = sourceOf(id);
        const fetch = folder.fetch.bind(folder);
        folder.fetch = async (...args) => {
          await store.removeSource(source);
          return fetch(...args);
        };
        return folder;
      },
    };
    const worker = startWorker(removing, { concurrency: 1 });
    await request();
    await worker.drained();
    await worker.stop();
    expect(await store.files({})).toEqual([]);
    expect((await store.status()).documents).toBe(0);
    expect((await store.sync())?.state).toBe('done');
  });

  it('does not record a failure with a file that has changed since', async () => {
    const { contracts, sync, services, record } = await openFixture();
    await writeFile(join(contracts, 'a.txt'), contract('Aldermoor Inc.'));
    await sync();
    const file = (await record('a.txt'))!;
    const failure = new DeedboxError('corrupt', 'The file is damaged.');
    await recordFailure(services, { ...file, changeKey: 'earlier' }, failure, true);
    await recordFailure(services, { ...file, syncId: 'earlier' }, failure, true);
    expect(await record('a.txt')).toEqual(file);
    await recordFailure(services, file, failure, true);
    expect(await record('a.txt')).toMatchObject({ state: 'failed', reason: 'corrupt' });
  });

  it('stops after several faults of its own in a row, and fails no file', async () => {
    const { contracts, store, queue, services, request } = await openFixture();
    for (let n = 0; n < 12; n += 1) await writeFile(join(contracts, `${n}.txt`), contract(`P${n}`));
    let faults = 0;
    store.replaceDocumentIfUnchanged = () => {
      faults += 1;
      const message = 'The disk that holds the data folder is full.';
      return Promise.reject(new DeedboxError('storage_error', message, { retryable: true }));
    };
    const worker = startWorker(services, { concurrency: 1 });
    await request();
    expect(await worker.stopped).toMatchObject({ code: 'storage_error' });
    await worker.stop();
    expect(faults).toBe(5);
    expect(await queue.counts('ingest')).toEqual({ waiting: 12, active: 0, failed: 0 });
    expect((await store.status()).files).toMatchObject({ pending: 12, failed: 0 });
  });
});

describe('finishing a sync', () => {
  /** Lets the snapshot of the vector index fail this many times; counts the calls. */
  function failSnapshots(store: Store, failures: number, error: () => Error) {
    const updateIndex = store.updateIndex.bind(store);
    const calls: string[] = [];
    store.updateIndex = async () => {
      calls.push((await store.sync())!.state);
      if (calls.length <= failures) throw error();
      await updateIndex();
    };
    return calls;
  }
  const diskError = () =>
    new DeedboxError('storage_error', 'The disk reports an error.', { retryable: true });

  it('is done only after the snapshot, which is retried', async () => {
    const { contracts, sync, store, queue } = await openFixture();
    await writeFile(join(contracts, 'a.txt'), contract('Aldermoor Inc.'));
    const calls = failSnapshots(store, 2, diskError);
    expect(counts(await sync())).toMatchObject({ state: 'done', indexed: 1, failed: 0 });
    expect(calls).toEqual(['reading', 'reading', 'reading']);
    expect(await queue.counts()).toEqual({ waiting: 0, active: 0, failed: 0 });
  });

  it('retries the snapshot of a sync that had nothing to ingest', async () => {
    const { sync, store } = await openFixture();
    const calls = failSnapshots(store, 1, diskError);
    expect(counts(await sync())).toEqual({ ...zeroCounts, state: 'done' });
    expect(calls).toHaveLength(2);
  });

  it('fails the sync and not its file when the snapshot cannot be written', async () => {
    const { contracts, sync, record, store, queue } = await openFixture();
    await writeFile(join(contracts, 'a.txt'), contract('Aldermoor Inc.'));
    await writeFile(join(contracts, 'broken.pdf'), '%PDF-1.7 and nothing more');
    failSnapshots(store, 99, () => new DeedboxError('storage_error', 'The folder is read-only.'));
    const status = await sync();
    expect(counts(status)).toMatchObject({ state: 'failed', indexed: 1, failed: 1 });
    expect(status.detail).toBe('The folder is read-only.');
    expect(await record('a.txt')).toMatchObject({ state: 'indexed', attempts: 1 });
    expect(await record('broken.pdf')).toMatchObject({ reason: 'corrupt', attempts: 1 });
    // broken.pdf, and the job that was to finish the sync
    expect(await queue.counts('ingest')).toMatchObject({ failed: 1 });
    expect(await queue.counts('sync')).toMatchObject({ failed: 1 });
  });

  it('leaves an ingest job its own error when the snapshot fails as well', async () => {
    const { contracts, data, store, queue, services, request } = await openFixture();
    await writeFile(join(contracts, 'broken.pdf'), '%PDF-1.7 and nothing more');
    failSnapshots(store, 99, () => new DeedboxError('storage_error', 'The folder is read-only.'));
    const worker = startWorker(services, { concurrency: 1 });
    await request();
    await worker.drained();
    await worker.stop();
    await queue.close();
    const file = new Database(join(data, 'queue.db'), { readonly: true });
    const errors = file.prepare('SELECT kind, error FROM jobs ORDER BY kind').all();
    file.close();
    expect(errors).toEqual([
      { kind: 'ingest', error: expect.stringContaining('corrupt') },
      { kind: 'sync', error: expect.stringContaining('storage_error') },
    ]);
  });

  it('is done by the next worker after a crash before the end of the sync', async () => {
    const { contracts, sync, store, status, services } = await openFixture();
    await writeFile(join(contracts, 'a.txt'), contract('Aldermoor Inc.'));
    const { job_id: syncId } = await sync();
    await store.updateSync(syncId!, { state: 'reading' });
    const calls = failSnapshots(store, 0, diskError);
    const worker = startWorker(services, { concurrency: 1 });
    await worker.drained();
    await worker.stop();
    expect(await status(syncId)).toMatchObject({ state: 'done', indexed: 1 });
    expect(calls).toEqual(['reading']);
  });

  it('stops the worker when neither the snapshot nor the retry can be written', async () => {
    const { contracts, sync, store, queue, services, status } = await openFixture();
    await writeFile(join(contracts, 'a.txt'), contract('Aldermoor Inc.'));
    const { job_id: syncId } = await sync();
    await store.updateSync(syncId!, { state: 'reading' });
    failSnapshots(store, 1, diskError);
    const add = queue.add.bind(queue);
    queue.add = () => Promise.reject(diskError());
    const worker = startWorker(services, { concurrency: 1 });
    await expect(worker.drained()).rejects.toMatchObject({ code: 'storage_error' });
    await worker.stop();
    queue.add = add;
    expect(await status(syncId)).toMatchObject({ state: 'reading' });
    const next = startWorker(services, { concurrency: 1 });
    await next.drained();
    await next.stop();
    expect(await status(syncId)).toMatchObject({ state: 'done' });
  });

  it('fails a file in whose presence worker after worker ended, and reads the others', async () => {
    const { contracts, services, sync, queue, request, record } = await openFixture();
    await writeFile(join(contracts, 'a.txt'), contract('Aldermoor Inc.'));
    const busy = new DeedboxError('source_error', 'The file is in use.', { retryable: true });
    const reader = { read: () => Promise.reject(busy) };
    const syncId = await request();
    const signal = new AbortController().signal;
    const run = { attempt: 1, lastAttempt: false, signal };
    const syncJob = { kind: 'sync', key: 'all', payload: { syncId } } as const;
    await runSyncJob(services, { ...syncJob, ...run, interrupted: 0 });
    const { fileId } = (await record('a.txt'))!;
    const job = { kind: 'ingest', key: fileId, payload: { syncId, fileId, force: false } } as const;
    const ingestAfter = (interrupted: number) =>
      runIngestJob({ ...services, reader }, { ...job, ...run, interrupted });
    await expect(ingestAfter(7)).rejects.toMatchObject({ code: 'source_error' });
    await expect(ingestAfter(8)).rejects.toMatchObject({ code: 'corrupt' });
    expect(await record('a.txt')).toMatchObject({ state: 'failed', reason: 'corrupt' });
    await queue.cancel('ingest', [fileId]);
    await writeFile(join(contracts, 'b.txt'), contract('Birchfold GmbH'));
    expect(counts(await sync())).toMatchObject({ state: 'done', indexed: 1, failed: 1 });
  });

  it('does not begin a sync by the job that finishes another', async () => {
    const { services, request, status } = await openFixture();
    const syncId = await request();
    const job = { kind: 'sync', key: finishKey, payload: { syncId } } as const;
    const signal = new AbortController().signal;
    await runSyncJob(services, { ...job, attempt: 1, lastAttempt: false, interrupted: 0, signal });
    expect(await status(syncId)).toMatchObject({ state: 'waiting' });
  });

  it('leaves a sync cancelled that was cancelled during the snapshot', async () => {
    const { contracts, sync, store, queue } = await openFixture();
    await writeFile(join(contracts, 'a.txt'), contract('Aldermoor Inc.'));
    const updateIndex = store.updateIndex.bind(store);
    store.updateIndex = async () => {
      await cancelSync({ store, queue }, (await store.sync())!.syncId);
      await updateIndex();
    };
    expect(await sync()).toMatchObject({ state: 'cancelled', indexed: 1 });
  });
});

describe('stopping and cancelling', () => {
  const names = Array.from({ length: 12 }, (_, n) => `f${String(n).padStart(2, '0')}.txt`);

  it('releases its jobs and stops when the index has another model', async () => {
    const { root, contracts, services, store, queue, sync, request, texts } = await openFixture();
    await writeFile(join(contracts, 'a.txt'), contract('Aldermoor Inc.'));
    await sync();
    await writeFile(join(contracts, 'b.txt'), contract('Birchfold GmbH'));
    const model = join(root, 'another-model');
    await cp(bundledModel, model, { recursive: true });
    await appendFile(join(model, 'config.json'), '\n');
    const embedder = await openEmbedder({ model });
    onTestFinished(() => embedder.close());
    const worker = startWorker({ ...services, model: embedder.identity }, { concurrency: 2 });
    const syncId = await request();
    await expect(worker.drained()).rejects.toMatchObject({ code: 'model_mismatch' });
    await worker.stop();
    expect(await queue.counts('ingest')).toEqual({ waiting: 1, active: 0, failed: 0 });
    expect(await store.sync(syncId)).toMatchObject({ state: 'reading', pending: 1, failed: 0 });
    expect(counts(await sync())).toMatchObject({ state: 'done', indexed: 1, unchanged: 1 });
    expect(Object.keys(await texts()).sort()).toEqual(['a.txt', 'b.txt']);
  });

  it('fails no file and stops when a model cannot be loaded', async () => {
    const { root, contracts, services, store, request, sync } = await openFixture();
    await writeFile(join(contracts, 'a.txt'), contract('Aldermoor Inc.'));
    const model = join(root, 'broken-model');
    await cp(bundledModel, model, { recursive: true });
    await writeFile(join(model, 'onnx', 'model_quantized.onnx'), 'not a graph');
    const reader = openReader(tmpdir(), { embeddingModel: model });
    onTestFinished(() => reader.close());
    const worker = startWorker({ ...services, reader }, { concurrency: 1 });
    const syncId = await request();
    await expect(worker.drained()).rejects.toMatchObject({ code: 'invalid_configuration' });
    await worker.stop();
    expect(await store.sync(syncId)).toMatchObject({ state: 'reading', pending: 1, failed: 0 });
    expect(counts(await sync())).toMatchObject({ state: 'done', indexed: 1 });
  });

  it('continues where a stopped worker left off', async () => {
    const { contracts, services, request, waitUntil, status, texts } = await openFixture();
    for (const name of names) await writeFile(join(contracts, name), contract(`Party ${name}`));
    const first = startWorker(services, { concurrency: 1 });
    const syncId = await request();
    await waitUntil((now) => now.indexed >= 2);
    await first.stop(0);
    expect((await status(syncId)).pending).toBeGreaterThan(0);
    const second = startWorker(services, { concurrency: 2 });
    await second.drained();
    await second.stop();
    expect(counts(await status(syncId))).toMatchObject({ state: 'done', indexed: 12, pending: 0 });
    expect(Object.keys(await texts()).sort()).toEqual(names);
  });

  it('keeps ingested files, drops waiting jobs, and enqueues them again with the next sync', async () => {
    const { contracts, services, store, queue, request, waitUntil, sync, status } =
      await openFixture();
    for (const name of names) await writeFile(join(contracts, name), contract(`Party ${name}`));
    const worker = startWorker(services, { concurrency: 1 });
    const syncId = await request();
    await waitUntil((now) => now.indexed >= 1 && now.state === 'reading');
    await cancelSync({ store, queue }, syncId);
    await worker.drained();
    await worker.stop();
    const cancelled = await status(syncId);
    expect(cancelled.state).toBe('cancelled');
    expect(cancelled.pending).toBeGreaterThan(0);
    expect((await store.status()).documents).toBeLessThan(12);
    expect(counts(await sync())).toMatchObject({ state: 'done', found: 12, pending: 0 });
    expect((await store.status()).documents).toBe(12);
  });

  it('leaves no job of a sync that is cancelled while its files are enqueued', async () => {
    const { contracts, services, store, queue, request } = await openFixture();
    await writeFile(join(contracts, 'a.txt'), contract('Aldermoor Inc.'));
    const add = queue.add.bind(queue);
    queue.add = async (jobs) => {
      if (jobs[0]?.kind === 'ingest') await cancelSync(services, (await store.sync())!.syncId);
      await add(jobs);
    };
    // no slot for ingest jobs: those that are left stay in the queue
    const worker = startWorker(services, { concurrency: 0 });
    const syncId = await request();
    await expect.poll(async () => (await store.sync(syncId))?.state).toBe('cancelled');
    await expect.poll(() => queue.counts('sync')).toMatchObject({ waiting: 0, active: 0 });
    expect(await queue.counts('ingest')).toMatchObject({ waiting: 0, active: 0 });
    await worker.stop();
  });
});
