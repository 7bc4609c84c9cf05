import * as z from 'zod/v4';

/**
 * An email address as it is compared: without case. Nothing else is guessed: an address with a dot or
 * a plus more is another address.
 */
export const emailAddress = z
  .string()
  .trim()
  .toLowerCase()
  .pipe(z.email('is not an email address'));
