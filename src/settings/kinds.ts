import * as z from 'zod/v4';

/** A whole number within bounds. */
export const count = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.coerce.number(error).int(error).min(min, error).max(max, error);
};

/** Yes or no. */
export const flag = z
  .enum(['true', 'false', '1', '0'], 'must be true or false')
  .transform((value) => value === 'true' || value === '1');

/** Words, separated by blanks or commas. */
export const list = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter((part) => part !== ''));
