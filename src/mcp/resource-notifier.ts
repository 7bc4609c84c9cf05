import type { Logger } from 'pino';
import { matchAll } from '../search/filters.ts';
import type { RequestContext } from '../request/context.ts';
import type { McpServices, ServicesFactory } from './services.ts';

/** Changes within so many milliseconds are announced together. */
const debounceMs = 500;

/** A connection that is notified of changes: to the list of resources always, and to its URIs. */
export interface Subscriber {
  uris: Set<string>;
  notifyListChanged(): void;
  notifyUpdated(uri: string): void;
}

function documentIdFromUri(uri: string): string | undefined {
  return /^deedbox:\/\/documents\/([A-Za-z0-9_-]+)(?:\/|$)/.exec(uri)?.[1];
}

/**
 * Notifies the connections of one caller of changes to the resources that the caller may read. Other
 * changes cause no notification, not even of the list.
 */
export class ResourceNotifier {
  readonly #open: ServicesFactory;
  readonly #context: RequestContext;
  readonly #log: Logger | undefined;
  #stopListening: (() => void) | undefined;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #subscribers = new Set<Subscriber>();
  /** The version of the index at the first subscription or the last notification. */
  #version: Promise<string | undefined> | undefined;
  /** The state of each subscribed document at the last notification. */
  readonly #lastStates = new Map<string, string>();

  /** @param context of the connection or the caller; a notification is audited as a call of it */
  constructor(open: ServicesFactory, context: RequestContext, log?: Logger) {
    this.#open = open;
    this.#context = context;
    this.#log = log;
  }

  /** Follows changes from now on. */
  attach({ scopedIndex }: McpServices): void {
    if (this.#version || this.#closed) return;
    this.#version = scopedIndex.version();
    this.#stopListening = scopedIndex.onChange(() => {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#notifyChanges().catch((err: unknown) => {
          this.#log?.error({ err }, 'notifying clients of changes failed');
        });
      }, debounceMs).unref();
    });
  }

  subscribe(subscriber: Subscriber): void {
    // changes before the first subscription cause no notification
    if (this.#version && this.#subscribers.size === 0) {
      this.#version = this.#open(this.#context).then(
        ({ scopedIndex }) => scopedIndex.version(),
        () => undefined,
      );
    }
    this.#subscribers.add(subscriber);
  }

  unsubscribe(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
    const subscribed = this.#subscribedDocuments();
    for (const id of this.#lastStates.keys()) if (!subscribed.has(id)) this.#lastStates.delete(id);
  }

  /** Records the state of a resource, so that only later changes cause a notification. */
  async recordState(uri: string): Promise<void> {
    const id = documentIdFromUri(uri);
    if (id === undefined || this.#lastStates.has(id)) return;
    const [state] = (await this.#readStates(await this.#open(this.#context), [id])).values();
    if (!this.#lastStates.has(id)) this.#lastStates.set(id, state ?? 'absent');
  }

  close(): void {
    this.#closed = true;
    this.#stopListening?.();
    clearTimeout(this.#timer);
    this.#subscribers.clear();
  }

  #subscribedDocuments(): Set<string> {
    const ids = [...this.#subscribers].flatMap((subscriber) =>
      [...subscriber.uris].map(documentIdFromUri),
    );
    return new Set(ids.filter((id) => id !== undefined));
  }

  async #readStates(services: McpServices, ids: string[]): Promise<Map<string, string>> {
    if (ids.length === 0) return new Map();
    const { documents } = await services.scopedIndex.documents(
      { ...matchAll(services), documentIds: ids },
      { sort: 'title', limit: ids.length },
    );
    return new Map(
      documents.map(({ documentId, contentHash, file }) => [
        documentId,
        JSON.stringify([contentHash, file.fileName, file.folder, file.modifiedAt, file.webUrl]),
      ]),
    );
  }

  /** Where the audit log is required and cannot be written, clients are not notified. */
  async #audit(changedIds: Iterable<string>): Promise<void> {
    const context = this.#context.forCall();
    context.disclosure.recordDocuments(changedIds);
    await context.audit({ event: 'notice', name: 'notifications/resources/updated' });
  }

  async #notifyChanges(): Promise<void> {
    if (this.#subscribers.size === 0) return;
    const services = await this.#open(this.#context);
    const previousVersion = await this.#version;
    this.#version = services.scopedIndex.version();
    if ((await this.#version) === previousVersion) return;
    const subscribed = [...this.#subscribedDocuments()];
    const states = await this.#readStates(services, subscribed);
    const currentState = (id: string) => states.get(id) ?? 'absent';
    const changed = new Set(
      subscribed.filter((id) => this.#lastStates.get(id) !== currentState(id)),
    );
    if (changed.size > 0) await this.#audit(changed);
    for (const id of subscribed) this.#lastStates.set(id, currentState(id));
    for (const subscriber of this.#subscribers) {
      subscriber.notifyListChanged();
      for (const uri of subscriber.uris) {
        const id = documentIdFromUri(uri);
        if (id === undefined ? uri.startsWith('deedbox://register') : changed.has(id)) {
          subscriber.notifyUpdated(uri);
        }
      }
    }
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

/** Keeps the URIs of a subscriber to those of its open subscription requests. */
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
