import type { DocumentFilter, PartyKey } from '../records.ts';
import type { Connection } from './connection.ts';
import { parties } from './documents.ts';
import { condition } from './filters.ts';
import { changeNumber } from './state.ts';

type Known = (PartyKey & { documents: number })[];

/** Who is party to what; the list of all of them is kept for as long as no document changes. */
export class KnownParties {
  readonly #connection: Connection;
  #all: { changeNumber: number; parties: Known } | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** See `Store.parties`; in the transaction that is open. */
  under(filter: DocumentFilter): Known {
    if (condition(filter)) return parties(this.#connection, filter);
    const current = changeNumber(this.#connection);
    if (this.#all?.changeNumber !== current) {
      this.#all = { changeNumber: current, parties: parties(this.#connection, filter) };
    }
    return [...this.#all.parties];
  }
}
