import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openEmbeddedQueue } from '../../src/queue/embedded.ts';
import type { RunningJob } from '../../src/queue/queue.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { FileRecord, SyncKind } from '../../src/store/records.ts';
import {
  cancelSync,
  enqueueFinish,
  requestSync,
  syncStatus,
  type SyncServices,
} from '../../src/sync/syncs.ts';
import { syncStatusResponseSchema } from '../../src/search/response-schemas.ts';

async function openFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'deedbox-sync-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Store and queue as a process has them open that requests syncs. */
async function open(folder: string) {
  const store = await openSqliteStore({ folder });
  const queue = openEmbeddedQueue({ folder, pollMs: 20 });
  onTestFinished(async () => {
    await queue.close();
    await store.close();
  });
  await store.addSource('folder:/contracts');
  let workerRequestCount = 0;
  const services: SyncServices = {
    store,
    queue,
    ensureWorker: () => void (workerRequestCount += 1),
  };
  return { ...services, services, workerRequests: () => workerRequestCount };
}

function file(name: string, syncId: string, more: Partial<FileRecord> = {}): FileRecord {
  return {
    fileId: name,
    source: 'folder:/contracts',
    fileName: name,
    folder: '',
    size: 1,
    modifiedAt: '2026-01-01T00:00:00Z',
    changeKey: '1',
    aclEntries: ['anyone'],
    state: 'pending',
    attempts: 0,
    syncId,
    ...more,
  };
}

/** Runs each waiting job once, without any effect, and returns them. */
async function jobsOf({ queue }: Pick<SyncServices, 'queue'>): Promise<RunningJob[]> {
  const jobs: RunningJob[] = [];
  const recordJob = async (job: RunningJob) => void jobs.push(job);
  const handlers = { request: recordJob, sync: recordJob, ingest: recordJob };
  const workers = queue.work(handlers, { concurrency: { request: 1, sync: 1, ingest: 1 } });
  await expect.poll(() => queue.counts()).toEqual({ waiting: 0, active: 0, failed: 0 });
  await workers.stop();
  return jobs;
}

