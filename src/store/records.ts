/** The records that a store takes and returns. */

import type {
  Analysis,
  DocumentType,
  Page,
  Section,
  SourceFile,
  Span,
} from '../domain/documents.ts';
import type { ErrorCode } from '../errors/errors.ts';

/** The embedding model of the stored vectors; those of different models are never mixed. */
export interface ModelIdentity {
  name: string;
  /** SHA-256 over the model's files, in hex. */
  checksum: string;
  dimensions: number;
}

export type FileState = 'pending' | 'indexed' | 'failed' | 'ignored';

/** One file of a source with its state. Every file that was listed and not removed has one. */
export interface FileRecord extends SourceFile {
  state: FileState;
  /** Why it failed; an `ignored` file has `detail` alone. */
  reason?: ErrorCode;
  detail?: string;
  attempts: number;
  /** The versions that failed to read it; after an upgrade of one of them it is tried again. */
  failedBy?: string;
  /** Of the indexed revision, if there is one; when a newer revision fails, the old one stays. */
  contentHash?: string;
  documentId?: string;
  /** Version of the pipeline that made that revision. */
  pipeline?: string;
  /** The last sync that touched the file, and its outcome. */
  syncId: string;
  outcome?: 'indexed' | 'unchanged' | 'failed' | 'ignored';
  /** Since when it has left its source, in ISO 8601; its document is on hold. */
  goneSince?: string;
}

/** A legal hold to be placed: what is on hold stays in the index when its file is gone. */
export interface NewHold {
  kind: 'document' | 'folder' | 'party';
  /** A document id, a folder within its source with its subfolders, or the name of a party. */
  subject: string;
  /** What is compared: the subject, or the key of the party; its words may be part of a longer name. */
  key: string;
  reason: string;
  placedBy: string;
}

/** A legal hold. */
export interface Hold extends Omit<NewHold, 'key'> {
  id: number;
  /** ISO 8601. */
  placedAt: string;
  /** Documents on it, and those of them whose files are gone. */
  documents: number;
  gone: number;
}

/** A passage to be stored: its span, the text for full-text search, and its vector. */
export interface NewPassage extends Span {
  ordinal: number;
  path: string[];
  /** The passage without headers and footers and with hyphenation joined. Indexed, never cited. */
  indexText: string;
  /** Unit length, `ModelIdentity.dimensions` numbers. */
  vector: Float32Array;
}

/** A party; names of the same company have the same key. */
export interface PartyKey {
  key: string;
  name: string;
  /** Keys of its defined short names: "Acme" for "Acme Widgets Holdings, Inc.". */
  aliases?: string[];
}

/** One complete revision of one document. */
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

/** A document as the store returns it. */
export interface StoredDocument {
  documentId: string;
  /** Changes with every write of the document; offsets are valid within one revision. */
  revision: string;
  file: SourceFile;
  /** Since when its file has left the source; see `FileRecord`. */
  goneSince?: string;
  contentHash: string;
  mediaType: string;
  pages: number;
  characters: number;
  /** Without the clauses; see `ScopedIndex.clauses`. */
  analysis: Omit<Analysis, 'clauses'>;
}

/** The complete text of one revision. */
export interface StoredText {
  revision: string;
  text: string;
  pages: Page[];
  sections: Section[];
}

export type ContractStatus = 'in_force' | 'expired' | 'not_yet_effective' | 'unknown';

/** Inclusive on both sides. A document without the date is outside of every range. */
export interface DateRange {
  from?: string;
  to?: string;
}

/**
 * All conditions must hold. Lists are any-of, except the clause lists, which are all-of; so an empty
 * any-of list matches nothing, and an empty clause list everything.
 */
export interface DocumentFilter {
  documentIds?: string[];
  partyKeys?: string[];
  /** Each group any-of; a document has a party of every group. */
  partyGroups?: string[][];
  documentTypes?: DocumentType[];
  /** Beside `documentTypes`: the title of anything but an amendment may have one of these, ignoring case. */
  titlePhrases?: string[];
  /** Compared with the whole value, ignoring case. */
  governingLaw?: string;
  /** The same, any of them. */
  governingLaws?: string[];
  status?: ContractStatus;
  /** The day for which `status` is computed, if it is not `today`. */
  statusDay?: string;
  /** The day for which terms and status are computed, `YYYY-MM-DD`. */
  today: string;
  signed?: 'signed' | 'unsigned' | 'unknown';
  /** Any of these. */
  signedStates?: ('signed' | 'unsigned' | 'unknown')[];
  /** The date of the agreement; the effective date where it has none. */
  agreement?: DateRange;
  effective?: DateRange;
  /** The end of the current term; of the first one where it is not known whether it was renewed. */
  expires?: DateRange;
  /** The end of the first term or that of the current one; a computed one may be a day later. */
  anyTermEnd?: DateRange;
  /** The notice deadline of the current term, or the next one where that is past. */
  notice?: DateRange;
  /** Whether another term follows the current one unless someone gives notice. */
  renews?: boolean;
  /** Matches those that renew and whose notice deadline is not known. */
  noticeUnknown?: true;
  modified?: DateRange;
  /** The folder and its subfolders. */
  folder?: string;
  /** These folders without their subfolders. */
  folders?: string[];
  hasClauses?: string[];
  /** Without contracts of which something was not read, unless `readInPart` asks for them. */
  lacksClauses?: string[];
  /** Only documents of which pages or parts were not read. */
  readInPart?: true;
  /** Threshold of `clauseProbability` for the two above. */
  minClauseConfidence: number;
}

