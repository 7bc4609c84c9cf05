import { createHash } from 'node:crypto';
import { type Dirent, realpathSync } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { SourceFile } from '../../domain/documents.ts';
import { DeedboxError } from '../../errors/errors.ts';
import { copyAndHash, fileTooLargeError } from '../file-copy.ts';
import { ignoredExtensionReason, ignoredNameReason } from '../ignored-names.ts';
import type { FetchedFile, Source, SourceChange, SourceEntry } from '../source.ts';
import { isBeingWritten } from './change-tracker.ts';
import { watchFolder, type WatchSettings } from './watch-folder.ts';

/** How the id of every folder source begins; its absolute path follows. */
export const folderSourcePrefix = 'folder:';

export interface FolderSourceOptions {
  /** Lower-case extensions, with their dot, of the files that can be read; others are ignored. */
  extensions: readonly string[];
  /** Holds copies while they are read; created when needed. */
  tempFolder: string;
  /** How the folder is watched; absent where it is not. */
  watch?: WatchSettings | undefined;
  /** A file that was modified more recently is fetched only once it has rested for so long; 0 by default. */
  restMs?: number;
}

/** A fetch waits no longer for a file to rest. */
const maxRestWaitMs = 2000;
/** Concurrent `lstat` calls; network drives are slow, but handle many at a time. */
const maxConcurrentStats = 32;

/** A folder and all that is below it, or a single file. */
export class FolderSource implements Source {
  readonly id: string;
  readonly watch?: NonNullable<Source['watch']>;
  readonly #root: string;
  readonly #options: FolderSourceOptions;

  /** `root` need not exist yet: a drive that is not mounted fails when it is listed. */
  constructor(root: string, options: FolderSourceOptions) {
    this.#root = resolveRoot(root);
    this.id = `${folderSourcePrefix}${this.#root}`;
    this.#options = options;
    const { watch: settings } = options;
    if (!settings) return;
    const watched = {
      root: this.#root,
      fileIdOf,
      changeAt: (path: string) => this.#changeAt(path),
      list: (signal: AbortSignal) => this.list(signal),
    };
    this.watch = (onEvent, { signal }) => watchFolder(watched, onEvent, { ...settings, signal });
  }

