import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openBullmqQueue } from '../../src/queue/bullmq.ts';
import { archiveId } from '../../src/queue/archive-id.ts';
import type { Queue } from '../../src/queue/queue.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { indexContents } from '../e2e/index-contents.ts';
import { deedbox, entry, samples, temporaryFolder } from '../support/cli.ts';
import { isLong } from '../support/long.ts';
import { collectEnds, hasRedis, TestRedis } from '../support/redis.ts';

const kills = isLong ? 50 : 5;
/** Copies of the samples, so that there is work left when the last kill comes. */
const copies = isLong ? 10 : 1;

let contracts: string;
/** What a process that nobody disturbs makes of the contracts. */
let undisturbed: Record<string, unknown>;
const cleanUp = collectEnds(afterAll);
beforeAll(async () => {
  if (!hasRedis) return;
  contracts = join(temporaryFolder(cleanUp), 'contracts');
  for (let copy = 0; copy < copies; copy++) {
    await cp(samples, join(contracts, `copy ${copy}`), { recursive: true });
  }
  const data = temporaryFolder(cleanUp);
  const { code, stderr } = await deedbox('ingest', contracts, '--data', data);
  expect(code, stderr).toBe(0);
  undisturbed = contentsOf(data);
}, 300_000);

/** How a file was last looked at depends on how often it was. */
function contentsOf(data: string): Record<string, unknown> {
  const files = Object.entries(indexContents(data) as Record<string, { outcome: string }>);
  return Object.fromEntries(files.map(([name, { outcome: _outcome, ...file }]) => [name, file]));
}

/** Processes of one archive that share a Redis, each killed when the test is over. */
class Cluster {
  readonly data = temporaryFolder();
  readonly redis: TestRedis;
  readonly #processes = new Set<ChildProcess>();

  constructor(redis: TestRedis) {
    this.redis = redis;
    onTestFinished(() => this.end());
  }

  /** Runs the built command line with this archive; `under` is a command that runs it. */
  start(args: string[], under: string[] = []): ChildProcess {
    const own = [process.execPath, entry, ...args, '--data', this.data];
    // `env` runs what follows it, so that there is a command to name in either case.
    const options = { stdio: 'pipe', env: this.env } as const;
    const child = spawn('env', [...under, ...own], options);
    child.stdout.resume();
    child.stderr.resume();
    this.#processes.add(child);
    child.once('exit', () => this.#processes.delete(child));
    return child;
  }

  get env(): NodeJS.ProcessEnv {
    const { PATH, HOME } = process.env;
    const queue = { REDIS_URL: this.redis.url, DEEDBOX_LEASE_SECONDS: '1', DEEDBOX_WORKERS: '1' };
    return { PATH, HOME, ...queue, DEEDBOX_PORT: '0', DEEDBOX_SCHEDULE: 'off' };
  }

  /** The queue as another process sees it. */
  queue(): Queue {
    const queue = openBullmqQueue({ url: this.redis.url, archive: archiveId(this.data) });
    onTestFinished(() => queue.close());
    return queue;
  }

  async state() {
    const store = await openSqliteStore({ folder: this.data });
    const [{ files }, sync] = [await store.status(), await store.sync()];
    await store.close();
    return { files, sync: sync?.state };
  }

  /** Waits until everything is read, and compares it with what nobody disturbed. */
  async expectWhole(timeout: number): Promise<void> {
    const all = { pending: 0, indexed: Object.keys(undisturbed).length, failed: 0, ignored: 0 };
    const expected = { files: all, sync: 'done' };
    await expect.poll(() => this.state(), { timeout, interval: 100 }).toEqual(expected);
    const queue = this.queue();
    const counts = () => queue.counts();
    await expect.poll(counts, { timeout }).toEqual({ waiting: 0, active: 0, failed: 0 });
    const store = await openSqliteStore({ folder: this.data });
    expect(await store.verify()).toEqual([]);
    await store.close();
    expect(contentsOf(this.data)).toEqual(undisturbed);
  }

  async end(): Promise<void> {
    const ended = [...this.#processes].map((child) => once(child, 'exit'));
    for (const child of this.#processes) child.kill('SIGKILL');
    await Promise.all(ended);
  }
}

describe.skipIf(!hasRedis)('workers that share a Redis', { timeout: 900_000 }, () => {
  it('lose nothing and do nothing twice when they, Redis and the service are killed', async () => {
    const made = new Cluster(await TestRedis.start(onTestFinished, ['--appendfsync', 'always']));
    const { redis } = made;
    const queue = made.queue();
    let service = made.start(['start', contracts, '--no-worker']);
    const workers = [made.start(['worker']), made.start(['worker'])];
    const active = async () => (await queue.counts('ingest')).active;
    await expect.poll(active, { timeout: 20_000, interval: 20 }).toBeGreaterThan(0);
    let hit = 0;
    for (let killed = 0; killed < kills; killed++) {
      const at = killed % workers.length;
      if ((await active()) > 0) hit += 1;
      workers[at]!.kill('SIGKILL');
      workers[at] = made.start(['worker']);
      if (killed % 10 === 1) {
        await redis.kill();
        await sleep(200);
        await redis.start();
      }
      if (killed % 10 === 2) {
        service.kill('SIGKILL');
        service = made.start(['start', '--no-worker']);
      }
      await sleep(isLong ? 300 + ((killed * 397) % 1500) : 250);
    }
    console.log(`${kills} workers killed, ${hit} of them while files were read`);
    expect(hit).toBeGreaterThan(1);
    await made.expectWhole(isLong ? 300_000 : 60_000);
  });

  it.runIf(isLong)('go on by themselves after a disk that was full', async () => {
    const made = new Cluster(await TestRedis.start(onTestFinished));
    made.start(['start', contracts, '--no-worker']);
    // Files of at most 900 KB: part of the index fits.
    const limited = made.start(['worker'], ['bash', '-c', 'ulimit -f 900; exec "$@"', 'limited']);
    expect(await once(limited, 'exit')).toEqual([2, null]);
    expect(await made.state()).toMatchObject({ files: { failed: 0 }, sync: 'reading' });
    expect((await made.queue().counts()).failed).toBe(0);
    made.start(['worker']);
    await made.expectWhole(60_000);
  });
});
