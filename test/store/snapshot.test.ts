import { readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { databaseName } from '../../src/store/sqlite.ts';
import { openStoreDatabase } from '../../src/store/sqlite/schema.ts';
import { emptyGraph, IndexUpdater } from '../../src/store/sqlite/vectors/index-updater.ts';
import { currentSnapshot, writeSnapshot } from '../../src/store/sqlite/vectors/snapshot.ts';
import {
  indexRevision,
  unfiltered,
  model,
  revisionOf,
  unrestricted,
  vectorOf,
} from '../contract/store-samples.ts';
import { openReader, openStore, temporaryFolder, untilIndexed } from './temporary-stores.ts';
import { isLong } from '../support/long.ts';

const sentences = (word: string, count = 500) =>
  Array.from({ length: count }, (_, i) => `The ${word} number ${i} of ${word} paragraph ${i * 7}.`);

async function snapshotsIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith('vectors'));
}

/** A closed store of three documents with a snapshot; returns the path of the snapshot. */
async function saved(folder: string): Promise<string> {
  const store = await openStore(folder);
  for (const word of ['apple', 'pear', 'plum']) {
    await indexRevision(store, revisionOf(word, sentences(word)));
  }
  await store.saveSnapshot();
  await store.close();
  const [name = ''] = await snapshotsIn(folder);
  return path.join(folder, name);
}

/** Enough passages that the graph is searched; those of one document are scored exactly. */
async function expectRightAnswers(store: Store, by = model): Promise<void> {
  const query = vectorOf('The pear number 3');
  const scores = async (filter = unfiltered) =>
    (await unrestricted(store).searchVectors(query, by, filter, 10)).map(({ score }) =>
      score.toFixed(4),
    );
  const beforeIndexed = await scores();
  await untilIndexed(store);
  const { documents } = await unrestricted(store).documents(unfiltered, {
    sort: 'title',
    limit: 50,
  });
  const exact: string[] = [];
  for (const { documentId } of documents) {
    exact.push(...(await scores({ ...unfiltered, documentIds: [documentId] })));
  }
  const expectedTop = exact.sort((one, other) => Number(other) - Number(one)).slice(0, 10);
  expect(beforeIndexed).toEqual(expectedTop);
  expect(await scores()).toEqual(expectedTop);
  expect(await store.verify()).toEqual([]);
}

test('a snapshot is loaded, and later changes are applied', async () => {
  const folder = await temporaryFolder();
  await saved(folder);
  const writer = await openStore(folder);
  await indexRevision(writer, revisionOf('apple', sentences('quince', 555)));
  await writer.removeFiles(['plum']);
  await indexRevision(writer, revisionOf('fig', sentences('fig')));
  await writer.close();
  const store = await openReader(folder);
  await expectRightAnswers(store);
  const hits = await unrestricted(store).searchVectors(
    vectorOf('The quince number 3'),
    model,
    unfiltered,
    2000,
  );
  expect(hits).toHaveLength(555 + 500 + 500);
});

test.each<[string, (file: string) => Promise<void>]>([
  ['missing', (file) => rm(file)],
  ['empty', (file) => writeFile(file, '')],
  ['cut short', async (file) => truncate(file, (await readFile(file)).length - 100)],
  ['changed in one byte', flipByte],
])('a snapshot that is %s is built again', async (_, damage) => {
  const folder = await temporaryFolder();
  const file = await saved(folder);
  await damage(file);
  const store = await openStore(folder);
  await expectRightAnswers(store);
  await indexRevision(store, revisionOf('late', sentences('late')));
  await store.saveSnapshot();
  await store.close();
  expect(await snapshotsIn(folder)).toHaveLength(1);
  await expectRightAnswers(await openStore(folder));
});

async function flipByte(file: string): Promise<void> {
  const bytes = await readFile(file);
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 0x40;
  await writeFile(file, bytes);
}

test('the snapshot of another folder is not used', async () => {
  const [folder, other] = [await temporaryFolder(), await temporaryFolder()];
  const file = await saved(folder);
  const store = await openStore(other);
  await indexRevision(store, revisionOf('pear', sentences('pear', 120)));
  await store.saveSnapshot();
  await store.close();
  const [foreign = ''] = await snapshotsIn(other);
  await writeFile(file, await readFile(path.join(other, foreign)));
  await expectRightAnswers(await openStore(folder));
});

