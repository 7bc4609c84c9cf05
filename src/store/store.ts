import type {
  Analysis,
  Clause,
  DocumentType,
  Page,
  Section,
  SourceFile,
  Span,
} from '../documents.ts';
import type { ErrorCode } from '../errors.ts';

/** What made the rows: rows of different models or pipelines are never mixed. */
export interface ModelIdentity {
  name: string;
  /** SHA-256 over the model's files, in hex. */
  checksum: string;
  dimensions: number;
}

export type FileState = 'pending' | 'indexed' | 'failed' | 'ignored';

/** One file of a source and what became of it. Every file ever listed and not removed has one. */
export interface FileRecord extends SourceFile {
  state: FileState;
  /** Why it failed; for `ignored`, `detail` alone says why. */
  reason?: ErrorCode;
  detail?: string;
  attempts: number;
  /** Of the revision that is indexed, if one is (a failed newer revision leaves the old one readable). */
  contentHash?: string;
  documentId?: string;
  /** Version of the pipeline that made that revision. */
  pipeline?: string;
  /** The sync that last saw it, and what that sync did with it. */
  syncId: string;
  outcome?: 'indexed' | 'unchanged' | 'failed' | 'ignored';
}

/** A passage as it is written: where it stands, the text that full text indexes, its vector. */
export interface NewPassage extends Span {
  ordinal: number;
  path: string[];
  /** The passage as a reader reads it: noise left out, hyphenation joined. Indexed, never cited. */
  readable: string;
  /** Unit length, `ModelIdentity.dimensions` numbers. */
  vector: Float32Array;
}

/** A party with the key under which names that mean the same company meet. */
export interface PartyKey {
  key: string;
  name: string;
}

/** One revision of one document, whole. */
export interface NewRevision {
  file: SourceFile;
  contentHash: string;
  syncId: string;
  mediaType: string;
  text: string;
  pages: Page[];
  sections: Section[];
  passages: NewPassage[];
  analysis: Analysis;
  /** One for each of `analysis.parties`, in the same order. */
  partyKeys: PartyKey[];
  /** Version of extraction + segmentation + analysis that made this revision. */
  pipeline: string;
  model: ModelIdentity;
}

/** A document as it is read back. */
export interface StoredDocument {
  documentId: string;
  file: SourceFile;
  contentHash: string;
  mediaType: string;
  pages: number;
  characters: number;
  /** Without `clauses`, which `clauses()` gives. */
  analysis: Omit<Analysis, 'clauses'>;
}

export type ContractStatus = 'in_force' | 'expired' | 'not_yet_effective' | 'unknown';

/** Inclusive on both sides. A document without the date is outside of every range. */
export interface DateRange {
  from?: string;
  to?: string;
}

/**
 * All conditions hold together; lists are any-of, save the clause lists, which are all-of. So an empty
 * any-of list lets nothing pass, and an empty clause list everything.
 */
export interface DocumentFilter {
  documentIds?: string[];
  partyKeys?: string[];
  documentTypes?: DocumentType[];
  /** Compared without case with the whole value. */
  governingLaw?: string;
  status?: ContractStatus;
  /** The day that `status` is judged on, `YYYY-MM-DD`. */
  today: string;
  signed?: 'signed' | 'unsigned' | 'unknown';
  effective?: DateRange;
  expires?: DateRange;
  notice?: DateRange;
  modified?: DateRange;
  /** The folder itself and everything under it. */
  folder?: string;
  hasClauses?: string[];
  lacksClauses?: string[];
  /** The confidence from which a clause counts as there, for the two above. */
  clauseConfidence: number;
}

/**
 * The next to expire first; the latest effective or modified first; titles without case and accents.
 * Absent dates stand last, the oldest document first among equals.
 */
export type DocumentSort = 'expiration_date' | 'effective_date' | 'modified' | 'title';

/** Higher is better; scores of different kinds of search are not comparable. */
export interface PassageHit extends Span {
  passageId: number;
  documentId: string;
  ordinal: number;
  path: string[];
  score: number;
}

export interface DocumentHit {
  documentId: string;
  score: number;
}

export interface SyncRecord {
  syncId: string;
  sources: string[];
  full: boolean;
  /** `listing`, then `reading` once everything is found and enqueued. */
  state: 'waiting' | 'listing' | 'reading' | 'done' | 'failed' | 'cancelled';
  createdAt: string;
  finishedAt?: string;
  /** Why it failed, for a person. */
  detail?: string;
  found: number;
  indexed: number;
  unchanged: number;
  failed: number;
  ignored: number;
  removed: number;
  pending: number;
}

