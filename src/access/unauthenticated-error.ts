import { DeedboxError } from '../errors/errors.ts';

/** The error for a request whose credential is missing or was rejected. */
export function unauthenticatedError(message: string, hint: string, cause?: unknown): DeedboxError {
  return new DeedboxError('unauthenticated', message, { hint, cause });
}
