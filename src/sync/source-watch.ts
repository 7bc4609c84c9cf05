import type { Logger } from 'pino';
import type { SourceFile } from '../domain/documents.ts';
import { asDeedboxError } from '../errors/errors.ts';
import type { Source, SourceChange, WatchEvent } from '../sources/source.ts';
import { ingestChangedFiles, postponeIngestion } from './changed-files.ts';
import { requestSync, type SyncServices } from './syncs.ts';

export interface SourceWatchOptions {
  /** Opens a source by its id. */
  sourceFor: (id: string) => Source;
  log: Logger;
  /** Time between two looks for sources that were added or removed. */
  pollMs?: number;
  /** Time between two syncs that changes cause. */
  minSyncIntervalMs?: number;
  /** Time after which a failed request is made again. */
  retryMs?: number;
}

/** Sources that take longer until they are watched do not delay the first sync. */
const startTimeoutMs = 5000;
/** A listing that has begun may have passed the folder that changed: the sync after it shows the change. */
const listingPollMs = 500;

/**
 * Watches the sources that can be watched, and requests what their changes need: new and changed files
 * are ingested at once, and removals and what cannot be named cause a sync.
 */
export class SourceWatch {
  readonly #services: SyncServices;
  readonly #options: Required<SourceWatchOptions>;
  /** Undefined for a source that cannot be watched. */
  readonly #watched = new Map<string, AbortController | undefined>();
  #timer: NodeJS.Timeout | undefined;
  #syncTimer: NodeJS.Timeout | undefined;
  #lastSyncAt = -Infinity;
  #hasFailed = false;
  /** Events are handled in their order, one at a time. */
  #handling: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(services: SyncServices, options: SourceWatchOptions) {
    this.#services = services;
    this.#options = { pollMs: 2000, minSyncIntervalMs: 10_000, retryMs: 5000, ...options };
  }

  /** Resolves when all sources are watched, or after a few seconds. */
  async start(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise((resolve) => (timer = setTimeout(resolve, startTimeoutMs)));
    let isStarting = true;
    const needsSync = () => !isStarting; // the first sync is requested after this method
    await Promise.race([this.#watchSources(needsSync), timeout]);
    isStarting = false;
    clearTimeout(timer);
    this.#schedule();
  }

  /** Resolves when no event is being handled any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#syncTimer);
    for (const controller of this.#watched.values()) controller?.abort();
    await this.#handling;
  }

  #schedule(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      // a slow start of one source must not hide the next one
      void this.#watchSources(() => true).catch(() => {});
      this.#schedule();
    }, this.#options.pollMs);
  }

  /** Another process may have added or removed a source. */
  async #watchSources(needsSync: () => boolean): Promise<void> {
    const sources = await this.#services.store.sources();
    if (this.#isClosed) return;
    for (const [id, controller] of this.#watched) {
      if (sources.includes(id)) continue;
      controller?.abort();
      this.#watched.delete(id);
    }
    const added = sources.filter((id) => !this.#watched.has(id));
    await Promise.all(added.map((id) => this.#watchSource(id, needsSync)));
  }

  async #watchSource(id: string, needsSync: () => boolean): Promise<void> {
    const { sourceFor, log } = this.#options;
    try {
      const source = sourceFor(id);
      const controller = source.watch && new AbortController();
      this.#watched.set(id, controller);
      if (!controller) return;
      const { signal } = controller;
      const onEvent = (event: WatchEvent) => signal.aborted || this.#enqueue(id, event);
      await source.watch?.(onEvent, { signal });
      log.info({ source: id }, 'the source is watched');
      // what changed before now may be in no listing
      if (needsSync()) onEvent({ kind: 'listing_required' });
    } catch (error) {
      this.#watched.set(id, undefined);
      log.warn({ source: id, err: asDeedboxError(error) }, 'the source is not watched');
    }
  }

  #enqueue(id: string, event: WatchEvent): void {
    this.#inOrder(() => this.#handle(id, event));
  }

  #inOrder(action: () => Promise<void>): void {
    const previous = this.#handling;
    const run = async () => {
      await previous;
      if (this.#isClosed) return;
      try {
        await action();
        this.#hasFailed = false;
      } catch (error) {
        this.#retryLater(error);
      }
    };
    this.#handling = run();
  }

  async #handle(id: string, event: WatchEvent): Promise<void> {
    const { log } = this.#options;
    switch (event.kind) {
      case 'changes':
        return this.#handleChanges(event.changes);
      case 'being_written':
        return postponeIngestion(this.#services, event.fileIds);
      case 'listing_required':
        return this.#requireSync();
      case 'polling':
        log.warn({ source: id, reason: event.reason }, 'the source is polled');
    }
  }

  async #handleChanges(changes: SourceChange[]): Promise<void> {
    const { store } = this.#services;
    const newest = await store.sync();
    const newFiles: SourceFile[] = [];
    const changedFiles: SourceFile[] = [];
    let hasRemovals = false;
    for (const change of changes) {
      if (change.kind === 'ignored') continue;
      const known = await store.file(change.kind === 'file' ? change.file.fileId : change.fileId);
      if (change.kind === 'file') (known ? changedFiles : newFiles).push(change.file);
      else hasRemovals ||= known !== undefined;
    }
    // A removed file and a new one may be one that was renamed, which a sync finds out.
    const files = hasRemovals ? changedFiles : [...changedFiles, ...newFiles];
    if (newest && files.length > 0) await ingestChangedFiles(this.#services, files, newest.syncId);
    if (!newest || hasRemovals) this.#requireSync();
  }

  #requireSync(delayMs = 0): void {
    if (this.#isClosed || this.#syncTimer) return;
    const { minSyncIntervalMs } = this.#options;
    const intervalMs = this.#lastSyncAt + minSyncIntervalMs - Date.now();
    this.#syncTimer = setTimeout(
      () => {
        this.#syncTimer = undefined;
        this.#inOrder(() => this.#requestSync());
      },
      Math.max(0, delayMs, intervalMs),
    );
  }

  async #requestSync(): Promise<void> {
    if ((await this.#services.store.sync())?.state === 'listing') {
      this.#requireSync(listingPollMs);
      return;
    }
    this.#lastSyncAt = Date.now();
    await requestSync(this.#services, { kind: 'incremental' });
  }

  /** What was not recorded is found by the next sync. */
  #retryLater(error: unknown): void {
    const { log, retryMs } = this.#options;
    if (!this.#hasFailed) log.warn({ err: asDeedboxError(error) }, 'changes are not read yet');
    this.#hasFailed = true;
    this.#requireSync(retryMs);
  }
}
