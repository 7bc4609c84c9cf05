import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { storeContract } from './store.ts';

storeContract('the SQLite store', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'deedbox-store-'));
  const opened: Store[] = [];
  const reopen = async () => {
    const store = await openSqliteStore({ folder });
    opened.push(store);
    return store;
  };
  return {
    store: await reopen(),
    reopen,
    async dispose() {
      for (const store of opened) await store.close();
      await rm(folder, { recursive: true });
    },
  };
});
