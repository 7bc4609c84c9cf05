import { anyDocument } from '../search/filters.ts';
import type { McpServices } from './services.ts';

/** Changes within so many milliseconds are announced together. */
const gathering = 500;

/** A connection's interest: always in the list of resources, and in the addresses it names. */
export interface Watcher {
  uris: Set<string>;
  listChanged(): void;
  updated(uri: string): void;
}

function documentOf(uri: string): string | undefined {
  return /^deedbox:\/\/documents\/([A-Za-z0-9_-]+)(?:\/|$)/.exec(uri)?.[1];
}

/** Turns the store's change numbers into notices about resources, for any number of connections. */
export class ChangeFeed {
  #services: McpServices | undefined;
  #stop: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #watchers = new Set<Watcher>();
  /** What each watched document was when it was last announced. */
  readonly #seen = new Map<string, string>();

  /** Follows the store of these services from now on. */
  attach(services: McpServices): void {
    if (this.#services) return;
    this.#services = services;
    this.#stop = services.store.onChange(() => {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#announce().catch((error: unknown) => {
          console.error('deedbox: announcing changes failed:', error);
        });
      }, gathering).unref();
    });
  }

  watch(watcher: Watcher): void {
    this.#watchers.add(watcher);
  }

  unwatch(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    const watched = this.#watchedDocuments();
    for (const id of this.#seen.keys()) if (!watched.has(id)) this.#seen.delete(id);
  }

  /** Notes what an address holds now, so that only what comes after is announced. */
  async remember(uri: string): Promise<void> {
    const id = documentOf(uri);
    if (id === undefined || this.#seen.has(id)) return;
    const [state] = (await this.#states([id])).values();
    if (!this.#seen.has(id)) this.#seen.set(id, state ?? 'absent');
  }

  close(): void {
    this.#stop?.();
    clearTimeout(this.#timer);
    this.#watchers.clear();
  }

  #watchedDocuments(): Set<string> {
    const ids = [...this.#watchers].flatMap((watcher) => [...watcher.uris].map(documentOf));
    return new Set(ids.filter((id) => id !== undefined));
  }

  async #states(ids: string[]): Promise<Map<string, string>> {
    const services = this.#services;
    if (!services || ids.length === 0) return new Map();
    const { documents } = await services.store.documents(
      { ...anyDocument(services), documentIds: ids },
      { sort: 'title', limit: ids.length },
    );
    return new Map(
      documents.map(({ documentId, contentHash, file }) => [
        documentId,
        JSON.stringify([contentHash, file.fileName, file.folder, file.modifiedAt, file.webUrl]),
      ]),
    );
  }

  async #announce(): Promise<void> {
    const watched = [...this.#watchedDocuments()];
    const states = await this.#states(watched);
    const changed = new Set<string>();
    for (const id of watched) {
      const state = states.get(id) ?? 'absent';
      if (this.#seen.get(id) !== state) changed.add(id);
      this.#seen.set(id, state);
    }
    for (const watcher of this.#watchers) {
      watcher.listChanged();
      for (const uri of watcher.uris) {
        const id = documentOf(uri);
        if (id === undefined ? uri.startsWith('deedbox://register') : changed.has(id)) {
          watcher.updated(uri);
        }
      }
    }
  }
}
