import { type FSWatcher, watch } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { ignoredNameReason } from '../ignored-names.ts';
import type { ChangeTracker } from './change-tracker.ts';

interface WatchedFolder {
  watcher: FSWatcher;
  inode: number;
}

/** Time between two checks whether the folder itself was deleted, replaced or mounted. */
const rootCheckMs = 2000;

/**
 * Watches a folder and its subfolders with one watch for each: files need none, so that a folder of
 * any number of files is watched at once. Links are not followed, and ignored names not reported.
 */
export class FolderWatcher {
  readonly #root: string;
  readonly #tracker: Pick<ChangeTracker, 'note' | 'isPending' | 'requireListing'>;
  readonly #onExhausted: (code: string) => void;
  readonly #folders = new Map<string, WatchedFolder>();
  #rootIdentity: string | undefined;
  #isSingleFile = false;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param onExhausted called when the system allows no more watches; this watcher is then closed */
  constructor(
    root: string,
    tracker: Pick<ChangeTracker, 'note' | 'isPending' | 'requireListing'>,
    onExhausted: (code: string) => void,
  ) {
    this.#root = root;
    this.#tracker = tracker;
    this.#onExhausted = onExhausted;
  }

  /** Resolves when everything that exists is watched. */
  async start(): Promise<void> {
    await this.#open();
    this.#scheduleRootCheck();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#closeTree(undefined);
  }

  #scheduleRootCheck(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      void this.#checkRoot().finally(() => this.#scheduleRootCheck());
    }, rootCheckMs);
  }

  async #checkRoot(): Promise<void> {
    const { identity } = await this.#inspectRoot();
    if (identity === this.#rootIdentity) return;
    this.#closeTree(undefined);
    await this.#open();
    if (this.#rootIdentity !== undefined) this.#tracker.requireListing();
  }

  async #open(): Promise<void> {
    const { identity, isFile } = await this.#inspectRoot();
    this.#rootIdentity = identity;
    this.#isSingleFile = isFile;
    if (identity === undefined) return;
    // Programs replace a file rather than write it: its folder reports both.
    if (isFile) await this.#watchFolder(dirname(this.#root));
    else await this.#addFolder(this.#root, { isNew: false });
  }

  /** Identifies the folder that is watched; without an identity where it does not exist. */
  async #inspectRoot(): Promise<{ identity?: string; isFile: boolean }> {
    try {
      const isFile = (await lstat(this.#root)).isFile();
      const { dev, ino } = await lstat(isFile ? dirname(this.#root) : this.#root);
      return { identity: `${isFile} ${dev} ${ino}`, isFile };
    } catch {
      return { isFile: false };
    }
  }

  /** @param options.isNew also reports the files in it */
  async #addFolder(path: string, { isNew }: { isNew: boolean }): Promise<void> {
    if (!(await this.#watchFolder(path))) return;
    // Read after the watch began, so that nothing is missed between the two.
    const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (this.#isClosed) return;
      if (ignoredNameReason(entry.name)) continue;
      const child = join(path, entry.name);
      if (entry.isDirectory()) await this.#addFolder(child, { isNew });
      else if (isNew && entry.isFile()) this.#tracker.note(child);
    }
  }

  /** False where it is watched already, or cannot be: a listing reports what cannot be read. */
  async #watchFolder(path: string): Promise<boolean> {
    try {
      const stats = await lstat(path);
      if (!stats.isDirectory() || this.#isClosed || this.#folders.has(path)) return false;
      const watcher = watch(path, (event, name) => this.#onNotice(path, event, name));
      this.#folders.set(path, { watcher, inode: stats.ino });
      watcher.on('error', () => this.#closeTree(path));
      return true;
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (!this.#isClosed && (code === 'ENOSPC' || code === 'EMFILE')) {
        this.close();
        this.#onExhausted(code);
      }
      return false;
    }
  }

  #onNotice(folder: string, event: string, name: string | null): void {
    if (this.#isClosed) return;
    if (name === null) {
      this.#tracker.requireListing();
      return;
    }
    const path = join(folder, name);
    if (this.#isSingleFile) {
      if (path === this.#root) this.#tracker.note(path);
      return;
    }
    if (ignoredNameReason(name)) return;
    // the many notices of a file that is being written
    if (event === 'change' && this.#tracker.isPending(path)) this.#tracker.note(path);
    else void this.#inspect(path);
  }

  async #inspect(path: string): Promise<void> {
    const stats = await lstat(path).catch(() => undefined);
    if (this.#isClosed) return;
    const known = this.#folders.get(path);
    if (known && known.inode !== stats?.ino) {
      this.#closeTree(path);
      this.#tracker.requireListing();
    }
    if (stats?.isDirectory()) await this.#addFolder(path, { isNew: true });
    else if (!known) this.#tracker.note(path);
  }

  /** Of a folder and all that is below it; of everything without a path. */
  #closeTree(root: string | undefined): void {
    for (const [path, { watcher }] of this.#folders) {
      if (root !== undefined && path !== root && !path.startsWith(root + sep)) continue;
      this.#folders.delete(path);
      watcher.close();
    }
  }
}