describe('requestSync', () => {
  it('enqueues one job for all sources and makes sure of a worker', async () => {
    const opened = await open(await openFolder());
    const { syncId } = await requestSync(opened.services, { kind: 'incremental' });
    expect(await opened.store.sync(syncId)).toMatchObject({
      state: 'waiting',
      kind: 'incremental',
    });
    expect(opened.workerRequests()).toBe(1);
    expect((await jobsOf(opened)).map((job) => job.payload)).toEqual([{ syncId }]);
    expect(await opened.store.sync(syncId)).toMatchObject({ sources: ['folder:/contracts'] });
  });

  it.each(['waiting', 'listing'] as const)('joins a sync that is %s', async (state) => {
    const { services, store, queue, workerRequests } = await open(await openFolder());
    const first = await requestSync(services, { kind: 'incremental' });
    await store.updateSync(first.syncId, { state });
    const joined = await requestSync(services, { kind: 'incremental' });
    expect(joined).toEqual(first);
    expect(await store.sync(first.syncId)).toMatchObject({ state });
    expect(await queue.counts()).toMatchObject({ waiting: 1 });
    expect(workerRequests()).toBe(2);
  });

  it('lists again in a sync that has listed everything and still reads', async () => {
    const opened = await open(await openFolder());
    const { services, store, queue } = opened;
    const { syncId } = await requestSync(services, { kind: 'incremental' });
    await jobsOf(opened);
    await store.updateSync(syncId, { state: 'reading' });
    const payload = { syncId, fileId: 'a.txt', force: false };
    await queue.add([{ kind: 'ingest', key: 'a.txt', payload }]);
    expect(await requestSync(services, { kind: 'incremental' })).toEqual({ syncId });
    expect(await store.sync(syncId)).toMatchObject({ state: 'waiting' });
    expect((await jobsOf(opened)).map(({ kind }) => kind).sort()).toEqual(['ingest', 'sync']);
  });

  it('starts a new sync after one that has ended', async () => {
    const { services, store } = await open(await openFolder());
    const first = await requestSync(services, { kind: 'incremental' });
    await store.updateSync(first.syncId, { state: 'done' });
    expect(await requestSync(services, { kind: 'incremental' })).not.toEqual(first);
  });

  it('replaces an active sync by a full one, and joins a full one', async () => {
    const opened = await open(await openFolder());
    const { services, store, queue } = opened;
    const small = await requestSync(services, { kind: 'incremental' });
    await store.recordFiles([file('a.txt', small.syncId)]);
    const payload = { syncId: small.syncId, fileId: 'a.txt', force: false };
    await queue.add([{ kind: 'ingest', key: 'a.txt', payload }]);
    const full = await requestSync(services, { kind: 'full' });
    expect(await store.sync(small.syncId)).toMatchObject({ state: 'cancelled' });
    expect(await requestSync(services, { kind: 'incremental' })).toEqual(full);
    expect((await jobsOf(opened)).map((job) => job.payload)).toEqual([{ syncId: full.syncId }]);
  });

  it('replaces a sync that began before a source was added, and stays full if that was', async () => {
    const { services, store } = await open(await openFolder());
    const first = await requestSync(services, { kind: 'full' });
    await store.addSource('folder:/more');
    const second = await requestSync(services, { kind: 'incremental' });
    expect(second).not.toEqual(first);
    expect(await store.sync(second.syncId)).toMatchObject({
      kind: 'full',
      sources: ['folder:/contracts', 'folder:/more'],
    });
  });

  it('enqueues the sync again when the queue was lost', async () => {
    const folder = await openFolder();
    const { services, store, queue } = await open(folder);
    const first = await requestSync(services, { kind: 'incremental' });
    await store.updateSync(first.syncId, { state: 'reading' });
    await store.recordFiles([file('a.txt', first.syncId)]);
    await queue.cancel('sync', ['all']);
    expect(await queue.counts()).toMatchObject({ waiting: 0 });
    expect(await requestSync(services, { kind: 'incremental' })).toEqual(first);
    expect(await store.sync(first.syncId)).toMatchObject({ state: 'waiting' });
    expect(await queue.counts()).toMatchObject({ waiting: 1 });
  });

  it.each<[string, SyncKind[], SyncKind]>([
    ['the same kind', ['incremental', 'incremental', 'incremental'], 'incremental'],
    ['a full sync among others', ['incremental', 'full', 'incremental'], 'full'],
    ['different kinds', ['nightly', 'incremental', 'reconcile'], 'reconcile'],
  ])(
    'leaves one sync and its job when several processes request %s at once',
    async (_, kinds, broadest) => {
      const folder = await openFolder();
      const processes = [await open(folder), await open(folder), await open(folder)];
      const requested = await Promise.all(
        processes.map(({ services }, at) => requestSync(services, { kind: kinds[at]! })),
      );
      const [one] = processes;
      const jobs = (await jobsOf(one!)) as RunningJob<'sync'>[];
      expect(jobs).toHaveLength(1);
      const { syncId } = jobs[0]!.payload;
      expect(await one!.store.sync(syncId)).toMatchObject({ kind: broadest });
      for (const { syncId: id } of requested) {
        if (id !== syncId) expect(await one!.store.sync(id)).toMatchObject({ state: 'cancelled' });
      }
    },
  );

  it.each<[SyncKind, SyncKind, SyncKind]>([
    ['nightly', 'incremental', 'nightly'],
    ['incremental', 'nightly', 'nightly'],
    ['reconcile', 'nightly', 'reconcile'],
    ['nightly', 'reconcile', 'reconcile'],
    ['full', 'reconcile', 'full'],
  ])('serves a %s and a %s request by a %s sync', async (first, second, broadest) => {
    const { services, store } = await open(await openFolder());
    const { syncId } = await requestSync(services, { kind: first });
    const requested = await requestSync(services, { kind: second });
    expect((await store.sync(requested.syncId))?.kind).toBe(broadest);
    expect(requested.syncId === syncId).toBe(first === broadest);
  });

  it.each<[SyncKind, SyncKind]>([
    ['incremental', 'full'],
    ['full', 'incremental'],
  ])('keeps the broader sync when two processes request %s and %s at once', async (kind, other) => {
    const folder = await openFolder();
    const [one, two] = [await open(folder), await open(folder)];
    const putSync = one.store.putSync.bind(one.store);
    one.store.putSync = async (record) => {
      await requestSync(two.services, { kind: other });
      await putSync(record);
    };
    const { syncId } = await requestSync(one.services, { kind });
    expect(syncId).toBe('sync-1-full');
    expect(await one.store.sync('sync-1-full')).toMatchObject({ state: 'waiting' });
    expect(await one.store.sync('sync-1')).toMatchObject({ state: 'cancelled' });
    expect((await jobsOf(one)).map((job) => job.payload)).toEqual([{ syncId }]);
  });

  it('keeps the job of a new sync when an earlier one is to be finished', async () => {
    const opened = await open(await openFolder());
    const { services, store, queue } = opened;
    const first = await requestSync(services, { kind: 'incremental' });
    const record = (await store.sync(first.syncId))!;
    await store.updateSync(first.syncId, { state: 'done' });
    const second = await requestSync(services, { kind: 'incremental' });
    await enqueueFinish(queue, record);
    const syncIds = (await jobsOf(opened)).map(({ payload }) => payload);
    expect(syncIds).toContainEqual(expect.objectContaining({ syncId: second.syncId }));
  });
});

