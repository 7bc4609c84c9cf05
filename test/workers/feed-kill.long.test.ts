import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openEmbeddedQueue } from '../../src/queue/embedded.ts';
import type { SyncStatusAnswer } from '../../src/search/answers.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { temporaryFolder } from '../support/cli.ts';
import { LoggedFolder } from '../support/logged-folder.ts';
import { contract } from './workplace.ts';

const program = fileURLToPath(new URL('./feed-worker.ts', import.meta.url));
const [seed, kills, files] = [20_261_121, 3, 30];

interface Edit {
  fileId: string;
  what: 'text' | 'folder' | 'readers' | 'remove' | 'ignore' | 'untold';
  value: number;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  fileId: fc.nat(files + 10).map((n) => `f${n}`),
  what: fc.constantFrom('text', 'folder', 'readers', 'remove', 'ignore', 'untold'),
  value: fc.nat(99),
});

/** Does one thing to the files, and tells of it or not. */
function apply(world: LoggedFolder, { fileId, what, value }: Edit): void {
  const known = world.files().find((file) => file.fileId === fileId);
  const text = contract(`Aldermoor ${fileId} ${value} Inc.`);
  if (!known || what === 'text') world.put(fileId, { text, ignoredFor: undefined });
  else if (what === 'folder') world.put(fileId, { folder: `Folder ${value % 5}` });
  else if (what === 'readers') world.put(fileId, { readers: [`user:${value}@example.com`] });
  else if (what === 'remove') world.remove(fileId);
  else if (what === 'ignore') world.put(fileId, { ignoredFor: 'a shortcut' });
  else world.put(fileId, { folder: `Untold ${value % 5}` }, { silently: true });
}

/** Runs a worker; kills it so many milliseconds after it asked for a sync, or lets it end. */
async function run(data: string, world: LoggedFolder, kind: string, killAfterMs?: number) {
  const child = fork(program, [data, world.root, kind], { execArgv: ['--import', 'tsx'] });
  const ended = once(child, 'exit');
  let status: SyncStatusAnswer | undefined;
  const asked = new Promise((resolve) => {
    child.on('message', (message) => {
      if (typeof message === 'object') status = message as SyncStatusAnswer;
      resolve(message);
    });
  });
  if (killAfterMs !== undefined) {
    await Promise.race([asked, ended]);
    await Promise.race([sleep(killAfterMs), ended]);
    child.kill('SIGKILL');
  }
  await ended;
  return status;
}

it('loses and doubles nothing when it is killed while it follows what changed', async () => {
  const data = temporaryFolder();
  const world = new LoggedFolder(join(temporaryFolder(), 'world'));
  const edits = fc.sample(fc.array(edit, { minLength: 12, maxLength: 12 }), {
    seed,
    numRuns: kills + 1,
  });
  const moments = fc.sample(fc.nat(1500), { seed, numRuns: kills });
  for (let n = 0; n < files; n += 1) world.put(`f${n}`, { text: contract(`Party ${n} Inc.`) });
  const store = await openSqliteStore({ folder: data });
  await store.addSource(world.id);

  for (const [at, moment] of moments.entries()) {
    await run(data, world, at % 2 === 0 ? 'follow' : 'nightly', moment);
    for (const one of edits[at]!) apply(world, one);
  }
  const status = await run(data, world, 'follow');
  expect(status, status?.detail).toMatchObject({ state: 'done', pending: 0, failed: 0 });
  const reconciled = await run(data, world, 'nightly');
  expect(reconciled).toMatchObject({ state: 'done', indexed: 0, removed: 0, failed: 0 });
  const { added, changed, removed, permissions } = reconciled!.mended!;
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
    world
      .files()
      .map(({ fileId }) => fileId)
      .sort(),
  );
  for (const file of world.files()) {
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
});
