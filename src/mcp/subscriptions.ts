import type { Subscriber } from './resource-notifier.ts';

/** What a `subscriptions/listen` request (2026-07-28) asks to hear of; undefined for other messages. */
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

/** Keeps a watcher's addresses to those that some listener still asks for. */
export class Subscriptions {
  readonly #urisByRequest = new Map<unknown, string[]>();
  readonly #subscriber: Subscriber;

  constructor(subscriber: Subscriber) {
    this.#subscriber = subscriber;
  }

  get count(): number {
    return this.#urisByRequest.size;
  }

  add(key: unknown, uris: string[]): void {
    this.#urisByRequest.set(key, uris);
    this.#subscriber.uris = new Set([...this.#urisByRequest.values()].flat());
  }

  delete(key: unknown): void {
    if (!this.#urisByRequest.delete(key)) return;
    this.#subscriber.uris = new Set([...this.#urisByRequest.values()].flat());
  }
}
