import type { Connection } from './connection.ts';
import { changeNumber } from './state.ts';

const pollMs = 500;

type Listener = (changeNumber: number) => void;

/** Tells listeners of committed changes: at once for this process's, within a poll for others'. */
export class Changes {
  readonly #connection: Connection;
  readonly #listeners = new Set<Listener>();
  #timer: NodeJS.Timeout | undefined;
  #dataVersion: unknown;
  #told: number;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#told = changeNumber(connection);
  }

  listen(listener: Listener): () => void {
    // Each call is a subscription of its own, even with the same function.
    const own: Listener = (number) => listener(number);
    if (this.#listeners.size === 0) this.#told = changeNumber(this.#connection);
    this.#listeners.add(own);
    this.#timer ??= setInterval(() => this.#poll(), pollMs).unref();
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size === 0) this.stop();
    };
  }

  /** After a commit of this process. */
  check(): void {
    if (this.#listeners.size === 0) return;
    const current = changeNumber(this.#connection);
    if (current <= this.#told) return;
    this.#told = current;
    // Not within the caller's write, which a listener's error must not turn into a failure.
    for (const listener of this.#listeners) queueMicrotask(() => listener(current));
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #poll(): void {
    try {
      const version = this.#connection.pragma('data_version');
      if (version === this.#dataVersion) return;
      this.#dataVersion = version;
      this.check();
    } catch {
      // A database that cannot be read now is reported by whoever asks it something.
    }
  }
}
