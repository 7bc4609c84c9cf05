import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { indexContents } from '../e2e/index-contents.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { deedbox, samples, temporaryFolder } from '../support/cli.ts';
import { Cluster } from '../support/cluster.ts';
import { hasRedis, TestRedis } from '../support/redis.ts';

const kills = 50;
/** Copies of the samples, so that there is work left when the last kill comes. */
const copies = 10;

let contracts: string;
/** The index that an undisturbed process builds. */
let baseline: Record<string, unknown>;
beforeAll(async () => {
  if (!hasRedis) return;
  contracts = join(temporaryFolder(onFileFinished), 'contracts');
  for (let copy = 0; copy < copies; copy++) {
    await cp(samples, join(contracts, `copy ${copy}`), { recursive: true });
  }
  const data = temporaryFolder(onFileFinished);
  const { code, stderr } = await deedbox('ingest', contracts, '--data', data);
  expect(code, stderr).toBe(0);
  baseline = contentsOf(data);
}, 300_000);

/** Removes what depends on how often a file was processed. */
function contentsOf(data: string): Record<string, unknown> {
  const files = Object.entries(indexContents(data) as Record<string, { outcome: string }>);
  return Object.fromEntries(files.map(([name, { outcome: _outcome, ...file }]) => [name, file]));
}

/** Waits until all files are processed, and compares the index with the undisturbed one. */
async function expectComplete(cluster: Cluster, timeout: number): Promise<void> {
  const all = { pending: 0, indexed: Object.keys(baseline).length, failed: 0, ignored: 0 };
  const expected = { files: all, sync: 'done' };
  await expect.poll(() => cluster.state(), { timeout, interval: 100 }).toEqual(expected);
  const queue = cluster.queue();
  const counts = () => queue.counts();
  await expect.poll(counts, { timeout }).toEqual({ waiting: 0, active: 0, failed: 0 });
  const store = await openSqliteStore({ folder: cluster.data });
  expect(await store.verify()).toEqual([]);
  await store.close();
  expect(contentsOf(cluster.data)).toEqual(baseline);
}

describe.skipIf(!hasRedis)('workers that share a Redis', { timeout: 900_000 }, () => {
  it('lose no job and repeat none when they, Redis and the service are killed', async () => {
    const cluster = new Cluster(await TestRedis.start(onTestFinished, ['--appendfsync', 'always']));
    const { redis } = cluster;
    const queue = cluster.queue();
    let service = cluster.start(['start', contracts, '--no-worker']);
    const workers = [cluster.start(['worker']), cluster.start(['worker'])];
    const active = async () => (await queue.counts('ingest')).active;
    await expect.poll(active, { timeout: 20_000, interval: 20 }).toBeGreaterThan(0);
    let hit = 0;
    for (let killed = 0; killed < kills; killed++) {
      const at = killed % workers.length;
      if ((await active()) > 0) hit += 1;
      workers[at]!.kill('SIGKILL');
      workers[at] = cluster.start(['worker']);
      if (killed % 10 === 1) {
        await redis.kill();
        await sleep(200);
        await redis.start();
      }
      if (killed % 10 === 2) {
        service.kill('SIGKILL');
        service = cluster.start(['start', '--no-worker']);
      }
      await sleep(300 + ((killed * 397) % 1500));
    }
    console.log(`${kills} workers killed, ${hit} of them while files were read`);
    expect(hit).toBeGreaterThan(1);
    await expectComplete(cluster, 300_000);
  });

  it('continue by themselves after the disk was full', async () => {
    const cluster = new Cluster(await TestRedis.start(onTestFinished));
    cluster.start(['start', contracts, '--no-worker']);
    // Files of at most 900 KB: part of the index fits.
    const limited = cluster.start(
      ['worker'],
      ['bash', '-c', 'ulimit -f 900; exec "$@"', 'limited'],
    );
    expect(await once(limited, 'exit')).toEqual([2, null]);
    expect(await cluster.state()).toMatchObject({ files: { failed: 0 }, sync: 'reading' });
    expect((await cluster.queue().counts()).failed).toBe(0);
    cluster.start(['worker']);
    await expectComplete(cluster, 60_000);
  });
});
