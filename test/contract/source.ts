import { createHash } from 'node:crypto';
import { access, readFile, stat } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SourceFile } from '../../src/domain/documents.ts';
import { asDeedboxError, type DeedboxError } from '../../src/errors/errors.ts';
import type { ChangeFeed, Source, SourceChange, SourceEntry } from '../../src/sources/source.ts';

/** A location with files, as its owner changes it. Paths are `/`-separated. */
export interface SourceFixture {
  source: Source;
  /** Creates or overwrites a file. */
  write(path: string, content: Buffer | string): Promise<void>;
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  dispose(): Promise<void>;
}

const megabyte = 1024 * 1024;

/** What every implementation of `Source` must do; `open` returns an empty location. */
export function testSource(name: string, open: () => Promise<SourceFixture>): void {
  describe(`${name} as a source`, () => {
    let fixture: SourceFixture;
    beforeEach(async () => {
      fixture = await open();
    });
    afterEach(() => fixture.dispose());

    const onlyFile = async (): Promise<SourceFile> => {
      const files = filesOf(await listAll(fixture.source));
      expect(files).toHaveLength(1);
      return files[0]!;
    };

    it('lists nothing in an empty location', async () => {
      expect(await listAll(fixture.source)).toEqual([]);
    });

    it('lists every file with its folder, size, time and source', async () => {
      await fixture.write('nda.txt', 'one');
      await fixture.write('vendors/2024/Müller & Söhne – Vertrag 📄.txt', 'twelve bytes');
      const files = filesOf(await listAll(fixture.source));
      const reported = files.map(({ fileName, folder, size, source }) => ({
        fileName,
        folder,
        size,
        source,
      }));
      expect(reported.sort((a, b) => a.size - b.size)).toEqual([
        { fileName: 'nda.txt', folder: '', size: 3, source: fixture.source.id },
        {
          fileName: 'Müller & Söhne – Vertrag 📄.txt',
          folder: 'vendors/2024',
          size: 12,
          source: fixture.source.id,
        },
      ]);
      for (const file of files) {
        expect(new Date(file.modifiedAt).toISOString()).toBe(file.modifiedAt);
        expect(file.fileId).toMatch(/^[\w-]+$/);
      }
      expect(new Set(files.map((file) => file.fileId)).size).toBe(2);
    });

    it('keeps the change key of an unchanged file, and changes that of a changed one', async () => {
      await fixture.write('a.txt', 'first');
      const before = await onlyFile();
      expect(await onlyFile()).toEqual(before);
      await fixture.write('a.txt', 'second version');
      const after = await onlyFile();
      expect(after.fileId).toBe(before.fileId);
      expect(after.changeKey).not.toBe(before.changeKey);
    });

    it('keeps the change key of a renamed or moved file', async () => {
      await fixture.write('draft.txt', 'text');
      const before = await onlyFile();
      await fixture.rename('draft.txt', 'signed/final.txt');
      const after = await onlyFile();
      expect(after).toMatchObject({ fileName: 'final.txt', folder: 'signed' });
      expect(after.changeKey).toBe(before.changeKey);
    });

    it('does not list a removed file', async () => {
      await fixture.write('a.txt', 'a');
      await fixture.write('b.txt', 'b');
      await fixture.remove('a.txt');
      expect((await onlyFile()).fileName).toBe('b.txt');
    });

    it('fetches exactly the bytes, with their hash, into a copy that is deleted on request', async () => {
      const bytes = Buffer.from(Array.from({ length: 700_001 }, (_, i) => (i * 31) % 251));
      await fixture.write('folder with spaces/файл.pdf', bytes);
      const fetched = await fixture.source.fetch(await onlyFile(), { maxBytes: megabyte });
      expect((await readFile(fetched.path)).equals(bytes)).toBe(true);
      expect(fetched.contentHash).toBe(createHash('sha256').update(bytes).digest('hex'));
      expect(fetched.size).toBe(bytes.length);
      if (process.platform !== 'win32') expect((await stat(fetched.path)).mode & 0o077).toBe(0);
      await fetched.dispose();
      await expect(access(fetched.path)).rejects.toThrow();
      await fetched.dispose();
    });

    it('returns a copy that later changes do not affect', async () => {
      await fixture.write('a.txt', 'before');
      const fetched = await fixture.source.fetch(await onlyFile(), { maxBytes: megabyte });
      await fixture.write('a.txt', 'afterwards');
      expect(await readFile(fetched.path, 'utf8')).toBe('before');
      await fetched.dispose();
    });

    it('fetches an empty file', async () => {
      await fixture.write('empty.txt', '');
      const fetched = await fixture.source.fetch(await onlyFile(), { maxBytes: megabyte });
      expect(fetched.size).toBe(0);
      await fetched.dispose();
    });

    it('rejects a file that is too large, by its listed size or by the received bytes', async () => {
      await fixture.write('large.txt', Buffer.alloc(1001, 'x'));
      const file = await onlyFile();
      const fetch = (claimed: number) =>
        rejectionOf(fixture.source.fetch({ ...file, size: claimed }, { maxBytes: 1000 }));
      expect(await fetch(1001)).toMatchObject({ code: 'too_large', retryable: false });
      expect(await fetch(10)).toMatchObject({ code: 'too_large' });
      expect(await fetch(2 ** 31)).toMatchObject({ code: 'too_large' });
      const fits = await fixture.source.fetch(file, { maxBytes: 1001 });
      await fits.dispose();
    });

    it('reports a missing file', async () => {
      await fixture.write('a.txt', 'a');
      const file = await onlyFile();
      await fixture.remove('a.txt');
      expect(await rejectionOf(fixture.source.fetch(file, { maxBytes: megabyte }))).toMatchObject({
        code: 'not_found',
        retryable: false,
      });
    });

    it('stops when it is aborted', async () => {
      await fixture.write('a.txt', 'a');
      const file = await onlyFile();
      const signal = AbortSignal.abort();
      const options = { maxBytes: megabyte, signal };
      expect(await rejectionOf(fixture.source.fetch(file, options))).toMatchObject({
        code: 'cancelled',
      });
      expect(await rejectionOf(listAll(fixture.source, signal))).toMatchObject({
        code: 'cancelled',
      });
    });
  });
}