/**
 * `expiration_date`: ascending end of the current term; `effective_date` and `modified`: newest first;
 * `title`: ignoring case and accents. Documents without the date come last; the document id breaks ties.
 */
export type DocumentSort = 'expiration_date' | 'effective_date' | 'modified' | 'title';

/** A part of the text of one document. */
export interface DocumentSpan extends Span {
  documentId: string;
}

/** Where a passage stands. */
export interface PassageLocation extends DocumentSpan {
  passageId: number;
  /** Of the document; see `StoredDocument`. */
  revision: string;
  ordinal: number;
}

/** Higher is better; scores of different kinds of search are not comparable. */
export interface PassageHit extends PassageLocation {
  score: number;
}

/**
 * Which of the words of a query a passage or document has, each 0 to 1: a word weighs the square of its inverse
 * document frequency, so that the rarest word decides, and common ones among those with it.
 */
export interface Coverage {
  /** By the stems of the words. */
  coverage: number;
  /** Of the words that few passages have, and of phrases: as they are written. */
  exactCoverage: number;
}

/** How often a word stands in documents. */
export interface WordCount {
  /** Passages that have it; estimated where there are thousands. */
  passages: number;
  /** Absent where it stands in more than a thousand passages. */
  contracts?: number;
}

/** A passage found by its words. */
export interface TextHit extends PassageHit, Coverage {}

export interface StoredPassage extends PassageLocation {
  /** The headings above it, outermost first. */
  path: string[];
}

/** By what people name a document. */
export interface DocumentNames {
  documentId: string;
  title: string;
  documentType: DocumentType;
  fileName: string;
  folder: string;
  parties: { name: string }[];
}

export interface DocumentHit {
  documentId: string;
  score: number;
}

export interface DocumentTextHit extends DocumentHit, Pick<Coverage, 'coverage'> {}

/** Up to where the state of a source is recorded; the first three where it has a change feed. */
export interface SourceCheckpoint {
  /** The position in the feed from which to continue. */
  cursor?: string;
  /** When the last completely recorded listing began. */
  reconciledAt?: string;
  /** When the feed last reported a change. */
  changedAt?: string;
  /** The permissions of its files are recorded as they were at this time or later. */
  permissionsAsOf?: string;
}

/**
 * What a sync does with a source that has a change feed, in increasing order: `incremental` reads the
 * feed; `nightly` also compares the complete listing if that is due; `reconcile` always compares it;
 * `full` reads every file again. A source without a feed is listed in any case.
 */
export type SyncKind = 'incremental' | 'nightly' | 'reconcile' | 'full';

/** Differences between the index and a listing that the change feed had not reported. */
export interface ReconcileDiff {
  added: number;
  changed: number;
  /** Renamed or moved. */
  moved: number;
  permissions: number;
  removed: number;
}

export interface SyncRecord {
  syncId: string;
  sources: string[];
  kind: SyncKind;
  /** `listing`, then `reading` once all files are found and enqueued. */
  state: 'waiting' | 'listing' | 'reading' | 'done' | 'failed' | 'cancelled';
  createdAt: string;
  finishedAt?: string;
  /** Why it failed, in words for a person. */
  detail?: string;
  /** Notes for a person. */
  notes?: string[];
  /** Present if the sync compared a listing with the index. */
  reconcileDiff?: ReconcileDiff;
  /** Sources with a change feed that this sync has synchronised; the counts include their unchanged files. */
  feedSources?: string[];
  /** Sources whose whole listing this sync has recorded: a retry does not list them again. */
  listedSources?: string[];
  found: number;
  indexed: number;
  unchanged: number;
  failed: number;
  ignored: number;
  removed: number;
  pending: number;
}

export type SyncChange = Partial<
  Pick<
    SyncRecord,
    | 'state'
    | 'finishedAt'
    | 'detail'
    | 'notes'
    | 'reconcileDiff'
    | 'feedSources'
    | 'listedSources'
    | 'removed'
  >
>;

/** What was not read of indexed documents. */
export interface UnreadTotals {
  documents: number;
  pages: number;
  /** Attachments, forms and pictures. */
  parts: number;
}

export interface StoreStatus {
  files: Record<FileState, number>;
  failures: Partial<Record<ErrorCode, number>>;
  unread: UnreadTotals;
  /** Numbers of files whose ACL the source does not report completely, and of files shared with groups. */
  aclEntries: { unknown: number; groups: number };
  documents: number;
  passages: number;
  /** Rises with each committed write to documents or passages. */
  sequenceNumber: number;
  model?: ModelIdentity;
}

/** A violation that `verify` found. */
export interface IntegrityProblem {
  check: string;
  detail: string;
}
