import { renameSync, rmdirSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FolderSource } from '../../src/sources/folder/folder-source.ts';
import type { WatchEvent } from '../../src/sources/source.ts';
import { isLong } from '../support/long.ts';

const restMs = 200;

/** A folder that is watched, and what was reported of it. */
async function openFixture({ pollMs, path = '' }: { pollMs?: number; path?: string } = {}) {
  const base = await mkdtemp(join(tmpdir(), 'deedbox-watch-'));
  const root = join(base, 'contracts');
  await mkdir(root);
  const controller = new AbortController();
  onTestFinished(async () => {
    controller.abort();
    await rm(base, { recursive: true, force: true });
  });
  const events: WatchEvent[] = [];
  const write = (name: string, text = 'text') => writeFile(join(root, name), text);
  const changes = () => events.flatMap((event) => (event.kind === 'changes' ? event.changes : []));
  return {
    base,
    root,
    events,
    write,
    stop: () => controller.abort(),
    async watch() {
      const source = new FolderSource(join(root, path), {
        extensions: ['.txt'],
        tempFolder: join(base, 'temp'),
        watch: { restMs, pollMs },
      });
      await source.watch!((event) => events.push(event), { signal: controller.signal });
      return source;
    },
    changes,
    /** The names of the files that were reported, in that order. */
    names: () =>
      changes().map((change) => (change.kind === 'file' ? change.file.fileName : change.kind)),
    count: (kind: WatchEvent['kind']) => events.filter((event) => event.kind === kind).length,
  };
}

describe('a watched folder', () => {
  it('reports a new file as a listing does', async () => {
    const fixture = await openFixture();
    await mkdir(join(fixture.root, 'sub'));
    const source = await fixture.watch();
    await fixture.write('sub/a.txt');
    await expect.poll(fixture.changes).toHaveLength(1);
    const listed = [];
    for await (const entry of source.list()) listed.push(entry);
    expect(fixture.changes()).toEqual(listed);
  });

  it('reports a file once that is written again and again, when it rests', async () => {
    const fixture = await openFixture();
    await fixture.watch();
    for (let index = 0; index < 10; index += 1) {
      await appendFile(join(fixture.root, 'a.txt'), 'piece ');
      await sleep(restMs / 4);
    }
    await expect.poll(fixture.changes).toHaveLength(1);
    await sleep(3 * restMs);
    expect(fixture.changes()).toMatchObject([{ kind: 'file', file: { size: 60 } }]);
  });

  it.runIf(isLong)(
    'reports a file that grows with pauses seldom, and as being written meanwhile',
    async () => {
      const fixture = await openFixture();
      await fixture.watch();
      for (let index = 0; index < 8; index += 1) {
        await appendFile(join(fixture.root, 'a.txt'), 'piece ');
        await sleep(2 * restMs);
      }
      // the first pause was not to be known, nor that of the second report
      await expect.poll(() => fixture.changes().at(-1)).toMatchObject({ file: { size: 48 } });
      expect(fixture.changes().length).toBeLessThanOrEqual(3);
      expect(fixture.count('being_written')).toBeGreaterThan(0);
    },
  );

  it('waits for the content of an empty file', async () => {
    const fixture = await openFixture();
    await fixture.watch();
    await fixture.write('a.txt', '');
    await sleep(4 * restMs);
    expect(fixture.changes()).toEqual([]);
    await fixture.write('a.txt', 'content');
    await expect.poll(fixture.changes).toMatchObject([{ file: { size: 7 } }]);
  });

  it('reports both names of a rename in one event', async () => {
    const fixture = await openFixture();
    await fixture.write('old.txt');
    await fixture.watch();
    await rename(join(fixture.root, 'old.txt'), join(fixture.root, 'new.txt'));
    await expect.poll(() => fixture.events).toHaveLength(1);
    expect(fixture.names().sort()).toEqual(['new.txt', 'removed']);
  });

  it('reports a file that was replaced under its name as changed', async () => {
    const fixture = await openFixture();
    await fixture.write('a.txt');
    await fixture.watch();
    await fixture.write('new.tmp', 'new text');
    await rename(join(fixture.root, 'new.tmp'), join(fixture.root, 'a.txt'));
    await expect.poll(fixture.changes).toMatchObject([{ kind: 'file', file: { size: 8 } }]);
  });

  it('requires a listing when a folder is removed, and one alone when it is renamed', async () => {
    const fixture = await openFixture();
    await mkdir(join(fixture.root, 'sub/deep'), { recursive: true });
    await fixture.write('sub/deep/a.txt');
    await fixture.watch();
    await rename(join(fixture.root, 'sub'), join(fixture.root, 'other'));
    await expect.poll(() => fixture.events).toEqual([{ kind: 'listing_required' }]);
    await fixture.write('other/deep/b.txt');
    await expect.poll(fixture.names).toEqual(['b.txt']);
    await rm(join(fixture.root, 'other'), { recursive: true });
    await expect.poll(() => fixture.count('listing_required')).toBe(2);
  });

  it('watches a folder that takes the place of another', async () => {
    const fixture = await openFixture();
    await mkdir(join(fixture.root, 'sub'));
    await mkdir(join(fixture.base, 'outside'));
    await fixture.watch();
    // at once: nothing sees the folder missing
    rmdirSync(join(fixture.root, 'sub'));
    renameSync(join(fixture.base, 'outside'), join(fixture.root, 'sub'));
    await expect.poll(() => fixture.count('listing_required')).toBe(1);
    await fixture.write('sub/a.txt');
    await expect.poll(fixture.names).toEqual(['a.txt']);
  });

  it('requires a listing for many files, not each of them', async () => {
    const fixture = await openFixture();
    await fixture.watch();
    const files = Array.from({ length: 1000 }, (_, index) => `${index}.txt`);
    await Promise.all(files.map((file) => fixture.write(file)));
    await expect.poll(() => fixture.count('listing_required')).toBeGreaterThan(0);
    await sleep(4 * restMs);
    // One, unless the machine is so slow that it takes the files for several changes.
    expect(fixture.events.length).toBeLessThan(10);
  });

  it('reports nothing of links, ignored names and other extensions', async () => {
    const fixture = await openFixture();
    await mkdir(join(fixture.base, 'outside'));
    await fixture.watch();
    await symlink(join(fixture.base, 'outside'), join(fixture.root, 'link'));
    await writeFile(join(fixture.base, 'outside', 'a.txt'), 'secret');
    await mkdir(join(fixture.root, '.hidden'));
    for (const name of ['.hidden/a.txt', '~$a.txt', 'a.tmp', 'a.png']) await fixture.write(name);
    await fixture.write('last.txt');
    await expect.poll(fixture.names).toEqual(['last.txt']);
  });

  it.runIf(isLong)('does not exist yet, then exists, vanishes, and comes back', async () => {
    const fixture = await openFixture();
    await rm(fixture.root, { recursive: true });
    await fixture.watch();
    await mkdir(fixture.root);
    await expect.poll(() => fixture.count('listing_required')).toBe(1);
    await fixture.write('a.txt');
    await expect.poll(fixture.names).toEqual(['a.txt']);
    await rename(fixture.root, `${fixture.root}-away`);
    await sleep(2500);
    await rename(`${fixture.root}-away`, fixture.root);
    await expect.poll(() => fixture.count('listing_required')).toBe(2);
    await fixture.write('b.txt');
    await expect.poll(fixture.names).toContain('b.txt');
  });

  it('may be a single file, whose neighbours are not reported', async () => {
    const fixture = await openFixture({ path: 'Contract of May' });
    await fixture.write('Contract of May');
    await fixture.watch();
    await fixture.write('other.txt');
    await fixture.write('new.txt', 'new text');
    await rename(join(fixture.root, 'new.txt'), join(fixture.root, 'Contract of May'));
    await expect.poll(fixture.changes).toMatchObject([{ file: { size: 8, folder: '' } }]);
    expect(fixture.names()).toEqual(['Contract of May']);
  });

  it('reports nothing after the signal is aborted', async () => {
    const fixture = await openFixture();
    await fixture.watch();
    await fixture.write('a.txt');
    fixture.stop();
    await sleep(3 * restMs);
    expect(fixture.events).toEqual([]);
  });
});

