/** A connection that is notified of changes: to the list of resources always, and to its URIs. */
export interface Subscriber {
  readonly uris: ReadonlySet<string>;
  /** URIs that are stored for it; more than `uris` where several of its requests name the same. */
  readonly uriCount: number;
  notifyListChanged(): void;
  notifyUpdated(uri: string): void;
}

export type Notifications = Pick<Subscriber, 'notifyListChanged' | 'notifyUpdated'>;

/** The subscriptions of one session, each for one URI (protocol up to 2025-11-25). */
export class SessionSubscriptions implements Subscriber {
  readonly uris = new Set<string>();
  readonly notifyListChanged: () => void;
  readonly notifyUpdated: (uri: string) => void;

  constructor({ notifyListChanged, notifyUpdated }: Notifications) {
    this.notifyListChanged = notifyListChanged;
    this.notifyUpdated = notifyUpdated;
  }

  get uriCount(): number {
    return this.uris.size;
  }
}

/** The URIs of a `subscriptions/listen` request (2026-07-28); undefined for other messages. */
export function parseSubscriptionRequest(
  message: unknown,
): { id: string | number; uris: string[] } | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { method, id, params } = message as { method?: unknown; id?: unknown; params?: unknown };
  if (method !== 'subscriptions/listen' || (typeof id !== 'string' && typeof id !== 'number')) {
    return undefined;
  }
  const requested = (params as { notifications?: { resourceSubscriptions?: unknown } } | undefined)
    ?.notifications?.resourceSubscriptions;
  return {
    id,
    uris: Array.isArray(requested) ? requested.filter((uri) => typeof uri === 'string') : [],
  };
}

/** The subscriptions of all open `subscriptions/listen` requests of one caller (2026-07-28). */
export class ListenSubscriptions implements Subscriber {
  readonly notifyListChanged: () => void;
  readonly notifyUpdated: (uri: string) => void;
  readonly #urisByRequest = new Map<unknown, readonly string[]>();
  /** For each URI, how many requests name it. */
  readonly #requestCounts = new Map<string, number>();
  #uriCount = 0;

  constructor({ notifyListChanged, notifyUpdated }: Notifications) {
    this.notifyListChanged = notifyListChanged;
    this.notifyUpdated = notifyUpdated;
  }

  /** Open requests. */
  get count(): number {
    return this.#urisByRequest.size;
  }

  get uris(): ReadonlySet<string> {
    return new Set(this.#requestCounts.keys());
  }

  get uriCount(): number {
    return this.#uriCount;
  }

  add(key: unknown, uris: readonly string[]): void {
    this.delete(key);
    this.#urisByRequest.set(key, uris);
    this.#uriCount += uris.length;
    for (const uri of uris) this.#requestCounts.set(uri, (this.#requestCounts.get(uri) ?? 0) + 1);
  }

  delete(key: unknown): void {
    const uris = this.#urisByRequest.get(key);
    if (!uris) return;
    this.#urisByRequest.delete(key);
    this.#uriCount -= uris.length;
    for (const uri of uris) {
      const remaining = this.#requestCounts.get(uri)! - 1;
      if (remaining === 0) this.#requestCounts.delete(uri);
      else this.#requestCounts.set(uri, remaining);
    }
  }
}
