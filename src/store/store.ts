import type { Access, SourceFile } from '../domain/documents.ts';
import type { ScopedIndex } from './scoped-index.ts';
import type {
  FileRecord,
  FileState,
  IntegrityProblem,
  ModelIdentity,
  NewRevision,
  SourceCheckpoint,
  StoreStatus,
  SyncChange,
  SyncRecord,
} from './records.ts';

/**
 * The truth about every file and document. A write is one transaction; a reader, in this process or
 * another, sees the state before it or after it. What documents say is read through `readableBy`
 * alone.
 */
export interface Store {
  // --- sources and files
  sources(): Promise<string[]>;
  /** Recording a file of an unknown source adds it too, but not once the source was removed. */
  addSource(id: string): Promise<void>;
  /** Forgets a source with all of its files and documents; returns how many files it had. */
  removeSource(id: string): Promise<number>;
  /** How far a source's changes are recorded; empty where nothing of it was. */
  sourceCheckpoint(source: string): Promise<SourceCheckpoint>;
  /** What is left out stays as it is; nothing is kept of a source that was removed. */
  saveSourceCheckpoint(source: string, checkpoint: SourceCheckpoint): Promise<void>;
  file(fileId: string): Promise<FileRecord | undefined>;
  /** By folder, then by name, both without case; the one recorded first among equals. */
  files(query: {
    source?: string;
    states?: FileState[];
    /** Only those that this sync was the last to see. */
    syncId?: string;
    /** Only those whose document another pipeline made. */
    excludedPipeline?: string;
    limit?: number;
    offset?: number;
  }): Promise<FileRecord[]>;
  /**
   * Inserts or updates; its name, folder and times follow, the indexed revision stays, save that of a
   * file that is `ignored` now. `indexed` for a file whose document was reset meanwhile is recorded as `pending`. Throws
   * `not_found` when its source was removed.
   */
  recordFile(record: FileRecord): Promise<void>;
  recordFiles(records: FileRecord[]): Promise<void>;
  /**
   * Decides for each file by what is recorded of it what is recorded from now on; nobody writes
   * between the two. Nothing changes where `revise` returns undefined.
   */
  reviseFiles(
    fileIds: string[],
    revise: (known: FileRecord | undefined, fileId: string) => FileRecord | undefined,
  ): Promise<void>;
  /**
   * The file is known under a new id (a rename in a source whose ids are paths); the document stays
   * and counts as unchanged in the sync. What was known under the new id is forgotten. Throws
   * `not_found` when there is no such file.
   */
  renameFile(fileId: string, file: SourceFile, syncId: string): Promise<void>;
  removeFiles(fileIds: string[]): Promise<void>;

  // --- documents
  /**
   * Replaces whatever was indexed for the file, and marks the file indexed; returns the document id,
   * which stays with the file for good. Adds the file where it is not known. Throws `model_mismatch`
   * while documents of another model are there, `not_found` when the source was removed.
   */
  replaceDocument(revision: NewRevision): Promise<string>;
  /**
   * The same, provided that the file is still recorded with the change key of `revision.file`; what
   * is recorded of it besides stays. False where it is not, and then nothing is written.
   */
  replaceDocumentIfUnchanged(revision: NewRevision): Promise<boolean>;
  /** The only way to what documents say, so that nobody can forget to ask who may read it. */
  scopedTo(access: Access): ScopedIndex;

  // --- syncs
  putSync(
    record: Pick<SyncRecord, 'syncId' | 'sources' | 'kind' | 'state' | 'createdAt'>,
  ): Promise<void>;
  /** `done`, `failed` and `cancelled` keep the counts as they are then. */
  updateSync(syncId: string, change: SyncChange): Promise<void>;
  /** With counts; the newest one without an id. */
  sync(syncId?: string): Promise<SyncRecord | undefined>;

  // --- the whole
  status(): Promise<StoreStatus>;
  /** Calls back after a committed change of documents, in this process or another; returns the stop. */
  onChange(listener: (sequenceNumber: number) => void): () => void;
  /** Brings the vector index up to date and writes its snapshot. */
  saveSnapshot(): Promise<void>;
  /** Throws `model_mismatch` when the store is another model's, naming the command that re-indexes. */
  requireModel(model: ModelIdentity): Promise<void>;
  /** Forgets every revision (not the files), so that the next sync reads all again with `model`. */
  reset(model: ModelIdentity): Promise<void>;
  verify(): Promise<IntegrityProblem[]>;
  close(): Promise<void>;
}
