import { readFile, stat } from 'node:fs/promises';
import { asDeedboxError, DeedboxError } from '../errors.ts';
import type { Groups } from './access.ts';
import { type GroupsTable, parseGroups } from './groups-table.ts';
import { allGroups } from './membership.ts';

/** A person in more groups than this is in those that are found first. */
const mostGroups = 5000;

const nobody: GroupsTable = new Map();

/** Groups from a file that IT keeps; see `parseGroups` for what stands in it. */
export class GroupsFile implements Groups {
  readonly #file: string;
  readonly #log: (line: string) => void;
  #read: { mark: string; table: GroupsTable } | undefined;

  constructor(file: string, log: (line: string) => void) {
    this.#file = file;
    this.#log = log;
  }

  async of(email: string): Promise<string[]> {
    const table = await this.#current();
    return allGroups(email, (address) => table.get(address) ?? [], mostGroups);
  }

  /** The file as it is now. While it is missing or wrong nobody is in any group, and the log says why. */
  async #current(): Promise<GroupsTable> {
    const mark = await this.#mark();
    if (this.#read?.mark === mark) return this.#read.table;
    let table = nobody;
    try {
      table = parseGroups(await this.#text());
    } catch (error) {
      const { message, hint } = asDeedboxError(error);
      this.#log(`groups: ${this.#file}: ${message} ${hint ?? ''}`.trim());
    }
    // What was written while it was read is seen by its mark the next time.
    this.#read = { mark, table };
    return table;
  }

  async #mark(): Promise<string> {
    try {
      const { mtimeNs, ctimeNs, size, ino } = await stat(this.#file, { bigint: true });
      return [mtimeNs, ctimeNs, size, ino].join(' ');
    } catch {
      return 'missing';
    }
  }

  async #text(): Promise<string> {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(this.#file));
    } catch (cause) {
      throw new DeedboxError('invalid_configuration', 'The file of groups cannot be read.', {
        hint: 'It must be there, be text in UTF-8, and be readable for the user who runs Deedbox; until then nobody is in any group.',
        cause,
      });
    }
  }
}
