import { setTimeout as sleep } from 'node:timers/promises';
import type { SourceChange, SourceEntry, WatchEvent } from '../source.ts';
import { maxNamedChanges } from './change-tracker.ts';

export interface PollerOptions {
  list: (signal: AbortSignal) => AsyncIterable<SourceEntry>;
  pollMs: number;
  onEvent: (event: WatchEvent) => void;
  signal: AbortSignal;
}

/** A poll that takes long is followed by a pause of this many times its duration. */
const minPauseFactor = 4;

/**
 * Lists a folder regularly and reports what differs from the listings before, for drives that report
 * nothing. A difference counts once two polls have shown it: then the file is no longer being written.
 */
export class FolderPoller {
  readonly #options: PollerOptions;
  /** The change keys of the files that are known to the receiver. */
  readonly #known = new Map<string, string>();
  /** What the poll before showed to differ: the change key, or none of a file that is gone. */
  #differences = new Map<string, string | undefined>();
  #hasBaseline = false;
  #wasMissing = false;

  constructor(options: PollerOptions) {
    this.#options = options;
  }

  /** Resolves after the first poll, to which the later ones are compared. */
  async start(): Promise<void> {
    await this.#poll();
    void this.#run();
  }

  async #run(): Promise<void> {
    const { signal, pollMs } = this.#options;
    let durationMs = 0;
    while (!signal.aborted) {
      const pauseMs = Math.max(pollMs, minPauseFactor * durationMs);
      await sleep(pauseMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      const startedAt = Date.now();
      await this.#poll();
      durationMs = Date.now() - startedAt;
    }
  }

  async #poll(): Promise<void> {
    const { list, signal, onEvent } = this.#options;
    const listedIds = new Set<string>();
    const changes: SourceChange[] = [];
    const differences = new Map<string, string | undefined>();
    let isComplete = true;
    try {
      for await (const entry of list(signal)) {
        if (entry.kind !== 'file') continue;
        const { fileId, changeKey } = entry.file;
        listedIds.add(fileId);
        if (this.#known.get(fileId) === changeKey) continue;
        if (this.#hasBaseline && this.#differences.get(fileId) !== changeKey) {
          differences.set(fileId, changeKey);
          continue;
        }
        this.#known.set(fileId, changeKey);
        if (this.#hasBaseline) changes.push(entry);
      }
    } catch {
      isComplete = false; // the next sync reports what cannot be read
    }
    if (signal.aborted) return;
    if (!this.#hasBaseline) {
      this.#hasBaseline = isComplete || listedIds.size > 0;
      if (this.#hasBaseline && this.#wasMissing) onEvent({ kind: 'listing_required' });
      this.#wasMissing = !this.#hasBaseline;
      return;
    }
    if (isComplete) changes.push(...this.#removals(listedIds, differences));
    this.#differences = differences;
    if (changes.length > maxNamedChanges) onEvent({ kind: 'listing_required' });
    else if (changes.length > 0) onEvent({ kind: 'changes', changes });
  }

  #removals(
    listedIds: ReadonlySet<string>,
    differences: Map<string, string | undefined>,
  ): SourceChange[] {
    const removals: SourceChange[] = [];
    for (const fileId of this.#known.keys()) {
      if (listedIds.has(fileId)) continue;
      const wasGone = this.#differences.has(fileId) && this.#differences.get(fileId) === undefined;
      if (!wasGone) {
        differences.set(fileId, undefined);
        continue;
      }
      this.#known.delete(fileId);
      removals.push({ kind: 'removed', fileId });
    }
    return removals;
  }
}
