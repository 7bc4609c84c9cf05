import type { SourceFile } from '../documents.ts';

export type SourceEntry =
  | { kind: 'file'; file: SourceFile }
  | { kind: 'ignored'; fileName: string; folder: string; reason: string };

/** The bytes of one file, brought to a local copy that no one else changes. */
export interface FetchedFile {
  path: string;
  /** SHA-256 of exactly the bytes at `path`, in hex. */
  contentHash: string;
  size: number;
  /** Deletes the local copy. */
  dispose(): Promise<void>;
}

/** A place that holds contracts. Implementations: a folder; Google Drive. */
export interface Source {
  /** The address that every file of this source carries in `SourceFile.source`. */
  readonly id: string;

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
