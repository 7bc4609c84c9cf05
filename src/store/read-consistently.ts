import { DeedboxError } from '../errors/errors.ts';

/** Returned by a read that met two revisions of one document. */
export const replaced = Symbol('replaced');

const maxAttempts = 5;

/**
 * The result of several queries that must all see the same revision of each document. `read` returns
 * `replaced` when a worker replaced a document between two of them, and is then called again, 5 times in all.
 * @throws DeedboxError `not_ready`, retryable, when a document was replaced in every attempt
 */
export async function readConsistently<T>(
  read: () => Promise<T | typeof replaced>,
): Promise<Exclude<T, typeof replaced>> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const result = await read();
    if (result !== replaced) return result as Exclude<T, typeof replaced>;
  }
  throw new DeedboxError(
    'not_ready',
    'A contract was replaced again and again while it was read.',
    {
      retryable: true,
      hint: 'Ask again in a moment.',
    },
  );
}