  /**
   * Every file, and what is ignored, with the reason. Links are not followed: a target inside the
   * folder is listed by itself, and any other is outside. Throws `source_error` when the folder does
   * not exist, or at the end when a part of it could not be read, and `cancelled`.
   */
  async *list(signal?: AbortSignal): AsyncIterable<SourceEntry> {
    if (await this.#isSingleFile()) {
      yield await this.#entryOf(dirname(this.#root), basename(this.#root), '');
      return;
    }
    const unreadablePaths: string[] = [];
    const folders = [''];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      for await (const found of this.#listFolder(folder, unreadablePaths)) {
        if (signal?.aborted) throw new DeedboxError('cancelled', 'The listing was cancelled.');
        if ('subfolder' in found) folders.push(found.subfolder);
        else yield found;
      }
    }
    if (unreadablePaths.length > 0) throw incompleteListingError(unreadablePaths);
  }

  async fetch(
    file: SourceFile,
    options: { maxBytes: number; signal?: AbortSignal },
  ): Promise<FetchedFile> {
    if (file.size > options.maxBytes) throw fileTooLargeError(options.maxBytes);
    try {
      const path = await this.#locate(file);
      await this.#waitForRest(path, options.signal);
      return await copyAndHash(path, { ...options, tempFolder: this.#options.tempFolder });
    } catch (error) {
      if (error instanceof DeedboxError) throw error;
      if (!isMissing(error)) throw unreadableFileError(error);
      // The whole drive may be missing, and come back.
      await this.#isSingleFile(
        file.fileId === fileIdOf(this.#root) ? dirname(this.#root) : this.#root,
      );
      throw fileGoneError(error);
    }
  }

  async exists(file: SourceFile): Promise<boolean> {
    try {
      const path = await this.#locate(file);
      const parent = dirname(relative(this.#root, path));
      // a link that replaced a folder is not followed
      if ((await realpath(dirname(path))) !== join(await realpath(this.#root), parent))
        return false;
      return (await lstat(path)).isFile();
    } catch {
      return false;
    }
  }

  /** Throws `source_error` (retryable) where the file is still being written after some time. */
  async #waitForRest(path: string, signal?: AbortSignal): Promise<void> {
    const { restMs = 0 } = this.#options;
    const startedAt = Date.now();
    while (isBeingWritten((await lstat(path)).mtimeMs, restMs)) {
      if (Date.now() - startedAt > maxRestWaitMs) throw beingWrittenError();
      await sleep(restMs / 5, undefined, { signal });
    }
  }

  /** The file at a path of this folder as it is now; undefined where nothing can be said or it is ignored. */
  async #changeAt(path: string): Promise<SourceChange | undefined> {
    const name = basename(path);
    const isSingleFile = path === this.#root;
    if (!isSingleFile && ignoredExtensionReason(name, this.#options.extensions)) return undefined;
    const folder = isSingleFile ? '' : relative(this.#root, dirname(path));
    try {
      if ((await lstat(path)).isFile()) return await this.#entryOf(dirname(path), name, folder);
    } catch (error) {
      if (!isMissing(error)) return undefined;
    }
    return { kind: 'removed', fileId: fileIdOf(path) };
  }

  async *#listFolder(
    folder: string,
    unreadablePaths: string[],
  ): AsyncIterable<SourceEntry | { subfolder: string }> {
    const path = join(this.#root, folder);
    let entries: Dirent[];
    try {
      entries = await readdir(path, { withFileTypes: true });
    } catch (error) {
      // A subfolder may be deleted since it was found.
      if (folder === '' || !isMissing(error))
        unreadablePaths.push(folder === '' ? this.#root : folder);
      return;
    }
    for (let offset = 0; offset < entries.length; offset += maxConcurrentStats) {
      const batch = entries.slice(offset, offset + maxConcurrentStats);
      const found = await Promise.all(
        batch.map((entry) => this.#classifyEntry(entry, folder, unreadablePaths)),
      );
      for (const entry of found) if (entry) yield entry;
    }
  }

  async #classifyEntry(
    entry: Dirent,
    folder: string,
    unreadablePaths: string[],
  ): Promise<SourceEntry | { subfolder: string } | undefined> {
    const ignore = (reason: string) => ignoredEntry(entry.name, folder, reason);
    const path = join(this.#root, folder, entry.name);
    const reason = ignoredNameReason(entry.name);
    if (reason) return ignore(reason);
    if (entry.isSymbolicLink()) return ignore(await this.#linkReason(path));
    if (entry.isDirectory()) return { subfolder: join(folder, entry.name) };
    if (!entry.isFile()) return ignore('not a regular file');
    const extensionReason = ignoredExtensionReason(entry.name, this.#options.extensions);
    if (extensionReason) return ignore(extensionReason);
    try {
      return await this.#entryOf(join(this.#root, folder), entry.name, folder);
    } catch (error) {
      // Node replaces bytes of a name that are not Unicode, and then cannot open the file.
      if (isMissing(error) && entry.name.includes('\uFFFD'))
        return ignore('its name is not Unicode');
      if (!isMissing(error)) unreadablePaths.push(join(folder, entry.name));
      return undefined;
    }
  }

  async #entryOf(parent: string, name: string, folder: string): Promise<SourceEntry> {
    const path = join(parent, name);
    const { ino, size, mtimeNs, mtime } = await lstat(path, { bigint: true });
    const file: SourceFile = {
      fileId: fileIdOf(path),
      source: this.id,
      fileName: name.normalize('NFC'),
      folder: normalizeFolder(folder),
      size: Number(size),
      modifiedAt: mtime.toISOString(),
      webUrl: pathToFileURL(path).href,
      // Without the path, so that a file that was only renamed or moved keeps its key.
      changeKey: `${ino}-${size}-${mtimeNs}`,
      // The permissions of a folder are those of accounts of this machine, not of people.
      aclEntries: ['anyone'],
    };
    return { kind: 'file', file };
  }

  async #linkReason(path: string): Promise<string> {
    try {
      const target = await realpath(path);
      if (target === this.#root || target.startsWith(this.#root + sep)) {
        return 'link to what is listed in its own place';
      }
      return 'link that leaves the folder';
    } catch {
      return 'link that leads nowhere';
    }
  }

  /** Throws `source_error` where the path does not exist. */
  async #isSingleFile(path = this.#root): Promise<boolean> {
    try {
      return (await stat(path)).isFile();
    } catch (error) {
      throw missingFolderError(path, error);
    }
  }

  /**
   * The path of a file in the file system, which may differ from the listed one in Unicode form.
   * A link that was created since the listing is not followed out of the folder.
   */
  async #locate(file: SourceFile): Promise<string> {
    if (file.fileId === fileIdOf(this.#root)) return this.#root;
    let path = join(this.#root, file.folder, file.fileName);
    if (fileIdOf(path) !== file.fileId) path = await this.#locateByName(file);
    if (!(await realpath(path)).startsWith((await realpath(this.#root)) + sep))
      throw fileGoneError();
    return path;
  }

  async #locateByName(file: SourceFile): Promise<string> {
    let path = this.#root;
    for (const listedName of [...file.folder.split('/'), file.fileName]) {
      if (listedName === '') continue;
      const names = await readdir(path);
      const matches = names.filter((name) => name.normalize('NFC') === listedName);
      const exact = matches.find((name) => fileIdOf(join(path, name)) === file.fileId);
      const name = exact ?? matches[0];
      if (name === undefined) throw fileGoneError();
      path = join(path, name);
    }
    return path;
  }
}

/** A recorded file as the folder `outerSourceId`, which contains the file's own source, lists it. */
export function rebaseToFolder<T extends SourceFile>(file: T, outerSourceId: string): T {
  const [outerRoot, root] = [outerSourceId, file.source].map((id) =>
    id.slice(folderSourcePrefix.length),
  ) as [string, string];
  const parent = file.fileId === fileIdOf(root) ? dirname(root) : root;
  const relativeFolder = normalizeFolder(relative(outerRoot, parent));
  return {
    ...file,
    source: outerSourceId,
    folder: [relativeFolder, file.folder].filter(Boolean).join('/'),
  };
}

/** The path without links, so that a folder has the same id by whatever path it is given. */
function resolveRoot(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

function fileIdOf(path: string): string {
  return createHash('sha256').update(path).digest('base64url').slice(0, 22);
}

/** A folder as it is listed: with slashes on every system, in one Unicode form. */
function normalizeFolder(folder: string): string {
  return folder.split(sep).join('/').normalize('NFC');
}

function ignoredEntry(name: string, folder: string, reason: string): SourceEntry {
  return {
    kind: 'ignored',
    fileName: name.normalize('NFC'),
    folder: normalizeFolder(folder),
    reason,
  };
}

/** The file does not exist, though its folder does. */
function fileGoneError(cause?: unknown): DeedboxError {
  return new DeedboxError('not_found', 'The file is no longer in the folder.', { cause });
}

/** Whether the path does not exist. */
function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function unreadableFileError(error: unknown): DeedboxError {
  return new DeedboxError('source_error', 'The file cannot be read.', {
    retryable: true,
    hint: 'Check that the user that runs Deedbox may read it and that its drive is connected.',
    cause: error,
  });
}

function beingWrittenError(): DeedboxError {
  return new DeedboxError('source_error', 'The file is still being written.', {
    retryable: true,
    hint: 'It is read once it is complete.',
  });
}

/** The folder is missing as a whole, so nothing is known of its files. */
function missingFolderError(path: string, cause: unknown): DeedboxError {
  return new DeedboxError('source_error', `The folder ${path} does not exist or cannot be read.`, {
    retryable: true,
    hint: 'Check the path, and that the drive it is on is connected. Indexed files stay.',
    cause,
  });
}

function incompleteListingError(unreadablePaths: string[]): DeedboxError {
  return new DeedboxError('source_error', `Could not be read: ${unreadablePaths.join(', ')}.`, {
    retryable: true,
    hint: 'Give the user that runs Deedbox the right to read it. Indexed files stay.',
  });
}
