import type { Connection } from './connection.ts';
import { lastAclExpiry } from './acl-predicate.ts';
import { currentSequenceNumber } from './state.ts';

/** What was read lately from documents, as long as none has changed since, and nobody's time to read one is over. */
export class Cache<T> {
  readonly #connection: Connection;
  readonly #maxEntries: number;
  readonly #entries = new Map<string, T>();
  #version = '';

  /** @param maxEntries how many are kept, those asked for last */
  constructor(connection: Connection, maxEntries: number) {
    this.#connection = connection;
    this.#maxEntries = maxEntries;
  }

  /** What is kept under the key, or `read` now; in the transaction that is open. */
  get(key: string, read: () => T): T {
    const current = `${currentSequenceNumber(this.#connection)} ${lastAclExpiry(this.#connection)}`;
    if (current !== this.#version) this.#entries.clear();
    this.#version = current;
    const value = this.#entries.get(key) ?? read();
    this.#entries.delete(key);
    this.#entries.set(key, value);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#maxEntries) break;
      this.#entries.delete(oldest);
    }
    return value;
  }
}
