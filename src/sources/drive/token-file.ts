import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DeedboxError } from '../../errors/errors.ts';
import type { UserCredentials } from './credential-files.ts';

/** Keeps a person's sign-in where its owner alone may read it; whole, or as it was before. */
export function writeTokenFile(path: string, credentials: UserCredentials): void {
  const temporaryPath = `${path}.${randomUUID()}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(temporaryPath, `${JSON.stringify(credentials)}\n`, {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    });
    renameSync(temporaryPath, path);
  } catch (cause) {
    rmSync(temporaryPath, { force: true });
    throw new DeedboxError('storage_error', `The sign-in could not be kept in ${path}.`, {
      hint: 'Check the free space and the rights of the data folder, then sign in again.',
      cause,
    });
  }
}

export function removeTokenFile(path: string): void {
  rmSync(path, { force: true });
}
