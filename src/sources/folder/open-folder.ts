import { type BigIntStats, constants, type Dirent, existsSync } from 'node:fs';
import { type FileHandle, lstat, open, readdir, realpath } from 'node:fs/promises';
import { join, parse, sep } from 'node:path';

/** Linux: a descriptor that only stands for a folder, for which the right to pass through it is enough. */
const pathDescriptor = 0o10000000;
const descriptors = '/proc/self/fd';
/** Whether names can be looked up in a folder that is open. */
const hasDescriptorPaths = process.platform === 'linux' && existsSync(descriptors);

// What a system does not know is undefined there, and counts as 0.
const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
const heldFolderFlags = pathDescriptor | O_DIRECTORY;
const fileFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;

/** The same code as that of the system where a folder was replaced by a link. */
function notFound(path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`There is no file or folder at this place: ${path}`), {
    code: 'ENOTDIR',
  });
}

/** Names come from a listing or from the store; one that leads elsewhere is not a name. */
function requireName(name: string): void {
  const isName = name !== '' && name !== '.' && name !== '..' && !name.includes('\0');
  if (!isName || name.includes('/') || name.includes(sep)) throw notFound(name);
}

/**
 * A folder that is open: whatever is opened through it lies in it, also where another program replaces
 * folders and files by links meanwhile. No link is followed, at no place of the path.
 *
 * On Linux the folder is held by a descriptor, and names are looked up in it, so that a folder which is
 * replaced afterwards has no effect. Elsewhere names are looked up by their path, and afterwards it is
 * checked that this path has no link in it, and that what was opened is what lies there: the content of a
 * file outside is never returned, though a folder that is replaced during a listing may show the names
 * of files outside.
 *
 * All methods throw the errors of the system; `ENOTDIR` or `ELOOP` for a link.
 */
export class OpenFolder {
  /** Where the folder was when it was opened, for messages and links. */
  readonly path: string;
  readonly #handle: FileHandle | undefined;

  private constructor(path: string, handle: FileHandle | undefined) {
    this.path = path;
    this.#handle = handle;
  }

  /**
   * @param path absolute; where it has a link in it, there is no such folder
   * @param byDescriptor whether the system can look names up in a folder that is open
   */
  static async open(path: string, byDescriptor = hasDescriptorPaths): Promise<OpenFolder> {
    const { root } = parse(path);
    const handle = byDescriptor ? await open(root, heldFolderFlags) : undefined;
    const rootFolder = new OpenFolder(root, handle);
    try {
      return await rootFolder.folder(path.slice(root.length));
    } finally {
      await rootFolder.close();
    }
  }

  /** Opens the folder at a path relative to this one, which stays open. */
  async folder(relativePath: string): Promise<OpenFolder> {
    let folder = await this.#copy();
    for (const name of relativePath.split(sep)) {
      if (name === '') continue;
      const parent = folder;
      try {
        folder = await parent.#child(name);
      } finally {
        await parent.close();
      }
    }
    return folder;
  }

  async #copy(): Promise<OpenFolder> {
    if (!this.#handle) return this;
    const handle = await open(`${descriptors}/${this.#handle.fd}`, heldFolderFlags);
    return new OpenFolder(this.path, handle);
  }

  async #child(name: string): Promise<OpenFolder> {
    requireName(name);
    const path = join(this.path, name);
    if (this.#handle)
      return new OpenFolder(path, await open(this.#placeOf(name), heldFolderFlags | O_NOFOLLOW));
    if (!(await lstat(path)).isDirectory()) throw notFound(path);
    await this.#requireNoLink(path);
    return new OpenFolder(path, undefined);
  }

  async entries(): Promise<Dirent[]> {
    if (this.#handle) {
      return readdir(`${descriptors}/${this.#handle.fd}`, { withFileTypes: true });
    }
    await this.#requireNoLink(this.path);
    const entries = await readdir(this.path, { withFileTypes: true });
    await this.#requireNoLink(this.path);
    return entries;
  }

  /** What the folder has under this name; a link is not followed. */
  async stat(name: string): Promise<BigIntStats> {
    requireName(name);
    const stats = await lstat(this.#placeOf(name), { bigint: true });
    if (!this.#handle) await this.#requireNoLink(this.path);
    return stats;
  }

  /**
   * Opens a regular file to read it. Neither a link nor a pipe or device that took its place is followed
   * or waited for: there is no such file.
   */
  async file(name: string): Promise<FileHandle> {
    // Opening some devices has effects, so what is not a file is not even opened.
    if (!(await this.stat(name)).isFile()) throw notFound(join(this.path, name));
    const handle = await open(this.#placeOf(name), fileFlags);
    try {
      const opened = await handle.stat({ bigint: true });
      if (!opened.isFile()) throw notFound(join(this.path, name));
      if (!this.#handle) await this.#requireSame(name, opened);
      return handle;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#handle?.close();
  }

  #placeOf(name: string): string {
    return this.#handle ? `${descriptors}/${this.#handle.fd}/${name}` : join(this.path, name);
  }

  /** Where names are looked up by their path: what was opened must lie at it, and no link on the way. */
  async #requireSame(name: string, opened: BigIntStats): Promise<void> {
    const path = join(this.path, name);
    await this.#requireNoLink(path);
    const { dev, ino } = await lstat(path, { bigint: true });
    if (dev !== opened.dev || ino !== opened.ino) throw notFound(path);
  }

  async #requireNoLink(path: string): Promise<void> {
    if ((await realpath(path)) !== path) throw notFound(path);
  }
}
