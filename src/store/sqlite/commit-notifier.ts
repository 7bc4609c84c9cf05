import type { Connection } from './connection.ts';
import { currentSequenceNumber } from './state.ts';

const pollMs = 500;

type Listener = (sequenceNumber: number) => void;

/** Notifies listeners of committed changes: at once for those of this process, within `pollMs` for others. */
export class CommitNotifier {
  readonly #connection: Connection;
  readonly #listeners = new Set<Listener>();
  #timer: NodeJS.Timeout | undefined;
  #dataVersion: unknown;
  #lastNotified: number;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#lastNotified = currentSequenceNumber(connection);
  }

  subscribe(listener: Listener): () => void {
    // Each call is a subscription of its own, even with the same function.
    const subscriber: Listener = (sequenceNumber) => listener(sequenceNumber);
    if (this.#listeners.size === 0) this.#lastNotified = currentSequenceNumber(this.#connection);
    this.#listeners.add(subscriber);
    this.#timer ??= setInterval(() => this.#poll(), pollMs).unref();
    return () => {
      this.#listeners.delete(subscriber);
      if (this.#listeners.size === 0) this.stop();
    };
  }

  /** After a commit of this process. */
  notifyIfChanged(): void {
    if (this.#listeners.size === 0) return;
    const current = currentSequenceNumber(this.#connection);
    if (current <= this.#lastNotified) return;
    this.#lastNotified = current;
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
      this.notifyIfChanged();
    } catch {
      // The next query reports a database that cannot be read.
    }
  }
}
