import type { SourceChange, SourceEntry } from '../source.ts';
import type { Corpus } from './api.ts';
import { type DriveFile, folderType, shortcutType } from './api-schemas.ts';
import { isShortcut } from './source-file.ts';
import type { DriveSnapshot } from './drive-snapshot.ts';

/** Folders of a shared drive asked about in one question; more would make too long an address. */
const maxParentsPerQuery = 40;

/** Questions about what is in folders, asked at the same time. */
const maxConcurrentQueries = 8;

const folderQuery = `mimeType = '${folderType}'`;
const folderOrShortcutQuery = `(${folderQuery} or mimeType = '${shortcutType}')`;
const notTrashedQuery = 'trashed = false';

/** Every file of the source, and what of it is ignored. Ends normally only when it is complete. */
export async function* listAll(snapshot: DriveSnapshot): AsyncIterable<SourceEntry> {
  const listedIds = new Set<string>();
  const shortcuts: DriveFile[] = [];
  for await (const page of scopeFiles(snapshot)) {
    const newFiles = page.filter(({ id }) => !listedIds.has(id));
    const inScope = await entriesOf(
      snapshot,
      newFiles.filter((file) => !isShortcut(file)),
    );
    for (const { file } of inScope) listedIds.add(file.id);
    for (const shortcut of newFiles.filter(isShortcut)) {
      if (listedIds.has(shortcut.id) || (await snapshot.folderPath(shortcut)) === undefined)
        continue;
      listedIds.add(shortcut.id);
      shortcuts.push(shortcut);
      snapshot.shortcuts.put(shortcut);
    }
    for (const { entry } of inScope) yield entry;
  }
  // what they lead to is known to be listed or not only now
  snapshot.shortcuts.listedIds = listedIds;
  for (const { entry } of await entriesOf(snapshot, shortcuts)) yield entry;
}

async function entriesOf(snapshot: DriveSnapshot, files: DriveFile[]) {
  const found = await Promise.all(
    files.map(async (file) => ({ file, entry: await snapshot.entry(file) })),
  );
  return found.filter((one): one is { file: DriveFile; entry: SourceEntry } => isEntry(one.entry));
}

function isEntry(change: SourceChange | undefined): change is SourceEntry {
  return change !== undefined && change.kind !== 'gone';
}

async function* scopeFiles(snapshot: DriveSnapshot): AsyncIterable<DriveFile[]> {
  if (snapshot.scope.kind === 'folder') {
    yield* filesBelow(snapshot, [snapshot.scope.folderId], snapshot.folderDriveId, {
      trashed: false,
    });
    return;
  }
  if (snapshot.scope.kind !== 'shared') yield* corpusFiles(snapshot, 'user');
  for (const driveId of snapshot.drives.keys()) yield* corpusFiles(snapshot, { driveId });
}

/** The files of one drive; its folders are taken into the tree first. */
export async function* corpusFiles(
  snapshot: DriveSnapshot,
  corpus: Corpus,
): AsyncIterable<DriveFile[]> {
  await loadFolders(snapshot, corpus, folderQuery);
  const q = `mimeType != '${folderType}' and ${notTrashedQuery}`;
  for await (const page of snapshot.api.files(corpus, q, snapshot.signal))
    yield filterCorpus(snapshot, corpus, page);
}

/** Takes all folders and shortcuts of the scope into the view. */
export async function loadFolderTree(snapshot: DriveSnapshot): Promise<void> {
  if (snapshot.scope.kind === 'folder') {
    const pages = childrenBelow(
      snapshot,
      [snapshot.scope.folderId],
      snapshot.folderDriveId,
      folderOrShortcutQuery,
      notTrashedQuery,
    );
    for await (const page of pages) addToTree(snapshot, page);
    return;
  }
  if (snapshot.scope.kind !== 'shared') await loadFolders(snapshot, 'user', folderOrShortcutQuery);
  for (const driveId of snapshot.drives.keys())
    await loadFolders(snapshot, { driveId }, folderOrShortcutQuery);
}

async function loadFolders(
  snapshot: DriveSnapshot,
  corpus: Corpus,
  typeCondition: string,
): Promise<void> {
  for await (const page of snapshot.api.files(
    corpus,
    `${typeCondition} and ${notTrashedQuery}`,
    snapshot.signal,
  )) {
    addToTree(snapshot, filterCorpus(snapshot, corpus, page));
  }
}

function addToTree(snapshot: DriveSnapshot, files: DriveFile[]): void {
  for (const file of files) {
    if (isShortcut(file)) snapshot.shortcuts.put(file);
    else if (file.mimeType === folderType) snapshot.tree.put(file);
  }
}

/** A user's own listing holds some files of their shared drives, each of which is listed by itself. */
function filterCorpus(
  { drives, scope }: DriveSnapshot,
  corpus: Corpus,
  files: DriveFile[],
): DriveFile[] {
  if (corpus !== 'user') return files;
  if (scope.kind === 'my') return files.filter(({ driveId }) => driveId === undefined);
  return files.filter(({ driveId }) => driveId === undefined || !drives.has(driveId));
}

/**
 * All files below some folders of one drive (or of no shared drive), those in the trash only when
 * asked for. The folders met on the way are among them, and are taken into the tree.
 */
export async function* filesBelow(
  snapshot: DriveSnapshot,
  folders: string[],
  driveId: string | undefined,
  options: { trashed: boolean; seen?: Set<string> },
): AsyncIterable<DriveFile[]> {
  const trashCondition = options.trashed ? undefined : notTrashedQuery;
  for await (const page of childrenBelow(
    snapshot,
    folders,
    driveId,
    undefined,
    trashCondition,
    options.seen,
  )) {
    addToTree(
      snapshot,
      page.filter((file) => file.mimeType === folderType && !file.trashed),
    );
    yield page;
  }
}

async function* childrenBelow(
  snapshot: DriveSnapshot,
  folders: string[],
  driveId: string | undefined,
  ...conditions: [kind?: string, trash?: string, seen?: Set<string>]
): AsyncIterable<DriveFile[]> {
  const [typeCondition, trashCondition, seenIds = new Set<string>()] = conditions;
  const corpus = snapshot.corpusOf(driveId);
  const pendingFolders = folders.filter((id) => !seenIds.has(id));
  for (const id of pendingFolders) seenIds.add(id);
  // elsewhere, of several folders at once Drive leaves out what it shows of each alone
  const parentsPerQuery = typeof corpus === 'object' ? maxParentsPerQuery : 1;
  while (pendingFolders.length > 0) {
    const queries: AsyncIterator<DriveFile[]>[] = [];
    while (pendingFolders.length > 0 && queries.length < maxConcurrentQueries) {
      const parents = pendingFolders.splice(0, parentsPerQuery).map((id) => `'${id}' in parents`);
      const q = [`(${parents.join(' or ')})`, typeCondition, trashCondition]
        .filter(Boolean)
        .join(' and ');
      queries.push(snapshot.api.files(corpus, q, snapshot.signal)[Symbol.asyncIterator]());
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

/** All pages, the first of each at the same time. */
async function* mergePages(queries: AsyncIterator<DriveFile[]>[]): AsyncIterable<DriveFile[]> {
  const firstPages = await Promise.all(queries.map((query) => query.next()));
  for (const [at, query] of queries.entries()) {
    for (let page = firstPages[at]; page && !page.done; page = await query.next()) yield page.value;
  }
}
