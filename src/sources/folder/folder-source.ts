import { createHash } from 'node:crypto';
import type { BigIntStats, Dirent } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SourceFile } from '../../domain/documents.ts';
import { DeedboxError } from '../../errors/errors.ts';
import { copyAndHash, fileTooLargeError } from '../file-copy.ts';
import { ignoredExtensionReason, ignoredNameReason } from '../ignored-names.ts';
import type { FetchedFile, Source, SourceChange, SourceEntry } from '../source.ts';
import { isBeingWritten } from './change-tracker.ts';
import { fileAddress, type FileLink } from './file-links.ts';
import { OpenFolder } from './open-folder.ts';
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
  /** Under which addresses people open folders. */
  links?: readonly FileLink[];
  /** A file that was modified more recently is fetched only once it has rested for so long; 0 by default. */
  restMs?: number;
  /** See `OpenFolder.open`; by default what this system can do. */
  byDescriptor?: boolean;
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

  /**
   * `root` need not exist yet: a drive that is not mounted fails when it is listed. It has no link in it:
   * a folder that is replaced by a link is not read, because the link may lead anywhere.
   */
  constructor(root: string, options: FolderSourceOptions) {
    this.#root = resolve(root);
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
    const { root, fileName } = await this.#openRoot();
    try {
      if (fileName !== undefined) {
        yield this.#entryOf(root, fileName, '', await root.stat(fileName));
        return;
      }
      const unreadablePaths: string[] = [];
      const folders = [''];
      for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
        for await (const found of this.#listFolder(root, folder, unreadablePaths)) {
          if (signal?.aborted) throw new DeedboxError('cancelled', 'The listing was cancelled.');
          if ('subfolder' in found) folders.push(found.subfolder);
          else yield found;
        }
      }
      if (unreadablePaths.length > 0) throw incompleteListingError(unreadablePaths);
    } finally {
      await root.close();
    }
  }

  async fetch(
    file: SourceFile,
    options: { maxBytes: number; signal?: AbortSignal },
  ): Promise<FetchedFile> {
    if (file.size > options.maxBytes) throw fileTooLargeError(options.maxBytes);
    const { folder, name } = await this.#openPlaceOf(file);
    try {
      await this.#waitForRest(folder, name, options.signal);
      const { tempFolder } = this.#options;
      return await copyAndHash(await folder.file(name), { ...options, tempFolder });
    } catch (error) {
      if (error instanceof DeedboxError) throw error;
      throw isMissing(error) ? fileGoneError(error) : unreadableFileError(error);
    } finally {
      await folder.close();
    }
  }

  async exists(file: SourceFile): Promise<boolean> {
    try {
      const { folder, name } = await this.#openPlaceOf(file);
      try {
        return (await folder.stat(name)).isFile();
      } finally {
        await folder.close();
      }
    } catch {
      return false;
    }
  }

  /** Throws `source_error` (retryable) where the file is still being written after some time. */
  async #waitForRest(folder: OpenFolder, name: string, signal?: AbortSignal): Promise<void> {
    const { restMs = 0 } = this.#options;
    const startedAt = Date.now();
    while (isBeingWritten(Number((await folder.stat(name)).mtimeMs), restMs)) {
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
    let opened: OpenFolder | undefined;
    try {
      opened = await OpenFolder.open(dirname(path), this.#options.byDescriptor);
      const stats = await opened.stat(name);
      if (stats.isFile()) return this.#entryOf(opened, name, folder, stats);
    } catch (error) {
      if (!isMissing(error)) return undefined;
    } finally {
      await opened?.close();
    }
    return { kind: 'removed', fileId: fileIdOf(path) };
  }

  async *#listFolder(
    root: OpenFolder,
    folder: string,
    unreadablePaths: string[],
  ): AsyncIterable<SourceEntry | { subfolder: string }> {
    let opened: OpenFolder | undefined;
    try {
      let entries: Dirent[];
      try {
        opened = await root.folder(folder);
        entries = await opened.entries();
      } catch (error) {
        // A subfolder may be deleted, or replaced by a link, since it was found.
        if (folder === '' || !isMissing(error))
          unreadablePaths.push(folder === '' ? this.#root : folder);
        return;
      }
      for (let offset = 0; offset < entries.length; offset += maxConcurrentStats) {
        const batch = entries.slice(offset, offset + maxConcurrentStats);
        const parent = opened;
        const found = await Promise.all(
          batch.map((entry) => this.#classifyEntry(entry, parent, folder, unreadablePaths)),
        );
        for (const entry of found) if (entry) yield entry;
      }
    } finally {
      await opened?.close();
    }
  }

  async #classifyEntry(
    entry: Dirent,
    parent: OpenFolder,
    folder: string,
    unreadablePaths: string[],
  ): Promise<SourceEntry | { subfolder: string } | undefined> {
    const ignore = (reason: string) => ignoredEntry(entry.name, folder, reason);
    const reason = ignoredNameReason(entry.name);
    if (reason) return ignore(reason);
    if (entry.isSymbolicLink())
      return ignore(await this.#linkReason(join(parent.path, entry.name)));
    if (entry.isDirectory()) return { subfolder: join(folder, entry.name) };
    if (!entry.isFile()) return ignore('not a regular file');
    const extensionReason = ignoredExtensionReason(entry.name, this.#options.extensions);
    if (extensionReason) return ignore(extensionReason);
    try {
      const stats = await parent.stat(entry.name);
      if (!stats.isFile()) return ignore('not a regular file');
      return this.#entryOf(parent, entry.name, folder, stats);
    } catch (error) {
      // Node replaces bytes of a name that are not Unicode, and then cannot open the file.
      if (isMissing(error) && entry.name.includes('\uFFFD'))
        return ignore('its name is not Unicode');
      if (!isMissing(error)) unreadablePaths.push(join(folder, entry.name));
      return undefined;
    }
  }

  #entryOf(
    parent: OpenFolder,
    name: string,
    folder: string,
    { ino, size, mtimeNs, mtime }: BigIntStats,
  ): SourceEntry {
    const path = join(parent.path, name);
    const file: SourceFile = {
      fileId: fileIdOf(path),
      source: this.id,
      fileName: name.normalize('NFC'),
      folder: normalizeFolder(folder),
      size: Number(size),
      modifiedAt: mtime.toISOString(),
      webUrl: fileAddress(path, this.#options.links ?? []),
      // Without the path, so that a file that was only renamed or moved keeps its key.
      changeKey: `${ino}-${size}-${mtimeNs}`,
      // The permissions of a folder are those of accounts of this machine, not of people.
      aclEntries: ['anyone'],
    };
    return { kind: 'file', file };
  }

  /** For people alone: nothing is read through the link. */
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

  /** Opens the folder, or the one that holds the single file. Throws `source_error`. */
  async #openRoot(): Promise<{ root: OpenFolder; fileName?: string }> {
    const [parentPath, name] = [dirname(this.#root), basename(this.#root)];
    if (name === '') return { root: await this.#openFolder(this.#root) };
    const parent = await this.#openFolder(parentPath);
    let isFile = false;
    try {
      isFile = (await parent.stat(name)).isFile();
      return isFile ? { root: parent, fileName: name } : { root: await parent.folder(name) };
    } catch (error) {
      throw await missingFolderError(this.#root, error);
    } finally {
      if (!isFile) await parent.close();
    }
  }

  /** Throws `source_error` where there is no such folder. */
  async #openFolder(path: string): Promise<OpenFolder> {
    try {
      return await OpenFolder.open(path, this.#options.byDescriptor);
    } catch (error) {
      throw await missingFolderError(path, error);
    }
  }

  /**
   * The open folder of a file and its name there, which may differ from the listed ones in Unicode form.
   * Throws `source_error` where the folder is missing as a whole, and `not_found`.
   */
  async #openPlaceOf(file: SourceFile): Promise<{ folder: OpenFolder; name: string }> {
    const isRoot = file.fileId === fileIdOf(this.#root);
    const outer = await this.#openFolder(isRoot ? dirname(this.#root) : this.#root);
    try {
      const names = isRoot ? [basename(this.#root)] : await this.#namesOf(outer, file);
      const name = names.pop()!;
      return { folder: await outer.folder(names.join(sep)), name };
    } catch (error) {
      if (error instanceof DeedboxError) throw error;
      throw isMissing(error) ? fileGoneError(error) : unreadableFileError(error);
    } finally {
      await outer.close();
    }
  }

  async #namesOf(root: OpenFolder, file: SourceFile): Promise<string[]> {
    const listedNames = [...file.folder.split('/'), file.fileName].filter((name) => name !== '');
    if (fileIdOf(join(this.#root, ...listedNames)) === file.fileId) return listedNames;
    const names: string[] = [];
    for (const listedName of listedNames) {
      const folder = await root.folder(names.join(sep));
      let found: Dirent[];
      try {
        found = await folder.entries();
      } finally {
        await folder.close();
      }
      const matches = found.flatMap(({ name }) =>
        name.normalize('NFC') === listedName ? name : [],
      );
      const exact = matches.find((name) => fileIdOf(join(folder.path, name)) === file.fileId);
      const name = exact ?? matches[0];
      if (name === undefined) throw fileGoneError();
      names.push(name);
    }
    return names;
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

/** Whether the path does not exist, or a link is in it, which is not followed. */
function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP';
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
async function missingFolderError(path: string, cause: unknown): Promise<DeedboxError> {
  const target = await realpath(path).catch(() => path);
  if (target !== path) {
    return new DeedboxError(
      'source_error',
      `The folder ${path} is a link now, or lies behind one.`,
      {
        hint: 'Links are not followed. Add the folder again by the path that it has now, and take this one out with `deedbox forget`. Indexed files stay.',
        cause,
      },
    );
  }
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
