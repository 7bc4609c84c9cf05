import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished, vi } from 'vitest';
import { openClauseModel } from '../../src/analyse/clause-model/model-file.ts';
import { packageRoot, readConfig } from '../../src/config.ts';
import { openEmbedder } from '../../src/embed/embedder.ts';
import { openExtractor } from '../../src/extract/extract.ts';
import { readableExtensions } from '../../src/extract/formats.ts';
import { openEmbeddedQueue } from '../../src/queue/embedded.ts';
import { FolderSource, folderSourcePrefix } from '../../src/sources/folder.ts';
import type { SyncStatusAnswer } from '../../src/search/answers.ts';
import type { Source } from '../../src/sources/source.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { DocumentFilter, SyncKind } from '../../src/store/records.ts';
import { requestSync, syncStatus } from '../../src/sync/syncs.ts';
import { startWorker, type WorkerServices } from '../../workers/worker.ts';

export const bundledModel = join(packageRoot(), 'models', 'contract-embedding');
export const everything: DocumentFilter = { today: '2026-01-01', clauseConfidence: 0.5 };

const parse = { memoryLimit: 2 ** 30, timeLimit: 30_000 };

/** What takes long to open and keeps nothing of what it reads: one of each for all tests of a file. */
async function openReaders() {
  const extractor = openExtractor({ processes: 2, ...parse });
  const embedder = await openEmbedder({ model: bundledModel });
  return { embedder, extractor, models: { clauses: openClauseModel(readConfig().clauseModel) } };
}
let readers: ReturnType<typeof openReaders> | undefined;

afterAll(async () => {
  const opened = await readers;
  await opened?.extractor.close();
  await opened?.embedder.close();
});

/**
 * A folder of contracts with a whole archive beside it, all of it real, gone when the test is over.
 * Jobs are tried three times, with short delays.
 */
export async function openWorkplace() {
  const root = await mkdtemp(join(tmpdir(), 'deedbox-workers-'));
  const [data, contracts] = [join(root, 'data'), join(root, 'contracts')];
  await mkdir(contracts);
  const store = await openSqliteStore({ folder: data });
  const retry = { attempts: 3, baseMs: 10, capMs: 50 };
  const queue = openEmbeddedQueue({ folder: data, pollMs: 20, retry });
  readers ??= openReaders();
  const sourceOf = (id: string): Source =>
    new FolderSource(id.slice(folderSourcePrefix.length), {
      extensions: readableExtensions,
      tempFolder: join(data, 'tmp'),
    });
  const services: WorkerServices = {
    store,
    queue,
    ...(await readers),
    sourceFor: sourceOf,
    limits: { maxBytes: 10 * 2 ** 20, maxCharacters: 1_000_000, ...parse },
    pipeline: 'test',
  };
  const source = sourceOf(folderSourcePrefix + contracts).id;
  await store.addSource(source);
  onTestFinished(async () => {
    await queue.close();
    await store.close();
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  });

  const request = async (kind: SyncKind = 'follow') =>
    (await requestSync({ store, queue, ensureWorker: () => {} }, { kind })).syncId;
  const status = (syncId?: string) => syncStatus({ store }, syncId);

  return {
    root,
    data,
    contracts,
    source,
    sourceOf,
    services,
    store,
    queue,
    request,
    status,
    /** Asks for a sync, works until the queue is empty, and tells how the sync ended. */
    sync: async (options: { kind?: SyncKind } & Partial<WorkerServices> = {}) => {
      const { kind, ...replaced } = options;
      const worker = startWorker({ ...services, ...replaced }, { concurrency: 2 });
      const syncId = await request(kind);
      await worker.drained();
      await worker.stop();
      return status(syncId);
    },
    /** Waits until the newest sync looks like this. */
    until: (look: (now: SyncStatusAnswer) => boolean) =>
      vi.waitUntil(async () => look(await status()), { timeout: 30_000, interval: 10 }),
    /** What is indexed, by file name. */
    texts: async (): Promise<Record<string, string>> => {
      const { documents } = await store
        .readableBy('everything')
        .documents(everything, { sort: 'title', limit: 1000 });
      const entries = documents.map(async ({ documentId, file }) => {
        const stored = await store.readableBy('everything').text(documentId);
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
