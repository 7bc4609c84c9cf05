import type { Access, SourceFile } from '../domain/documents.ts';
import type { ScopedIndex } from './scoped-index.ts';
import type {
  FileRecord,
  FileState,
  Hold,
  IntegrityProblem,
  ModelIdentity,
  NewHold,
  NewRevision,
  SourceCheckpoint,
  StoreStatus,
  SyncChange,
  SyncRecord,
} from './records.ts';

/**
 * All files and documents. Each write is one transaction: readers, in this process or another, see the
 * state before it or after it. The contents of documents are read through `scopedTo` alone.
 */
export interface Store {
  // --- sources and files
  sources(): Promise<string[]>;
  /** Recording a file also adds its source, unless that was removed. */
  addSource(id: string): Promise<void>;
  /**
   * Removes a source with its files and documents; returns the number of files that were removed, without
   * those whose documents are on hold.
   */
  removeSource(id: string): Promise<number>;
  /** Up to where the changes of a source are recorded; empty where none were. */
  sourceCheckpoint(source: string): Promise<SourceCheckpoint>;
  /** Fields left out keep their value; does nothing for a source that was removed. */
  saveSourceCheckpoint(source: string, checkpoint: SourceCheckpoint): Promise<void>;
  file(fileId: string): Promise<FileRecord | undefined>;
  /** Sorted by folder, then by name, both ignoring case; ties in the order of recording. */
  files(query: {
    source?: string;
    states?: FileState[];
    /** Only those that this sync was the last to touch. */
    syncId?: string;
    /** Only those whose document was made by a pipeline other than this. */
    excludedPipeline?: string;
    /** Only those that have left their source and are on hold; no other query with a source has them. */
    gone?: true;
    limit?: number;
    offset?: number;
  }): Promise<FileRecord[]>;
  /**
   * Inserts or updates the records. The indexed revision stays, except that of a file that becomes
   * `ignored`. A file recorded as `indexed` whose document was reset meanwhile becomes `pending`. Throws
   * `not_found` when the source of a file was removed.
   */
  recordFiles(records: FileRecord[]): Promise<void>;
  /**
   * Replaces the record of each file by what `revise` returns for it, in one transaction. Leaves a file
   * unchanged where `revise` returns undefined.
   */
  reviseFiles(
    fileIds: string[],
    revise: (known: FileRecord | undefined, fileId: string) => FileRecord | undefined,
  ): Promise<void>;
  /**
   * Gives a file a new id (a rename in a source whose ids are paths). Its document stays and counts as
   * unchanged in the sync; a file that had the new id is removed. Throws `not_found` for an unknown file.
   */
  renameFile(fileId: string, file: SourceFile, syncId: string): Promise<void>;
  /** Removes files with their documents; those on hold stay. Returns the number of those that stay. */
  removeFiles(fileIds: string[]): Promise<number>;

  // --- documents
  /**
   * Replaces the revision of the file and marks it indexed, but only if the recorded change key is still
   * that of `revision.file`; other recorded fields win over `revision.file`. Otherwise returns false and
   * writes nothing. A file gets its document id with its first revision, and keeps it. Throws
   * `model_mismatch` while the store holds documents of another model.
   */
  replaceDocumentIfUnchanged(revision: NewRevision): Promise<boolean>;
  /** The only access to the contents of documents, so that no caller can skip the ACL. */
  scopedTo(access: Access): ScopedIndex;

  // --- legal holds
  holds(): Promise<Hold[]>;
  /**
   * Puts documents on hold, also those that are read later. Throws `not_found` for an unknown document,
   * `invalid_request` for a hold that exists.
   */
  placeHold(hold: NewHold): Promise<Hold>;
  /**
   * Ends a hold, and removes the documents whose files are gone and that no other hold keeps. Throws
   * `not_found`.
   */
  releaseHold(id: number): Promise<{ hold: Hold; removed: number }>;

  // --- syncs
  putSync(
    record: Pick<SyncRecord, 'syncId' | 'sources' | 'kind' | 'state' | 'createdAt'>,
  ): Promise<void>;
  /**
   * The counts are fixed when the state becomes `done`, `failed` or `cancelled`.
   * @param from changes nothing, and returns false, where the sync is in another of the states
   */
  updateSync(
    syncId: string,
    change: SyncChange,
    from?: readonly SyncRecord['state'][],
  ): Promise<boolean>;
  /** With counts; the newest sync if no id is given. */
  sync(syncId?: string): Promise<SyncRecord | undefined>;

  // --- maintenance
  status(): Promise<StoreStatus>;
  /**
   * Calls back after a committed change of documents, of this process or another. Returns a function
   * that unsubscribes.
   */
  onChange(listener: (sequenceNumber: number) => void): () => void;
  /**
   * Writes all new passages into the vector index; merges follow in the background, in processes that
   * stay open. Searches find all passages at any time, those that are not in the index more slowly.
   */
  updateIndex(): Promise<void>;
  /** Throws `model_mismatch`, naming the command that re-indexes, when the store is of another model. */
  requireModel(model: ModelIdentity): Promise<void>;
  /** Removes all documents but no files, so that the next sync reads all again with `model`. */
  reset(model: ModelIdentity): Promise<void>;
  /**
   * Removes what is left of removed documents: their words, vectors and pages of the database. Returns
   * false where other processes kept it from finishing.
   * @param options.rewrite also what was removed by versions that did not overwrite it
   * @param options.waitMs milliseconds to wait for such processes
   */
  purge(options: { rewrite: boolean; waitMs: number }): Promise<boolean>;
  /**
   * Writes a copy, as it is at one moment, into an empty folder, from which a store can be opened.
   * Others write meanwhile. Throws `not_ready` (retryable) and `storage_error`.
   */
  backUp(folder: string): Promise<void>;
  verify(): Promise<IntegrityProblem[]>;
  close(): Promise<void>;
}
