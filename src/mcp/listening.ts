import type { Watcher } from './change-feed.ts';

/** What a `subscriptions/listen` request (2026-07-28) asks to hear of; undefined for other messages. */
export function listenRequest(
  message: unknown,
): { id: string | number; uris: string[] } | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { method, id, params } = message as { method?: unknown; id?: unknown; params?: unknown };
  if (method !== 'subscriptions/listen' || (typeof id !== 'string' && typeof id !== 'number')) {
    return undefined;
  }
  const asked = (params as { notifications?: { resourceSubscriptions?: unknown } } | undefined)
    ?.notifications?.resourceSubscriptions;
  return { id, uris: Array.isArray(asked) ? asked.filter((uri) => typeof uri === 'string') : [] };
}

/** Keeps a watcher's addresses to those that some listener still asks for. */
export class Listeners {
  readonly #asked = new Map<unknown, string[]>();
  readonly #watcher: Watcher;

  constructor(watcher: Watcher) {
    this.#watcher = watcher;
  }

  get count(): number {
    return this.#asked.size;
  }

  add(key: unknown, uris: string[]): void {
    this.#asked.set(key, uris);
    this.#watcher.uris = new Set([...this.#asked.values()].flat());
  }

  delete(key: unknown): void {
    if (!this.#asked.delete(key)) return;
    this.#watcher.uris = new Set([...this.#asked.values()].flat());
  }
}
