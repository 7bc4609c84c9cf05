import { execFileSync } from 'node:child_process';
import { appendFileSync, watch } from 'node:fs';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderSource } from '../../src/sources/folder.ts';
import type { SourceEntry } from '../../src/sources/source.ts';
import { filesOf, listed, refusal, type SourcePlace, testSource } from './source.ts';

const extensions = ['.txt', '.pdf'];
const maxBytes = 1024 * 1024;

async function openPlace(): Promise<SourcePlace & { root: string; tempFolder: string }> {
  const base = await mkdtemp(join(tmpdir(), 'deedbox-source-'));
  const root = join(base, 'contracts');
  const tempFolder = join(base, 'temp');
  await mkdir(root);
  const make = (path: string) => mkdir(dirname(join(root, path)), { recursive: true });
  return {
    root,
    tempFolder,
    source: new FolderSource(root, { extensions, tempFolder }),
    async write(path, content) {
      await make(path);
      await writeFile(join(root, path), content);
    },
    remove: (path) => rm(join(root, path)),
    async rename(from, to) {
      await make(to);
      await rename(join(root, from), join(root, to));
    },
    dispose: () => rm(base, { recursive: true, force: true }),
  };
}

testSource('a folder', openPlace);

describe('a folder', () => {
  let place: Awaited<ReturnType<typeof openPlace>>;
  beforeEach(async () => {
    place = await openPlace();
  });
  afterEach(() => place.dispose());

  const reasons = (entries: SourceEntry[]) =>
    Object.fromEntries(
      entries.flatMap((entry) =>
        entry.kind === 'ignored' ? [[join(entry.folder, entry.fileName), entry.reason]] : [],
      ),
    );

  it('ignores what is no contract and says why', async () => {
    const names = [
      '.hidden.txt',
      '~$nda.txt',
      'Thumbs.db',
      'nda.txt.crdownload',
      'x.tmp',
      'a.png',
      'b',
    ];
    for (const name of names) await place.write(`sub/${name}`, 'x');
    await place.write('.git/config.txt', 'x');
    await place.write('sub/NDA.TXT', 'x');
    const entries = await listed(place.source);
    expect(filesOf(entries).map((file) => file.fileName)).toEqual(['NDA.TXT']);
    expect(reasons(entries)).toEqual({
      '.git': 'hidden',
      'sub/.hidden.txt': 'hidden',
      'sub/~$nda.txt': 'lock file of an open document',
      'sub/Thumbs.db': 'belongs to the operating system',
      'sub/nda.txt.crdownload': 'temporary file',
      'sub/x.tmp': 'temporary file',
      'sub/a.png': '.png files are not read',
      'sub/b': 'has no extension, so its kind is not known',
    });
  });

  it('follows no link, into the folder, out of it, in a circle or to nowhere', async () => {
    await place.write('sub/real.txt', 'x');
    await writeFile(join(dirname(place.root), 'outside.txt'), 'secret');
    await symlink(join(place.root, 'sub/real.txt'), join(place.root, 'inside.txt'));
    await symlink(dirname(place.root), join(place.root, 'up'));
    await symlink('../outside.txt', join(place.root, 'out.txt'));
    await symlink('.', join(place.root, 'sub/circle'));
    await symlink('nowhere.txt', join(place.root, 'broken.txt'));
    const entries = await listed(place.source);
    expect(filesOf(entries).map((file) => file.fileName)).toEqual(['real.txt']);
    expect(reasons(entries)).toEqual({
      'inside.txt': 'link to what is listed in its own place',
      up: 'link that leaves the folder',
      'out.txt': 'link that leaves the folder',
      'sub/circle': 'link to what is listed in its own place',
      'broken.txt': 'link that leads nowhere',
    });
  });

  it.each(['file', 'folder'])(
    'does not follow a link put in the place of a listed %s',
    async (what) => {
      await place.write('sub/a.txt', 'mine');
      const [file] = filesOf(await listed(place.source));
      const outside = join(dirname(place.root), 'outside');
      await mkdir(outside);
      await writeFile(join(outside, 'a.txt'), 'secret');
      const replaced = join(place.root, what === 'file' ? 'sub/a.txt' : 'sub');
      await rm(replaced, { recursive: true });
      await symlink(what === 'file' ? join(outside, 'a.txt') : outside, replaced);
      const refused = await refusal(place.source.fetch(file!, { maxBytes }));
      expect(refused.code).toBe('not_found');
    },
  );

  it.skipIf(process.platform === 'win32')('ignores sockets and pipes', async () => {
    execFileSync('mkfifo', [join(place.root, 'pipe.txt')]);
    const server = createServer().listen(join(place.root, 'socket.txt'));
    const entries = await listed(place.source);
    server.close();
    expect(reasons(entries)).toEqual({
      'pipe.txt': 'not a regular file',
      'socket.txt': 'not a regular file',
    });
  });

  it('reads a single file, whatever its extension', async () => {
    await place.write('Contract of May', 'text');
    const options = { extensions, tempFolder: place.tempFolder };
    const single = new FolderSource(join(place.root, 'Contract of May'), options);
    const [file] = filesOf(await listed(single));
    expect(file).toMatchObject({ fileName: 'Contract of May', folder: '', source: single.id });
    const fetched = await single.fetch(file!, { maxBytes });
    expect(fetched.size).toBe(4);
    await place.remove('Contract of May');
    expect(await refusal(single.fetch(file!, { maxBytes }))).toMatchObject({ code: 'not_found' });
  });

  it('has one id and one id a file, however the folder is named', async () => {
    await place.write('a.txt', 'a');
    const link = join(dirname(place.root), 'link');
    await symlink(place.root, link);
    const options = { extensions, tempFolder: place.tempFolder };
    const other = new FolderSource(`${link}/./`, options);
    expect(other.id).toBe(place.source.id);
    expect(filesOf(await listed(other))).toEqual(filesOf(await listed(place.source)));
  });

  it('that is not there is not an empty folder: neither when listed nor when fetched from', async () => {
    await place.write('a.txt', 'a');
    const [file] = filesOf(await listed(place.source));
    await rename(place.root, `${place.root}-unmounted`);
    const missing = { code: 'source_error', retryable: true, hint: expect.any(String) };
    expect(await refusal(listed(place.source))).toMatchObject(missing);
    expect(await refusal(place.source.fetch(file!, { maxBytes }))).toMatchObject(missing);
  });

  it('of which a part cannot be read lists the rest and then says that it is incomplete', async () => {
    await place.write('open/a.txt', 'a');
    await place.write('closed/b.txt', 'b');
    await chmod(join(place.root, 'closed'), 0);
    await chmod(dirname(place.root), 0o755);
    const files: string[] = [];
    const refused = await refusal(
      asOrdinaryUser(async () => {
        for await (const entry of place.source.list()) {
          if (entry.kind === 'file') files.push(entry.file.fileName);
        }
      }),
    );
    await chmod(join(place.root, 'closed'), 0o755);
    expect(files).toEqual(['a.txt']);
    expect(refused).toMatchObject({ code: 'source_error', hint: expect.any(String) });
    expect(refused.message).toContain('closed');
  });

  it('says that a file may not be read', async () => {
    await place.write('closed.txt', 'x');
    await chmod(join(place.root, 'closed.txt'), 0);
    await chmod(dirname(place.root), 0o777);
    const [file] = filesOf(await listed(place.source));
    const fetching = () => place.source.fetch(file!, { maxBytes });
    const refused = await refusal(asOrdinaryUser(fetching));
    expect(refused).toMatchObject({ code: 'source_error', retryable: true });
  });

  it('refuses a file that claims two gigabytes before it reads it', async () => {
    await place.write('huge.txt', '');
    await truncate(join(place.root, 'huge.txt'), 2 ** 31);
    const [file] = filesOf(await listed(place.source));
    expect(file!.size).toBe(2 ** 31);
    const refused = await refusal(place.source.fetch({ ...file!, size: 1 }, { maxBytes }));
    expect(refused.code).toBe('too_large');
    expect(await readdir(place.tempFolder).catch(() => [])).toEqual([]);
  });

  it('says that a file changed while it was read, and leaves no copy', async () => {
    const path = join(place.root, 'growing.txt');
    await place.write('growing.txt', Buffer.alloc(64 * maxBytes));
    const [file] = filesOf(await listed(place.source));
    await mkdir(place.tempFolder);
    // The copy's appearance is the moment when reading has begun.
    const watcher = watch(place.tempFolder, () => appendFileSync(path, 'more'));
    const refused = await refusal(place.source.fetch(file!, { maxBytes: 256 * maxBytes }));
    watcher.close();
    expect(refused).toMatchObject({ code: 'source_error', retryable: true });
    expect(await readdir(place.tempFolder)).toEqual([]);
  });

  it('finds a file whose name is written in the other Unicode form', async () => {
    const decomposed = 'Société/Café.txt'.normalize('NFD');
    await place.write(decomposed, 'decomposed');
    const [file] = filesOf(await listed(place.source));
    expect(file).toMatchObject({ folder: 'Société', fileName: 'Café.txt' });
    const fetched = await place.source.fetch(file!, { maxBytes });
    expect(fetched.size).toBe(10);
  });

  it('lists and fetches files of any name', async () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
      .map((text) => `n${text.replaceAll(/[/\0~]|\p{Surrogate}/gu, '_')}`);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { minLength: 1, maxLength: 4 }), async (names) => {
        const folder = await mkdtemp(join(place.root, 'p-'));
        for (const one of names) await writeFile(join(folder, `${one}.txt`), one);
        const source = new FolderSource(folder, { extensions, tempFolder: place.tempFolder });
        const files = filesOf(await listed(source));
        expect(files).toHaveLength(names.length);
        for (const file of files) {
          const fetched = await source.fetch(file, { maxBytes });
          expect(fetched.size).toBe(file.size);
          await fetched.dispose();
        }
      }),
      { numRuns: 60 },
    );
  });
});

/** Rights do not bind the administrator, whom tests in a container run as. */
async function asOrdinaryUser<T>(action: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return action();
  process.seteuid?.(65534);
  try {
    return await action();
  } finally {
    process.seteuid?.(0);
  }
}
