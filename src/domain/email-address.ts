import * as z from 'zod/v4';

/**
 * Normalizes an email address for comparison: lower case only. An address with a further dot or
 * plus is another address.
 */
export const emailAddress = z
  .string()
  .trim()
  .toLowerCase()
  .pipe(z.email('is not an email address'));