describe('a polled folder', () => {
  it('reports new, changed and removed files when two polls agree', async () => {
    const fixture = await openFixture({ pollMs: 100 });
    await fixture.write('known.txt');
    await fixture.watch();
    await fixture.write('a.txt');
    await expect.poll(fixture.names).toEqual(['a.txt']);
    await fixture.write('known.txt', 'changed text');
    await expect.poll(fixture.names).toEqual(['a.txt', 'known.txt']);
    await rm(join(fixture.root, 'known.txt'));
    await expect.poll(fixture.names).toEqual(['a.txt', 'known.txt', 'removed']);
    await sleep(500);
    expect(fixture.changes()).toHaveLength(3);
  });

  it('leaves a file alone that grows between polls', async () => {
    const fixture = await openFixture({ pollMs: 100 });
    await fixture.watch();
    for (let index = 0; index < 20; index += 1) {
      await appendFile(join(fixture.root, 'a.txt'), 'piece ');
      await sleep(25);
    }
    await expect.poll(fixture.changes).toMatchObject([{ file: { size: 120 } }]);
  });

  it('reports nothing while it is missing, and only what changed when it is back', async () => {
    const fixture = await openFixture({ pollMs: 50 });
    await fixture.write('a.txt');
    await fixture.watch();
    await rename(fixture.root, `${fixture.root}-away`);
    await sleep(500);
    expect(fixture.events).toEqual([]);
    await rename(`${fixture.root}-away`, fixture.root);
    await fixture.write('b.txt');
    await expect.poll(fixture.names).toEqual(['b.txt']);
  });

  it('requires one listing for many files, and for a folder that appears', async () => {
    const fixture = await openFixture({ pollMs: 50 });
    await rm(fixture.root, { recursive: true });
    await fixture.watch();
    await mkdir(fixture.root);
    await expect.poll(() => fixture.count('listing_required')).toBe(1);
    await mkdir(join(fixture.base, 'many'));
    for (let index = 0; index < 300; index += 1)
      await writeFile(join(fixture.base, 'many', `${index}.txt`), 'text');
    await rename(join(fixture.base, 'many'), join(fixture.root, 'many'));
    await expect.poll(() => fixture.count('listing_required')).toBe(2);
    expect(fixture.changes()).toEqual([]);
  });
});
