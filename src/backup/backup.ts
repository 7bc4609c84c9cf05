import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { chmod, open, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { copyKeys } from '../access/copy-keys.ts';
import { copyAuditLog } from '../audit/copy.ts';
import { auditFolder } from '../audit/files.ts';
import { asDiskError } from '../errors/disk-errors.ts';
import { DeedboxError } from '../errors/errors.ts';
import { openSqliteStore, storeSchemaVersion } from '../store/sqlite.ts';
import { checksumOf, type Manifest, manifestName } from './manifest.ts';

/**
 * Writes a backup of a data folder into a new folder, accessible to its owner alone, while other processes
 * use the data folder. It is complete when the folder has its name. It holds the database with the vector
 * index, the keys and the audit log; not the queue, tokens of sources, or the id of the data folder.
 * @param version of Deedbox
 * @throws DeedboxError `invalid_request` for a target that exists or lies in the data folder, `not_ready`,
 *   `storage_error`
 */
export async function backUp(
  dataFolder: string,
  target: string,
  version: string,
): Promise<Manifest> {
  const folder = resolve(target);
  requireNewFolder(dataFolder, folder);
  requireSpace(dataFolder, folder);
  const unfinished = join(
    dirname(folder),
    `.${basename(folder)}.${randomBytes(4).toString('hex')}`,
  );
  try {
    mkdirSync(unfinished, { mode: 0o700 });
    const manifest = await writeBackup(dataFolder, unfinished, version);
    renameSync(unfinished, folder);
    await syncToDisk(dirname(folder));
    return manifest;
  } catch (thrown) {
    const error = asDiskError(thrown);
    if (error instanceof DeedboxError) throw error;
    throw new DeedboxError('storage_error', `The backup ${target} cannot be written.`, {
      hint: 'Check that its folder belongs to the user who runs Deedbox, and that its disk has space.',
      cause: error,
    });
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function requireNewFolder(dataFolder: string, target: string): void {
  const refuse = (message: string, hint: string) => {
    throw new DeedboxError('invalid_request', message, { hint });
  };
  if (existsSync(target)) {
    refuse(`${target} exists already.`, 'Name a new folder for each backup.');
  }
  if (!existsSync(dirname(target))) {
    refuse(`The folder ${dirname(target)} does not exist.`, 'Create it, or name another folder.');
  }
  const way = relative(realpathSync(dataFolder), realpathSync(dirname(target)));
  if (way.split(sep)[0] !== '..' && !isAbsolute(way)) {
    refuse('A backup cannot lie in the data folder.', 'Name a folder on another disk.');
  }
}

const megabytes = (bytes: number) => Math.ceil(bytes / 2 ** 20);

/** The queue and copies of files are counted too, so the backup is smaller than what is required. */
function requireSpace(dataFolder: string, target: string): void {
  const needed = filesOf(dataFolder).reduce((sum, name) => sum + sizeOf(join(dataFolder, name)), 0);
  const { bavail, bsize } = statfsSync(dirname(target));
  if (bavail * bsize >= needed) return;
  throw new DeedboxError('storage_error', `The disk of ${target} has too little space.`, {
    hint: `${megabytes(needed)} MB are needed, ${megabytes(bavail * bsize)} MB are free.`,
    retryable: true,
  });
}

/** 0 for a file that is gone meanwhile. */
const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

async function writeBackup(dataFolder: string, folder: string, version: string): Promise<Manifest> {
  const store = await openSqliteStore({ folder: dataFolder });
  try {
    await store.backUp(folder);
  } finally {
    await store.close();
  }
  copyKeys(dataFolder, folder);
  await copyAuditLog(auditFolder(dataFolder), auditFolder(folder));
  const manifest: Manifest = {
    format: 1,
    version,
    schema: storeSchemaVersion,
    created_at: new Date().toISOString(),
    ...(await countsOf(folder)),
    files: [],
  };
  for (const name of filesOf(folder)) {
    const path = join(folder, name);
    await chmod(path, 0o600);
    await syncToDisk(path);
    manifest.files.push({ name, bytes: statSync(path).size, sha256: await checksumOf(path) });
  }
  const path = join(folder, manifestName);
  await writeFile(path, `${JSON.stringify(manifest, undefined, 2)}\n`, { mode: 0o600 });
  for (const written of [path, folder]) await syncToDisk(written);
  return manifest;
}

/** Counted in the copy: others write to the original. */
export async function countsOf(folder: string): Promise<{ documents: number; passages: number }> {
  const store = await openSqliteStore({ folder });
  try {
    const { documents, passages } = await store.status();
    return { documents, passages };
  } finally {
    await store.close();
  }
}

const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();

async function syncToDisk(path: string): Promise<void> {
  if (process.platform === 'win32') return; // Windows cannot sync a folder
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
