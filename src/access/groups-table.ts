import { type AddressOptions, parseEmailAddress } from '../domain/email-address.ts';
import { DeedboxError } from '../errors/errors.ts';

/** By address of a person or a group: the groups that contain it directly. */
export type GroupsTable = ReadonlyMap<string, ReadonlySet<string>>;

const maxReportedErrors = 10;

/** Cells of a line. Addresses contain no separator, so quotes are only removed. */
function splitCells(line: string, separator: string): string[] {
  return line.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
}

/**
 * Parses a table of groups: the line `group,member`, then one line for each member of each group, a
 * person or another group. The separator is that of the first line: a comma, a semicolon or a tab.
 * Empty lines, and those that begin with `#`, are skipped.
 * @throws DeedboxError `invalid_configuration` with the number of each invalid line; a table with one
 *   is not used at all
 */
export function parseGroups(text: string, options: AddressOptions = {}): GroupsTable {
  const table = new Map<string, Set<string>>();
  const errors: string[] = [];
  let separator: string | undefined;
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const report = (problem: string) => errors.push(`line ${index + 1}: ${problem}`);
    if (separator === undefined) {
      separator = /^"?group"?\s*([,;\t])\s*"?member"?$/i.exec(line)?.[1];
      if (separator !== undefined) continue;
      report('the first line must be "group,member"');
      break;
    }
    const cells = splitCells(line, separator);
    const [group, member] = cells.map((cell) => parseEmailAddress(cell, options));
    if (cells.length !== 2) {
      report('it must have two cells, a group and one member of it');
    } else if (group === undefined) {
      report('its group is not an email address');
    } else if (member === undefined) {
      report('its member is not an email address');
    } else {
      const directGroups = table.get(member) ?? new Set();
      table.set(member, directGroups.add(group));
    }
  }
  if (separator === undefined && errors.length === 0) {
    errors.push('line 1: the first line must be "group,member"');
  }
  if (errors.length === 0) return table;
  const unreported = errors.length - maxReportedErrors;
  throw new DeedboxError(
    'invalid_configuration',
    `The file of groups is wrong: ${errors.slice(0, maxReportedErrors).join('; ')}${unreported > 0 ? `; and ${unreported} more` : ''}.`,
    { hint: 'Correct these lines; until then nobody is in any group.' },
  );
}
