import { fork, type ChildProcess } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client, Progress } from '@modelcontextprotocol/client';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { SyncStatusResponse } from '../../src/search/response-schemas.ts';
import { openRequestServices } from '../../src/composition/app.ts';
import { Authenticator } from '../../src/access/authenticator.ts';
import { serveHttp } from '../../src/mcp/http.ts';
import { folderSourcePrefix } from '../../src/sources/folder/folder-source.ts';
import { requestSync } from '../../src/sync/syncs.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { root, samples, temporaryFolder } from '../support/cli.ts';
import { connectHttp, eras, erasOfProcesses } from '../support/mcp-client.ts';
import { serveWorkspace } from '../support/sample-service.ts';
import { isLong } from '../support/long.ts';

/** A service over an empty data folder that knows the folder `contracts`; no worker runs by itself. */
async function emptyService(syncTimeoutMs?: number) {
  const data = temporaryFolder(onFileFinished);
  const contracts = temporaryFolder(onFileFinished);
  const service = await serveWorkspace(data, syncTimeoutMs === undefined ? {} : { syncTimeoutMs });
  await service.services.store.addSource(folderSourcePrefix + contracts);
  return { ...service, data, contracts };
}

async function sync(
  client: Client,
  options: { onprogress?: (progress: Progress) => void; signal?: AbortSignal; full?: boolean } = {},
): Promise<SyncStatusResponse> {
  const { full = false, ...request } = options;
  const result = await client.callTool({ name: 'sync_documents', arguments: { full } }, request);
  expect(result.isError).toBeFalsy();
  return result.structuredContent as SyncStatusResponse;
}

describe.each(erasOfProcesses)('sync_documents over %s', (era) => {
  let service: Awaited<ReturnType<typeof emptyService>>;
  let worker: ChildProcess;

  beforeAll(async () => {
    service = await emptyService(60_000);
    worker = fork(join(root, 'dist', 'workers', 'main.js'), ['--data', service.data]);
    return () => worker.kill();
  });

  it.runIf(isLong)(
    'reads what is new, reports progress in order, and drops what is gone',
    async () => {
      const client = await connectHttp(service.url, era);
      cpSync(join(samples, 'NDAs'), service.contracts, { recursive: true });
      const steps: Progress[] = [];
      const first = await sync(client, { onprogress: (progress) => steps.push(progress) });
      expect(first).toMatchObject({ state: 'done', failed: 0, pending: 0 });
      expect(first.indexed).toBeGreaterThanOrEqual(4);
      expect(first.found).toBe(first.indexed);
      expect(steps.length).toBeGreaterThan(0);
      for (const [index, step] of steps.entries()) {
        if (index > 0) expect(step.progress).toBeGreaterThan(steps[index - 1]!.progress);
        expect(step.progress).toBeLessThanOrEqual(first.found);
      }

      writeFileSync(join(service.contracts, 'broken.pdf'), '%PDF-1.7 not really');
      const second = await sync(client);
      expect(second).toMatchObject({
        state: 'done',
        unchanged: first.found,
        failed: 1,
        indexed: 0,
      });
      expect(second.failures).toEqual([
        expect.objectContaining({ file_name: 'broken.pdf', reason: 'corrupt' }),
      ]);

      rmSync(join(service.contracts, 'broken.pdf'));
      const third = await sync(client, { full: true });
      expect(third).toMatchObject({ state: 'done', indexed: first.found, removed: 1, failed: 0 });
    },
  );
});

