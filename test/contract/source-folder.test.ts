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
import { FolderSource } from '../../src/sources/folder/folder-source.ts';
import { parseSource } from '../../src/sources/registry.ts';
import type { SourceEntry } from '../../src/sources/source.ts';
import { filesOf, listAll, rejectionOf, type SourceFixture, testSource } from './source.ts';

const extensions = ['.txt', '.pdf'];
const maxBytes = 1024 * 1024;

async function openFixture(): Promise<SourceFixture & { root: string; tempFolder: string }> {
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

testSource('a folder', openFixture);

describe('a folder', () => {
  let fixture: Awaited<ReturnType<typeof openFixture>>;
  beforeEach(async () => {
    fixture = await openFixture();
  });
  afterEach(() => fixture.dispose());

  const reasons = (entries: SourceEntry[]) =>
    Object.fromEntries(
      entries.flatMap((entry) =>
        entry.kind === 'ignored' ? [[join(entry.folder, entry.fileName), entry.reason]] : [],
      ),
    );

  it('ignores files that cannot be contracts, with a reason', async () => {
    const names = [
      '.hidden.txt',
      '~$nda.txt',
      'Thumbs.db',
      'nda.txt.crdownload',
      'x.tmp',
      'a.png',
      'b',
    ];
    for (const name of names) await fixture.write(`sub/${name}`, 'x');
    await fixture.write('.git/config.txt', 'x');
    await fixture.write('sub/NDA.TXT', 'x');
    const entries = await listAll(fixture.source);
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

  it('follows no symbolic link, whether it points inside, outside, in a circle or nowhere', async () => {
    await fixture.write('sub/real.txt', 'x');
    await writeFile(join(dirname(fixture.root), 'outside.txt'), 'secret');
    await symlink(join(fixture.root, 'sub/real.txt'), join(fixture.root, 'inside.txt'));
    await symlink(dirname(fixture.root), join(fixture.root, 'up'));
    await symlink('../outside.txt', join(fixture.root, 'out.txt'));
    await symlink('.', join(fixture.root, 'sub/circle'));
    await symlink('nowhere.txt', join(fixture.root, 'broken.txt'));
    const entries = await listAll(fixture.source);
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
    'does not follow a symbolic link that replaced a listed %s',
    async (what) => {
      await fixture.write('sub/a.txt', 'mine');
      const [file] = filesOf(await listAll(fixture.source));
      const outside = join(dirname(fixture.root), 'outside');
      await mkdir(outside);
      await writeFile(join(outside, 'a.txt'), 'secret');
      const replaced = join(fixture.root, what === 'file' ? 'sub/a.txt' : 'sub');
      await rm(replaced, { recursive: true });
      await symlink(what === 'file' ? join(outside, 'a.txt') : outside, replaced);
      const refused = await rejectionOf(fixture.source.fetch(file!, { maxBytes }));
      expect(refused.code).toBe('not_found');
    },
  );

  it.skipIf(process.platform === 'win32')('ignores sockets and pipes', async () => {
    execFileSync('mkfifo', [join(fixture.root, 'pipe.txt')]);
    const server = createServer().listen(join(fixture.root, 'socket.txt'));
    const entries = await listAll(fixture.source);
    server.close();
    expect(reasons(entries)).toEqual({
      'pipe.txt': 'not a regular file',
      'socket.txt': 'not a regular file',
    });
  });

  it('reads a single file, whatever its extension', async () => {
    await fixture.write('Contract of May', 'text');
    const options = { extensions, tempFolder: fixture.tempFolder };
    const single = new FolderSource(join(fixture.root, 'Contract of May'), options);
    const [file] = filesOf(await listAll(single));
    expect(file).toMatchObject({ fileName: 'Contract of May', folder: '', source: single.id });
    const fetched = await single.fetch(file!, { maxBytes });
    expect(fetched.size).toBe(4);
    await fixture.remove('Contract of May');
    expect(await rejectionOf(single.fetch(file!, { maxBytes }))).toMatchObject({
      code: 'not_found',
    });
  });

  it('has the same id and file ids, however its path is written', async () => {
    await fixture.write('a.txt', 'a');
    const link = join(dirname(fixture.root), 'link');
    await symlink(fixture.root, link);
    const options = { extensions, tempFolder: fixture.tempFolder };
    const other = new FolderSource(parseSource(`${link}/./`).slice('folder:'.length), options);
    expect(other.id).toBe(fixture.source.id);
    expect(filesOf(await listAll(other))).toEqual(filesOf(await listAll(fixture.source)));
  });

  it('fails when it is missing, in a listing and in a fetch', async () => {
    await fixture.write('a.txt', 'a');
    const [file] = filesOf(await listAll(fixture.source));
    await rename(fixture.root, `${fixture.root}-unmounted`);
    const missing = { code: 'source_error', retryable: true, hint: expect.any(String) };
    expect(await rejectionOf(listAll(fixture.source))).toMatchObject(missing);
    expect(await rejectionOf(fixture.source.fetch(file!, { maxBytes }))).toMatchObject(missing);
  });

  it('lists the readable part, then reports that the listing is incomplete', async () => {
    await fixture.write('open/a.txt', 'a');
    await fixture.write('closed/b.txt', 'b');
    await chmod(join(fixture.root, 'closed'), 0);
    await chmod(dirname(fixture.root), 0o755);
    const files: string[] = [];
    const refused = await rejectionOf(
      asOrdinaryUser(async () => {
        for await (const entry of fixture.source.list()) {
          if (entry.kind === 'file') files.push(entry.file.fileName);
        }
      }),
    );
    await chmod(join(fixture.root, 'closed'), 0o755);
    expect(files).toEqual(['a.txt']);
    expect(refused).toMatchObject({ code: 'source_error', hint: expect.any(String) });
    expect(refused.message).toContain('closed');
  });

  it('reports a file without read permission', async () => {
    await fixture.write('closed.txt', 'x');
    await chmod(join(fixture.root, 'closed.txt'), 0);
    await chmod(dirname(fixture.root), 0o777);
    const [file] = filesOf(await listAll(fixture.source));
    const fetching = () => fixture.source.fetch(file!, { maxBytes });
    const refused = await rejectionOf(asOrdinaryUser(fetching));
    expect(refused).toMatchObject({ code: 'source_error', retryable: true });
  });

  it('rejects a file of two gigabytes before reading it', async () => {
    await fixture.write('huge.txt', '');
    await truncate(join(fixture.root, 'huge.txt'), 2 ** 31);
    const [file] = filesOf(await listAll(fixture.source));
    expect(file!.size).toBe(2 ** 31);
    const refused = await rejectionOf(fixture.source.fetch({ ...file!, size: 1 }, { maxBytes }));
    expect(refused.code).toBe('too_large');
    expect(await readdir(fixture.tempFolder).catch(() => [])).toEqual([]);
  });

  it('reports a file that changed while it was read, and leaves no copy', async () => {
    const path = join(fixture.root, 'growing.txt');
    await fixture.write('growing.txt', Buffer.alloc(64 * maxBytes));
    const [file] = filesOf(await listAll(fixture.source));
    await mkdir(fixture.tempFolder);
    // Reading has begun when the copy appears.
    const watcher = watch(fixture.tempFolder, () => appendFileSync(path, 'more'));
    const refused = await rejectionOf(fixture.source.fetch(file!, { maxBytes: 256 * maxBytes }));
    watcher.close();
    expect(refused).toMatchObject({ code: 'source_error', retryable: true });
    expect(await readdir(fixture.tempFolder)).toEqual([]);
  });

  it('finds a file whose name is written in the other Unicode form', async () => {
    const decomposed = 'Société/Café.txt'.normalize('NFD');
    await fixture.write(decomposed, 'decomposed');
    const [file] = filesOf(await listAll(fixture.source));
    expect(file).toMatchObject({ folder: 'Société', fileName: 'Café.txt' });
    const fetched = await fixture.source.fetch(file!, { maxBytes });
    expect(fetched.size).toBe(10);
  });

  it('lists and fetches files of any name', async () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
      .map((text) => `n${text.replaceAll(/[/\0~]|\p{Surrogate}/gu, '_')}`);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { minLength: 1, maxLength: 4 }), async (names) => {
        const folder = await mkdtemp(join(fixture.root, 'p-'));
        for (const one of names) await writeFile(join(folder, `${one}.txt`), one);
        const source = new FolderSource(folder, { extensions, tempFolder: fixture.tempFolder });
        const files = filesOf(await listAll(source));
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

/** File permissions do not apply to root, as which tests in a container run. */
async function asOrdinaryUser<T>(action: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return action();
  process.seteuid?.(65534);
  try {
    return await action();
  } finally {
    process.seteuid?.(0);
  }
}
