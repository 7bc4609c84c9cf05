/** What goes into a store and comes out of it. */

import type {
  Analysis,
  DocumentType,
  Page,
  Section,
  SourceFile,
  Span,
} from '../domain/documents.ts';
import type { ErrorCode } from '../errors/errors.ts';

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
  /** While it is failed: what could not read it; see the worker. Where that is another, it is tried again. */
  failedBy?: string;
  /** Of the revision that is indexed, if one is (a failed newer revision leaves the old one readable). */
  contentHash?: string;
  documentId?: string;
  /** Version of the pipeline that made that revision. */
  pipeline?: string;
  /** The sync that last had to do with it, and what that sync did. */
  syncId: string;
  outcome?: 'indexed' | 'unchanged' | 'failed' | 'ignored';
}

/** A passage as it is written: where it stands, the text that full text indexes, its vector. */
export interface NewPassage extends Span {
  ordinal: number;
  path: string[];
  /** The passage as a reader reads it: noise left out, hyphenation joined. Indexed, never cited. */
  indexText: string;
  /** Unit length, `ModelIdentity.dimensions` numbers. */
  vector: Float32Array;
}

/** A party with the key under which names that mean the same company meet. */
export interface PartyKey {
  key: string;
  name: string;
  /** Keys of what contracts call it beside its role: "Acme" of "Acme Widgets Holdings, Inc.". */
  aliases?: string[];
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
  /** Changes with every write of the document; offsets are only good within one revision. */
  revision: string;
  file: SourceFile;
  contentHash: string;
  mediaType: string;
  pages: number;
  characters: number;
  /** Without `clauses`, which `clauses()` gives. */
  analysis: Omit<Analysis, 'clauses'>;
}

/** The whole text of one revision. */
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
  /** The day on which everything is judged that follows from a day, `YYYY-MM-DD`. */
  today: string;
  signed?: 'signed' | 'unsigned' | 'unknown';
  effective?: DateRange;
  /** The end of the present term; of the first one, where it is not known whether it was renewed. */
  expires?: DateRange;
  /** The present term's last day for notice, or where that is past, the next one. */
  notice?: DateRange;
  /** Whether another term follows the present one unless someone gives notice. */
  renews?: boolean;
  /** True for those that renew so and whose last day for notice is not known. */
  noticeUnknown?: true;
  modified?: DateRange;
  /** The folder itself and everything under it. */
  folder?: string;
  /** These folders alone, without what is under them. */
  folders?: string[];
  hasClauses?: string[];
  lacksClauses?: string[];
  /** How likely a document must be to have a clause, for the two above; see `presenceOf`. */
  minClauseConfidence: number;
}

/**
 * The first present term to end first; the latest effective or modified first; titles without case and accents.
 * Absent dates stand last, the oldest document first among equals.
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

export interface StoredPassage extends PassageLocation {
  /** The headings it stands under, from the top. */
  path: string[];
}

export interface DocumentHit {
  documentId: string;
  score: number;
}

/** How far the changes of a source with a feed are recorded. */
export interface SourceCheckpoint {
  /** From where on they are still to be asked for. */
  cursor?: string;
  /** When the last listing began that was recorded whole. */
  reconciledAt?: string;
  /** When it last told of a change. */
  changedAt?: string;
}

/**
 * What a sync does with a source that tells its changes, each more than the one before it: asks for
 * them; also compares the whole listing where that is due; compares it in any case; reads every file
 * again. A source that can only be listed is listed.
 */
export type SyncKind = 'incremental' | 'nightly' | 'reconcile' | 'full';

/** Differences between the index and a listing that its source should have told of and had not. */
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
  /** `listing`, then `reading` once everything is found and enqueued. */
  state: 'waiting' | 'listing' | 'reading' | 'done' | 'failed' | 'cancelled';
  createdAt: string;
  finishedAt?: string;
  /** Why it failed, for a person. */
  detail?: string;
  /** What else a person should know of it. */
  notes?: string[];
  /** Where a listing was compared with what the changes had made of the index. */
  reconcileDiff?: ReconcileDiff;
  /** Sources all of whose files count, also those that it had no reason to touch. */
  incrementalSources?: string[];
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
    'state' | 'finishedAt' | 'detail' | 'notes' | 'reconcileDiff' | 'incrementalSources' | 'removed'
  >
>;

export interface StoreStatus {
  files: Record<FileState, number>;
  failures: Partial<Record<ErrorCode, number>>;
  /** Files of which the source does not tell all who may read them, and those shared with groups. */
  aclEntries: { unknown: number; groups: number };
  documents: number;
  passages: number;
  /** Rises with each committed write to documents or passages. */
  sequenceNumber: number;
  /** The change number that the vector index in memory holds. */
  indexSequenceNumber: number;
  model?: ModelIdentity;
}

/** A finding of `verify`; an empty list means that everything holds. */
export interface IntegrityProblem {
  check: string;
  detail: string;
}
