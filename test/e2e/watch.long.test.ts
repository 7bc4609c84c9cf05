import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { onFileFinished } from '../support/clean-up.ts';
import { deedbox, sampleFiles } from '../support/cli.ts';
import { startWatchedService } from '../support/watched-service.ts';
import { contract } from '../workers/fixture.ts';

const timeout = 60_000;
const pdf = sampleFiles.find((file) => file.endsWith('.pdf'))!;

/** Runs a program in a user namespace with so few watches; where the machine allows that. */
const fewWatches = [
  'unshare',
  '-Ur',
  'sh',
  '-c',
  'echo 3 > /proc/sys/user/max_inotify_watches && exec "$@"',
  'sh',
];
const [limiter, ...limiterArgs] = fewWatches;
const canLimitWatches = spawnSync(limiter!, [...limiterArgs, 'true']).status === 0;

const cleanUp = (close: () => void) => onFileFinished(async () => close());

function writeContract(folder: string, name: string, party: string): void {
  writeFileSync(join(folder, name), contract(party));
}

describe('a service that watches its folders', () => {
  let workspace: Awaited<ReturnType<typeof startWatchedService>>;
  beforeAll(async () => {
    workspace = await startWatchedService(
      (contracts) => {
        writeContract(contracts, 'first.txt', 'Alder Works Ltd.');
        writeContract(contracts, 'renamed.txt', 'Birch Works Ltd.');
        writeContract(contracts, 'removed.txt', 'Cedar Works Ltd.');
        mkdirSync(join(contracts, 'moved'));
        writeContract(join(contracts, 'moved'), 'moved.txt', 'Dogwood Works Ltd.');
      },
      {},
      { cleanUp },
    );
  }, 120_000);

  const paths = async () => Object.keys(await workspace.found());

  it('finds a new contract, which no sync has listed', async () => {
    const { contracts, citations, syncCount } = workspace;
    const before = syncCount();
    writeContract(contracts, 'dropped.txt', 'Elm Works Ltd.');
    await expect.poll(paths, { timeout }).toContain('dropped.txt');
    expect(await citations('Elm Works')).toContain('Elm Works Ltd.');
    expect(workspace.record('dropped.txt')).toMatchObject({ state: 'indexed', attempts: 1 });
    expect(syncCount()).toBe(before);
  });

  it('finds the new text of a contract that was replaced', async () => {
    const { contracts, citations, found } = workspace;
    const id = (await found())['first.txt'];
    writeFileSync(join(contracts, 'first.tmp'), contract('Fir Works Ltd.'));
    renameSync(join(contracts, 'first.tmp'), join(contracts, 'first.txt'));
    await expect.poll(() => citations('Fir Works'), { timeout }).toContain('Fir Works Ltd.');
    expect((await found())['first.txt']).toBe(id);
  });

  it('reads a file once that is written in pieces, when it is complete', async () => {
    const { contracts, record } = workspace;
    const bytes = readFileSync(pdf);
    const pieces = 8;
    for (let piece = 0; piece < pieces; piece += 1) {
      const [start, end] = [piece, piece + 1].map((at) => Math.ceil((at * bytes.length) / pieces));
      appendFileSync(join(contracts, 'slow.pdf'), bytes.subarray(start, end));
      await sleep(300);
      if (piece < pieces - 1) expect(record('slow.pdf')).toBeUndefined();
    }
    await expect.poll(paths, { timeout }).toContain('slow.pdf');
    expect(record('slow.pdf')).toEqual({ state: 'indexed', attempts: 1, outcome: 'indexed' });
  });

  it('reports no half-written file as failed, though a sync lists it and writing pauses', async () => {
    const { contracts, record, client } = workspace;
    const bytes = readFileSync(pdf);
    const states = new Set<string | undefined>();
    const sample = setInterval(() => states.add(record('paused.pdf')?.state), 25);
    const half = Math.ceil(bytes.length / 2);
    writeFileSync(join(contracts, 'paused.pdf'), bytes.subarray(0, half));
    // it answers when nothing is pending, or after some seconds
    const synced = client.callTool({ name: 'sync_documents', arguments: {} });
    await sleep(1500);
    for (let offset = half; offset < bytes.length; offset += 4000) {
      appendFileSync(join(contracts, 'paused.pdf'), bytes.subarray(offset, offset + 4000));
      await sleep(200);
    }
    await expect.poll(paths, { timeout }).toContain('paused.pdf');
    await synced;
    clearInterval(sample);
    expect(states).not.toContain('failed');
    expect(states).toContain('indexed');
  });

  it('keeps the document of a file and of a folder that are renamed', async () => {
    const { contracts, found } = workspace;
    const before = await found();
    renameSync(join(contracts, 'renamed.txt'), join(contracts, 'signed.txt'));
    await expect.poll(paths, { timeout }).toContain('signed.txt');
    renameSync(join(contracts, 'moved'), join(contracts, 'archived'));
    await expect.poll(paths, { timeout }).toContain('archived/moved.txt');
    const after = await found();
    expect(after['signed.txt']).toBe(before['renamed.txt']);
    expect(after['archived/moved.txt']).toBe(before['moved/moved.txt']);
    expect(Object.keys(after)).not.toContain('renamed.txt');
    expect(Object.keys(after)).not.toContain('moved/moved.txt');
    // the folder is watched under its new name
    writeContract(join(contracts, 'archived'), 'later.txt', 'Ginkgo Works Ltd.');
    await expect.poll(paths, { timeout }).toContain('archived/later.txt');
  });

  it('does not find a removed contract any more', async () => {
    rmSync(join(workspace.contracts, 'removed.txt'));
    await expect.poll(paths, { timeout }).not.toContain('removed.txt');
  });

  it('finds the contracts of a new folder, and those that it gets later', async () => {
    const folder = join(workspace.contracts, 'vendors', '2026');
    mkdirSync(folder, { recursive: true });
    writeContract(folder, 'with-folder.txt', 'Hazel Works Ltd.');
    await expect.poll(paths, { timeout }).toContain('vendors/2026/with-folder.txt');
    writeContract(folder, 'later.txt', 'Juniper Works Ltd.');
    await expect.poll(paths, { timeout }).toContain('vendors/2026/later.txt');
  });

  it('ignores links, hidden files and files of other kinds', async () => {
    const { contracts, base } = workspace;
    writeContract(base, 'outside.txt', 'Outside Works Ltd.');
    symlinkSync(join(base, 'outside.txt'), join(contracts, 'link.txt'));
    mkdirSync(join(contracts, '.hidden'));
    writeContract(join(contracts, '.hidden'), 'hidden.txt', 'Hidden Works Ltd.');
    writeContract(contracts, '~$lock.txt', 'Lock Works Ltd.');
    writeContract(contracts, 'image.png', 'Image Works Ltd.');
    // what comes later is found, so these were passed
    writeContract(contracts, 'after-ignored.txt', 'Larch Works Ltd.');
    await expect.poll(paths, { timeout }).toContain('after-ignored.txt');
    for (const name of ['link.txt', 'hidden.txt', '~$lock.txt', 'image.png', 'outside.txt'])
      expect((await paths()).filter((path) => path.endsWith(name))).toEqual([]);
  });

  it('watches a folder that another process adds', async () => {
    const { base, data } = workspace;
    const added = join(base, 'added');
    mkdirSync(added);
    writeContract(added, 'of-added.txt', 'Maple Works Ltd.');
    expect(await deedbox('ingest', added, '--data', data)).toMatchObject({ code: 0 });
    await expect.poll(paths, { timeout }).toContain('of-added.txt');
    writeContract(added, 'later-in-added.txt', 'Oak Works Ltd.');
    await expect.poll(paths, { timeout }).toContain('later-in-added.txt');
  });

  it('requests few syncs for many files', async () => {
    const { contracts, record, syncCount } = workspace;
    const before = syncCount();
    mkdirSync(join(contracts, 'many'));
    for (let index = 0; index < 400; index += 1)
      writeContract(join(contracts, 'many'), `many-${index}.txt`, `Party ${index} Ltd.`);
    await expect.poll(() => record('many-399.txt')?.state, { timeout }).toBeDefined();
    await expect.poll(() => record('many-0.txt')?.state, { timeout }).toBeDefined();
    expect(syncCount() - before).toBeGreaterThan(0);
    expect(syncCount() - before).toBeLessThanOrEqual(3);
  });

  it('ends when it is asked to, and stops watching', async () => {
    const ended = once(workspace.service, 'exit');
    workspace.service.kill('SIGTERM');
    expect((await ended)[0]).toBe(0);
  });
});

