import type { Access } from '../../documents.ts';
import type { DocumentFilter, PartyKey } from '../records.ts';
import { Cache } from './cache.ts';
import type { Connection } from './connection.ts';
import { parties } from './documents.ts';
import { condition } from './filters.ts';

type Known = (PartyKey & { documents: number })[];

/** Who is party to what; the lists of all that some may read are kept while no document changes. */
export class KnownParties {
  readonly #connection: Connection;
  readonly #all: Cache<Known>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#all = new Cache(connection, 16);
  }

  /** See `Library.parties`; in the transaction that is open. */
  under(access: Access, filter: DocumentFilter): Known {
    const read = () => parties(this.#connection, access, filter);
    // Without who asks: the list is kept where the filter itself lets everything pass.
    if (condition(filter, 'everything')) return read();
    return [...this.#all.get(JSON.stringify(access), read)];
  }
}
