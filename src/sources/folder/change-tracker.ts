import type { SourceChange, WatchEvent } from '../source.ts';

export interface TrackerOptions {
  /** A file rests when it was not modified for this long. */
  restMs: number;
  /** The file at a path as it is now; undefined where it is ignored. */
  changeAt: (path: string) => Promise<SourceChange | undefined>;
  fileIdOf: (path: string) => string;
  onEvent: (event: WatchEvent) => void;
}

interface PendingPath {
  firstNoticeAt: number;
  lastNoticeAt: number;
  /** The longest time between two notices: the next one may take as long. */
  longestGapMs: number;
}

const checkMs = 50;
/** Where more paths change at once, listing the folder costs less than looking at each. */
export const maxNamedChanges = 200;
/** A listing waits until nothing changes any more, but no longer than this. */
const maxListingDelayMs = 5000;
/** A file that is written in pieces rests after twice the longest pause, but after this time at most. */
const maxRestMs = 30_000;
/** An empty file is usually the beginning of a copy. */
const emptyRestMs = 5000;
/** A file that changes again so soon after it was reported was not complete when it was. */
const reportedRetentionMs = 3000;
/** Time between two reports of files that are being written. */
const reportMs = 1000;

/** Whether a file was modified within `restMs`. Of a clock that is ahead of this one, nothing is known. */
export function isBeingWritten(mtimeMs: number, restMs: number): boolean {
  const ageMs = Date.now() - mtimeMs;
  return ageMs >= 0 && ageMs < restMs;
}

/**
 * Takes notices that something happened to a path, and reports the files there as they are once they
 * rest. Renames show as a removal and a new file; both are reported in one event.
 */
export class ChangeTracker {
  readonly #options: TrackerOptions;
  readonly #pending = new Map<string, PendingPath>();
  /** The last notices of paths that were reported lately. */
  readonly #reported = new Map<string, number>();
  #listingRequiredSince: number | undefined;
  #lastReportAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: TrackerOptions) {
    this.#options = options;
  }

  isPending(path: string): boolean {
    return this.#pending.has(path);
  }

  /** Something happened to the file at this path. */
  note(path: string): void {
    const now = Date.now();
    const pending = this.#pending.get(path);
    this.#forgetReported(now);
    const previousAt = pending?.lastNoticeAt ?? this.#reported.get(path) ?? now;
    this.#pending.set(path, {
      firstNoticeAt: pending?.firstNoticeAt ?? now,
      lastNoticeAt: now,
      longestGapMs: Math.max(pending?.longestGapMs ?? 0, now - previousAt),
    });
    if (this.#pending.size > maxNamedChanges) this.#listingRequiredSince ??= now;
    this.#schedule();
  }

  /** Something happened that no path names. */
  requireListing(): void {
    this.#listingRequiredSince ??= Date.now();
    this.#schedule();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(() => void this.#check(), checkMs);
  }

  async #check(): Promise<void> {
    if (this.#listingRequiredSince === undefined) await this.#reportChanges();
    else this.#reportListing(this.#listingRequiredSince);
    this.#timer = undefined;
    if (this.#isClosed) return;
    this.#reportBeingWritten();
    if (this.#pending.size > 0 || this.#listingRequiredSince !== undefined) this.#schedule();
  }

  /** Files that rest are part of the listing; the others are reported later. */
  #reportListing(since: number): void {
    const { restMs, onEvent } = this.#options;
    const now = Date.now();
    const resting = [...this.#pending].filter(([, path]) => now - path.lastNoticeAt >= restMs);
    const isQuiet = resting.length === this.#pending.size && now - since >= restMs;
    if (!isQuiet && now - since < maxListingDelayMs) return;
    for (const [path] of resting) this.#pending.delete(path);
    this.#listingRequiredSince = undefined;
    onEvent({ kind: 'listing_required' });
  }

  async #reportChanges(): Promise<void> {
    // One more check, so that both names of a rename are reported together.
    const now = Date.now() - checkMs;
    const due = [...this.#pending].filter(
      ([, path]) => now - path.lastNoticeAt >= this.#restMsOf(path),
    );
    const changes = await Promise.all(
      due.map(([path, pending]) => this.#takeChange(path, pending)),
    );
    const named = changes.filter((change) => change !== undefined);
    if (named.length > 0 && !this.#isClosed)
      this.#options.onEvent({ kind: 'changes', changes: named });
  }

  /** Paths are kept in the order of their reports. */
  #forgetReported(now: number): void {
    for (const [path, at] of this.#reported) {
      if (now - at <= reportedRetentionMs) return;
      this.#reported.delete(path);
    }
  }

  #restMsOf({ longestGapMs }: PendingPath): number {
    return Math.min(maxRestMs, Math.max(this.#options.restMs, 2 * longestGapMs));
  }

  /** Undefined where the file does not rest yet, or is ignored. */
  async #takeChange(path: string, pending: PendingPath): Promise<SourceChange | undefined> {
    const change = await this.#options.changeAt(path);
    if (this.#pending.get(path) !== pending) return undefined; // noticed again meanwhile
    if (change?.kind === 'file') {
      const { size, modifiedAt } = change.file;
      const restMs = size === 0 ? emptyRestMs : this.#restMsOf(pending);
      if (isBeingWritten(Date.parse(modifiedAt), restMs)) return undefined;
    }
    this.#pending.delete(path);
    this.#reported.delete(path);
    this.#reported.set(path, pending.lastNoticeAt);
    return change;
  }

  #reportBeingWritten(): void {
    const now = Date.now();
    if (now - this.#lastReportAt < reportMs) return;
    const paths = [...this.#pending].filter(([, path]) => now - path.firstNoticeAt >= reportMs);
    if (paths.length === 0) return;
    this.#lastReportAt = now;
    const fileIds = paths.map(([path]) => this.#options.fileIdOf(path));
    this.#options.onEvent({ kind: 'being_written', fileIds });
  }
}
