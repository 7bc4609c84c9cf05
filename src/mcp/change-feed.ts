import type { Logger } from 'pino';
import { anyDocument } from '../search/filters.ts';
import type { McpServices, OpenServices } from './services.ts';

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

/**
 * Turns changes of what one may read into notices about resources, for any number of that one's
 * connections. Of other changes nothing is told, not even that there was one.
 */
export class ChangeFeed {
  readonly #open: OpenServices;
  readonly #telling: (documentIds: string[]) => void | Promise<void>;
  readonly #log: Logger | undefined;
  #stop: (() => void) | undefined;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #watchers = new Set<Watcher>();
  /** Of what may be read, when somebody began to watch or it was last announced. */
  #version: Promise<string | undefined> | undefined;
  /** What each watched document was when it was last announced. */
  readonly #seen = new Map<string, string>();

  /** @param telling told of documents before their change is announced; what it throws keeps that back */
  constructor(
    open: OpenServices,
    telling: (documentIds: string[]) => void | Promise<void> = () => {},
    log?: Logger,
  ) {
    this.#open = open;
    this.#telling = telling;
    this.#log = log;
  }

  /** Follows changes from now on. */
  attach({ library }: McpServices): void {
    if (this.#version || this.#closed) return;
    this.#version = library.version();
    this.#stop = library.onChange(() => {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#announce().catch((err: unknown) => {
          this.#log?.error({ err }, 'announcing changes failed');
        });
      }, gathering).unref();
    });
  }

  watch(watcher: Watcher): void {
    // What happened while nobody watched is not announced.
    if (this.#version && this.#watchers.size === 0) {
      this.#version = this.#open().then(
        ({ library }) => library.version(),
        () => undefined,
      );
    }
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
    const [state] = (await this.#states(await this.#open(), [id])).values();
    if (!this.#seen.has(id)) this.#seen.set(id, state ?? 'absent');
  }

  close(): void {
    this.#closed = true;
    this.#stop?.();
    clearTimeout(this.#timer);
    this.#watchers.clear();
  }

  #watchedDocuments(): Set<string> {
    const ids = [...this.#watchers].flatMap((watcher) => [...watcher.uris].map(documentOf));
    return new Set(ids.filter((id) => id !== undefined));
  }

  async #states(services: McpServices, ids: string[]): Promise<Map<string, string>> {
    if (ids.length === 0) return new Map();
    const { documents } = await services.library.documents(
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
    if (this.#watchers.size === 0) return;
    const services = await this.#open();
    const before = await this.#version;
    this.#version = services.library.version();
    if ((await this.#version) === before) return;
    const watched = [...this.#watchedDocuments()];
    const states = await this.#states(services, watched);
    const now = (id: string) => states.get(id) ?? 'absent';
    const changed = new Set(watched.filter((id) => this.#seen.get(id) !== now(id)));
    if (changed.size > 0) await this.#telling([...changed]);
    for (const id of watched) this.#seen.set(id, now(id));
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
