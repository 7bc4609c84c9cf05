import type { Access, Clause, Redaction } from '../domain/documents.ts';
import type {
  DocumentFilter,
  DocumentNames,
  DocumentSort,
  DocumentSpan,
  DocumentTextHit,
  FileRecord,
  ModelIdentity,
  PartyKey,
  PassageHit,
  StoreStatus,
  StoredDocument,
  StoredPassage,
  StoredText,
  TextHit,
  WordCount,
} from './records.ts';

/** Sorted and without duplicates, so that the same ACL entries share cached results. */
export const normalizeAccess = (access: Access): Access =>
  access === 'unrestricted' ? access : [...new Set(access)].sort();

/**
 * The documents that one principal may read. All methods treat any other document as missing: it is in
 * no result, no count and no change of `version`.
 */
export interface ScopedIndex {
  /** The ACL entries whose documents it contains. */
  readonly access: Access;
  /** What is masked in all that it returns. */
  readonly redacted: readonly Redaction[];

  documents(
    filter: DocumentFilter,
    options: { sort: DocumentSort; limit: number; offset?: number },
  ): Promise<{ total: number; documents: StoredDocument[] }>;
  /** The names of documents, by title; costs far less than the documents. */
  documentNames(
    filter: DocumentFilter,
    limit: number,
  ): Promise<{ total: number; documents: DocumentNames[] }>;
  /** Text of one document, or undefined; page offsets refer to the complete text. */
  text(documentId: string): Promise<StoredText | undefined>;
  /** In the order of the analysis, with an entry for each known document, also without clauses. */
  clauses(
    documentIds: string[],
    options: { types?: string[]; minConfidence: number },
  ): Promise<Map<string, Clause[]>>;
  /** Distinct parties of all matching documents, most documents first, in their most frequent spelling. */
  parties(filter: DocumentFilter): Promise<(PartyKey & { documents: number })[]>;
  /**
   * Parties of all documents whose key or short name has one of these words; in the order of `parties`.
   */
  partiesByWords(words: string[]): Promise<PartyKey[]>;
  /** One document of each of these parties. */
  documentsByParty(partyKeys: string[]): Promise<string[]>;
  /** Sorted ids that begin with the prefix; for completion. */
  documentIds(prefix: string, limit: number): Promise<string[]>;

  /**
   * Full-text search (BM25) over titles, parties, file names, folders and the beginning of the text;
   * any of the terms.
   */
  searchDocuments(
    terms: string[],
    filter: DocumentFilter,
    limit: number,
  ): Promise<DocumentTextHit[]>;
  /**
   * Full-text search (BM25) over passages; any of the terms.
   * @param terms words, and phrases in quotation marks, whose words count only one after the other
   * @param related further words, which count for the score and not for the coverage
   */
  searchText(
    terms: string[],
    filter: DocumentFilter,
    limit: number,
    related?: string[],
  ): Promise<TextHit[]>;
  /** How often each of the terms of `searchText` stands in the documents that pass, as it is written. */
  countWords(terms: string[], filter: DocumentFilter): Promise<WordCount[]>;
  /**
   * Cosine similarity over passages; exact where the filter leaves few, approximate otherwise: among
   * clusters of similar vectors.
   * Throws `model_mismatch` when the stored vectors are of another model.
   */
  searchVectors(
    vector: Float32Array,
    model: ModelIdentity,
    filter: DocumentFilter,
    limit: number,
  ): Promise<PassageHit[]>;
  /** For each span, in the order given, the passages that overlap it, in order. */
  passages(spans: DocumentSpan[]): Promise<StoredPassage[][]>;

  /** Numbers of documents and passages. */
  size(): Promise<{ documents: number; passages: number }>;
  /** Numbers of files for each state, of failed files for each reason, and of what was not read in indexed ones. */
  files(): Promise<Pick<StoreStatus, 'files' | 'failures' | 'unread'>>;
  /**
   * Files with one of these names, ignoring case, or whose document has one of these ids, indexed or
   * not. Sorted by folder, then by name.
   */
  filesByName(names: string[]): Promise<FileRecord[]>;
  /** Differs from earlier values once a document was added, changed or removed. */
  version(): Promise<string>;
  /**
   * Calls back after any committed change, of this process or another, also of documents outside of
   * this index; compare `version`. Returns a function that unsubscribes.
   */
  onChange(listener: () => void): () => void;
}
