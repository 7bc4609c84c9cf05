import { realpathSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { readerOf, type SourceKind, type SourceLocation } from '../source-kind.ts';
import { FolderSource, folderSourcePrefix, rebaseToFolder } from './folder-source.ts';

/** Folders of this machine, and single files. */
export const folderKind: SourceKind<object> = {
  prefix: folderSourcePrefix,
  usage: 'the path of a folder with contracts or of one contract',
  argumentHelp: 'folders or files',
  settings: { title: 'Folders', page: 'settings.md', ...readerOf({}, () => ({})) },
  parse: (text) => (text === '' ? undefined : folderSourcePrefix + resolveLinks(resolve(text))),
  describe: pathOf,
  describeInList: (sourceId) => `folder: ${pathOf(sourceId)}`,
  emptySource: (sourceId) => ({
    observation: `The folder ${pathOf(sourceId)} is empty`,
    hint: 'Connect its drive',
  }),
  locate: async (sourceId) =>
    (await isFolderOrFile(pathOf(sourceId))) ? locationOf(sourceId) : undefined,
  rebase: (file, outerSourceId) => rebaseToFolder(file, outerSourceId),
  open: async (_settings, options) => (sourceId) => new FolderSource(pathOf(sourceId), options),
};

function pathOf(sourceId: string): string {
  return sourceId.slice(folderSourcePrefix.length);
}

/** The path with the links in it resolved, as far as it exists. */
function resolveLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(resolveLinks(parent), basename(path));
  }
}

async function isFolderOrFile(path: string): Promise<boolean> {
  try {
    const found = await stat(path);
    return found.isDirectory() || found.isFile();
  } catch {
    return false;
  }
}

function locationOf(id: string): SourceLocation {
  return {
    id,
    isContainedIn: (otherId) => containsPath(otherId, id),
    contains: async (otherId) => containsPath(id, otherId),
  };
}

function containsPath(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
}
