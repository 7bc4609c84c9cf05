import { type ChildProcess, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { auditFolder } from '../../src/audit/files.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { Keys } from '../../src/access/keys.ts';
import type { DeedboxError } from '../../src/errors.ts';
import { openEmbeddedQueue } from '../../src/queue/embedded.ts';
import { indexContents } from '../e2e/index-contents.ts';
import { deedbox, samples, startDeedbox, temporaryFolder, untilSaid } from '../support/cli.ts';
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
  fill(leave: number): void {
    writeFileSync(join(this.#mount, 'ballast'), Buffer.alloc(Math.max(0, this.free - leave)));
  }

  empty(): void {
    rmSync(join(this.#mount, 'ballast'), { force: true });
  }
}

let contracts: string;
let undisturbed: unknown;
let files: number;

/** What was read; how a file was last looked at depends on how often it was. */
function contentsOf(data: string): unknown {
  const found = Object.entries(indexContents(data) as Record<string, { outcome: string }>);
  return Object.fromEntries(found.map(([name, { outcome: _outcome, ...file }]) => [name, file]));
}

beforeAll(async () => {
  contracts = join(temporaryFolder(afterAll), 'contracts');
  cpSync(samples, contracts, { recursive: true });
  const data = temporaryFolder(afterAll);
  const { code, stderr } = await deedbox('ingest', contracts, '--data', data);
  expect(code, stderr).toBe(0);
  undisturbed = contentsOf(data);
  files = Object.keys(undisturbed as object).length;
});

async function isWhole(data: string): Promise<void> {
  const verified = await deedbox('verify', '--data', data);
  expect(verified.code, verified.stdout).toBe(0);
  expect(contentsOf(data)).toEqual(undisturbed);
  expect(verifyAudit(auditFolder(data)).problem).toBeUndefined();
}

const full = /disk that holds the data folder is full|disk .* is full/;
const stackOrPath = /\bat .+\(.+:\d+:\d+\)/;

/** Megabytes left at the beginning: too little for the first page of the database, up to nearly enough. */
const left = [0, 0.03, 0.07, 0.12, 0.2, 0.5, 1, 2, 4];

it('a disk that fills up wherever it may costs no file, and says so', async () => {
  const ends: Record<string, number> = {};
  const wrong: string[] = [];
  for (const megabytes of left) {
    const disk = new SmallDisk(64);
    disk.fill(megabytes * 2 ** 20);
    const first = await deedbox('ingest', contracts, '--data', disk.data);
    ends[`exit ${first.code}`] = (ends[`exit ${first.code}`] ?? 0) + 1;
    const said = first.stdout + first.stderr;
    const where = `with ${megabytes} MB: ${said.slice(-600)}`;
    // either all was read, or it ended with the reason and what to do; no file was blamed
    expect([0, 2], where).toContain(first.code);
    if (first.code === 2 && !full.test(said)) wrong.push(where);
    // the log may say where in the program it was, a person need not know
    const told = said.split('\n').filter((line) => !line.startsWith('{'));
    if (stackOrPath.test(told.join('\n'))) wrong.push(where);
    disk.empty();
    const second = await deedbox('ingest', contracts, '--json', '--data', disk.data);
    expect(second.code, `${where}\nthen: ${second.stdout}${second.stderr}`).toBe(0);
    expect(JSON.parse(second.stdout)).toMatchObject({ state: 'done', failed: 0, pending: 0 });
    await isWhole(disk.data);
  }
  console.log('disks that filled up:', ends);
  expect(wrong).toEqual([]);
  expect(ends['exit 2']).toBeGreaterThan(3);
});

it('a worker whose jobs cannot be written down stops with the reason, and has each done once', async () => {
  const disk = new SmallDisk(8);
  const queue = openEmbeddedQueue({
    folder: disk.data,
    pollMs: 20,
    leaseMs: 500,
    patienceMs: 2000,
  });
  onTestFinished(() => queue.close());
  const ran: string[] = [];
  let isFilled = true;
  const stuck: DeedboxError[] = [];
  const other = async () => {};
  const ingest = async ({ key }: { key: string }) => {
    ran.push(key);
    if (isFilled) disk.fill(0);
  };
  const concurrency = { request: 1, sync: 1, ingest: 1 };
  const onStuck = (reason: DeedboxError) => void stuck.push(reason);
  queue.work({ request: other, sync: other, ingest }, { concurrency, onStuck });
  const keys = Array.from({ length: 200 }, (_, n) => `file-${n}`);
  const payload = { syncId: 's', fileId: 'x', force: false };
  await queue.add(keys.map((key) => ({ kind: 'ingest', key, payload })));
  await expect.poll(() => stuck.length, { timeout: 60_000 }).toBeGreaterThan(0);
  expect(stuck[0]).toMatchObject({ code: 'storage_error', message: expect.stringMatching(full) });
  isFilled = false;
  disk.empty();
  await expect
    .poll(() => queue.counts(), { timeout: 60_000 })
    .toMatchObject({ waiting: 0, active: 0 });
  expect(ran.toSorted()).toEqual(keys.toSorted());
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
  'a service whose disk is full answers as it may, and goes on by itself (DEEDBOX_AUDIT=%s)',
  async (mode) => {
    const disk = new SmallDisk(96);
    const keys = new Keys(disk.data);
    const key = keys.create({ name: 'ann', role: 'admin' });
    keys.close();
    process.env['DEEDBOX_AUDIT'] = mode;
    onTestFinished(() => void delete process.env['DEEDBOX_AUDIT']);
    const service = startService(disk.data);
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(await untilSaid(service, /In Claude Code/))![0];
    const client = await connectHttp(url, '2025-11-25', onTestFinished, bearer(key));
    const told = async () => (await search(client)).structuredContent as { total: number };
    const count = async () => (await told().catch(() => undefined))?.total;
    await expect.poll(count, { timeout: 60_000 }).toBe(files);

    disk.fill(0);
    cpSync(join(samples, 'Vendors'), join(contracts, `more ${mode}`), { recursive: true });
    onTestFinished(() => rmSync(join(contracts, `more ${mode}`), { recursive: true, force: true }));
    // what is on a page of the log's last block may still fit
    const answers = [];
    for (let n = 0; n < 60; n += 1) answers.push(await search(client));
    const refused = answers.filter(({ isError }) => isError);
    if (mode === 'on') expect(refused).toEqual([]);
    else {
      expect(refused.length).toBeGreaterThan(20);
      for (const answer of refused) {
        expect(answer.structuredContent).toBeUndefined();
        expect(JSON.stringify(answer.content)).toMatch(/storage_error.*log says why/);
        expect(JSON.stringify(answer)).not.toMatch(stackOrPath);
      }
    }
    // the wait for a sync that cannot be written ends too
    const began = Date.now();
    const sync = client.callTool({ name: 'sync_documents' }, { timeout: 60_000 });
    const ended = await sync.catch((error: unknown) => ({ content: String(error) }));
    expect(Date.now() - began).toBeLessThan(40_000);
    expect(JSON.stringify(ended)).not.toMatch(stackOrPath);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);

    disk.empty();
    const found = async () => {
      const answer = await client.callTool({ name: 'sync_documents' }, { timeout: 60_000 });
      return answer.isError ? JSON.stringify(answer.content) : answer.structuredContent;
    };
    await expect
      .poll(found, { timeout: 120_000, interval: 1000 })
      .toMatchObject({ state: 'done', failed: 0, pending: 0 });
    const more = Object.keys(undisturbed as object).filter((name) => name.startsWith('Vendors/'));
    await expect.poll(count, { timeout: 60_000 }).toBe(files + more.length);
    const closed = new Promise((resolve) => service.once('exit', resolve));
    service.kill('SIGTERM');
    expect(await closed).toBe(0);
    const check = verifyAudit(auditFolder(disk.data));
    expect(check.problem).toBeUndefined();
    const verified = await deedbox('verify', '--data', disk.data);
    expect(verified.code, verified.stdout).toBe(0);
  },
);