describe('requested files', () => {
  const readFiles = async (client: Client, files: string[]) => {
    const result = await client.callTool({ name: 'sync_documents', arguments: { files } });
    const [{ text }] = result.content as unknown as [{ text: string }];
    return {
      text,
      isError: result.isError,
      answer: result.structuredContent as SyncStatusResponse,
    };
  };

  it.runIf(isLong)('are read before all others, also again, and also after a failure', async () => {
    const { url, contracts, data, services } = await emptyService(60_000);
    for (const folder of ['People', 'Vendors', 'NDAs']) {
      cpSync(join(samples, folder), contracts, { recursive: true });
    }
    // by folder and name the last of all
    writeFileSync(join(contracts, 'zz wanted.txt'), 'This Agreement is governed by French law.');
    writeFileSync(join(contracts, 'zz broken.pdf'), '%PDF-1.7 not really');
    const { syncId } = await requestSync({ ...services, ensureWorker: () => {} }, { kind: 'full' });
    const slow = fork(join(root, 'dist', 'workers', 'main.js'), ['--data', data], {
      env: { ...process.env, DEEDBOX_WORKERS: '1' },
    });
    onTestFinished(() => void slow.kill());
    const syncState = () => services.store.sync(syncId).then((record) => record?.state);
    await expect.poll(syncState, { timeout: 20_000, interval: 20 }).toBe('reading');
    const client = await connectHttp(url, '2026-07-28');
    const requested = await readFiles(client, ['ZZ wanted.txt', 'zz broken.pdf']);
    const remaining = (await services.store.sync(syncId))!;
    expect(requested.answer).toMatchObject({ state: 'done', found: 2, indexed: 1, failed: 1 });
    expect(requested.answer.failures).toMatchObject([{ file_name: 'zz broken.pdf', attempts: 1 }]);
    expect(remaining.state).toBe('reading');
    expect(remaining.pending).toBeGreaterThan(2);

    await expect.poll(syncState, { timeout: 50_000 }).toBe('done');
    const { found } = (await services.store.sync(syncId))!;
    writeFileSync(join(contracts, 'zz wanted.txt'), 'This Agreement is governed by Danish law.');
    const [wanted] = await services.scopedIndex.filesByName(['zz wanted.txt']);
    expect((await readFiles(client, [wanted!.documentId!])).answer).toMatchObject({ indexed: 1 });
    const { text } = (await services.scopedIndex.text(wanted!.documentId!))!;
    expect(text).toContain('Danish');
    expect(await services.store.sync(syncId)).toMatchObject({ state: 'done', found, pending: 0 });
  });

  it('that do not exist are named', async () => {
    const { url } = await emptyService();
    const requested = await readFiles(await connectHttp(url, '2025-11-25'), ['nowhere.pdf']);
    expect(requested).toMatchObject({ isError: true });
    expect(requested.text).toMatch(/not_found: No file is called "nowhere\.pdf"/);
  });
});

async function status(client: Client, job: string): Promise<SyncStatusResponse> {
  const result = await client.callTool({ name: 'get_sync_status', arguments: { job_id: job } });
  return result.structuredContent as SyncStatusResponse;
}

describe.each(eras)('a long sync over %s', (era) => {
  it('is returned as a job', async () => {
    const { url } = await emptyService(300);
    const client = await connectHttp(url, era);
    const waiting = await sync(client);
    expect(waiting.state).toBe('waiting');
    expect(await status(client, waiting.job_id!)).toMatchObject({ state: 'waiting' });
    expect((await sync(client)).job_id).toBe(waiting.job_id);
  });

  it('is cancelled by the client that started it', async () => {
    const { url, services } = await emptyService(60_000);
    const client = await connectHttp(url, era);
    const cancel = new AbortController();
    const waiting = sync(client, {
      signal: cancel.signal,
      onprogress: () => cancel.abort(new Error('enough')),
    });
    await expect(waiting).rejects.toThrow();
    await expect
      .poll(async () => (await services.store.sync())?.state, { timeout: 10_000 })
      .toBe('cancelled');
    expect(await services.queue.counts('sync')).toMatchObject({ waiting: 0, active: 0 });
  });

  it('goes on when the service closes, and its caller gets the job', async () => {
    const { services, data } = await emptyService();
    const service = await serveHttp({
      services: (context) => openRequestServices(services, context),
      authenticator: new Authenticator({ dataFolder: data, principal: 'unrestricted' }),
      limits: { drainTimeoutMs: 2000 },
      host: '127.0.0.1',
      port: 0,
      syncTimeoutMs: 60_000,
    });
    const client = await connectHttp(service.url, era);
    const response = sync(client);
    await expect.poll(async () => (await services.store.sync())?.state).toBe('waiting');
    await service.close();
    expect(await response).toMatchObject({ state: 'waiting' });
    expect((await services.store.sync())?.state).toBe('waiting');
    await client.close();
  });

  it('goes on when a client that only joined it cancels', async () => {
    const { url, data } = await emptyService(300);
    const startingClient = await connectHttp(url, era);
    const { job_id: job } = await sync(startingClient);
    const ended: string[] = [];
    const slowUrl = await serveWorkspace(data, {
      syncTimeoutMs: 60_000,
      auditSink: ({ name }) => void ended.push(name),
    });
    const joiningClient = await connectHttp(slowUrl.url, era);
    const cancel = new AbortController();
    const joined = sync(joiningClient, {
      signal: cancel.signal,
      onprogress: () => cancel.abort(new Error('enough')),
    });
    await expect(joined).rejects.toThrow();
    await expect.poll(() => ended).toContain('sync_documents');
    expect(await status(startingClient, job!)).toMatchObject({ state: 'waiting' });
  });
});
