import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { acquireWorkerLock } from '../../workers/worker-lock.ts';
import { workerProblem } from '../../workers/supervision.ts';
import type { SyncStatusResponse } from '../../src/search/response-schemas.ts';
import { deedbox, startDeedbox, temporaryFolder, waitForOutput } from '../support/cli.ts';
import { connectHttp } from '../support/mcp-client.ts';

it('says that no worker runs and what starts one, and goes on when there is one', async () => {
  const [data, contracts] = [temporaryFolder(), temporaryFolder()];
  writeFileSync(join(contracts, 'lease.txt'), 'This Lease is governed by French law.');
  const service = startDeedbox('start', contracts, '--no-worker', '--port', '0', '--data', data);
  const started = await waitForOutput(service, /the service began/);
  const client = await connectHttp(/"url":"([^"]+)"/.exec(started)![1]!, '2026-07-28');
  const call = async (name: string, args: object = {}) => {
    const result = await client.callTool({ name, arguments: { ...args } });
    const [{ text }] = result.content as unknown as [{ text: string }];
    return { text, answer: result.structuredContent as SyncStatusResponse };
  };

  const waiting = await call('sync_documents');
  expect(waiting.answer.state).toBe('waiting');
  expect(waiting.answer.notes).toEqual([
    expect.stringMatching(/^No worker runs.*`deedbox worker`/),
  ]);
  expect(waiting.text).toMatch(/No worker runs.*deedbox worker/);
  expect(waiting.text).toContain('It goes on once a worker runs.');
  const job = { job_id: waiting.answer.job_id };
  expect((await call('get_sync_status', job)).text).toContain('No worker runs');
  expect((await deedbox('--data', data, 'status')).stdout).toContain('no worker runs');

  startDeedbox('worker', '--data', data);
  await expect
    .poll(async () => (await call('get_sync_status', job)).answer.state, { timeout: 30_000 })
    .toBe('done');
  expect((await call('get_sync_status', job)).text).not.toContain('worker');
  const again = await call('sync_documents', { files: ['lease.txt'] });
  expect(again.answer).toMatchObject({ state: 'done', indexed: 1 });
  expect(again.text).not.toContain('worker');
}, 60_000);

it('says so of a worker of the service only when that has ended', () => {
  const data = temporaryFolder();
  const supervised = { hasFailed: () => false };
  expect(workerProblem(data, undefined)).toMatch(/Start one on the server/);
  expect(workerProblem(data, supervised)).toBeUndefined();
  supervised.hasFailed = () => true;
  expect(workerProblem(data, supervised)).toMatch(/has ended/);
  const lock = acquireWorkerLock(data);
  expect(workerProblem(data, supervised)).toBeUndefined();
  expect(workerProblem(data, undefined)).toBeUndefined();
  lock.release();
});
