import { singleLine } from '../encode/visible.ts';
import type { Config } from '../settings/config.ts';
import { DeedboxError } from '../errors/errors.ts';
import { folderSourcePrefix } from '../sources/folder/folder-source.ts';
import {
  aliasesOf,
  describeInList,
  locateSource,
  noSuchSourceError,
  parseSource,
  rebaseFile,
  type SourceSettings,
} from '../sources/registry.ts';
import type { FileState } from '../store/records.ts';
import type { Store } from '../store/store.ts';

/**
 * Adds the given sources, and reports all recorded sources, a line each. The sample contracts are
 * removed when the first sources of the user are added.
 */
export async function chooseSources(
  store: Store,
  config: Config,
  { paths, report }: { paths: string[]; report: (line: string) => void },
): Promise<void> {
  const samples = folderSourcePrefix + config.samplesFolder;
  const added = await addSources(store, paths, config.sources);
  const recorded = await store.sources();
  if (added.length > 0 && recorded.includes(samples) && !added.includes(samples)) {
    await store.removeSource(samples);
    report('The sample contracts make way for yours.');
  }
  for (const id of await store.sources()) report(singleLine(describeInList(id)));
}

/**
 * Adds sources by their paths, addresses or ids. One that lies inside a recorded source adds nothing.
 * One that contains recorded sources takes over their files, so that no file is listed twice and none
 * is read again. Returns the ids of the recorded sources that now contain the given ones.
 * @throws DeedboxError `source_error` where there is no such source, `not_signed_in`
 */
export async function addSources(
  store: Store,
  paths: string[],
  settings: SourceSettings,
): Promise<string[]> {
  const ids: string[] = [];
  for (const path of paths) {
    const location = await locateSource(parseSource(path), settings);
    if (!location) throw noSuchSourceError(path);
    const { id } = location;
    const sources = await store.sources();
    const outer = sources.find((sourceId) => location.isContainedIn(sourceId));
    if (outer === undefined) {
      const inner: string[] = [];
      for (const other of sources) if (await location.contains(other)) inner.push(other);
      await store.addSource(id);
      for (const other of inner) await mergeSource(store, other, id);
    }
    ids.push(outer ?? id);
  }
  return [...new Set(ids)];
}

/** Files that move to another source in one transaction, which blocks other writers. */
const batchSize = 500;

/** Moves the files of a source to one that contains it; they keep their documents. */
async function mergeSource(store: Store, inner: string, outer: string): Promise<void> {
  const states: FileState[] = ['indexed', 'failed', 'pending'];
  for (;;) {
    // ignored files are listed again, under ids of the new source
    const files = await store.files({ source: inner, states, limit: batchSize });
    if (files.length === 0) break;
    await store.recordFiles(files.map((file) => rebaseFile(file, outer)));
  }
  await store.removeSource(inner);
}

/**
 * Removes a source; returns the number of its files. Works for a source that no longer exists, and
 * sends nothing.
 * @throws DeedboxError `not_found` where it is not recorded
 */
export async function removeSourceByPath(store: Store, path: string): Promise<number> {
  const sources = await store.sources();
  const id = aliasesOf(parseSource(path)).find((sourceId) => sources.includes(sourceId));
  if (id === undefined) {
    throw new DeedboxError('not_found', `"${path}" is not among the sources that are read.`, {
      hint: '`deedbox status` lists them.',
    });
  }
  return store.removeSource(id);
}
