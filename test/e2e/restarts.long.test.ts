import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@modelcontextprotocol/client';
import { expect, it, onTestFinished } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { deedbox, entry, samples, startDeedbox, temporaryFolder } from '../support/cli.ts';
import { freePort } from '../support/free-port.ts';
import { connectHttp, connectStdio, eras } from '../support/mcp-client.ts';
import { indexContents } from './index-contents.ts';

const rounds = 8;
const clients = 6;
/** Milliseconds after which a call counts as hanging. */
const maxCallMs = 45_000;

interface Counts {
  succeeded: number;
  failed: number;
}

/** Calls a tool repeatedly until `over`; reconnects with `connect`, if given, when the connection breaks. */
async function queryUntilAborted(
  connect: () => Promise<Client>,
  stopSignal: AbortSignal,
  { counts, what, timeout }: { counts: Counts; what: string; timeout?: number },
): Promise<Client | undefined> {
  let client: Client | undefined;
  while (!stopSignal.aborted) {
    const call = async () => {
      client ??= await connect();
      const { structuredContent, isError } = await client.callTool(
        { name: 'search_documents', arguments: { query: 'notice', limit: 5 } },
        { timeout },
      );
      if (isError) throw new Error('It was refused.');
      return structuredContent;
    };
    const never = sleep(maxCallMs, 'never', { ref: false });
    const answer = await Promise.race([call().catch((error: unknown) => error as Error), never]);
    expect(answer, `a call that never ends, ${what}`).not.toBe('never');
    if (answer instanceof Error) {
      counts.failed += 1;
      client = undefined;
      await sleep(100);
    } else {
      expect(answer).toMatchObject({ total: expect.any(Number), documents: expect.any(Array) });
      counts.succeeded += 1;
    }
    await sleep(20);
  }
  return client;
}

it('a service that is stopped and killed under load loses nothing, duplicates nothing and ends every call', async () => {
  const base = temporaryFolder();
  const [data, fresh] = [join(base, 'data'), join(base, 'fresh')];
  const contracts = join(base, 'contracts');
  await mkdir(contracts);
  await cp(join(samples, 'NDAs'), join(contracts, 'NDAs'), { recursive: true });
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  let service: ChildProcess;
  onTestFinished(() => void service.kill('SIGKILL'));
  const start = async () => {
    service = startDeedbox('start', contracts, '--port', port, '--data', data);
    service.stdout!.resume();
    service.stderr!.resume();
    const isReady = () =>
      fetch(`${url}/health/ready`).then(
        (answer) => answer.ok,
        () => false,
      );
    await expect.poll(isReady, { timeout: 30_000 }).toBe(true);
  };
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    const ended = once(service, 'exit') as Promise<[number | null, string | null]>;
    service.kill(signal);
    return ended;
  };
  await start();

  const stopController = new AbortController();
  const direct = { succeeded: 0, failed: 0 };
  const bridged = { succeeded: 0, failed: 0 };
  const bridges = await Promise.all(
    eras.map((era) => connectStdio(era, { env: { DEEDBOX_URL: url } })),
  );
  const closeAfterTest = (close: () => Promise<void>) =>
    onTestFinished(() => close().catch(() => {}));
  const queryLoops = [
    ...Array.from({ length: clients }, (_, n) =>
      queryUntilAborted(
        () => connectHttp(url, eras[n % 2]!, closeAfterTest),
        stopController.signal,
        {
          counts: direct,
          what: `over HTTP, ${eras[n % 2]}`,
          // the SDK's client waits this long for a broken connection
          timeout: 10_000,
        },
      ),
    ),
    // these never reconnect: the bridge itself must find the service again
    ...bridges.map(({ client }, n) =>
      queryUntilAborted(async () => client, stopController.signal, {
        counts: bridged,
        what: `over a bridge, ${eras[n]}`,
      }),
    ),
  ];

  await cp(samples, contracts, { recursive: true });
  const admin = await connectHttp(url, '2026-07-28', closeAfterTest);
  void admin.callTool({ name: 'sync_documents', arguments: { full: true } }).catch(() => {});
  const syncOf = async (who: Client) =>
    (await who.callTool({ name: 'get_sync_status', arguments: {} })).structuredContent as {
      job_id: string;
      state: string;
    };
  await expect.poll(async () => (await syncOf(admin)).job_id, { timeout: 10_000 }).toMatch(/full/);
  for (let round = 0; round < rounds; round += 1) {
    const signal = round % 2 === 0 ? 'SIGTERM' : 'SIGKILL';
    const [code, exitSignal] = await end(signal);
    expect([code, exitSignal]).toEqual(signal === 'SIGTERM' ? [0, null] : [null, 'SIGKILL']);
    await start();
    await sleep(300 + 250 * round);
  }
  const [{ client: bridge }] = bridges as [(typeof bridges)[number]];
  await expect.poll(async () => (await syncOf(bridge)).state, { timeout: 60_000 }).toBe('done');
  const before = bridged.succeeded;
  await expect.poll(() => bridged.succeeded, { timeout: 10_000 }).toBeGreaterThan(before + 5);
  stopController.abort();
  await Promise.all(queryLoops);
  for (const { client } of bridges) {
    const last = await client.callTool({ name: 'search_documents', arguments: {} });
    expect(last.isError ?? false).toBe(false);
  }
  expect(await end('SIGTERM')).toEqual([0, null]);
  console.log('restarts under load:', { rounds, direct, bridged });
  expect(direct.succeeded).toBeGreaterThan(rounds * clients);

  const files = (await readdir(contracts, { recursive: true, withFileTypes: true })).filter((one) =>
    one.isFile(),
  );
  // once more each, so that both have seen every file unchanged
  for (const folder of [fresh, fresh, data]) {
    expect((await deedbox('ingest', contracts, '--data', folder)).code).toBe(0);
  }
  expect(indexContents(data)).toEqual(indexContents(fresh));
  const store = await openSqliteStore({ folder: data });
  expect(await store.verify()).toEqual([]);
  expect((await store.status()).files).toMatchObject({ pending: 0, indexed: files.length });
  await store.close();
  const audit = await deedbox('audit', 'verify', '--data', data);
  expect(audit.code, audit.stdout).toBe(0);
}, 240_000);

/** Collects garbage continuously, as a busy service does from time to time. */
const frequentGcOption = '--gc-interval=2000';

it('a service without workers initialises clients', async () => {
  const args = ['start', '--no-worker', '--port', '0', '--data', temporaryFolder()];
  const service = spawn(process.execPath, [frequentGcOption, entry, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void service.kill('SIGKILL'));
  let output = '';
  service.stdout.on('data', (text: Buffer) => (output += text.toString()));
  service.stderr.resume();
  await expect.poll(() => output, { timeout: 40_000 }).toMatch(/Files are still being read/);
  const ended = once(service, 'exit');
  service.kill('SIGTERM');
  expect((await ended)[0]).toBe(0);
}, 60_000);
