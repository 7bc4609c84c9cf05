import type { Logger } from 'pino';
import { matchAll } from '../search/filters.ts';
import type { McpServices, ServicesFactory } from './services.ts';

/** Changes within so many milliseconds are announced together. */
const debounceMs = 500;

/** A connection's interest: always in the list of resources, and in the addresses it names. */
export interface Subscriber {
  uris: Set<string>;
  notifyListChanged(): void;
  notifyUpdated(uri: string): void;
}

function documentIdFromUri(uri: string): string | undefined {
  return /^deedbox:\/\/documents\/([A-Za-z0-9_-]+)(?:\/|$)/.exec(uri)?.[1];
}

/**
 * Turns changes of what one may read into notices about resources, for any number of that one's
 * connections. Of other changes nothing is told, not even that there was one.
 */
export class ResourceNotifier {
  readonly #open: ServicesFactory;
  readonly #beforeNotify: (documentIds: string[]) => void | Promise<void>;
  readonly #log: Logger | undefined;
  #stopListening: (() => void) | undefined;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #subscribers = new Set<Subscriber>();
  /** Of what may be read, when somebody began to watch or it was last announced. */
  #version: Promise<string | undefined> | undefined;
  /** What each watched document was when it was last announced. */
  readonly #lastStates = new Map<string, string>();

  /** @param beforeNotify told of documents before their change is announced; what it throws keeps that back */
  constructor(
    open: ServicesFactory,
    beforeNotify: (documentIds: string[]) => void | Promise<void> = () => {},
    log?: Logger,
  ) {
    this.#open = open;
    this.#beforeNotify = beforeNotify;
    this.#log = log;
  }

  /** Follows changes from now on. */
  attach({ scopedIndex: library }: McpServices): void {
    if (this.#version || this.#closed) return;
    this.#version = library.version();
    this.#stopListening = library.onChange(() => {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#notifyChanges().catch((err: unknown) => {
          this.#log?.error({ err }, 'announcing changes failed');
        });
      }, debounceMs).unref();
    });
  }

  subscribe(subscriber: Subscriber): void {
    // What happened while nobody watched is not announced.
    if (this.#version && this.#subscribers.size === 0) {
      this.#version = this.#open().then(
        ({ scopedIndex: library }) => library.version(),
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

  /** Notes what an address holds now, so that only what comes after is announced. */
  async recordState(uri: string): Promise<void> {
    const id = documentIdFromUri(uri);
    if (id === undefined || this.#lastStates.has(id)) return;
    const [state] = (await this.#readStates(await this.#open(), [id])).values();
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

  async #notifyChanges(): Promise<void> {
    if (this.#subscribers.size === 0) return;
    const services = await this.#open();
    const previousVersion = await this.#version;
    this.#version = services.scopedIndex.version();
    if ((await this.#version) === previousVersion) return;
    const subscribed = [...this.#subscribedDocuments()];
    const states = await this.#readStates(services, subscribed);
    const currentState = (id: string) => states.get(id) ?? 'absent';
    const changed = new Set(
      subscribed.filter((id) => this.#lastStates.get(id) !== currentState(id)),
    );
    if (changed.size > 0) await this.#beforeNotify([...changed]);
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
