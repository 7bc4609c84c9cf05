import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished, vi } from 'vitest';
import { packageRoot } from '../../src/settings/config.ts';
import { openEmbedder } from '../../src/embed/embedder.ts';
import { readableExtensions } from '../../src/extract/formats.ts';
import { openEmbeddedQueue } from '../../src/queue/embedded.ts';
import { FolderSource, folderSourcePrefix } from '../../src/sources/folder/folder-source.ts';
import type { SyncStatusResponse } from '../../src/search/response-schemas.ts';
import type { Source } from '../../src/sources/source.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { SyncKind } from '../../src/store/records.ts';
import { requestSync, syncStatus } from '../../src/sync/syncs.ts';
import type { WorkerServices } from '../../workers/services.ts';
import { startWorker } from '../../workers/worker.ts';
import { openReader } from '../support/document-reader.ts';
import { unfiltered } from '../contract/store-samples.ts';

export const bundledModel = join(packageRoot(), 'models', 'contract-embedding');

const readLimits = { memoryLimitBytes: 2 ** 30, timeLimitMs: 30_000 };

/** Models take long to open and hold no state: one reader and one embedder for all tests of a file. */
async function openSharedModels() {
  const embedder = await openEmbedder({ model: bundledModel });
  return { embedder, reader: openReader(tmpdir(), readLimits) };
}
let sharedModels: ReturnType<typeof openSharedModels> | undefined;

afterAll(async () => {
  const opened = await sharedModels;
  sharedModels = undefined; // the next file of the same process opens its own
  await opened?.reader.close();
  await opened?.embedder.close();
});

/**
 * A folder of contracts and a data folder with a real store and queue, removed after the test. Jobs are
 * tried three times, with short delays.
 */
export async function openFixture() {
  const root = await mkdtemp(join(tmpdir(), 'deedbox-workers-'));
  const [data, contracts] = [join(root, 'data'), join(root, 'contracts')];
  await mkdir(contracts);
  const store = await openSqliteStore({ folder: data });
  const retry = { maxAttempts: 3, baseDelayMs: 10, maxDelayMs: 50 };
  const queue = openEmbeddedQueue({ folder: data, pollMs: 20, retry });
  sharedModels ??= openSharedModels();
  const sourceOf = (id: string): Source =>
    new FolderSource(id.slice(folderSourcePrefix.length), {
      extensions: readableExtensions,
      tempFolder: join(data, 'tmp'),
    });
  const { embedder, reader } = await sharedModels;
  const services: WorkerServices = {
    store,
    queue,
    reader,
    model: embedder.identity,
    sourceFor: sourceOf,
    limits: { maxBytes: 10 * 2 ** 20, maxCharacters: 1_000_000, ...readLimits },
    maybeIncompleteMs: 0,
    pipeline: 'test',
  };
  const source = sourceOf(folderSourcePrefix + contracts).id;
  await store.addSource(source);
  onTestFinished(async () => {
    await queue.close();
    await store.close();
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  });

  const request = async (kind: SyncKind = 'incremental') =>
    (await requestSync({ store, queue, ensureWorker: () => {} }, { kind })).syncId;
  const status = (syncId?: string) => syncStatus({ store }, syncId);

  return {
    root,
    data,
    contracts,
    source,
    sourceOf,
    services,
    embedder,
    store,
    queue,
    request,
    status,
    /** Requests a sync, runs a worker until the queue is empty, and returns the status of the sync. */
    sync: async (options: { kind?: SyncKind } & Partial<WorkerServices> = {}) => {
      const { kind, ...overrides } = options;
      const worker = startWorker({ ...services, ...overrides }, { concurrency: 2 });
      const syncId = await request(kind);
      await worker.drained();
      await worker.stop();
      return status(syncId);
    },
    /** Waits until the status of the newest sync matches. */
    waitUntil: (predicate: (now: SyncStatusResponse) => boolean) =>
      vi.waitUntil(async () => predicate(await status()), { timeout: 30_000, interval: 10 }),
    /** The texts of the indexed documents, by file name. */
    texts: async (): Promise<Record<string, string>> => {
      const { documents } = await store
        .scopedTo('unrestricted')
        .documents(unfiltered, { sort: 'title', limit: 1000 });
      const entries = documents.map(async ({ documentId, file }) => {
        const stored = await store.scopedTo('unrestricted').text(documentId);
        return [file.fileName, stored?.text ?? ''] as const;
      });
      return Object.fromEntries(await Promise.all(entries));
    },
    record: async (fileName: string) => {
      const records = await store.files({});
      return records.find((record) => record.fileName === fileName);
    },
  };
}

export const contract = (party: string) =>
  `SERVICES AGREEMENT\n\nThis Services Agreement is made as of March 1, 2024 between ${party} and Harrow Lane Ltd.\n\n1. Governing Law. This Agreement is governed by the laws of Delaware.\n`;
