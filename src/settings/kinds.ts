import * as z from 'zod/v4';

/** A whole number within bounds. */
export const count = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.coerce.number(error).int(error).min(min, error).max(max, error);
};

/** Text that is not empty. */
export const text = z.string().min(1);

/** A boolean: `true`, `false`, `1` or `0`. */
export const flag = z
  .enum(['true', 'false', '1', '0'], 'must be true or false')
  .transform((value) => value === 'true' || value === '1');

/** Words, separated by spaces or commas. */
export const list = z
  .string()
  .transform((words) => words.split(/[\s,]+/).filter((part) => part !== ''));