export interface StoreStatus {
  files: Record<FileState, number>;
  failures: Partial<Record<ErrorCode, number>>;
  documents: number;
  passages: number;
  /** Rises with each committed write to documents or passages. */
  changeNumber: number;
  /** The change number that the vector index in memory holds. */
  indexChangeNumber: number;
  model?: ModelIdentity;
}

/** A finding of `verify`; an empty list means that everything holds. */
export interface IntegrityProblem {
  check: string;
  detail: string;
}

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
  file(fileId: string): Promise<FileRecord | undefined>;
  /** In the order in which they were first recorded. */
  files(query: {
    source?: string;
    states?: FileState[];
    /** Only those whose last sync is not this one. */
    notInSync?: string;
    limit?: number;
    offset?: number;
  }): Promise<FileRecord[]>;
  /**
   * Inserts or updates; never touches the indexed revision, but its name, folder and times follow.
   * `indexed` for a file whose document was reset meanwhile is recorded as `pending`. Throws
   * `not_found` when its source was removed.
   */
  recordFile(record: FileRecord): Promise<void>;
  recordFiles(records: FileRecord[]): Promise<void>;
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
  documents(
    filter: DocumentFilter,
    options: { sort: DocumentSort; limit: number; offset?: number },
  ): Promise<{ total: number; documents: StoredDocument[] }>;
  /** Text of one document, or undefined; offsets of the pages are those of the whole text. */
  text(
    documentId: string,
  ): Promise<{ text: string; pages: Page[]; sections: Section[] } | undefined>;
  /** In the order of the analysis; an entry for each known document, so unknown ids are seen. */
  clauses(
    documentIds: string[],
    options: { types?: string[]; minConfidence: number },
  ): Promise<Map<string, Clause[]>>;
  /** Distinct parties of all documents that pass, those of most documents first, as most spell them. */
  parties(filter: DocumentFilter): Promise<(PartyKey & { documents: number })[]>;
  /** Values for completion: those that start with `prefix`, then those with it inside; without case. */
  values(
    field: 'governing_law' | 'folder' | 'document_id',
    prefix: string,
    limit: number,
  ): Promise<string[]>;

  // --- retrieval
  /** Full text over titles, parties, file names, folders and the first page: which documents are meant. */
  searchDocuments(terms: string[], filter: DocumentFilter, limit: number): Promise<DocumentHit[]>;
  /** Full text (BM25) over passages; any of the terms. */
  searchText(terms: string[], filter: DocumentFilter, limit: number): Promise<PassageHit[]>;
  /** Cosine similarity over passages; exact where the filter leaves few, by the graph otherwise. */
  searchVectors(vector: Float32Array, filter: DocumentFilter, limit: number): Promise<PassageHit[]>;
  /** Passages of one document by position: those that overlap the span, or all. */
  passages(documentId: string, span?: Span): Promise<Omit<PassageHit, 'score'>[]>;

  // --- syncs
  putSync(
    record: Pick<SyncRecord, 'syncId' | 'sources' | 'full' | 'state' | 'createdAt'>,
  ): Promise<void>;
  /** `done`, `failed` and `cancelled` keep the counts as they are then. */
  updateSync(
    syncId: string,
    change: Partial<Pick<SyncRecord, 'state' | 'finishedAt' | 'detail'>> & { removed?: number },
  ): Promise<void>;
  /** With counts; the newest one without an id. */
  sync(syncId?: string): Promise<SyncRecord | undefined>;

  // --- the whole
  status(): Promise<StoreStatus>;
  /** Calls back after a committed change of documents, in this process or another; returns the stop. */
  onChange(listener: (changeNumber: number) => void): () => void;
  /** Brings the vector index up to date and writes its snapshot. */
  checkpoint(): Promise<void>;
  /** Throws `model_mismatch` when rows of another model are there, naming the command that re-indexes. */
  requireModel(model: ModelIdentity): Promise<void>;
  /** Forgets every revision (not the files), so that the next sync reads all again with `model`. */
  reset(model: ModelIdentity): Promise<void>;
  verify(): Promise<IntegrityProblem[]>;
  close(): Promise<void>;
}
