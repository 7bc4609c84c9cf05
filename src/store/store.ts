import type { Clause, SourceFile, Span } from '../documents.ts';
import type {
  DocumentFilter,
  DocumentHit,
  DocumentSort,
  FileRecord,
  FileState,
  IntegrityProblem,
  ModelIdentity,
  NewRevision,
  PartyKey,
  PassageHit,
  SourcePosition,
  StoreStatus,
  StoredDocument,
  StoredText,
  SyncChange,
  SyncRecord,
} from './records.ts';

/**
 * The truth about every file and document. A write is one transaction; a reader, in this process or
 * another, sees the state before it or after it. Everything a client may see passes through
 * `DocumentFilter`, so that one place decides what is readable.
 */
export interface Store {
  // --- sources and files
  sources(): Promise<string[]>;
  /** Recording a file of an unknown source adds it too, but not once the source was removed. */
  addSource(id: string): Promise<void>;
  /** Forgets a source with all of its files and documents; returns how many files it had. */
  removeSource(id: string): Promise<number>;
  /** How far a source's changes are recorded; empty where nothing of it was. */
  position(source: string): Promise<SourcePosition>;
  /** What is left out stays as it is; nothing is kept of a source that was removed. */
  keepPosition(source: string, kept: SourcePosition): Promise<void>;
  file(fileId: string): Promise<FileRecord | undefined>;
  /** By folder, then by name, both without case; the one recorded first among equals. */
  files(query: {
    source?: string;
    states?: FileState[];
    /** Only those that this sync was the last to see. */
    syncId?: string;
    /** Only those whose document another pipeline made. */
    notBy?: string;
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
  replaceCurrentDocument(revision: NewRevision): Promise<boolean>;
  documents(
    filter: DocumentFilter,
    options: { sort: DocumentSort; limit: number; offset?: number },
  ): Promise<{ total: number; documents: StoredDocument[] }>;
  /** Text of one document, or undefined; offsets of the pages are those of the whole text. */
  text(documentId: string): Promise<StoredText | undefined>;
  /** In the order of the analysis; an entry for each known document, so unknown ids are seen. */
  clauses(
    documentIds: string[],
    options: { types?: string[]; minConfidence: number },
  ): Promise<Map<string, Clause[]>>;
  /** Distinct parties of all documents that pass, those of most documents first, as most spell them. */
  parties(filter: DocumentFilter): Promise<(PartyKey & { documents: number })[]>;
  /** Ids of documents that begin with the prefix, in order; for completion. */
  documentIds(prefix: string, limit: number): Promise<string[]>;

  // --- retrieval
  /** Full text over titles, parties, file names, folders and the first page: which documents are meant. */
  searchDocuments(terms: string[], filter: DocumentFilter, limit: number): Promise<DocumentHit[]>;
  /** Full text (BM25) over passages; any of the terms. */
  searchText(terms: string[], filter: DocumentFilter, limit: number): Promise<PassageHit[]>;
  /**
   * Cosine similarity over passages; exact where the filter leaves few, by the graph otherwise.
   * Throws `model_mismatch` when the store is not that of the model that made the vector.
   */
  searchVectors(
    vector: Float32Array,
    model: ModelIdentity,
    filter: DocumentFilter,
    limit: number,
  ): Promise<PassageHit[]>;
  /** Passages of one document by position: those that overlap the span, or all. */
  passages(documentId: string, span?: Span): Promise<Omit<PassageHit, 'score'>[]>;

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
  onChange(listener: (changeNumber: number) => void): () => void;
  /** Brings the vector index up to date and writes its snapshot. */
  checkpoint(): Promise<void>;
  /** Throws `model_mismatch` when the store is another model's, naming the command that re-indexes. */
  requireModel(model: ModelIdentity): Promise<void>;
  /** Forgets every revision (not the files), so that the next sync reads all again with `model`. */
  reset(model: ModelIdentity): Promise<void>;
  verify(): Promise<IntegrityProblem[]>;
  close(): Promise<void>;
}
