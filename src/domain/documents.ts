/**
 * The types of the domain. Offsets everywhere are UTF-16 code units in the stored text of one
 * revision, `end` exclusive. Dates are `YYYY-MM-DD`. This file imports nothing.
 */

export interface Span {
  start: number;
  end: number;
}

/** Why a page or a part of a file was not read. */
export const unreadReasons = [
  /** A page that shows something and has no text: a scan, a picture, letters drawn as lines. */
  'no_text',
  /** Its characters are not those that it shows: its fonts do not say which they are. */
  'garbled_text',
  /** A notice that stands there until another program shows the contents. */
  'placeholder',
  /** A file within the file. */
  'attachment',
  /** A form whose pages are made by the program that opens it. */
  'dynamic_form',
  /** A picture of the size of a page in a file without pages of its own. */
  'picture',
] as const;
export type UnreadReason = (typeof unreadReasons)[number];

/** How a page was read where its text is not simply what the file holds. */
export type PageReading =
  { how: 'ocr'; /** 0 to 1. */ confidence: number } | { how: 'unread'; reason: UnreadReason };

/** A page of the stored text, 1-based. Pages are in order and together cover the text. */
export interface Page extends Span {
  number: number;
  /** Absent where its text was read as the file holds it, as that of an empty page is. */
  reading?: PageReading;
}

/** A part of a file that is on none of its pages and was not read. */
export interface UnreadPart {
  /** As the file names it. */
  name: string;
  reason: UnreadReason;
}

/** What a file holds beside its text and pages. */
export interface FileParts {
  unreadParts?: UnreadPart[];
  /** Tracked changes that nobody accepted or rejected, and comments. */
  openRevisions?: number;
  comments?: number;
}

/** What extraction returns: the text as stored, its pages, and the title in the file's metadata. */
export interface ExtractedText extends FileParts {
  text: string;
  pages: Page[];
  title?: string;
}

/** Pages one after the other that were not read for the same reason; both numbers inclusive. */
export interface UnreadPages {
  first: number;
  last: number;
  reason: UnreadReason;
}

/** What was read of a file. */
export interface Reading extends Required<FileParts> {
  pages: number;
  /** Pages whose text was recognised in a picture of them. */
  ocrPages: number;
  unreadPages: UnreadPages[];
}

/** Stand in the stored text before the page headers and footers of files that keep them apart from pages. */
export const pageHeaderMark = '[Page header] ';
export const pageFooterMark = '[Page footer] ';

/**
 * A length of time as contracts count it: a month lasts to the corresponding day of the next month.
 */
export interface Duration {
  count: number;
  unit: 'day' | 'week' | 'month' | 'year';
}

/** A numbered or titled part of a contract: "2.1 Term", "RECITALS", "Exhibit A". */
export interface Section extends Span {
  kind: 'front_matter' | 'recitals' | 'definitions' | 'body' | 'signatures' | 'exhibit';
  /** As written, e.g. "2.1" or "Exhibit A"; absent for unnumbered headings. */
  number?: string;
  /** As written, e.g. "Term and Termination"; absent where a number stands alone. */
  title?: string;
  /** 1 for a top-level section. */
  level: number;
  /** Headings from the top level down to this section, e.g. ["2 Term", "2.1 Renewal"]. */
  path: string[];
}

/** A retrievable span of text of about 500 characters that ends where a sentence or section ends. */
export interface Passage extends Span {
  /** Position in the document, from 0. */
  ordinal: number;
  /** The heading path of its section; empty if it has none. */
  path: string[];
}

/** The structure of one text, from `segment`. */
export interface Structure {
  /** Page headers, footers and page numbers. They are in the text but are not indexed. */
  headersAndFooters: Span[];
  sections: Section[];
  sentences: Span[];
  passages: Passage[];
}

export const documentTypes = [
  'nda',
  'msa',
  'sow',
  'amendment',
  'license',
  'software_license',
  'lease',
  'employment',
  'consulting',
  'distribution',
  'reseller',
  'supply',
  'manufacturing',
  'services',
  'maintenance',
  'hosting',
  'outsourcing',
  'development',
  'collaboration',
  'joint_venture',
  'strategic_alliance',
  'marketing',
  'sponsorship',
  'endorsement',
  'promotion',
  'co_branding',
  'affiliate',
  'agency',
  'franchise',
  'transportation',
  'intellectual_property',
  'non_compete',
  'loan',
  'purchase',
  'joint_filing',
  'other',
] as const;
export type DocumentType = (typeof documentTypes)[number];

/** A fact's evidence: spans of the stored text it rests on. Never empty for a stated or computed fact. */
export interface Evidence {
  evidence: Span[];
}

export interface Party extends Evidence {
  /** Full legal name as written in the contract. */
  name: string;
  /** What the contract calls it: "Company", "Licensee". */
  role?: string;
}

export interface ContractDate extends Evidence {
  /** `YYYY-MM-DD`; absent when the basis is `perpetual` or `unclear`. */
  value?: string;
  /**
   * Stands in the text; calculated from what stands there; the contract has no end; or the text says
   * something that gives no one day: two readings, or an event on a day that it does not state.
   */
  basis: DateBasis;
  /** The arithmetic in words, for a computed date; the readings, for an unclear one. */
  explanation?: string;
}

