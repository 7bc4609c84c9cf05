import { readFile, stat } from 'node:fs/promises';
import type { AddressOptions } from '../domain/email-address.ts';
import { asDeedboxError, DeedboxError } from '../errors/errors.ts';
import type { GroupResolver } from './access.ts';
import { type GroupsTable, parseGroups } from './groups-table.ts';
import { resolveTransitiveGroups } from './transitive-groups.ts';

/** Of one person; further groups are left out. */
const maxGroups = 5000;

const emptyTable: GroupsTable = new Map();

/** Groups from a file; see `parseGroups` for its format. */
export class FileGroupResolver implements GroupResolver {
  readonly #options: AddressOptions;
  readonly #file: string;
  readonly #log: (line: string) => void;
  #cached: { fingerprint: string; table: GroupsTable } | undefined;

  constructor(file: string, log: (line: string) => void, options: AddressOptions = {}) {
    this.#options = options;
    this.#file = file;
    this.#log = log;
  }

  async resolve(email: string): Promise<string[]> {
    const table = await this.#currentTable();
    return resolveTransitiveGroups(email, (address) => table.get(address) ?? [], maxGroups);
  }

  /** The current file. While it is missing or invalid nobody is in any group, and the log says why. */
  async #currentTable(): Promise<GroupsTable> {
    const fingerprint = await this.#fingerprint();
    if (this.#cached?.fingerprint === fingerprint) return this.#cached.table;
    let table = emptyTable;
    try {
      table = parseGroups(await this.#readText(), this.#options);
    } catch (error) {
      const { message, hint } = asDeedboxError(error);
      this.#log(`groups: ${this.#file}: ${message} ${hint ?? ''}`.trim());
    }
    // taken before the file was read, so that a change during the read is noticed the next time
    this.#cached = { fingerprint, table };
    return table;
  }

  async #fingerprint(): Promise<string> {
    try {
      const { mtimeNs, ctimeNs, size, ino } = await stat(this.#file, { bigint: true });
      return [mtimeNs, ctimeNs, size, ino].join(' ');
    } catch {
      return 'missing';
    }
  }

  async #readText(): Promise<string> {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(this.#file));
    } catch (cause) {
      throw new DeedboxError('invalid_configuration', 'The file of groups cannot be read.', {
        hint: 'It must exist, be text in UTF-8, and be readable for the user who runs Deedbox; until then nobody is in any group.',
        cause,
      });
    }
  }
}
