import { type ChildProcess, execFile, execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openEmbeddedQueue } from '../../src/queue/embedded.ts';
import { isProcessAlive } from '../../src/queue/owner.ts';
import { heartbeatFile } from '../../workers/temporary-folder.ts';
import { root, samples, startDeedbox, temporaryFolder, waitForOutput } from '../support/cli.ts';

vi.setConfig({ testTimeout: 120_000 });

const entry = join(root, 'dist', 'workers', 'main.js');
/** A worker loads its models first, which takes long on a busy machine. */
const startTimeoutMs = 60_000;
/** Longer than a worker takes to notice that it is to end, and to end. */
const endTimeoutMs = 25_000;

/** Ids of the children of a process. */
function childrenOf(pid: number): number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const pairs = rows.map((row) => row.trim().split(/\s+/).map(Number) as [number, number]);
  return pairs.filter(([, parent]) => parent === pid).map(([child]) => child);
}

/** The worker of a service and its parsers, once they run. */
async function workerAndParsers(service: ChildProcess): Promise<number[]> {
  const running = () => {
    const workers = childrenOf(service.pid!);
    return [...workers, ...workers.flatMap(childrenOf)];
  };
  await expect.poll(() => running().length, { timeout: startTimeoutMs }).toBeGreaterThan(1);
  return running();
}

const alive = (pids: number[]) => pids.filter(isProcessAlive);

function startService(data: string): ChildProcess {
  return startDeedbox('start', join(samples, 'NDAs'), '--port', '0', '--data', data);
}

/** Waits for the first heartbeat of a worker process. */
async function untilStarted(data: string): Promise<void> {
  const heartbeats = () => readdirSync(data, { recursive: true }).filter(isHeartbeat);
  await expect.poll(heartbeats, { timeout: startTimeoutMs }).toHaveLength(1);
}

const isHeartbeat = (name: string | Buffer) => basename(String(name)) === heartbeatFile;

/** A process that writes to the folder may add a file while it is removed. */
function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, maxRetries: 10 });
}

it('a worker ends at once when it was not forked, or its parent died before it was loaded', async () => {
  const code = await new Promise((resolve) => {
    execFile(process.execPath, [entry, '--data', temporaryFolder()], { timeout: 30_000 }, (error) =>
      resolve(error ? (error.code ?? error.signal) : 0),
    );
  });
  expect(code).toBe(0);
});

it('the worker of a service and its parsers end when the service is killed', async () => {
  const service = startService(temporaryFolder());
  await waitForOutput(service, /the service began/);
  const processes = await workerAndParsers(service);
  service.kill('SIGKILL');
  await expect.poll(() => alive(processes), { timeout: endTimeoutMs }).toEqual([]);
});

it('a worker that was forked ends when its data folder is deleted', async () => {
  const data = temporaryFolder();
  const worker = fork(entry, ['--data', data], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  onTestFinished(() => void worker.kill('SIGKILL'));
  const ended = once(worker, 'exit');
  await untilStarted(data);
  removeFolder(data);
  const logged = waitForOutput(worker, /"The data folder .* is gone\."/);
  await logged;
  expect((await ended)[0]).toBe(2);
  expect(existsSync(data)).toBe(false);
});

it('a draining worker ends when its data folder is replaced, though jobs are left', async () => {
  const data = temporaryFolder();
  const queue = openEmbeddedQueue({ folder: data });
  onTestFinished(() => queue.close());
  const noop = async () => {};
  let stopHandler = () => {};
  const ingest = () => new Promise<void>((resolve) => (stopHandler = resolve));
  const concurrency = { request: 1, sync: 1, ingest: 1 };
  queue.work({ request: noop, sync: noop, ingest }, { concurrency });
  onTestFinished(() => stopHandler());
  const payload = { syncId: 's', fileId: 'f', force: false };
  await queue.add([{ kind: 'ingest', key: 'f', payload }]);
  await expect.poll(() => queue.counts()).toMatchObject({ active: 1 });

  const options = { detached: true, stdio: 'ignore' } as const;
  const worker = spawn(process.execPath, [entry, '--drain', '--data', data], options);
  onTestFinished(() => void worker.kill('SIGKILL'));
  const ended = once(worker, 'exit');
  await untilStarted(data);
  removeFolder(data);
  const replacement = openEmbeddedQueue({ folder: data });
  onTestFinished(() => replacement.close());
  expect((await ended)[0]).toBe(2);
});

it('a service starts no worker once its data folder is gone', async () => {
  const data = temporaryFolder();
  const service = startService(data);
  await waitForOutput(service, /the service began/);
  const processes = await workerAndParsers(service);
  const noticed = waitForOutput(service, /no worker is started/);
  removeFolder(data);
  await noticed;
  expect(alive(processes)).toEqual([]);
  expect(childrenOf(service.pid!)).toEqual([]);
  expect(existsSync(data)).toBe(false);
});
