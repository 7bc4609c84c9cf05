import { DeedboxError } from '../errors/errors.ts';

/**
 * For a text that is a list and not a contract. It fails rather than being read in part: what was not
 * looked for would count as absent.
 */
export function notAContractError(what: string): DeedboxError {
  return new DeedboxError('too_large', `Its text has more ${what} than a contract.`, {
    hint: 'Split the file.',
  });
}
