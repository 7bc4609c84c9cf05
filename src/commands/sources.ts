import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import type { SourceFile } from '../domain/documents.ts';
import { DeedboxError } from '../errors/errors.ts';
import type { DriveApi } from '../sources/drive/api.ts';
import { locateSource } from '../sources/drive/containment.ts';
import { parseDriveSource, driveSourcePrefix } from '../sources/drive/source-id.ts';
import { rebaseToSource, folderSourcePrefix } from '../sources/folder-source.ts';
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
    hint:
      'Give the path of a folder with contracts or of one contract, or for Google Drive `drive:` or ' +
      'the address of a folder in it.',
  });
}

/** Asks Google Drive where a source lies; only called where there is one in Drive. */
export type Connect = () => Promise<DriveApi>;

/** What is to be added, and a test of which other sources hold all of it, and which it holds. */
interface RequestedSource {
  id: string;
  isContainedIn: (other: string) => boolean;
  contains: (other: string) => Promise<boolean>;
}

async function resolveSource(path: string, connect: Connect): Promise<RequestedSource> {
  const driveSource = parseDriveSource(path);
  if (driveSource === undefined) {
    const id = await sourceIdOf(path);
    return {
      id,
      isContainedIn: (other) => containsPath(other, id),
      contains: async (other) => containsPath(id, other),
    };
  }
  const api = await connect();
  await api.account(); // a sign-in that does not work is said before anything is kept
  const { id, containedIn } = await locateSource(api, driveSource);
  return {
    id,
    isContainedIn: (other) => containedIn.includes(other),
    async contains(other) {
      if (!other.startsWith(driveSourcePrefix)) return false;
      // one that cannot be seen any more is left to its own sync, which says so
      const found = await locateSource(api, other).catch(() => undefined);
      return found?.containedIn.includes(id) ?? false;
    },
  };
}

const containsPath = (outer: string, inner: string) =>
  inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);

/** A file as the listing of `outer` has it; of one in Drive that listing tells the folder itself. */
function reassignFile<T extends SourceFile>(outer: string, file: T): T {
  if (outer.startsWith(driveSourcePrefix)) return { ...file, source: outer };
  return rebaseToSource(outer, file);
}

/** Files that move to another source in one transaction, while others wait to write. */
const batchSize = 500;

/** Gives the files of a source to one that holds its folder; they keep their documents. */
async function mergeSource(store: Store, inner: string, outer: string): Promise<void> {
  const states: FileState[] = ['indexed', 'failed', 'pending'];
  for (;;) {
    // those that are ignored are listed again, under ids of the new source
    const files = await store.files({ source: inner, states, limit: batchSize });
    if (files.length === 0) break;
    await store.recordFiles(files.map((file) => reassignFile(outer, file)));
  }
  await store.removeSource(inner);
}

/**
 * Adds folders, and parts of Google Drive, to those that are kept in step. One inside another already
 * kept adds nothing; one that holds others takes their files over, so that no file is listed twice
 * and none is read again. Returns the ids that cover them.
 */
export async function addSources(
  store: Store,
  paths: string[],
  connect: Connect,
): Promise<string[]> {
  const ids: string[] = [];
  for (const path of paths) {
    const { id, isContainedIn, contains } = await resolveSource(path, connect);
    const sources = await store.sources();
    const outer = sources.find(isContainedIn);
    if (!outer) {
      const inner: string[] = [];
      for (const other of sources) if (await contains(other)) inner.push(other);
      await store.addSource(id);
      for (const other of inner) await mergeSource(store, other, id);
    }
    ids.push(outer ?? id);
  }
  return [...new Set(ids)];
}

/** The path with the links in it resolved, as far as there is something there. */
async function resolveLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await resolveLinks(parent), basename(path));
  }
}

/** The ids that a source may be kept under; Drive is not asked, for it may not answer any more. */
async function candidateIds(path: string): Promise<string[]> {
  const driveSource = parseDriveSource(path);
  if (driveSource === undefined) return [folderSourcePrefix + (await resolveLinks(resolve(path)))];
  // the address of a shared drive looks like that of a folder
  return [driveSource, driveSource.replace('drive:folder/', 'drive:shared/')];
}

/** Forgets a source; returns how many files it had. Works for a folder that is there no more. */
export async function removeSourceByPath(store: Store, path: string): Promise<number> {
  const sources = await store.sources();
  const id = (await candidateIds(path)).find((one) => sources.includes(one));
  if (id === undefined) {
    throw new DeedboxError('not_found', `"${path}" is not among the folders that are read.`, {
      hint: '`deedbox status` lists them.',
    });
  }
  return store.removeSource(id);
}
