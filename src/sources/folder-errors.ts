import { DeedboxError } from '../errors/errors.ts';

/** The file alone is gone. */
export function fileGoneError(cause?: unknown): DeedboxError {
  return new DeedboxError('not_found', 'The file is no longer in the folder.', { cause });
}

/** Whether the system says that there is nothing of that name. */
export function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

export function unreadableFileError(error: unknown): DeedboxError {
  return new DeedboxError('source_error', 'The file cannot be read.', {
    retryable: true,
    hint: 'Check that the user that runs Deedbox may read it and that its drive is connected.',
    cause: error,
  });
}

/** The folder as a whole is not there, which says nothing about what is in it. */
export function missingFolderError(path: string, cause: unknown): DeedboxError {
  return new DeedboxError('source_error', `The folder ${path} is not there or cannot be read.`, {
    retryable: true,
    hint: 'Check the path, and that the drive it is on is connected. What was read before stays.',
    cause,
  });
}

export function incompleteListingError(unreadablePaths: string[]): DeedboxError {
  return new DeedboxError('source_error', `Could not be read: ${unreadablePaths.join(', ')}.`, {
    retryable: true,
    hint: 'Give the user that runs Deedbox the right to read it. What was read before stays.',
  });
}
