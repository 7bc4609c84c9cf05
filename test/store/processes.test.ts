import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { unrestricted, unfiltered, model, vectorOf } from '../contract/store-samples.ts';
import { isLong } from '../support/long.ts';
import { openReader, openStore, temporaryFolder } from './temporary-stores.ts';

const programs = {
  writer: fileURLToPath(new URL('./writer-process.ts', import.meta.url)),
  segments: fileURLToPath(new URL('./segment-process.ts', import.meta.url)),
};

async function startWriter(folder: string, seed = 0, program: keyof typeof programs = 'writer') {
  const child = fork(programs[program], [folder, String(seed)], { execArgv: ['--import', 'tsx'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const written: number[] = [];
  child.on('message', (message) => {
    if (typeof message === 'number') written.push(message);
  });
  await once(child, 'message');
  const kill = async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { written, kill };
}

test('every kind of search finds what another process wrote', async () => {
  const folder = await temporaryFolder();
  const readerStore = await openReader(folder);
  const changes: number[] = [];
  readerStore.onChange((number) => changes.push(number));
  const writer = await startWriter(folder);
  await vi.waitFor(() => expect(changes.length).toBeGreaterThan(2), 20_000);
  for (let round = 0; round < 20; round += 1) {
    const { documents } = await unrestricted(readerStore).documents(unfiltered, {
      sort: 'modified',
      limit: 5,
    });
    const [document] = documents;
    const question = `Revision ${document?.contentHash} of ${document?.file.fileId} says`;
    const hits = await unrestricted(readerStore).searchVectors(
      vectorOf(question),
      model,
      unfiltered,
      5,
    );
    expect(hits).toHaveLength(5);
    const words = await unrestricted(readerStore).searchText(['revision'], unfiltered, 5);
    expect(words).toHaveLength(5);
    await delay(20);
  }
  await writer.kill();
  expect(changes).toEqual(changes.toSorted((one, other) => one - other));
  expect(await readerStore.verify()).toEqual([]);
});

test.runIf(isLong)('a killed writer leaves all commits and no partial writes', async () => {
  const folder = await temporaryFolder();
  for (let round = 0; round < 6; round += 1) {
    const writer = await startWriter(folder, round * 1000);
    await delay(60 + Math.random() * 250);
    await writer.kill();
    const store = await openStore(folder);
    expect(await store.verify()).toEqual([]);
    const last = writer.written.findLast((number) => number % 11 !== 10 && number % 7 !== 6);
    if (last !== undefined) {
      const record = await store.file(`file-${last % 30}`);
      // The writer may have committed one step more than it reported, but never less.
      const hash = Number(record?.contentHash ?? Infinity);
      expect(hash).toBeGreaterThanOrEqual(last);
    }
    await store.close();
  }
});

test.runIf(isLong)(
  'a process that is killed while it writes and merges segments leaves a complete index',
  async () => {
    const folder = await temporaryFolder();
    let seed = 0;
    for (let kill = 0; kill < 12; kill += 1) {
      const writer = await startWriter(folder, seed, 'segments');
      await delay(300 + Math.random() * 1200);
      await writer.kill();
      seed = (writer.written.at(-1) ?? seed) + 1;
      const store = await openStore(folder);
      expect(await store.verify()).toEqual([]);
      const { documents } = await unrestricted(store).documents(unfiltered, {
        sort: 'modified',
        limit: 1,
      });
      const question = `Clause 7 of round ${seed} says ${7 * seed}.`;
      const hits = await unrestricted(store).searchVectors(
        vectorOf(question),
        model,
        unfiltered,
        5,
      );
      expect(hits).toHaveLength(documents.length === 0 ? 0 : 5);
      await store.close();
    }
  },
  120_000,
);

test('several processes can open a new folder at once', async () => {
  const folder = await temporaryFolder();
  const writers = await Promise.all([0, 1, 2].map((seed) => startWriter(folder, seed)));
  await vi.waitFor(() => {
    for (const { written } of writers) expect(written.length).toBeGreaterThan(3);
  }, 20_000);
  for (const writer of writers) await writer.kill();
  expect(await (await openStore(folder)).verify()).toEqual([]);
});
