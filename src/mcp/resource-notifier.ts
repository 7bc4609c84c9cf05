import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import { matchAll } from '../search/filters.ts';
import type { RequestContext } from '../request/context.ts';
import { RateLimitError } from './rate-limit-error.ts';
import { documentIdFromUri, isRegisterUri } from './resource-uris.ts';
import type { McpServices, ServicesFactory } from './services.ts';
import type { Subscriber } from './subscriptions.ts';

/** Changes within so many milliseconds are announced together. */
const debounceMs = 500;
const defaultMaxSubscriptions = 1000;

export interface NotifierOptions {
  log?: Logger | undefined;
  /** URIs that all subscribers of the caller have together. */
  maxSubscriptions?: number;
}

const hashOf = (state: unknown) =>
  createHash('sha256').update(JSON.stringify(state)).digest('base64url');

/**
 * Notifies the connections of one caller of changes to the resources that the caller may read. Other
 * changes cause no notification, not even of the list.
 */
export class ResourceNotifier {
  readonly #open: ServicesFactory;
  readonly #context: RequestContext;
  readonly #log: Logger | undefined;
  readonly #maxSubscriptions: number;
  #stopListening: (() => void) | undefined;
  #closed = false;
  /** From the first change until its notification was sent. */
  #timer: NodeJS.Timeout | undefined;
  #hasChangedMeanwhile = false;
  readonly #subscribers = new Set<Subscriber>();
  /** The version of the index at the first subscription or the last notification. */
  #version: Promise<string | undefined> | undefined;
  /** A hash of the state of each subscribed document at the last notification. */
  readonly #lastStates = new Map<string, string>();

  /** @param context of the connection or the caller; a notification is audited as a call of it */
  constructor(
    open: ServicesFactory,
    context: RequestContext,
    { log, maxSubscriptions = defaultMaxSubscriptions }: NotifierOptions = {},
  ) {
    this.#open = open;
    this.#context = context;
    this.#log = log;
    this.#maxSubscriptions = maxSubscriptions;
  }

  /** Follows changes from now on. */
  attach({ scopedIndex }: McpServices): void {
    if (this.#version || this.#closed) return;
    this.#version = scopedIndex.version();
    this.#stopListening = scopedIndex.onChange(() => this.#scheduleNotification());
  }

  /**
   * Rejects what a subscriber may not add.
   * @throws RateLimitError where the caller would be subscribed to too many resources
   */
  requireCapacity(added: number): void {
    const counts = [...this.#subscribers].map(({ uriCount }) => uriCount);
    const total = counts.reduce((sum, count) => sum + count, added);
    if (total <= this.#maxSubscriptions) return;
    throw new RateLimitError({
      limit: 'subscriptions',
      status: 429,
      message: `You would be subscribed to more than ${this.#maxSubscriptions} resources, on all connections together.`,
      retryAfterSeconds: 60,
      setting: 'DEEDBOX_SUBSCRIPTIONS',
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
    this.forgetStates();
  }

  /** Drops the states of documents to which nobody is subscribed any more. */
  forgetStates(): void {
    const subscribed = this.#subscribedDocuments();
    for (const id of this.#lastStates.keys()) if (!subscribed.has(id)) this.#lastStates.delete(id);
  }

  /** Records the state of resources, so that only later changes cause a notification. */
  async recordStates(uris: readonly string[]): Promise<void> {
    const ids = new Set(uris.map(documentIdFromUri).filter((id) => id !== undefined));
    const unknownIds = [...ids].filter((id) => !this.#lastStates.has(id));
    if (unknownIds.length === 0) return;
    const states = await this.#readStates(await this.#open(this.#context), unknownIds);
    for (const id of unknownIds) {
      if (!this.#lastStates.has(id)) this.#lastStates.set(id, states.get(id) ?? 'absent');
    }
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
        hashOf([contentHash, file.fileName, file.folder, file.modifiedAt, file.webUrl]),
      ]),
    );
  }

  /** Where the audit log is required and cannot be written, clients are not notified. */
  async #audit(changedIds: Iterable<string>): Promise<void> {
    const context = this.#context.forCall();
    context.disclosure.recordDocuments(changedIds);
    await context.audit({ event: 'notice', name: 'notifications/resources/updated' });
  }

  /** One notification at a time: changes during one are announced by the next. */
  #scheduleNotification(): void {
    if (this.#closed) return;
    if (this.#timer) {
      this.#hasChangedMeanwhile = true;
      return;
    }
    this.#timer = setTimeout(() => {
      this.#hasChangedMeanwhile = false;
      this.#notifyChanges()
        .catch((err: unknown) => this.#log?.error({ err }, 'notifying clients of changes failed'))
        .finally(() => {
          this.#timer = undefined;
          if (this.#hasChangedMeanwhile) this.#scheduleNotification();
        });
    }, debounceMs).unref();
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
        if (id === undefined ? isRegisterUri(uri) : changed.has(id)) {
          subscriber.notifyUpdated(uri);
        }
      }
    }
  }
}