/** What every source with a change feed must do. */
export function testChangeFeed(name: string, open: () => Promise<SourceFixture>): void {
  describe(`${name} as a change feed`, () => {
    let fixture: SourceFixture;
    let feed: ChangeFeed;
    beforeEach(async () => {
      fixture = await open();
      feed = fixture.source.feed!;
    });
    afterEach(() => fixture.dispose());

    it('reports nothing if nothing changed', async () => {
      await fixture.write('a.txt', 'a');
      const cursor = await feed.now();
      const reported = await changesSince(feed, cursor);
      expect(reported.changes).toEqual([]);
      expect((await changesSince(feed, reported.cursor)).changes).toEqual([]);
    });

    it('reports each added, changed and removed file once', async () => {
      await fixture.write('kept.txt', 'a');
      await fixture.write('edited.txt', 'b');
      await fixture.write('removed.txt', 'c');
      const files = filesOf(await listAll(fixture.source));
      const idOf = (fileName: string) => files.find((file) => file.fileName === fileName)!.fileId;
      const cursor = await feed.now();
      await fixture.write('new.txt', 'd');
      await fixture.write('edited.txt', 'another');
      await fixture.remove('removed.txt');
      const reported = await changesSince(feed, cursor);
      const now = filesOf(await listAll(fixture.source));
      const state = stateAfter([], reported.changes);
      expect(state.get(idOf('edited.txt'))).toEqual(
        now.find(({ fileName }) => fileName === 'edited.txt'),
      );
      expect([...state.values()].map(({ fileName }) => fileName).sort()).toEqual([
        'edited.txt',
        'new.txt',
      ]);
      expect(reported.changes).toContainEqual({ kind: 'removed', fileId: idOf('removed.txt') });
      expect((await changesSince(feed, reported.cursor)).changes).toEqual([]);
    });

    it('leads from any cursor to the state of a listing, also when folders are renamed and moved', async () => {
      const checkpoints: { cursor: string; files: SourceFile[] }[] = [];
      const recordCheckpoint = async () => {
        const cursor = await feed.now();
        checkpoints.push({ cursor, files: filesOf(await listAll(fixture.source)) });
      };
      await fixture.write('a/b/one.txt', '1');
      await fixture.write('a/b/two.txt', '2');
      await fixture.write('a/three.txt', '3');
      await recordCheckpoint();
      await fixture.rename('a/b', 'a/renamed');
      await recordCheckpoint();
      await fixture.write('c/four.txt', '4');
      await fixture.rename('a/renamed', 'c/moved');
      await fixture.rename('c/moved/one.txt', 'one.txt');
      await recordCheckpoint();
      await fixture.remove('c/moved/two.txt');
      await fixture.rename('c', 'd');
      await recordCheckpoint();
      const now = filesOf(await listAll(fixture.source));
      const sortedById = (files: Iterable<SourceFile>) =>
        [...files].sort((one, other) => (one.fileId < other.fileId ? -1 : 1));
      for (const { cursor, files } of checkpoints) {
        const { changes } = await changesSince(feed, cursor);
        expect(sortedById(stateAfter(files, changes).values())).toEqual(sortedById(now));
      }
    });

    it('reports an unknown cursor as expired', async () => {
      for (const cursor of ['', '{}', 'nonsense']) {
        const refused = await rejectionOf(changesSince(feed, cursor));
        expect(refused.code).toBe('checkpoint_expired');
      }
    });

    it('stops when it is aborted', async () => {
      const cursor = await feed.now();
      await fixture.write('a.txt', 'a');
      const signal = AbortSignal.abort();
      expect(await rejectionOf(feed.now(signal))).toMatchObject({ code: 'cancelled' });
      expect(await rejectionOf(changesSince(feed, cursor, signal))).toMatchObject({
        code: 'cancelled',
      });
    });
  });
}

/** All changes after a cursor, and the next cursor. */
export async function changesSince(feed: ChangeFeed, from: string, signal?: AbortSignal) {
  const changes: SourceChange[] = [];
  let cursor = from;
  for await (const page of feed.since(from, signal)) {
    changes.push(...page.changes);
    cursor = page.cursor;
  }
  return { changes, cursor };
}

/** The files of a source by id, after applying the changes. */
export function stateAfter(files: SourceFile[], changes: SourceChange[]): Map<string, SourceFile> {
  const state = new Map(files.map((file) => [file.fileId, file]));
  for (const change of changes) {
    if (change.kind === 'file') state.set(change.file.fileId, change.file);
    else if (change.fileId !== undefined) state.delete(change.fileId);
  }
  return state;
}

/** A complete listing. */
export async function listAll(source: Source, signal?: AbortSignal): Promise<SourceEntry[]> {
  const entries: SourceEntry[] = [];
  for await (const entry of source.list(signal)) entries.push(entry);
  return entries;
}

export function filesOf(entries: SourceEntry[]): SourceFile[] {
  return entries.flatMap((entry) => (entry.kind === 'file' ? [entry.file] : []));
}

/** The error with which a promise rejects. */
export async function rejectionOf(action: Promise<unknown>): Promise<DeedboxError> {
  try {
    await action;
  } catch (error) {
    return asDeedboxError(error);
  }
  throw new Error('it went well, though it should have failed');
}
