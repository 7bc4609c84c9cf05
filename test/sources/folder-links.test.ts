import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FolderSource } from '../../src/sources/folder/folder-source.ts';
import type { SourceEntry } from '../../src/sources/source.ts';
import { filesOf, listAll, rejectionOf } from '../contract/source.ts';

const seed = Number(process.env['TEST_SEED'] ?? 5);
const maxBytes = 1024 * 1024;
/** Texts that are read while links come and go. */
const minTexts = 120;

/** A folder with the files a.txt to c.txt in two subfolders, and one outside with other texts of these names. */
async function openFixture(byDescriptor?: boolean) {
  const base = await mkdtemp(join(tmpdir(), 'deedbox-links-'));
  onTestFinished(() => rm(base, { recursive: true, force: true, maxRetries: 10 }));
  const [root, outside] = [join(base, 'contracts'), join(base, 'outside')];
  for (const [folder, text] of [
    [root, 'inside'],
    [outside, 'OUTSIDE'],
  ] as const) {
    for (const sub of ['one', 'two/deep']) {
      await mkdir(join(folder, sub), { recursive: true });
      for (const name of ['a', 'b', 'c'])
        await writeFile(join(folder, sub, `${name}.txt`), `${text} ${sub} ${name}`);
    }
  }
  await writeFile(join(outside, 'one', 'outside-only.txt'), 'OUTSIDE');
  const tempFolder = join(base, 'temp');
  const options = {
    extensions: ['.txt'],
    tempFolder,
    ...(byDescriptor === false && { byDescriptor }),
  };
  const source = new FolderSource(root, options);
  const read = async (file: ReturnType<typeof filesOf>[number]) => {
    const fetched = await source.fetch(file, { maxBytes });
    const text = await readFile(fetched.path, 'utf8');
    await fetched.dispose();
    return text;
  };
  return { root, outside, source, read };
}

/** Elsewhere than on Linux names are looked up by their path; that works on Linux as well. */
const lookups: [string, boolean | undefined][] = [
  ['by descriptor, where the system can', undefined],
  ['by path', false],
];

describe.each(lookups)('a folder whose names are looked up %s', (_, byDescriptor) => {
  it.each([
    ['folders', ['one', 'two', 'two/deep']],
    ['files', ['one/a.txt', 'one/b.txt', 'two/deep/c.txt']],
  ])(
    `gives no text from outside while %s are replaced by links (seed ${seed})`,
    async (_what, names) => {
      const { root, outside, source, read } = await openFixture(byDescriptor);
      const script = join(import.meta.dirname, '../support/swap-with-link.mjs');
      const swapping = spawn(process.execPath, [script, String(seed), root, outside, ...names]);
      onTestFinished(() => void swapping.kill('SIGKILL'));
      await once(swapping.stdout, 'data');
      const texts: string[] = [];
      const refusals: unknown[] = [];
      // at least one file is refused, or nothing was tested
      while (texts.length < minTexts || refusals.length === 0) {
        const entries = await listAll(source).catch((): SourceEntry[] => []);
        for (const file of filesOf(entries)) {
          if (byDescriptor !== false) expect(file.fileName).not.toBe('outside-only.txt');
          await read(file).then(
            (text) => texts.push(text),
            (error: unknown) => refusals.push(error),
          );
        }
      }
      const exited = once(swapping, 'exit');
      expect(swapping.exitCode).toBeNull(); // it has swapped until now
      swapping.kill('SIGKILL');
      await exited;
      expect(texts.filter((text) => !text.startsWith('inside'))).toEqual([]);
    },
    60_000,
  );

  it('lists nothing of a folder that became a link while the listing went on', async () => {
    const { root, outside, source } = await openFixture(byDescriptor);
    await writeFile(join(root, 'first.txt'), 'inside');
    const names: string[] = [];
    for await (const entry of source.list()) {
      if (entry.kind === 'file') names.push(entry.file.fileName);
      if (entry.kind !== 'file' || entry.file.fileName !== 'first.txt') continue;
      // the subfolders are found, and not listed yet
      await rename(join(root, 'one'), `${root}-one`);
      await symlink(join(outside, 'one'), join(root, 'one'));
    }
    expect(names.sort()).toEqual(['a.txt', 'b.txt', 'c.txt', 'first.txt']);
  });

  it.each(['the folder itself', 'a folder above it'])(
    'refuses to read once %s is a link',
    async (which) => {
      const { root, outside, source } = await openFixture(byDescriptor);
      const inner = new FolderSource(join(root, 'one'), {
        extensions: ['.txt'],
        tempFolder: `${root}-t`,
      });
      const read = which === 'the folder itself' ? source : inner;
      const [file] = filesOf(await listAll(read));
      await rename(root, `${root}-away`);
      await symlink(outside, root);
      const error = { code: 'source_error', message: expect.stringContaining('is a link now') };
      expect(await rejectionOf(listAll(read))).toMatchObject(error);
      expect(await rejectionOf(read.fetch(file!, { maxBytes }))).toMatchObject(error);
      expect(await read.exists(file!)).toBe(false);
      // a source that is opened again has the same id, so that nothing is recorded under another
      expect(new FolderSource(root, { extensions: [], tempFolder: '' }).id).toBe(source.id);
    },
  );

  it('does not wait for a pipe that took the place of a file', async () => {
    const { root, source, read } = await openFixture(byDescriptor);
    const file = filesOf(await listAll(source)).find(({ folder }) => folder === 'one')!;
    const path = join(root, 'one', file.fileName);
    await rm(path);
    execFileSync('mkfifo', [path]);
    expect(await rejectionOf(read(file))).toMatchObject({ code: 'not_found' });
    await rm(path);
    await symlink('/dev/zero', path);
    expect(await rejectionOf(read(file))).toMatchObject({ code: 'not_found' });
    expect(dirname(path)).toBe(join(root, 'one'));
  });

  it('takes no name that leads elsewhere', async () => {
    const { source, outside } = await openFixture(byDescriptor);
    const [file] = filesOf(await listAll(source));
    const elsewhere = [
      { folder: '../outside/one', fileName: 'a.txt' },
      { folder: '', fileName: '../outside/one/a.txt' },
      { folder: outside, fileName: 'one/a.txt' },
    ];
    for (const names of elsewhere)
      expect(await rejectionOf(source.fetch({ ...file!, ...names }, { maxBytes }))).toMatchObject({
        code: 'not_found',
      });
  });
});