it('finds nothing by itself with DEEDBOX_WATCH=off, and all with the next sync', async () => {
  const { contracts, found, client, log } = await startWatchedService(
    (folder) => writeContract(folder, 'first.txt', 'Alder Works Ltd.'),
    { DEEDBOX_WATCH: 'off' },
  );
  writeContract(contracts, 'dropped.txt', 'Elm Works Ltd.');
  // far longer than watching needs
  await sleep(4000);
  expect(Object.keys(await found())).toEqual(['first.txt']);
  expect(log()).not.toContain('the source is watched');
  await client.callTool({ name: 'sync_documents', arguments: {} });
  await expect
    .poll(async () => Object.keys(await found()), { timeout })
    .toEqual(expect.arrayContaining(['dropped.txt']));
}, 120_000);

it('polls where the setting is a number of seconds', async () => {
  const { contracts, found } = await startWatchedService(
    (folder) => writeContract(folder, 'first.txt', 'Alder Works Ltd.'),
    { DEEDBOX_WATCH: '1' },
  );
  const paths = async () => Object.keys(await found());
  writeContract(contracts, 'dropped.txt', 'Elm Works Ltd.');
  await expect.poll(paths, { timeout }).toContain('dropped.txt');
  rmSync(join(contracts, 'dropped.txt'));
  await expect.poll(paths, { timeout }).not.toContain('dropped.txt');
}, 120_000);

it.runIf(canLimitWatches)(
  'polls where the system allows no more watches, and says why',
  async () => {
    const { contracts, found, log } = await startWatchedService(
      (folder) => {
        for (const name of ['a', 'b', 'c', 'd']) mkdirSync(join(folder, name));
        writeContract(folder, 'first.txt', 'Alder Works Ltd.');
      },
      {},
      { wrapper: fewWatches },
    );
    expect(log()).toMatch(/fs\.inotify\.max_user_watches.*the source is polled/);
    writeContract(join(contracts, 'd'), 'dropped.txt', 'Elm Works Ltd.');
    await expect
      .poll(async () => Object.keys(await found()), { timeout })
      .toContain('d/dropped.txt');
  },
  120_000,
);