export const dateBases = ['stated', 'computed', 'perpetual', 'unclear'] as const;
export type DateBasis = (typeof dateBases)[number];

/** A fact whose value is text: a governing law, a renewal term, a notice period. */
export interface StatedFact extends Evidence {
  /** Normalised for reading, e.g. "Delaware", "1 year", "90 days". */
  value: string;
}

/** The length of the first term. */
export interface InitialTerm extends StatedFact {
  length: Duration;
  /** From when it is counted, in words. */
  explanation?: string;
}

/** How a contract continues after its first term. */
export interface RenewalTerm extends Evidence {
  /**
   * Of each renewal, normalised for reading, e.g. "1 year"; absent if the contract does not say.
   */
  value?: string;
  length?: Duration;
  /**
   * `automatic` unless a party gives notice; `optional` if a party must request it; `none` if the
   * contract says that it does not renew.
   */
  kind: 'automatic' | 'optional' | 'none';
  /** The most renewals; absent if the contract sets no limit. */
  maximum?: number;
}

/** What ends on a day to which notice may be given. */
export type NoticeEnd = 'month' | 'quarter' | 'half_year' | 'calendar_year' | 'contract_year';

/**
 * When notice must be given: how long before the end of a term so that it does not renew, or so that
 * it is extended, or how a contract without an end may be ended.
 */
export interface NoticePeriod extends Evidence {
  /** Normalised for reading, e.g. "90 days"; absent where only a day is stated. */
  value?: string;
  length?: Duration;
  /** Set if counted in business days, so that its start depends on which days are holidays. */
  businessDays?: true;
  /** The last day for notice where it is stated: `YYYY-MM-DD`, or `MM-DD` in each year. */
  by?: string;
  /** Of what the end must be, for a contract without an end of its own. */
  toEndOf?: NoticeEnd;
  /** The first day to which notice may be given, `YYYY-MM-DD`. */
  notBefore?: string;
  /** Set where the notice extends the contract. */
  extends?: true;
}

export interface Clause extends Span {
  /** An id of the clause table. */
  type: string;
  /** 0 to 1. */
  confidence: number;
  value?: string;
}

export const executionStates = [
  'fully_signed',
  'partly_signed',
  'unsigned',
  'template',
  'draft',
  'unknown',
] as const;

/** How far a contract is executed. */
export interface Execution extends Evidence {
  value: (typeof executionStates)[number];
}

/** The result of analysis. A fact that was not found is absent, never guessed. */
export interface Analysis {
  title: string;
  documentType: DocumentType;
  documentTypeEvidence: Span[];
  parties: Party[];
  agreementDate?: ContractDate;
  effectiveDate?: ContractDate;
  expirationDate?: ContractDate;
  /** The length of the first term as stated. */
  initialTerm?: InitialTerm;
  /** When the term begins, where that is another day than `effectiveDate`. */
  startDate?: ContractDate;
  renewalTerm?: RenewalTerm;
  noticePeriod?: NoticePeriod;
  governingLaw?: StatedFact;
  signed: { value: 'signed' | 'unsigned' | 'unknown'; evidence: Span[] };
  /** How far it is executed; absent in what older versions stored. */
  execution?: Execution;
  clauses: Clause[];
  /** What the facts rest on; absent for documents that a version before 0.3 read. */
  reading?: Reading;
}

/**
 * An entry of a file's access control list: who may read it. Addresses and domains are in lower
 * case. `anyone` is every principal of this service.
 */
export type AclEntry = 'anyone' | `domain:${string}` | `group:${string}` | `user:${string}`;

/**
 * An ACL entry as a source lists it: without end, or until an instant (ISO 8601, UTC) at which it
 * expires. `unknown` stands for readers that the source does not disclose; it matches no principal.
 */
export type ListedAclEntry = AclEntry | `${AclEntry} until ${string}` | 'unknown';

/**
 * What a principal may read: everything, or the documents with at least one of these ACL entries.
 */
export type Access = 'unrestricted' | readonly AclEntry[];

/** What can be redacted in answers: sums of money and percentages; names of natural persons. */
export const redactions = ['amounts', 'names'] as const;
export type Redaction = (typeof redactions)[number];

/** A file as its source lists it. */
export interface SourceFile {
  /** Unique over all sources, and stable over renames if the source supports that. */
  fileId: string;
  /** The source's address, e.g. `folder:/contracts`. */
  source: string;
  fileName: string;
  /** The folder within the source, `/`-separated, without a leading slash; '' for the top. */
  folder: string;
  /** Bytes, as claimed by the source. */
  size: number;
  /** ISO 8601 with time. */
  modifiedAt: string;
  webUrl?: string;
  /** Equal change keys mean that the bytes have not changed; different ones, that they may have. */
  changeKey: string;
  /** Who may read it, sorted, without duplicates; empty if nobody is known to. */
  aclEntries: readonly ListedAclEntry[];
}
