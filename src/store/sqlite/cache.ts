import type { Connection } from './connection.ts';
import { lastEnd } from './may-read.ts';
import { changeNumber } from './state.ts';

/** What was read lately from documents, as long as none has changed since, and nobody's time to read one is over. */
export class Cache<T> {
  readonly #connection: Connection;
  readonly #most: number;
  readonly #kept = new Map<string, T>();
  #state = '';

  /** @param most how many are kept, those asked for last */
  constructor(connection: Connection, most: number) {
    this.#connection = connection;
    this.#most = most;
  }

  /** What is kept under the key, or `read` now; in the transaction that is open. */
  get(key: string, read: () => T): T {
    const current = `${changeNumber(this.#connection)} ${lastEnd(this.#connection)}`;
    if (current !== this.#state) this.#kept.clear();
    this.#state = current;
    const value = this.#kept.get(key) ?? read();
    this.#kept.delete(key);
    this.#kept.set(key, value);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#most) break;
      this.#kept.delete(oldest);
    }
    return value;
  }
}
