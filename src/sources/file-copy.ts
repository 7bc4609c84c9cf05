import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DeedboxError } from '../errors/errors.ts';
import { asDiskError } from '../errors/disk-errors.ts';
import type { FetchedFile } from './source.ts';

export interface CopyOptions {
  /** Created when needed, readable for this user alone. */
  tempFolder: string;
  maxBytes: number;
  signal?: AbortSignal;
}

const chunkSize = 256 * 1024;

/**
 * Copies an open file while hashing it, so that hash and copy are of the same bytes, and closes it. Throws
 * `too_large`, `source_error` (retryable) when the file changes meanwhile, `storage_error` when the copy
 * cannot be written, `cancelled`, or the system's own error when the file cannot be read.
 */
export async function copyAndHash(source: FileHandle, options: CopyOptions): Promise<FetchedFile> {
  const copy = join(options.tempFolder, randomUUID());
  const dispose = () => rm(copy, { force: true });
  try {
    const before = await statStamp(source);
    if (!before.isFile)
      throw new DeedboxError('not_found', 'The path no longer holds a regular file.');
    if (before.size > options.maxBytes) throw fileTooLargeError(options.maxBytes);
    const target = await openCopy(options.tempFolder, copy);
    try {
      const { hash, size } = await copyBytes(source, target, options);
      const after = await statStamp(source);
      if (after.stamp !== before.stamp || size !== before.size) throw fileChangedError();
      return { path: copy, contentHash: hash, size, dispose };
    } finally {
      await target.close();
    }
  } catch (error) {
    await dispose();
    throw error;
  } finally {
    await source.close();
  }
}

/** The `too_large` error of every source. */
export function fileTooLargeError(maxBytes: number): DeedboxError {
  const megabytes = Math.floor(maxBytes / 1024 / 1024);
  const limit = megabytes > 0 ? `${megabytes} MB` : `${maxBytes} bytes`;
  return new DeedboxError('too_large', `The file is larger than the ${limit} that are read.`, {
    hint: 'Split it, or raise the limit on the size of a file.',
  });
}

async function copyBytes(
  source: FileHandle,
  target: FileHandle,
  { maxBytes, signal }: CopyOptions,
) {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(chunkSize);
  let size = 0;
  for (;;) {
    if (signal?.aborted) throw new DeedboxError('cancelled', 'Fetching the file was cancelled.');
    const { bytesRead } = await source.read(chunk, 0, chunkSize, size);
    if (bytesRead === 0) return { hash: hash.digest('hex'), size };
    const bytes = chunk.subarray(0, bytesRead);
    size += bytesRead;
    if (size > maxBytes) throw fileTooLargeError(maxBytes);
    hash.update(bytes);
    await target.appendFile(bytes).catch((error: unknown) => Promise.reject(writeError(error)));
  }
}

/** Creates an empty file, readable for this user alone. Throws `storage_error`. */
export async function openCopy(folder: string, copy: string): Promise<FileHandle> {
  try {
    // not its parents: a data folder that was deleted is not created again
    await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    return await open(copy, 'wx', 0o600);
  } catch (error) {
    throw writeError(error);
  }
}

async function statStamp(file: FileHandle) {
  const stats = await file.stat({ bigint: true });
  const { size, mtimeNs } = stats;
  return { size: Number(size), stamp: `${size}-${mtimeNs}`, isFile: stats.isFile() };
}

/** The `source_error` of every source for a file that changed while it was read. */
export function fileChangedError(): DeedboxError {
  return new DeedboxError('source_error', 'The file changed while it was read.', {
    retryable: true,
    hint: 'The next sync tries again.',
  });
}

/** The `storage_error` for a copy that could not be written to the data folder. */
export function writeError(error: unknown): DeedboxError {
  const diskError = asDiskError(error);
  if (diskError instanceof DeedboxError) return diskError;
  return new DeedboxError('storage_error', 'No local copy of the file could be written.', {
    retryable: true,
    hint: 'Check the permissions of the data folder.',
    cause: error,
  });
}