describe('cancelSync', () => {
  it('drops the waiting jobs of the sync and no others', async () => {
    const opened = await open(await openFolder());
    const { services, store, queue } = opened;
    const { syncId } = await requestSync(services, { kind: 'incremental' });
    await store.recordFiles([file('mine', syncId), file('other', 'another sync')]);
    for (const fileId of ['mine', 'other']) {
      await queue.add([{ kind: 'ingest', key: fileId, payload: { syncId, fileId, force: false } }]);
    }
    await cancelSync(services, syncId);
    expect(await syncStatus(services, syncId)).toMatchObject({ state: 'cancelled', pending: 1 });
    expect((await jobsOf(opened)).map((job) => job.key)).toEqual(['other']);
  });

  it('leaves an ended sync as it is, and rejects an unknown id', async () => {
    const { services, store } = await open(await openFolder());
    const { syncId } = await requestSync(services, { kind: 'incremental' });
    await store.updateSync(syncId, { state: 'done' });
    await cancelSync(services, syncId);
    expect(await syncStatus(services, syncId)).toMatchObject({ state: 'done' });
    await expect(cancelSync(services, 'nonsense')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('syncStatus', () => {
  it('reports that no sync has run, and rejects an unknown id', async () => {
    const { services } = await open(await openFolder());
    expect(await syncStatus(services)).toMatchObject({ state: 'none', found: 0, failures: [] });
    await expect(syncStatus(services, 'nonsense')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('counts files, and estimates the time left from those that were ingested', async () => {
    const { services, store } = await open(await openFolder());
    const createdAt = new Date(Date.now() - 10_000).toISOString();
    const sources = ['folder:/contracts'];
    await store.putSync({ syncId: 's', sources, kind: 'incremental', state: 'reading', createdAt });
    const failed = { state: 'failed', outcome: 'failed', reason: 'corrupt', attempts: 1 } as const;
    await store.recordFiles([
      ...Array.from({ length: 20 }, (_, n) => file(`failed ${n}`, 's', failed)),
      ...Array.from({ length: 40 }, (_, n) => file(`pending ${n}`, 's')),
      file('ignored', 's', { state: 'ignored', outcome: 'ignored', detail: 'hidden' }),
    ]);
    const status = syncStatusResponseSchema.parse(await syncStatus(services));
    expect(status).toMatchObject({ found: 61, failed: 20, pending: 40, ignored: 1, indexed: 0 });
    // 20 files in 10 seconds, and twice as many left
    expect(status.files_per_second).toBeGreaterThan(1);
    expect(status.files_per_second).toBeLessThanOrEqual(2);
    expect(status.seconds_left! * status.files_per_second!).toBeCloseTo(40);
  });

  it('lists the first failures by folder and name, and counts the rest', async () => {
    const { services, store } = await open(await openFolder());
    const { syncId } = await requestSync(services, { kind: 'incremental' });
    const names = Array.from({ length: 60 }, (_, n) => `${String(59 - n).padStart(2, '0')}.pdf`);
    const failed = {
      state: 'failed',
      outcome: 'failed',
      reason: 'encrypted',
      attempts: 2,
    } as const;
    await store.recordFiles([
      ...names.map((name) => file(name, syncId, { ...failed, folder: 'Vendors' })),
      file('z.pdf', syncId, { ...failed, folder: 'NDAs', detail: 'It asks for a password.' }),
      file('first.pdf', 'another sync', { ...failed, folder: 'A' }),
      file('read.pdf', syncId, { folder: 'A' }),
    ]);
    const status = await syncStatus(services, syncId);
    expect(status.failures).toHaveLength(50);
    expect(status.more_failures).toBe(11);
    expect(status.failures.slice(0, 2)).toEqual([
      {
        file_name: 'z.pdf',
        folder: 'NDAs',
        reason: 'encrypted',
        detail: 'It asks for a password.',
        attempts: 2,
      },
      { file_name: '00.pdf', folder: 'Vendors', reason: 'encrypted', attempts: 2 },
    ]);
  });
});
