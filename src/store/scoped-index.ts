import type { Access, Clause, Redaction } from '../domain/documents.ts';
import type {
  DocumentFilter,
  DocumentHit,
  DocumentSort,
  DocumentSpan,
  FileRecord,
  ModelIdentity,
  PartyKey,
  PassageHit,
  StoreStatus,
  StoredDocument,
  StoredPassage,
  StoredText,
} from './records.ts';

/**
 * The documents that one who asks may read. To everything here, a document that may not be read is
 * one that is not there: it is in no answer, in no count and in no notice of a change.
 */
export interface ScopedIndex {
  /** For whom it was made. */
  readonly access: Access;
  /** What is hidden in everything that it gives. */
  readonly redacted: readonly Redaction[];

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
  /** Of each of these parties one document that names it. */
  documentsByParty(partyKeys: string[]): Promise<string[]>;
  /** Ids of documents that begin with the prefix, in order; for completion. */
  documentIds(prefix: string, limit: number): Promise<string[]>;

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
  /** For each span of a document, in the order given, the passages that overlap it, by position. */
  passages(spans: DocumentSpan[]): Promise<StoredPassage[][]>;

  /** How many documents there are, and passages of them. */
  size(): Promise<{ documents: number; passages: number }>;
  /** How many files there are in each state, and failed for each reason; each of them has readers. */
  files(): Promise<Pick<StoreStatus, 'files' | 'failures'>>;
  /**
   * Files of one of these names, whatever its case, or whose document has one of these ids; what is
   * known of each, also of those that were not read. By folder, then by name.
   */
  filesByName(names: string[]): Promise<FileRecord[]>;
  /** Another one once a document has come, changed or gone; compared with an earlier one only. */
  version(): Promise<string>;
  /**
   * Calls back after any committed change, in this process or another, without saying of what;
   * `version` says whether it was of a document that may be read. Returns the stop.
   */
  onChange(listener: () => void): () => void;
}
