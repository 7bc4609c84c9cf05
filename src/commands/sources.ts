import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { DeedboxError } from '../errors.ts';
import { asListedFrom, folderSourcePrefix } from '../sources/folder.ts';
import type { FileState } from '../store/records.ts';
import type { Store } from '../store/store.ts';

async function sourceIdOf(path: string): Promise<string> {
  try {
    const real = await realpath(path);
    const found = await stat(real);
    if (found.isDirectory() || found.isFile()) return folderSourcePrefix + real;
  } catch {
    // said below, as for what is neither a folder nor a file
  }
  throw new DeedboxError('source_error', `There is no folder or file "${path}".`, {
    hint: 'Give the path of a folder with contracts, or of one contract.',
  });
}

const covers = (outer: string, inner: string) =>
  inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);

/** Files that move to another source in one transaction, while others wait to write. */
const batchSize = 500;

/** Gives the files of a source to one that holds its folder; they keep their documents. */
async function mergeSource(store: Store, inner: string, outer: string): Promise<void> {
  const states: FileState[] = ['indexed', 'failed', 'pending'];
  for (;;) {
    // those that are ignored are listed again, under ids of the new source
    const files = await store.files({ source: inner, states, limit: batchSize });
    if (files.length === 0) break;
    await store.recordFiles(files.map((file) => asListedFrom(outer, file)));
  }
  await store.removeSource(inner);
}

/**
 * Adds folders to those that are kept in step. A folder inside one already kept adds nothing; one
 * that holds others takes their files over, so that no file is listed twice and none is read again.
 * Returns the ids that cover them.
 */
export async function addSources(store: Store, paths: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const path of paths) {
    const id = await sourceIdOf(path);
    const known = await store.sources();
    const outer = known.find((other) => covers(other, id));
    if (!outer) {
      await store.addSource(id);
      for (const inner of known.filter((other) => covers(id, other)))
        await mergeSource(store, inner, id);
    }
    ids.push(outer ?? id);
  }
  return [...new Set(ids)];
}

/** The path with the links in it resolved, as far as there is something there. */
async function resolved(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await resolved(parent), basename(path));
  }
}

/** Forgets a source; returns how many files it had. Works for a folder that is there no more. */
export async function forgetSource(store: Store, path: string): Promise<number> {
  const id = folderSourcePrefix + (await resolved(resolve(path)));
  if (!(await store.sources()).includes(id)) {
    throw new DeedboxError('not_found', `"${path}" is not among the folders that are read.`, {
      hint: '`deedbox status` lists them.',
    });
  }
  return store.removeSource(id);
}
