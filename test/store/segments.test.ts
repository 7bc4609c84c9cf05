import { readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import type { DocumentFilter } from '../../src/store/records.ts';
import type { Store } from '../../src/store/store.ts';
import {
  indexRevision,
  unfiltered,
  model,
  revisionOf,
  unrestricted,
  vectorOf,
} from '../contract/store-samples.ts';
import { openReader, openStore, temporaryFolder } from './temporary-stores.ts';
import { isLong } from '../support/long.ts';

const sentences = (word: string, count = 500) =>
  Array.from({ length: count }, (_, i) => `The ${word} number ${i} of ${word} paragraph ${i * 7}.`);

async function segmentsIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith('vectors'));
}

/** A closed store of three documents in one segment; returns the path of the segment. */
async function saved(folder: string): Promise<string> {
  const store = await openStore(folder);
  for (const word of ['apple', 'pear', 'plum']) {
    await indexRevision(store, revisionOf(word, sentences(word)));
  }
  await store.updateIndex();
  await store.close();
  const [name = ''] = await segmentsIn(folder);
  return path.join(folder, name);
}

/** Compares searches of all documents, which use segments, with those of one, which are exact. */
async function expectRightAnswers(store: Store, by = model): Promise<void> {
  const query = vectorOf('The pear number 3');
  const scores = async (filter = unfiltered) =>
    (await unrestricted(store).searchVectors(query, by, filter, 10)).map(({ score }) => score);
  const { documents } = await unrestricted(store).documents(unfiltered, {
    sort: 'title',
    limit: 50,
  });
  const exact: number[] = [];
  for (const { documentId } of documents) {
    exact.push(...(await scores({ ...unfiltered, documentIds: [documentId] })));
  }
  const expectedTop = exact.sort((one, other) => other - one).slice(0, 10);
  expect(await scores()).toEqual(expectedTop);
}

test('segments are searched together with what was written since', async () => {
  const folder = await temporaryFolder();
  await saved(folder);
  const writer = await openStore(folder);
  await indexRevision(writer, revisionOf('apple', sentences('quince', 555)));
  await writer.removeFiles(['plum']);
  await indexRevision(writer, revisionOf('fig', sentences('fig')));
  await writer.close();
  const store = await openReader(folder);
  await expectRightAnswers(store);
  expect(await store.verify()).toEqual([]);
  const query = vectorOf('The quince number 3');
  const hits = await unrestricted(store).searchVectors(query, model, unfiltered, 2000);
  expect(hits).toHaveLength(555 + 500 + 500);
});

test.each<[string, (file: string) => Promise<void>]>([
  ['missing', (file) => rm(file)],
  ['empty', (file) => writeFile(file, '')],
  ['cut short', async (file) => truncate(file, (await readFile(file)).length - 100)],
  ['damaged in its header', (file) => flipByte(file, 17)],
  ['damaged in its table', (file) => flipByte(file, 70)],
])('a segment that is %s is not used, and written again', async (_, damage) => {
  const folder = await temporaryFolder();
  const file = await saved(folder);
  await damage(file);
  const store = await openStore(folder);
  await expectRightAnswers(store);
  expect((await store.verify()).map(({ check }) => check)).toEqual(['vector_index']);
  await indexRevision(store, revisionOf('late', sentences('late')));
  await store.updateIndex();
  expect(await store.verify()).toEqual([]);
  await expectRightAnswers(store);
});

test('a segment that is cut short while it is open is not used any more', async () => {
  const folder = await temporaryFolder();
  const file = await saved(folder);
  const store = await openReader(folder);
  await truncate(file, 500);
  await expectRightAnswers(store);
});

test('verify finds a byte that was changed, and the segment of another folder', async () => {
  const [folder, other] = [await temporaryFolder(), await temporaryFolder()];
  const file = await saved(folder);
  const { size } = await stat(file);
  await flipByte(file, size - 5);
  const store = await openStore(folder);
  expect((await store.verify()).map(({ check }) => check)).toEqual(['vector_index']);
  await writeFile(file, await readFile(await saved(other)));
  expect(await store.verify()).toEqual([]);
  const foreign = await openStore(other);
  await indexRevision(foreign, revisionOf('apple', sentences('quince', 1500)));
  await foreign.removeFiles(['pear', 'plum']);
  await foreign.updateIndex();
  const newest = (await segmentsIn(other)).find((name) => name.startsWith('vectors-1501'))!;
  await writeFile(file, await readFile(path.join(other, newest)));
  expect((await store.verify()).map(({ check }) => check)).toEqual(['vector_index']);
});

async function flipByte(file: string, at: number): Promise<void> {
  const bytes = await readFile(file);
  bytes[at]! ^= 0x40;
  await writeFile(file, bytes);
}

test.each([
  ['another model', 'c'.repeat(64)],
  ['the same model', model.checksum],
])('former segments are not used after a reset with %s', async (_, checksum) => {
  const folder = await temporaryFolder();
  await saved(folder);
  const readerStore = await openReader(folder);
  const store = await openStore(folder);
  const other = { ...model, checksum };
  await store.reset(other);
  const query = vectorOf('apple');
  expect(await unrestricted(readerStore).searchVectors(query, other, unfiltered, 5)).toEqual([]);
  await indexRevision(store, revisionOf('pear', sentences('pear'), { model: other }));
  await expectRightAnswers(readerStore, other);
  await store.updateIndex();
  await store.close();
  const reopened = await openStore(folder);
  await expectRightAnswers(reopened, other);
  await expectRightAnswers(readerStore, other);
  expect(await reopened.verify()).toEqual([]);
});

