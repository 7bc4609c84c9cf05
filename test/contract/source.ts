import { createHash } from 'node:crypto';
import { access, readFile, stat } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SourceFile } from '../../src/documents.ts';
import { asDeedboxError, type DeedboxError } from '../../src/errors.ts';
import type { ChangeFeed, Source, SourceChange, SourceEntry } from '../../src/sources/source.ts';

/** A place that holds files, as the owner of that place sees it. Names and folders are `/`-separated. */
export interface SourcePlace {
  source: Source;
  /** Creates or overwrites a file. */
  write(path: string, content: Buffer | string): Promise<void>;
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  dispose(): Promise<void>;
}

const megabyte = 1024 * 1024;

/** What every Source must do; `open` gives an empty place. */
export function testSource(name: string, open: () => Promise<SourcePlace>): void {
  describe(`${name} as a source`, () => {
    let place: SourcePlace;
    beforeEach(async () => {
      place = await open();
    });
    afterEach(() => place.dispose());

    const only = async (): Promise<SourceFile> => {
      const files = filesOf(await listed(place.source));
      expect(files).toHaveLength(1);
      return files[0]!;
    };

    it('lists nothing where there is nothing', async () => {
      expect(await listed(place.source)).toEqual([]);
    });

    it('lists every file with its folder, size, time and source', async () => {
      await place.write('nda.txt', 'one');
      await place.write('vendors/2024/Müller & Söhne – Vertrag 📄.txt', 'twelve bytes');
      const files = filesOf(await listed(place.source));
      const told = files.map(({ fileName, folder, size, source }) => ({
        fileName,
        folder,
        size,
        source,
      }));
      expect(told.sort((a, b) => a.size - b.size)).toEqual([
        { fileName: 'nda.txt', folder: '', size: 3, source: place.source.id },
        {
          fileName: 'Müller & Söhne – Vertrag 📄.txt',
          folder: 'vendors/2024',
          size: 12,
          source: place.source.id,
        },
      ]);
      for (const file of files) {
        expect(new Date(file.modifiedAt).toISOString()).toBe(file.modifiedAt);
        expect(file.fileId).toMatch(/^[\w-]+$/);
      }
      expect(new Set(files.map((file) => file.fileId)).size).toBe(2);
    });

    it('tells the same of what has not changed, and another key of what has', async () => {
      await place.write('a.txt', 'first');
      const before = await only();
      expect(await only()).toEqual(before);
      await place.write('a.txt', 'second version');
      const after = await only();
      expect(after.fileId).toBe(before.fileId);
      expect(after.changeKey).not.toBe(before.changeKey);
    });

    it('keeps the change key of what is only renamed or moved', async () => {
      await place.write('draft.txt', 'text');
      const before = await only();
      await place.rename('draft.txt', 'signed/final.txt');
      const after = await only();
      expect(after).toMatchObject({ fileName: 'final.txt', folder: 'signed' });
      expect(after.changeKey).toBe(before.changeKey);
    });

    it('no longer lists what is removed', async () => {
      await place.write('a.txt', 'a');
      await place.write('b.txt', 'b');
      await place.remove('a.txt');
      expect((await only()).fileName).toBe('b.txt');
    });

    it('fetches exactly the bytes, with their hash, into a copy that is deleted on request', async () => {
      const bytes = Buffer.from(Array.from({ length: 700_001 }, (_, i) => (i * 31) % 251));
      await place.write('folder with spaces/файл.pdf', bytes);
      const fetched = await place.source.fetch(await only(), { maxBytes: megabyte });
      expect((await readFile(fetched.path)).equals(bytes)).toBe(true);
      expect(fetched.contentHash).toBe(createHash('sha256').update(bytes).digest('hex'));
      expect(fetched.size).toBe(bytes.length);
      if (process.platform !== 'win32') expect((await stat(fetched.path)).mode & 0o077).toBe(0);
      await fetched.dispose();
      await expect(access(fetched.path)).rejects.toThrow();
      await fetched.dispose();
    });

    it('gives a copy that does not follow later changes', async () => {
      await place.write('a.txt', 'before');
      const fetched = await place.source.fetch(await only(), { maxBytes: megabyte });
      await place.write('a.txt', 'afterwards');
      expect(await readFile(fetched.path, 'utf8')).toBe('before');
      await fetched.dispose();
    });

    it('fetches an empty file', async () => {
      await place.write('empty.txt', '');
      const fetched = await place.source.fetch(await only(), { maxBytes: megabyte });
      expect(fetched.size).toBe(0);
      await fetched.dispose();
    });

    it('refuses what is too large, by its claim or by what arrives', async () => {
      await place.write('large.txt', Buffer.alloc(1001, 'x'));
      const file = await only();
      const fetch = (claimed: number) =>
        refusal(place.source.fetch({ ...file, size: claimed }, { maxBytes: 1000 }));
      expect(await fetch(1001)).toMatchObject({ code: 'too_large', retryable: false });
      expect(await fetch(10)).toMatchObject({ code: 'too_large' });
      expect(await fetch(2 ** 31)).toMatchObject({ code: 'too_large' });
      const fits = await place.source.fetch(file, { maxBytes: 1001 });
      await fits.dispose();
    });

    it('says that a file is gone', async () => {
      await place.write('a.txt', 'a');
      const file = await only();
      await place.remove('a.txt');
      expect(await refusal(place.source.fetch(file, { maxBytes: megabyte }))).toMatchObject({
        code: 'not_found',
        retryable: false,
      });
    });

    it('stops when asked to', async () => {
      await place.write('a.txt', 'a');
      const file = await only();
      const signal = AbortSignal.abort();
      const options = { maxBytes: megabyte, signal };
      expect(await refusal(place.source.fetch(file, options))).toMatchObject({ code: 'cancelled' });
      expect(await refusal(listed(place.source, signal))).toMatchObject({ code: 'cancelled' });
    });
  });
}

