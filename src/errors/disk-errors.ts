import { DeedboxError } from './errors.ts';

const noSpace = /^(SQLITE_FULL|SQLITE_IOERR_SHMSIZE|ENOSPC|EDQUOT)/;

/** Maps errors of a full disk to a retryable `storage_error`; returns others unchanged. */
export function asDiskError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!noSpace.test(code)) return error;
  return new DeedboxError('storage_error', 'The disk that holds the data folder is full.', {
    hint: 'Free some space and try again; nothing that was stored is lost.',
    retryable: true,
    cause: error,
  });
}

/** Runs a write to the data folder; throws as `asDiskError` maps. */
export function withDiskErrors<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asDiskError(error);
  }
}