test('several processes may write segments at once', async () => {
  const folder = await temporaryFolder();
  await saved(folder);
  const stores = await Promise.all([1, 2, 3].map(() => openStore(folder)));
  for (let round = 0; round < 3; round += 1) {
    await indexRevision(stores[round]!, revisionOf(`r${round}`, sentences(`round${round}`)));
    await Promise.all(stores.map((store) => store.updateIndex()));
  }
  for (const store of stores) await expectRightAnswers(store);
  expect(await stores[0]!.verify()).toEqual([]);
});

test('an update without changes writes nothing', async () => {
  const folder = await temporaryFolder();
  const file = await saved(folder);
  const { mtimeMs, ino } = await stat(file);
  const store = await openStore(folder);
  await store.updateIndex();
  expect(await stat(file)).toMatchObject({ mtimeMs, ino });
  expect(await segmentsIn(folder)).toHaveLength(1);
});

test('segments are merged while readers stay open, and former files are removed', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    const folder = await temporaryFolder();
    const store = await openStore(folder);
    const readerStore = await openReader(folder);
    for (let round = 0; round < 40; round += 1) {
      // A third of the documents replaces an earlier one.
      const fileId = `f${round % 3 === 2 ? round - 2 : round}`;
      await indexRevision(store, revisionOf(fileId, sentences(`word${round}`, 50)));
      vi.setSystemTime(Date.now() + 120_000);
      await store.updateIndex();
      if (round % 8 === 7) await expectRightAnswers(readerStore);
    }
    await vi.waitFor(async () => expect((await segmentsIn(folder)).length).toBeLessThan(12));
    await expectRightAnswers(readerStore);
    expect(await readerStore.verify()).toEqual([]);
  } finally {
    vi.useRealTimers();
  }
});

test('a segment whose passages were mostly removed is written again', async () => {
  const folder = await temporaryFolder();
  const file = await saved(folder);
  const { size } = await stat(file);
  const store = await openStore(folder);
  await store.removeFiles(['plum', 'apple']);
  await store.updateIndex();
  await vi.waitFor(async () => {
    const files = await segmentsIn(folder);
    const sizes = await Promise.all(files.map((name) => stat(path.join(folder, name))));
    expect(Math.min(...sizes.map((one) => one.size))).toBeLessThan(size / 2);
  });
  await expectRightAnswers(store);
  expect(await store.verify()).toEqual([]);
});

test.runIf(isLong)(
  'in clusters of many passages the nearest are found, with a filter too',
  async () => {
    const folder = await temporaryFolder();
    const store = await openStore(folder);
    const words = ['pear', 'plum', 'fig', 'lime', 'kiwi', 'date', 'sloe', 'pome', 'yuzu', 'acai'];
    for (const [index, word] of words.entries()) {
      const type = index % 3 === 0 ? 'nda' : 'services';
      await indexRevision(
        store,
        revisionOf(word, sentences(word, 6000), { analysis: { documentType: type } }),
      );
    }
    await store.updateIndex();
    expect(await store.verify()).toEqual([]);
    const search = (question: string, filter: DocumentFilter) =>
      unrestricted(store).searchVectors(vectorOf(question), model, filter, 10);
    let [found, all] = [0, 0];
    const filters: DocumentFilter[] = [unfiltered, { ...unfiltered, documentTypes: ['nda'] }];
    for (const filter of filters) {
      for (let n = 0; n < 30; n += 1) {
        const word = words[(n * 3) % 9]!;
        const question = `The ${word} number ${n * 37} of ${word} paragraph ${n * 11}.`;
        const exact: number[] = [];
        for (const name of filter === unfiltered ? words : ['pear', 'lime', 'sloe', 'acai']) {
          const { documentId } = (await store.file(name))!;
          const hits = await search(question, { ...unfiltered, documentIds: [documentId!] });
          exact.push(...hits.map(({ score }) => score));
        }
        const worst = exact.sort((a, b) => b - a)[9]!;
        const hits = await search(question, filter);
        expect(hits).toHaveLength(10);
        found += hits.filter(({ score }) => score >= worst).length;
        all += 10;
      }
    }
    expect(found / all).toBeGreaterThan(0.95);
  },
  120_000,
);

test.runIf(isLong)(
  'a document with very many passages is indexed and searched',
  async () => {
    const folder = await temporaryFolder();
    const store = await openStore(folder);
    await indexRevision(store, revisionOf('before', sentences('before', 50)));
    await indexRevision(store, revisionOf('long', sentences('long', 15_000)));
    await indexRevision(store, revisionOf('after', sentences('after', 50)));
    await store.updateIndex();
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
      expect(topHit?.score).toBeCloseTo(1, 2);
      expect(topHit?.documentId).toBe((await store.file(word))?.documentId);
    }
  },
  60_000,
);