test('the former snapshot is not used after a reset with another model', async () => {
  const folder = await temporaryFolder();
  await saved(folder);
  const readerStore = await openReader(folder);
  await untilIndexed(readerStore);
  const store = await openStore(folder);
  const other = { ...model, checksum: 'c'.repeat(64) };
  await store.reset(other);
  expect(
    await unrestricted(readerStore).searchVectors(vectorOf('apple'), other, unfiltered, 5),
  ).toEqual([]);
  await indexRevision(store, revisionOf('pear', sentences('pear'), { model: other }));
  await expectRightAnswers(readerStore, other);
  await store.saveSnapshot();
  await store.close();
  await expectRightAnswers(await openStore(folder), other);
});

test('a graph in memory is built again after a reset with the same model', async () => {
  const folder = await temporaryFolder();
  await saved(folder);
  const readerStore = await openReader(folder);
  await untilIndexed(readerStore);
  const writer = await openStore(folder);
  await writer.reset(model);
  await indexRevision(writer, revisionOf('fig', sentences('fig')));
  await expectRightAnswers(readerStore);
});

test('a reader that missed two snapshots loads the newer one', async () => {
  const folder = await temporaryFolder();
  await saved(folder);
  // The reader must not poll, or it would apply each of the changes below in time.
  vi.useFakeTimers({ toFake: ['setInterval'] });
  const readerStore = await openReader(folder);
  vi.useRealTimers();
  await untilIndexed(readerStore);
  const writer = await openStore(folder);
  for (const word of ['apple', 'pear', 'plum']) {
    await indexRevision(writer, revisionOf(word, sentences(word, 450)));
    await writer.saveSnapshot();
  }
  await expectRightAnswers(readerStore);
  expect(
    await unrestricted(readerStore).searchVectors(vectorOf('plum'), model, unfiltered, 2000),
  ).toHaveLength(1350);
});

test('when several processes save at once, one complete snapshot remains', async () => {
  const folder = await temporaryFolder();
  await saved(folder);
  const stores = await Promise.all([1, 2, 3].map(() => openStore(folder)));
  for (let round = 0; round < 3; round += 1) {
    await indexRevision(stores[round]!, revisionOf(`r${round}`, sentences(`round${round}`)));
    await Promise.all(stores.map((store) => store.saveSnapshot()));
  }
  expect(await snapshotsIn(folder)).toHaveLength(1);
  for (const store of stores) await expectRightAnswers(store);
});

test('a graph that another process has overtaken does not replace its newer snapshot', async () => {
  const folder = await temporaryFolder();
  await saved(folder);
  const connection = openStoreDatabase(path.join(folder, databaseName));
  const older = emptyGraph(connection, model.dimensions);
  const updater = new IndexUpdater(connection, older);
  while (!connection.read(() => updater.applyPending()));
  const store = await openStore(folder);
  await indexRevision(store, revisionOf('fig', sentences('fig')));
  await store.saveSnapshot();
  const newer = currentSnapshot(connection);
  expect(newer?.sequenceNumber).toBeGreaterThan(older.position.sequenceNumber);
  await writeSnapshot(connection, folder, older, model);
  expect(currentSnapshot(connection)).toEqual(newer);
  expect(await snapshotsIn(folder)).toEqual([newer?.file]);
  connection.close();
});

test('saving without changes writes nothing, unless the snapshot is missing', async () => {
  const folder = await temporaryFolder();
  const file = await saved(folder);
  const { mtimeMs, ino } = await stat(file);
  const store = await openStore(folder);
  await store.saveSnapshot();
  expect(await stat(file)).toMatchObject({ mtimeMs, ino });
  await rm(file);
  await store.saveSnapshot();
  expect(await snapshotsIn(folder)).toHaveLength(1);
});

test.runIf(isLong)(
  'a document with very many passages is indexed and searched',
  async () => {
    const folder = await temporaryFolder();
    const store = await openStore(folder);
    await indexRevision(store, revisionOf('before', sentences('before', 50)));
    await indexRevision(store, revisionOf('long', sentences('long', 15_000)));
    await indexRevision(store, revisionOf('after', sentences('after', 50)));
    await store.saveSnapshot();
    const { sequenceNumber, indexSequenceNumber } = await store.status();
    expect(indexSequenceNumber).toBe(sequenceNumber);
    expect(await store.verify()).toEqual([]);
    for (const [word, number] of [
      ['before', 49],
      ['long', 0],
      ['long', 14_999],
      ['after', 0],
    ] as const) {
      const sentence = sentences(word, number + 1)[number]!;
      const [topHit] = await unrestricted(store).searchVectors(
        vectorOf(sentence),
        model,
        unfiltered,
        3,
      );
      expect(topHit?.score).toBeCloseTo(1, 4);
      expect(topHit?.documentId).toBe((await store.file(word))?.documentId);
    }
  },
  60_000,
);
