import { once } from 'node:events';
import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/settings/config.ts';
import { openEmbedder } from '../../src/embed/embedder.ts';
import { openEmbeddedQueue } from '../../src/queue/embedded.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { seededRandom } from '../../training/random.ts';
import { unfiltered } from '../contract/store-samples.ts';
import { deedbox, samples, startDeedbox, temporaryFolder } from '../support/cli.ts';
import { indexContents } from './index-contents.ts';

const kills = 25;
const seed = 20_261_121;

/** Runs `deedbox ingest --full` and kills it after `afterMs`; false if it ended before that. */
async function ingestAndKill(contracts: string, data: string, afterMs: number): Promise<boolean> {
  const child = startDeedbox('ingest', contracts, '--full', '--data', data);
  child.stdout?.resume();
  child.stderr?.resume();
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  await Promise.race([ended, sleep(afterMs)]);
  child.kill('SIGKILL');
  const [, signal] = await ended;
  return signal === 'SIGKILL';
}

async function problems(data: string) {
  const store = await openSqliteStore({ folder: data });
  const found = await store.verify();
  await store.close();
  return found;
}

async function nearest(store: Store): Promise<unknown> {
  const embedder = await openEmbedder({
    model: join(packageRoot(), 'models', 'contract-embedding'),
  });
  try {
    const vector = await embedder.embedQuery('notice period before automatic renewal');
    const hits = await store
      .scopedTo('unrestricted')
      .searchVectors(vector, embedder.identity, unfiltered, 20);
    return hits.map(({ documentId, start, end, score }) => [
      documentId,
      start,
      end,
      score.toFixed(5),
    ]);
  } finally {
    await embedder.close();
  }
}

it(
  'an ingest that is killed repeatedly loses nothing and duplicates nothing',
  { timeout: 600_000 },
  async () => {
    const [data, fresh] = [temporaryFolder(), temporaryFolder()];
    const contracts = join(temporaryFolder(), 'contracts');
    await cp(samples, contracts, { recursive: true });

    const started = performance.now();
    expect((await deedbox('ingest', contracts, '--data', fresh)).code).toBe(0);
    const duration = performance.now() - started;

    const random = seededRandom(seed);
    const moments: number[] = [];
    for (let done = 0; done < kills;) {
      const moment = random() * duration;
      // a run that ended before it could be killed does not count
      if (!(await ingestAndKill(contracts, data, moment))) continue;
      moments.push(Math.round(moment));
      expect(await problems(data), `after ${moments.at(-1)} ms`).toEqual([]);
      done += 1;
    }
    console.log(
      `seed ${seed}, a run takes ${Math.round(duration)} ms, killed after ${moments.join(', ')} ms`,
    );

    const last = await deedbox('ingest', contracts, '--full', '--data', data, '--json');
    expect(last.code, last.stderr).toBe(0);
    const files = (await readdir(contracts, { recursive: true, withFileTypes: true })).filter(
      (entry) => entry.isFile(),
    );
    expect(JSON.parse(last.stdout)).toMatchObject({
      state: 'done',
      found: files.length,
      pending: 0,
    });

    const queue = openEmbeddedQueue({ folder: data });
    expect(await queue.counts()).toEqual({ waiting: 0, active: 0, failed: 0 });
    await queue.close();
    expect(indexContents(data)).toEqual(indexContents(fresh));
    const [store, freshStore] = [
      await openSqliteStore({ folder: data }),
      await openSqliteStore({ folder: fresh }),
    ];
    expect(await store.verify()).toEqual([]);
    const { documents, passages, files: states } = await store.status();
    expect(states).toEqual({ pending: 0, indexed: files.length, failed: 0, ignored: 0 });
    expect(documents).toBe(files.length);
    expect(passages).toBe((await freshStore.status()).passages);
    expect(await nearest(store)).toEqual(await nearest(freshStore));
    await store.close();
    await freshStore.close();
  },
);
