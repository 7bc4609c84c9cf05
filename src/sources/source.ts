import type { SourceFile } from '../domain/documents.ts';

export type SourceEntry =
  | { kind: 'file'; file: SourceFile }
  | {
      kind: 'ignored';
      fileName: string;
      folder: string;
      reason: string;
      /** The id of the file in its source, where that is more than its path. */
      fileId?: string;
    };

/** A private copy of one file. */
export interface FetchedFile {
  path: string;
  /** SHA-256 of exactly the bytes at `path`, in hex. */
  contentHash: string;
  size: number;
  /** Deletes the local copy. */
  dispose(): Promise<void>;
}

/** A file as it is now, or the id of one that is deleted or no longer visible. */
export type SourceChange = SourceEntry | { kind: 'removed'; fileId: string };

/** Some changes, oldest first, and the cursor after them. A file may occur more than once. */
export interface ChangePage {
  changes: SourceChange[];
  /** To be stored for `since` once these changes are stored durably. */
  cursor: string;
}

/**
 * Reports what changed in a source, so that it need not be listed. Such a source never changes the id of
 * a file: a renamed or moved file keeps it.
 */
export interface ChangeFeed {
  /**
   * The cursor from which `since` reports all changes from now on. To be taken before a listing, so
   * that no change is missed.
   */
  now(signal?: AbortSignal): Promise<string>;
  /**
   * All changes since a cursor. Pages may be processed again after a crash: changes are states.
   * @throws DeedboxError `checkpoint_expired` where the source no longer accepts the cursor, and must
   *   be listed; `source_error` otherwise
   */
  since(cursor: string, signal?: AbortSignal): AsyncIterable<ChangePage>;
}

/** What a source that is watched reports while it changes. */
export type WatchEvent =
  /** Files as they are now, each since it is no longer being written. */
  | { kind: 'changes'; changes: SourceChange[] }
  /** Files that are being written: nothing is read of them until they are reported as changes. */
  | { kind: 'being_written'; fileIds: string[] }
  /** More has changed than can be named: the source must be listed. */
  | { kind: 'listing_required' }
  /** From now on the source is polled, for this reason. */
  | { kind: 'polling'; reason: string };

/** A place that holds contracts. Implementations: a folder; Google Drive. */
export interface Source {
  /** What every file of this source has in `SourceFile.source`. */
  readonly id: string;
  /** Absent where a source can only be listed. */
  readonly feed?: ChangeFeed;

  /**
   * Reports what changes from now on, until the signal is aborted. Resolves once every later change will
   * be reported, as far as the source exists: it may vanish and come back. Absent where a source cannot
   * be watched, or is not to be.
   */
  readonly watch?: (
    onEvent: (event: WatchEvent) => void,
    options: { signal: AbortSignal },
  ) => Promise<void>;

  /**
   * Whether a file exists that a listing did not show: it may be newer than the listing. Absent where
   * files are recorded by listings and the feed alone.
   */
  exists?(file: SourceFile): Promise<boolean>;

  /**
   * Everything the source holds now, in no particular order. Ends normally only when the listing is
   * complete; otherwise it throws `source_error`, so that no file is removed for half a listing.
   */
  list(signal?: AbortSignal): AsyncIterable<SourceEntry>;

  /**
   * The bytes of one listed file. Throws `too_large` when it is or becomes larger than `maxBytes`,
   * `source_error` (retryable) when it cannot be read or changes while it is read, and `not_found`
   * when it is gone.
   */
  fetch(
    file: SourceFile,
    options: { maxBytes: number; signal?: AbortSignal },
  ): Promise<FetchedFile>;
}
