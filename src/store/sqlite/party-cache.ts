import type { Access } from '../../domain/documents.ts';
import type { DocumentFilter, PartyKey } from '../records.ts';
import { Cache } from './cache.ts';
import type { Connection } from './connection.ts';
import { parties } from './documents.ts';
import { filterPredicate } from './filters.ts';

type PartyList = (PartyKey & { documents: number })[];

/** Who is party to what; the lists of all that some may read are kept while no document changes. */
export class PartyCache {
  readonly #connection: Connection;
  readonly #unfiltered: Cache<PartyList>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#unfiltered = new Cache(connection, 16);
  }

  /** See `Library.parties`; in the transaction that is open. */
  list(access: Access, filter: DocumentFilter): PartyList {
    const read = () => parties(this.#connection, access, filter);
    // Without who asks: the list is kept where the filter itself lets everything pass.
    if (filterPredicate(filter, 'unrestricted')) return read();
    return [...this.#unfiltered.get(JSON.stringify(access), read)];
  }
}
