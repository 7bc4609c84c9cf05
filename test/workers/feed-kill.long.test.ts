import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openEmbeddedQueue } from '../../src/queue/embedded.ts';
import type { SyncStatusResponse } from '../../src/search/response-schemas.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { temporaryFolder } from '../support/cli.ts';
import { LoggedFolder } from '../support/logged-folder.ts';
import { contract } from './fixture.ts';

const program = fileURLToPath(new URL('./feed-worker.ts', import.meta.url));
const [seed, killCount, fileCount] = [20_261_121, 3, 30];

interface Edit {
  fileId: string;
  change: 'text' | 'folder' | 'readers' | 'remove' | 'ignore' | 'unlogged';
  value: number;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  fileId: fc.nat(fileCount + 10).map((n) => `f${n}`),
  change: fc.constantFrom('text', 'folder', 'readers', 'remove', 'ignore', 'unlogged'),
  value: fc.nat(99),
});

/** Makes one change to the files, with an entry in the log or without. */
function applyEdit(loggedFolder: LoggedFolder, { fileId, change, value }: Edit): void {
  const known = loggedFolder.files().find((file) => file.fileId === fileId);
  const text = contract(`Aldermoor ${fileId} ${value} Inc.`);
  if (!known || change === 'text') loggedFolder.upsert(fileId, { text, ignoredFor: undefined });
  else if (change === 'folder') loggedFolder.upsert(fileId, { folder: `Folder ${value % 5}` });
  else if (change === 'readers')
    loggedFolder.upsert(fileId, { aclEntries: [`user:${value}@example.com`] });
  else if (change === 'remove') loggedFolder.remove(fileId);
  else if (change === 'ignore') loggedFolder.upsert(fileId, { ignoredFor: 'a shortcut' });
  else loggedFolder.upsert(fileId, { folder: `Unlogged ${value % 5}` }, { silently: true });
}

/** Runs a worker; kills it `killAfterMs` after it has requested a sync, or waits for its end. */
async function run(data: string, loggedFolder: LoggedFolder, kind: string, killAfterMs?: number) {
  const child = fork(program, [data, loggedFolder.root, kind], { execArgv: ['--import', 'tsx'] });
  const ended = once(child, 'exit');
  let status: SyncStatusResponse | undefined;
  const started = new Promise((resolve) => {
    child.on('message', (message) => {
      if (typeof message === 'object') status = message as SyncStatusResponse;
      resolve(message);
    });
  });
  if (killAfterMs !== undefined) {
    await Promise.race([started, ended]);
    await Promise.race([sleep(killAfterMs), ended]);
    child.kill('SIGKILL');
  }
  await ended;
  return status;
}

it('loses and duplicates nothing when it is killed during incremental syncs', async () => {
  const data = temporaryFolder();
  const loggedFolder = new LoggedFolder(join(temporaryFolder(), 'logged-folder'));
  const edits = fc.sample(fc.array(edit, { minLength: 12, maxLength: 12 }), {
    seed,
    numRuns: killCount + 1,
  });
  const killDelaysMs = fc.sample(fc.nat(1500), { seed, numRuns: killCount });
  for (let n = 0; n < fileCount; n += 1)
    loggedFolder.upsert(`f${n}`, { text: contract(`Party ${n} Inc.`) });
  const store = await openSqliteStore({ folder: data });
  await store.addSource(loggedFolder.id);

  for (const [at, killDelayMs] of killDelaysMs.entries()) {
    await run(data, loggedFolder, at % 2 === 0 ? 'incremental' : 'nightly', killDelayMs);
    for (const one of edits[at]!) applyEdit(loggedFolder, one);
  }
  const status = await run(data, loggedFolder, 'incremental');
  expect(status, status?.detail).toMatchObject({ state: 'done', pending: 0, failed: 0 });
  const reconciled = await run(data, loggedFolder, 'nightly');
  expect(reconciled).toMatchObject({ state: 'done', indexed: 0, removed: 0, failed: 0 });
  const { added, changed, removed, permissions } = reconciled!.reconcile_diff!;
  expect({ added, changed, removed, permissions }).toEqual({
    added: 0,
    changed: 0,
    removed: 0,
    permissions: 0,
  });

  const records = await store.files({});
  const indexed = new Map(
    records.filter(({ state }) => state === 'indexed').map((one) => [one.fileId, one]),
  );
  expect([...indexed.keys()].sort()).toEqual(
    loggedFolder
      .files()
      .map(({ fileId }) => fileId)
      .sort(),
  );
  for (const file of loggedFolder.files()) {
    const record = indexed.get(file.fileId)!;
    expect(record).toMatchObject(file);
    expect(record.contentHash).toBe(file.changeKey);
  }
  expect((await store.status()).documents).toBe(indexed.size);
  expect(await store.verify()).toEqual([]);
  await store.close();
  const queue = openEmbeddedQueue({ folder: data });
  expect(await queue.counts()).toMatchObject({ waiting: 0, active: 0 });
  await queue.close();
}, 300_000);
