import { type ChildProcess, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/client';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { auditFolder } from '../../src/audit/files.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { KeyStore } from '../../src/access/key-store.ts';
import type { DeedboxError } from '../../src/errors/errors.ts';
import { openEmbeddedQueue } from '../../src/queue/embedded.ts';
import { indexContents } from '../e2e/index-contents.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { deedbox, samples, startDeedbox, temporaryFolder, waitForOutput } from '../support/cli.ts';
import { connectHttp } from '../support/mcp-client.ts';
import { bearer } from '../support/raw-http.ts';

/** A data folder on a disk of its own that can be filled to the last byte. */
class SmallDisk {
  readonly data: string;
  readonly #mount: string;

  constructor(megabytes: number) {
    this.#mount = temporaryFolder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'none', this.#mount]);
    onTestFinished(() => void execFileSync('umount', ['-l', this.#mount]));
    this.data = join(this.#mount, 'data');
    mkdirSync(this.data);
  }

  get free(): number {
    const { bavail, bsize } = statfsSync(this.#mount);
    return bavail * bsize;
  }

  /** Leaves about so many bytes. */
  fill(leaveBytes: number): void {
    writeFileSync(join(this.#mount, 'ballast'), Buffer.alloc(Math.max(0, this.free - leaveBytes)));
  }

  empty(): void {
    rmSync(join(this.#mount, 'ballast'), { force: true });
  }
}

let contracts: string;
let expectedContents: unknown;
let fileCount: number;

/** What was read; how a file was last looked at depends on how often it was. */
function contentsOf(data: string): unknown {
  const syncResult = Object.entries(indexContents(data) as Record<string, { outcome: string }>);
  return Object.fromEntries(
    syncResult.map(([name, { outcome: _outcome, ...file }]) => [name, file]),
  );
}

beforeAll(async () => {
  contracts = join(temporaryFolder(onFileFinished), 'contracts');
  cpSync(samples, contracts, { recursive: true });
  const data = temporaryFolder(onFileFinished);
  const { code, stderr } = await deedbox('ingest', contracts, '--data', data);
  expect(code, stderr).toBe(0);
  expectedContents = contentsOf(data);
  fileCount = Object.keys(expectedContents as object).length;
});

async function expectIntact(data: string): Promise<void> {
  const verified = await deedbox('verify', '--data', data);
  expect(verified.code, verified.stdout).toBe(0);
  expect(contentsOf(data)).toEqual(expectedContents);
  expect(verifyAudit(auditFolder(data)).problem).toBeUndefined();
}

const diskFullMessage = /disk that holds the data folder is full|disk .* is full/;
const stackOrPath = /\bat .+\(.+:\d+:\d+\)/;

/** Megabytes left at the beginning: too little for the first page of the database, up to nearly enough. */
const freeMegabytes = [0, 0.03, 0.07, 0.12, 0.2, 0.5, 1, 2, 4];

it('reports a full disk, and loses no file, whichever disk it is', async () => {
  const exitCounts: Record<string, number> = {};
  const failures: string[] = [];
  for (const megabytes of freeMegabytes) {
    const disk = new SmallDisk(64);
    disk.fill(megabytes * 2 ** 20);
    const firstRun = await deedbox('ingest', contracts, '--data', disk.data);
    exitCounts[`exit ${firstRun.code}`] = (exitCounts[`exit ${firstRun.code}`] ?? 0) + 1;
    const output = firstRun.stdout + firstRun.stderr;
    const context = `with ${megabytes} MB: ${output.slice(-600)}`;
    // either all was read, or it ended with the reason and what to do; no file was blamed
    expect([0, 2], context).toContain(firstRun.code);
    if (firstRun.code === 2 && !diskFullMessage.test(output)) failures.push(context);
    // the log may say where in the program it was, a person need not know
    const userOutput = output.split('\n').filter((line) => !line.startsWith('{'));
    if (stackOrPath.test(userOutput.join('\n'))) failures.push(context);
    disk.empty();
    const secondRun = await deedbox('ingest', contracts, '--json', '--data', disk.data);
    expect(secondRun.code, `${context}\nthen: ${secondRun.stdout}${secondRun.stderr}`).toBe(0);
    expect(JSON.parse(secondRun.stdout)).toMatchObject({ state: 'done', failed: 0, pending: 0 });
    await expectIntact(disk.data);
  }
  console.log('disks that filled up:', exitCounts);
  expect(failures).toEqual([]);
  expect(exitCounts['exit 2']).toBeGreaterThan(3);
});

it('a worker that cannot store its jobs stops with the reason, and each job runs once', async () => {
  const disk = new SmallDisk(8);
  const queue = openEmbeddedQueue({
    folder: disk.data,
    pollMs: 20,
    leaseMs: 500,
    stuckAfterMs: 2000,
  });
  onTestFinished(() => queue.close());
  const processed: string[] = [];
  let isFilled = true;
  const stuck: DeedboxError[] = [];
  const noop = async () => {};
  const ingest = async ({ key }: { key: string }) => {
    processed.push(key);
    if (isFilled) disk.fill(0);
  };
  const concurrency = { request: 1, sync: 1, ingest: 1 };
  const onStuck = (reason: DeedboxError) => void stuck.push(reason);
  queue.work({ request: noop, sync: noop, ingest }, { concurrency, onStuck });
  const keys = Array.from({ length: 200 }, (_, n) => `file-${n}`);
  const payload = { syncId: 's', fileId: 'x', force: false };
  await queue.add(keys.map((key) => ({ kind: 'ingest', key, payload })));
  await expect.poll(() => stuck.length, { timeout: 60_000 }).toBeGreaterThan(0);
  expect(stuck[0]).toMatchObject({
    code: 'storage_error',
    message: expect.stringMatching(diskFullMessage),
  });
  isFilled = false;
  disk.empty();
  await expect
    .poll(() => queue.counts(), { timeout: 60_000 })
    .toMatchObject({ waiting: 0, active: 0 });
  expect(processed.toSorted()).toEqual(keys.toSorted());
});

function startService(data: string): ChildProcess {
  const child = startDeedbox('start', contracts, '--port', '0', '--data', data);
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stderr!.resume();
  return child;
}

const search = (client: Client) =>
  client.callTool({ name: 'search_documents', arguments: { limit: 50 } });

it.each(['on', 'required'] as const)(
  'a service with a full disk answers as DEEDBOX_AUDIT=%s allows, and recovers',
  async (mode) => {
    const disk = new SmallDisk(96);
    const keys = new KeyStore(disk.data);
    const key = keys.create({ name: 'ann', role: 'admin' });
    keys.close();
    process.env['DEEDBOX_AUDIT'] = mode;
    onTestFinished(() => void delete process.env['DEEDBOX_AUDIT']);
    const service = startService(disk.data);
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(
      await waitForOutput(service, /In Claude Code/),
    )![0];
    const client = await connectHttp(url, '2025-11-25', onTestFinished, bearer(key));
    const searchResult = async () => (await search(client)).structuredContent as { total: number };
    const count = async () => (await searchResult().catch(() => undefined))?.total;
    await expect.poll(count, { timeout: 60_000 }).toBe(fileCount);

    disk.fill(0);
    cpSync(join(samples, 'Vendors'), join(contracts, `more ${mode}`), { recursive: true });
    onTestFinished(() => rmSync(join(contracts, `more ${mode}`), { recursive: true, force: true }));
    // what is on a page of the log's last block may still fit
    const results = [];
    for (let n = 0; n < 60; n += 1) results.push(await search(client));
    const failedAnswers = results.filter(({ isError }) => isError);
    if (mode === 'on') expect(failedAnswers).toEqual([]);
    else {
      expect(failedAnswers.length).toBeGreaterThan(20);
      for (const answer of failedAnswers) {
        expect(answer.structuredContent).toBeUndefined();
        expect(JSON.stringify(answer.content)).toMatch(/storage_error.*log of Deedbox says why/);
        expect(JSON.stringify(answer)).not.toMatch(stackOrPath);
      }
    }
    // the wait for a sync that cannot be written ends too
    const startedAt = Date.now();
    const sync = client.callTool({ name: 'sync_documents' }, { timeout: 60_000 });
    const ended = await sync.catch((error: unknown) => ({ content: String(error) }));
    expect(Date.now() - startedAt).toBeLessThan(40_000);
    expect(JSON.stringify(ended)).not.toMatch(stackOrPath);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);

    disk.empty();
    const syncResult = async () => {
      const answer = await client.callTool({ name: 'sync_documents' }, { timeout: 60_000 });
      return answer.isError ? JSON.stringify(answer.content) : answer.structuredContent;
    };
    await expect
      .poll(syncResult, { timeout: 120_000, interval: 1000 })
      .toMatchObject({ state: 'done', failed: 0, pending: 0 });
    const addedFiles = Object.keys(expectedContents as object).filter((name) =>
      name.startsWith('Vendors/'),
    );
    await expect.poll(count, { timeout: 60_000 }).toBe(fileCount + addedFiles.length);
    const closed = new Promise((resolve) => service.once('exit', resolve));
    service.kill('SIGTERM');
    expect(await closed).toBe(0);
    const check = verifyAudit(auditFolder(disk.data));
    expect(check.problem).toBeUndefined();
    const verified = await deedbox('verify', '--data', disk.data);
    expect(verified.code, verified.stdout).toBe(0);
  },
);
