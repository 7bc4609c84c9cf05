import type { SourceEntry } from '../source.ts';
import type { Corpus } from './api.ts';
import { type DriveFile, folderType, shortcutType } from './api-schemas.ts';
import type { DriveReader } from './drive-reader.ts';
import {
  corpusOf,
  type DriveSnapshot,
  folderPath,
  withFolders,
  withFoldersAndShortcuts,
} from './drive-snapshot.ts';
import { isShortcut } from './source-file.ts';
import type { DriveScope } from './source-id.ts';

/** Folders of a shared drive in one query; more would make the address too long. */
const maxParentsPerQuery = 40;

/** Queries for the children of folders that are sent at the same time. */
const maxConcurrentQueries = 8;

const folderQuery = `mimeType = '${folderType}'`;
const folderOrShortcutQuery = `(${folderQuery} or mimeType = '${shortcutType}')`;
const notTrashedQuery = 'trashed = false';

/** Every file of the source, and what of it is ignored. Ends normally only when it is complete. */
export async function* listAll(reader: DriveReader, scope: DriveScope): AsyncIterable<SourceEntry> {
  let snapshot = await reader.openSnapshot(scope);
  const listedIds = new Set<string>();
  const shortcuts: DriveFile[] = [];
  for await (const page of scopePages(reader, snapshot)) {
    snapshot = withFolders(snapshot, page.folders);
    const newFiles = page.files.filter(({ id }) => !listedIds.has(id));
    const described = await reader.describe(
      snapshot,
      newFiles.filter((file) => !isShortcut(file)),
    );
    const newShortcuts = newFiles.filter(isShortcut);
    snapshot = await reader.loadAncestors(described.snapshot, newShortcuts);
    for (const shortcut of newShortcuts) {
      if (listedIds.has(shortcut.id) || folderPath(snapshot, shortcut) === undefined) continue;
      listedIds.add(shortcut.id);
      shortcuts.push(shortcut);
    }
    for (const entry of described.changes) {
      if (entry === undefined || entry.kind === 'removed') continue;
      listedIds.add(entry.kind === 'file' ? entry.file.fileId : entry.fileId!);
      yield entry;
    }
  }
  // only now it is known which targets are listed
  snapshot = withFoldersAndShortcuts(snapshot, shortcuts);
  const { changes } = await reader.describe(snapshot, shortcuts, listedIds);
  for (const entry of changes) if (entry !== undefined && entry.kind !== 'removed') yield entry;
}

interface FilePage {
  files: DriveFile[];
  /** Folders that were found before the files, or among them. */
  folders: DriveFile[];
}

async function* scopePages(reader: DriveReader, snapshot: DriveSnapshot): AsyncIterable<FilePage> {
  const { scope, folderDriveId, drives } = snapshot;
  if (scope.kind === 'folder') {
    yield* pagesBelow(reader, snapshot, [scope.folderId], folderDriveId);
    return;
  }
  if (scope.kind !== 'shared') yield* corpusPages(reader, snapshot, 'user');
  for (const driveId of drives.keys()) yield* corpusPages(reader, snapshot, { driveId });
}

/** The files of a shared drive of the scope, with its folders on the first page. */
export function drivePages(
  reader: DriveReader,
  snapshot: DriveSnapshot,
  driveId: string,
): AsyncIterable<FilePage> {
  const { scope } = snapshot;
  return scope.kind === 'folder'
    ? pagesBelow(reader, snapshot, [scope.folderId], driveId)
    : corpusPages(reader, snapshot, { driveId });
}

async function* pagesBelow(
  reader: DriveReader,
  snapshot: DriveSnapshot,
  folders: readonly string[],
  driveId: string | undefined,
): AsyncIterable<FilePage> {
  for await (const files of filesBelow(reader, snapshot, folders, { driveId })) {
    yield { files, folders: files };
  }
}

