import type { SourceChange, SourceEntry } from '../source.ts';
import type { Corpus } from './api.ts';
import { type DriveFile, folderType, shortcutType } from './file.ts';
import { isShortcut } from './kinds.ts';
import type { DriveView } from './view.ts';

/** Folders of a shared drive asked about in one question; more would make too long an address. */
const parentsAtOnce = 40;

/** Questions about what is in folders, asked at the same time. */
const questionsAtOnce = 8;

const isFolder = `mimeType = '${folderType}'`;
const isFrame = `(${isFolder} or mimeType = '${shortcutType}')`;
const notTrashed = 'trashed = false';

/** Every file of the source, and what of it is ignored. Ends normally only when it is complete. */
export async function* listAll(view: DriveView): AsyncIterable<SourceEntry> {
  const listed = new Set<string>();
  const shortcuts: DriveFile[] = [];
  for await (const page of wholeScope(view)) {
    const fresh = page.filter(({ id }) => !listed.has(id));
    const inScope = await entriesOf(
      view,
      fresh.filter((file) => !isShortcut(file)),
    );
    for (const { file } of inScope) listed.add(file.id);
    for (const shortcut of fresh.filter(isShortcut)) {
      if (listed.has(shortcut.id) || (await view.place(shortcut)) === undefined) continue;
      listed.add(shortcut.id);
      shortcuts.push(shortcut);
      view.shortcuts.put(shortcut);
    }
    for (const { entry } of inScope) yield entry;
  }
  // what they lead to is known to be listed or not only now
  view.shortcuts.listed = listed;
  for (const { entry } of await entriesOf(view, shortcuts)) yield entry;
}

async function entriesOf(view: DriveView, files: DriveFile[]) {
  const found = await Promise.all(
    files.map(async (file) => ({ file, entry: await view.entry(file) })),
  );
  return found.filter((one): one is { file: DriveFile; entry: SourceEntry } => isEntry(one.entry));
}

function isEntry(change: SourceChange | undefined): change is SourceEntry {
  return change !== undefined && change.kind !== 'gone';
}

async function* wholeScope(view: DriveView): AsyncIterable<DriveFile[]> {
  if (view.scope.kind === 'folder') {
    yield* filesBelow(view, [view.scope.folderId], view.folderDrive, { trashed: false });
    return;
  }
  if (view.scope.kind !== 'shared') yield* wholeCorpus(view, 'user');
  for (const driveId of view.drives.keys()) yield* wholeCorpus(view, { driveId });
}

/** The files of one drive; its folders are taken into the tree first. */
export async function* wholeCorpus(view: DriveView, corpus: Corpus): AsyncIterable<DriveFile[]> {
  await takeFrame(view, corpus, isFolder);
  const q = `mimeType != '${folderType}' and ${notTrashed}`;
  for await (const page of view.api.files(corpus, q, view.signal))
    yield ofCorpus(view, corpus, page);
}

/** Takes all folders and shortcuts of the scope into the view. */
export async function takeFrames(view: DriveView): Promise<void> {
  if (view.scope.kind === 'folder') {
    const below = childrenBelow(view, [view.scope.folderId], view.folderDrive, isFrame, notTrashed);
    for await (const page of below) take(view, page);
    return;
  }
  if (view.scope.kind !== 'shared') await takeFrame(view, 'user', isFrame);
  for (const driveId of view.drives.keys()) await takeFrame(view, { driveId }, isFrame);
}

async function takeFrame(view: DriveView, corpus: Corpus, kind: string): Promise<void> {
  for await (const page of view.api.files(corpus, `${kind} and ${notTrashed}`, view.signal)) {
    take(view, ofCorpus(view, corpus, page));
  }
}

function take(view: DriveView, files: DriveFile[]): void {
  for (const file of files) {
    if (isShortcut(file)) view.shortcuts.put(file);
    else if (file.mimeType === folderType) view.tree.put(file);
  }
}

/** A user's own listing holds some files of their shared drives, each of which is listed by itself. */
function ofCorpus({ drives, scope }: DriveView, corpus: Corpus, files: DriveFile[]): DriveFile[] {
  if (corpus !== 'user') return files;
  if (scope.kind === 'my') return files.filter(({ driveId }) => driveId === undefined);
  return files.filter(({ driveId }) => driveId === undefined || !drives.has(driveId));
}

/**
 * All files below some folders of one drive (or of no shared drive), those in the trash only when
 * asked for. The folders met on the way are among them, and are taken into the tree.
 */
export async function* filesBelow(
  view: DriveView,
  folders: string[],
  driveId: string | undefined,
  options: { trashed: boolean; seen?: Set<string> },
): AsyncIterable<DriveFile[]> {
  const where = options.trashed ? undefined : notTrashed;
  for await (const page of childrenBelow(view, folders, driveId, undefined, where, options.seen)) {
    take(
      view,
      page.filter((file) => file.mimeType === folderType && !file.trashed),
    );
    yield page;
  }
}

async function* childrenBelow(
  view: DriveView,
  folders: string[],
  driveId: string | undefined,
  ...conditions: [kind?: string, trash?: string, seen?: Set<string>]
): AsyncIterable<DriveFile[]> {
  const [kind, trash, seen = new Set<string>()] = conditions;
  const corpus = view.corpusOf(driveId);
  const open = folders.filter((id) => !seen.has(id));
  for (const id of open) seen.add(id);
  // elsewhere, of several folders at once Drive leaves out what it shows of each alone
  const each = typeof corpus === 'object' ? parentsAtOnce : 1;
  while (open.length > 0) {
    const questions: AsyncIterator<DriveFile[]>[] = [];
    while (open.length > 0 && questions.length < questionsAtOnce) {
      const parents = open.splice(0, each).map((id) => `'${id}' in parents`);
      const q = [`(${parents.join(' or ')})`, kind, trash].filter(Boolean).join(' and ');
      questions.push(view.api.files(corpus, q, view.signal)[Symbol.asyncIterator]());
    }
    for await (const page of pagesOf(questions)) {
      for (const { id, mimeType } of page) {
        if (mimeType !== folderType || seen.has(id)) continue;
        seen.add(id);
        open.push(id);
      }
      yield page;
    }
  }
}

/** All pages, the first of each at the same time. */
async function* pagesOf(questions: AsyncIterator<DriveFile[]>[]): AsyncIterable<DriveFile[]> {
  const first = await Promise.all(questions.map((question) => question.next()));
  for (const [at, question] of questions.entries()) {
    for (let page = first[at]; page && !page.done; page = await question.next()) yield page.value;
  }
}
