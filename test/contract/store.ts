import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { documentsContract } from './store-documents.ts';
import { filesContract } from './store-files.ts';
import { filtersContract } from './store-filters.ts';
import { aclContract } from './store-acl.ts';
import { searchContract } from './store-search.ts';
import { syncsContract } from './store-syncs.ts';
import { unrestricted } from './store-samples.ts';

/** A fresh, empty store and whatever else holds its data. */
export interface StoreUnderTest {
  store: Store;
  /** Opens the same data once more, as another process would. */
  reopen: () => Promise<Store>;
  /** Closes everything opened and deletes the data. */
  dispose(): Promise<void>;
}

/** What every implementation of the port keeps. */
export function storeContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let opened: StoreUnderTest;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(async () => {
      // Whatever a test did, it must leave a store in which everything holds.
      const problems = await opened.store.verify();
      await opened.dispose();
      expect(problems).toEqual([]);
    });
    const subject = () => opened;

    test('an empty store answers with nothing', async () => {
      const { store } = subject();
      expect(await store.sources()).toEqual([]);
      expect(await store.sync()).toBeUndefined();
      expect(await unrestricted(store).text('unknown')).toBeUndefined();
      expect(await store.status()).toMatchObject({ documents: 0, passages: 0, sequenceNumber: 0 });
      await store.saveSnapshot();
    });

    describe('files', () => filesContract(subject));
    describe('documents', () => documentsContract(subject));
    describe('filters', () => filtersContract(subject));
    describe('readers', () => aclContract(subject));
    describe('search', () => searchContract(subject));
    describe('syncs', () => syncsContract(subject));
  });
}
