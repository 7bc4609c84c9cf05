import {
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { keyDatabaseName } from '../access/key-database.ts';
import { adoptKeys } from '../access/copy-keys.ts';
import { asDiskError } from '../errors/disk-errors.ts';
import { DeedboxError } from '../errors/errors.ts';
import { databaseName, isOwnDatabase, storeSchemaVersion } from '../store/sqlite.ts';
import { countsOf } from './backup.ts';
import { checksumOf, type Manifest, readManifest } from './manifest.ts';

/** Within the data folder, so that moving a file from there is one step on the same disk. */
const stagingName = 'restore.partial';

/** What was restored. */
export interface RestoreResult {
  manifest: Manifest;
  hasKeys: boolean;
  /** Keys that were in use when the backup was made, and are revoked now. */
  revokedKeys: number;
}

/**
 * Restores a backup into an empty data folder, after every file was compared with its checksum. Keys are
 * revoked: one that was revoked after the backup would be valid again. The database is put in place last:
 * before that there is no data folder for other commands.
 * @param options.keepKeys restores keys as they were
 * @throws DeedboxError `invalid_request` for what is not a backup or is damaged, for a data folder that
 *   is not empty, and for a backup of a newer version; `storage_error`
 */
export async function restore(
  backup: string,
  dataFolder: string,
  { keepKeys }: { keepKeys: boolean },
): Promise<RestoreResult> {
  const manifest = readManifest(backup);
  requireKnownVersion(manifest);
  requireEmpty(dataFolder);
  const staging = join(dataFolder, stagingName);
  try {
    rmSync(staging, { recursive: true, force: true });
    mkdirSync(staging, { recursive: true, mode: 0o700 });
    for (const file of manifest.files) await copyChecked(backup, staging, file);
    await requireOwnDatabase(staging, manifest);
    const hasKeys = existsSync(join(staging, keyDatabaseName));
    const revokedKeys = hasKeys ? adoptKeys(staging, { keep: keepKeys }) : 0;
    const names = readdirSync(staging).filter((name) => name !== databaseName);
    for (const name of [...names, databaseName]) {
      renameSync(join(staging, name), join(dataFolder, name));
    }
    return { manifest, hasKeys, revokedKeys };
  } catch (thrown) {
    const error = asDiskError(thrown);
    if (error instanceof DeedboxError) throw error;
    throw new DeedboxError('storage_error', `${dataFolder} cannot be restored.`, {
      hint: 'Check that the data folder belongs to the user who runs Deedbox, that it is empty, and that its disk has space.',
      cause: error,
    });
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function requireKnownVersion({ schema, version }: Manifest): void {
  if (schema <= storeSchemaVersion) return;
  throw new DeedboxError(
    'invalid_request',
    `The backup was made by Deedbox ${version}, which is newer.`,
    {
      hint: `Install Deedbox ${version} or a later version, and restore the backup with that.`,
    },
  );
}

/** A service or a worker that runs has created files in its data folder. */
function requireEmpty(dataFolder: string): void {
  const names = existsSync(dataFolder) ? readdirSync(dataFolder) : [];
  if (names.every((name) => name === stagingName)) return;
  throw new DeedboxError('invalid_request', `The data folder ${dataFolder} is not empty.`, {
    hint: 'Stop every Deedbox process and move the folder away, or restore into another one with --data.',
  });
}

async function copyChecked(
  backup: string,
  staging: string,
  { name, bytes, sha256 }: Manifest['files'][number],
): Promise<void> {
  const copy = join(staging, name);
  mkdirSync(dirname(copy), { recursive: true, mode: 0o700 });
  const damaged = (what: string) =>
    new DeedboxError('invalid_request', `The backup is damaged: ${name} ${what}.`, {
      hint: 'Restore an older backup. Nothing was changed.',
    });
  const stats = lstatSync(join(backup, name), { throwIfNoEntry: false });
  if (!stats) throw damaged('is missing');
  // a link may lead to a device, and copying that or a pipe does not end
  if (!stats.isFile()) throw damaged('is not a file');
  if (stats.size !== bytes) throw damaged('has another size');
  copyFileSync(join(backup, name), copy, constants.COPYFILE_EXCL);
  if ((await checksumOf(copy)) !== sha256) throw damaged('has another checksum');
}

/** Opening the store also brings its schema up to date. */
async function requireOwnDatabase(staging: string, manifest: Manifest): Promise<void> {
  const { documents, passages } = await countsOf(staging);
  if (!isOwnDatabase(staging)) {
    throw new DeedboxError(
      'invalid_request',
      `${databaseName} is not defined as Deedbox defines it.`,
      { hint: 'Somebody else has changed it: restore another backup. Nothing was changed.' },
    );
  }
  if (documents === manifest.documents && passages === manifest.passages) return;
  throw new DeedboxError('invalid_request', 'The backup does not hold what its manifest says.', {
    hint: 'Restore an older backup. Nothing was changed.',
  });
}
