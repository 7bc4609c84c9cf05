import type { SourceFile } from '../domain/documents.ts';

export type SourceEntry =
  | { kind: 'file'; file: SourceFile }
  | {
      kind: 'ignored';
      fileName: string;
      folder: string;
      reason: string;
      /** Of the file in its source, where the source knows files by more than their place. */
      fileId?: string;
    };

/** The bytes of one file, brought to a local copy that no one else changes. */
export interface FetchedFile {
  path: string;
  /** SHA-256 of exactly the bytes at `path`, in hex. */
  contentHash: string;
  size: number;
  /** Deletes the local copy. */
  dispose(): Promise<void>;
}

/** A file as it is now, or that it is no longer in the source (which may mean: no longer shared with us). */
export type SourceChange = SourceEntry | { kind: 'gone'; fileId: string };

/** Some changes, oldest first, and the position after them. A file may come more than once. */
export interface ChangePage {
  changes: SourceChange[];
  /** May be kept for `since` once these changes are recorded durably. */
  cursor: string;
}

/**
 * Where a source tells what changed, so that nobody must list everything to know. Such a source gives
 * a file one id for good: under a new id there is never a file that was renamed or moved.
 */
export interface ChangeFeed {
  /**
   * The position from which `since` tells all that happens from now on. Taken before a listing, it
   * leaves no gap between the two.
   */
  now(signal?: AbortSignal): Promise<string>;
  /**
   * What has changed since a position, until nothing more has. Throws `checkpoint_expired` where the
   * source no longer knows it: then everything must be listed; `source_error` otherwise.
   */
  since(cursor: string, signal?: AbortSignal): AsyncIterable<ChangePage>;
}

/** A place that holds contracts. Implementations: a folder; Google Drive. */
export interface Source {
  /** The address that every file of this source carries in `SourceFile.source`. */
  readonly id: string;
  /** Absent where a source can only be listed. */
  readonly feed?: ChangeFeed;

  /**
   * Everything the source holds now, in no particular order. Ends normally only when the listing is
   * complete; otherwise it throws `source_error`, so that nobody prunes from half a listing.
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