/** What every source that has a change feed must do. */
export function testChangeFeed(name: string, open: () => Promise<SourcePlace>): void {
  describe(`${name} as a change feed`, () => {
    let place: SourcePlace;
    let feed: ChangeFeed;
    beforeEach(async () => {
      place = await open();
      feed = place.source.feed!;
    });
    afterEach(() => place.dispose());

    it('tells nothing where nothing changed', async () => {
      await place.write('a.txt', 'a');
      const position = await feed.now();
      const told = await followed(feed, position);
      expect(told.changes).toEqual([]);
      expect((await followed(feed, told.position)).changes).toEqual([]);
    });

    it('tells what is new, changed and gone, once', async () => {
      await place.write('kept.txt', 'a');
      await place.write('edited.txt', 'b');
      await place.write('removed.txt', 'c');
      const files = filesOf(await listed(place.source));
      const idOf = (fileName: string) => files.find((file) => file.fileName === fileName)!.fileId;
      const position = await feed.now();
      await place.write('new.txt', 'd');
      await place.write('edited.txt', 'another');
      await place.remove('removed.txt');
      const told = await followed(feed, position);
      const now = filesOf(await listed(place.source));
      const state = stateAfter([], told.changes);
      expect(state.get(idOf('edited.txt'))).toEqual(
        now.find(({ fileName }) => fileName === 'edited.txt'),
      );
      expect([...state.values()].map(({ fileName }) => fileName).sort()).toEqual([
        'edited.txt',
        'new.txt',
      ]);
      expect(told.changes).toContainEqual({ kind: 'gone', fileId: idOf('removed.txt') });
      expect((await followed(feed, told.position)).changes).toEqual([]);
    });

    it('leads from any position to what a listing says, folders renamed and moved too', async () => {
      const positions: { position: string; files: SourceFile[] }[] = [];
      const remember = async () => {
        const position = await feed.now();
        positions.push({ position, files: filesOf(await listed(place.source)) });
      };
      await place.write('a/b/one.txt', '1');
      await place.write('a/b/two.txt', '2');
      await place.write('a/three.txt', '3');
      await remember();
      await place.rename('a/b', 'a/renamed');
      await remember();
      await place.write('c/four.txt', '4');
      await place.rename('a/renamed', 'c/moved');
      await place.rename('c/moved/one.txt', 'one.txt');
      await remember();
      await place.remove('c/moved/two.txt');
      await place.rename('c', 'd');
      await remember();
      const now = filesOf(await listed(place.source));
      const inOrder = (files: Iterable<SourceFile>) =>
        [...files].sort((one, other) => (one.fileId < other.fileId ? -1 : 1));
      for (const { position, files } of positions) {
        const { changes } = await followed(feed, position);
        expect(inOrder(stateAfter(files, changes).values())).toEqual(inOrder(now));
      }
    });

    it('says that a position which it does not know has expired', async () => {
      for (const position of ['', '{}', 'nonsense']) {
        const refused = await refusal(followed(feed, position));
        expect(refused.code).toBe('position_expired');
      }
    });

    it('stops when asked to', async () => {
      const position = await feed.now();
      await place.write('a.txt', 'a');
      const signal = AbortSignal.abort();
      expect(await refusal(feed.now(signal))).toMatchObject({ code: 'cancelled' });
      expect(await refusal(followed(feed, position, signal))).toMatchObject({ code: 'cancelled' });
    });
  });
}

/** All that a feed tells from a position on, and the position after it. */
export async function followed(feed: ChangeFeed, from: string, signal?: AbortSignal) {
  const changes: SourceChange[] = [];
  let position = from;
  for await (const page of feed.since(from, signal)) {
    changes.push(...page.changes);
    position = page.cursor;
  }
  return { changes, position };
}

/** The files of a source after some changes, by id. */
export function stateAfter(files: SourceFile[], changes: SourceChange[]): Map<string, SourceFile> {
  const state = new Map(files.map((file) => [file.fileId, file]));
  for (const change of changes) {
    if (change.kind === 'file') state.set(change.file.fileId, change.file);
    else if (change.fileId !== undefined) state.delete(change.fileId);
  }
  return state;
}

/** A whole listing. */
export async function listed(source: Source, signal?: AbortSignal): Promise<SourceEntry[]> {
  const entries: SourceEntry[] = [];
  for await (const entry of source.list(signal)) entries.push(entry);
  return entries;
}

export function filesOf(entries: SourceEntry[]): SourceFile[] {
  return entries.flatMap((entry) => (entry.kind === 'file' ? [entry.file] : []));
}

/** The error something fails with. */
export async function refusal(doing: Promise<unknown>): Promise<DeedboxError> {
  try {
    await doing;
  } catch (error) {
    return asDeedboxError(error);
  }
  throw new Error('it went well, though it should have failed');
}
