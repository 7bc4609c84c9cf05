import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import type { CleanUp } from '../support/clean-up.ts';
import { unrestricted, unfiltered, model, vectorOf } from '../contract/store-samples.ts';

/** A data folder that is deleted when the test ends, or when `cleanUp` says. */
export async function temporaryFolder(cleanUp: CleanUp = onTestFinished): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'deedbox-store-'));
  cleanUp(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A store that is closed when the test ends, or when `cleanUp` says, if the test has not closed it. */
export async function openStore(folder: string, cleanUp: CleanUp = onTestFinished): Promise<Store> {
  const store = await openSqliteStore({ folder });
  let closed = false;
  cleanUp(async () => {
    if (!closed) await store.close();
  });
  const close = store.close.bind(store);
  store.close = async () => {
    closed = true;
    await close();
  };
  return store;
}

/** A store that holds the files of its vector index open, as after a search. */
export async function openReader(folder: string): Promise<Store> {
  const store = await openStore(folder);
  await unrestricted(store).searchVectors(vectorOf('anything'), model, unfiltered, 1);
  return store;
}
