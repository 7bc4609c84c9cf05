import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { aclContract } from './store-acl.ts';
import { documentsContract } from './store-documents.ts';
import { filesContract, syncsContract } from './store-files.ts';
import { unrestricted, type StoreUnderTest } from './store-samples.ts';
import { filtersContract, searchContract } from './store-search.ts';

/** What every implementation of `Store` must do. */
export function storeContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let opened: StoreUnderTest;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(async () => {
      // Each test must leave a store without integrity problems.
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
      await store.updateIndex();
    });

    describe('files', () => filesContract(subject));
    describe('documents', () => documentsContract(subject));
    describe('filters', () => filtersContract(subject));
    describe('ACL', () => aclContract(subject));
    describe('search', () => searchContract(subject));
    describe('syncs', () => syncsContract(subject));
  });
}