async function* corpusPages(
  reader: DriveReader,
  snapshot: DriveSnapshot,
  corpus: Corpus,
): AsyncIterable<FilePage> {
  const search = async function* (condition: string) {
    for await (const page of reader.api.files(
      corpus,
      `${condition} and ${notTrashedQuery}`,
      reader.signal,
    )) {
      yield filterCorpus(snapshot, corpus, page);
    }
  };
  for await (const folders of search(folderQuery)) yield { files: [], folders };
  for await (const files of search(`mimeType != '${folderType}'`)) yield { files, folders: [] };
}

/** With all folders and shortcuts of the scope. */
export async function loadFolderTree(
  reader: DriveReader,
  snapshot: DriveSnapshot,
): Promise<DriveSnapshot> {
  let loaded = snapshot;
  for await (const page of treePages(reader, snapshot)) {
    loaded = withFoldersAndShortcuts(loaded, page);
  }
  return loaded;
}

async function* treePages(
  reader: DriveReader,
  snapshot: DriveSnapshot,
): AsyncIterable<DriveFile[]> {
  const { scope, folderDriveId, drives } = snapshot;
  if (scope.kind === 'folder') {
    const options = { driveId: folderDriveId, typeCondition: folderOrShortcutQuery };
    yield* filesBelow(reader, snapshot, [scope.folderId], options);
    return;
  }
  const corpora: Corpus[] = [...drives.keys()].map((driveId) => ({ driveId }));
  if (scope.kind !== 'shared') corpora.unshift('user');
  const query = `${folderOrShortcutQuery} and ${notTrashedQuery}`;
  for (const corpus of corpora) {
    for await (const page of reader.api.files(corpus, query, reader.signal)) {
      yield filterCorpus(snapshot, corpus, page);
    }
  }
}

/** The account's own corpus holds some files of its shared drives, each of which is listed by itself. */
function filterCorpus(
  { drives, scope }: DriveSnapshot,
  corpus: Corpus,
  files: DriveFile[],
): DriveFile[] {
  if (corpus !== 'user') return files;
  if (scope.kind === 'my') return files.filter(({ driveId }) => driveId === undefined);
  return files.filter(({ driveId }) => driveId === undefined || !drives.has(driveId));
}

interface BelowOptions {
  /** The shared drive of the folders; undefined where they lie in none. */
  driveId: string | undefined;
  /** Also files in the trash. */
  includesTrashed?: boolean;
  /** A query for the types of file to return. Only folders among them are descended into. */
  typeCondition?: string;
}

/** All files below some folders of one drive, the folders on the way among them. */
export async function* filesBelow(
  reader: DriveReader,
  snapshot: DriveSnapshot,
  folders: readonly string[],
  { driveId, includesTrashed = false, typeCondition }: BelowOptions,
): AsyncIterable<DriveFile[]> {
  const corpus = corpusOf(snapshot, driveId);
  const trashCondition = includesTrashed ? undefined : notTrashedQuery;
  const seenIds = new Set(folders);
  const pendingFolders = [...seenIds];
  // Outside of shared drives, a query for several folders omits files that a query for each returns.
  const parentsPerQuery = typeof corpus === 'object' ? maxParentsPerQuery : 1;
  while (pendingFolders.length > 0) {
    const queries: AsyncIterator<DriveFile[]>[] = [];
    while (pendingFolders.length > 0 && queries.length < maxConcurrentQueries) {
      const parents = pendingFolders.splice(0, parentsPerQuery).map((id) => `'${id}' in parents`);
      const query = [`(${parents.join(' or ')})`, typeCondition, trashCondition]
        .filter(Boolean)
        .join(' and ');
      queries.push(reader.api.files(corpus, query, reader.signal)[Symbol.asyncIterator]());
    }
    for await (const page of mergePages(queries)) {
      for (const { id, mimeType } of page) {
        if (mimeType !== folderType || seenIds.has(id)) continue;
        seenIds.add(id);
        pendingFolders.push(id);
      }
      yield page;
    }
  }
}

/** All pages; the first page of each query is requested at the same time. */
async function* mergePages(queries: AsyncIterator<DriveFile[]>[]): AsyncIterable<DriveFile[]> {
  const firstPages = await Promise.all(queries.map((query) => query.next()));
  for (const [at, query] of queries.entries()) {
    for (let page = firstPages[at]; page && !page.done; page = await query.next()) yield page.value;
  }
}
