/**
 * The words of the domain. Offsets everywhere are UTF-16 code units in the stored text of one
 * revision, `end` exclusive. Dates are `YYYY-MM-DD`. This file imports nothing.
 */

export interface Span {
  start: number;
  end: number;
}

/** A page of the stored text, 1-based. Pages follow each other and together cover the text. */
export interface Page extends Span {
  number: number;
}

/** What extraction gives: the text as it is stored, its pages, and the title the file claims. */
export interface ExtractedText {
  text: string;
  pages: Page[];
  title?: string;
}

/** A length of time as contracts count it: a month is the time to the corresponding day of the next. */
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
  /** The heading path of the section it stands in; empty where there is none. */
  path: string[];
}

/** The structure of one text. */
export interface Structure {
  /** Page headers, footers and page numbers: in the text, but not part of what it says. */
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
  /** `YYYY-MM-DD`; absent when the basis is `perpetual`. */
  value?: string;
  /** Stands in the text; calculated from what stands there; or the contract has no end. */
  basis: 'stated' | 'computed' | 'perpetual';
  /** The arithmetic in words, for a computed date. */
  explanation?: string;
}

/** Something the contract states as text: a governing law, a renewal term, a notice period. */
export interface StatedFact extends Evidence {
  /** Normalised for reading, e.g. "Delaware", "1 year", "90 days". */
  value: string;
}

/** How a contract goes on after its first term. */
export interface RenewalTerm extends Evidence {
  /** Of each renewal, normalised for reading, e.g. "1 year"; absent where the contract does not say. */
  value?: string;
  length?: Duration;
  /** `automatic` unless someone stops it, or `optional` where someone must ask for it. */
  kind: 'automatic' | 'optional';
  /** How often at most; absent where the contract sets no limit. */
  maximum?: number;
}

/** How long before the end of a term notice must be given so that it does not renew. */
export interface NoticePeriod extends StatedFact {
  length: Duration;
  /** Counted in business days, so that its first day depends on which holidays are kept. */
  businessDays?: true;
}

export interface Clause extends Span {
  /** An id of the clause table. */
  type: string;
  /** 0 to 1. */
  confidence: number;
  value?: string;
}

/** What analysis found. What is absent was not found; nothing is guessed. */
export interface Analysis {
  title: string;
  documentType: DocumentType;
  documentTypeEvidence: Span[];
  parties: Party[];
  agreementDate?: ContractDate;
  effectiveDate?: ContractDate;
  expirationDate?: ContractDate;
  renewalTerm?: RenewalTerm;
  noticePeriod?: NoticePeriod;
  governingLaw?: StatedFact;
  signed: { value: 'signed' | 'unsigned' | 'unknown'; evidence: Span[] };
  clauses: Clause[];
}

/**
 * Whom a source lets read a file. Addresses and domains are in lower case. `anyone` is anyone who may
 * ask this service at all.
 */
export type AclEntry = 'anyone' | `domain:${string}` | `group:${string}` | `user:${string}`;

/**
 * A reader as a source lists it: for good, or until a moment (ISO 8601 in UTC) from which on it counts
 * no more. `unknown` stands for those whom the source does not tell, and nobody is it.
 */
export type ListedAclEntry = AclEntry | `${AclEntry} until ${string}` | 'unknown';

/** What one who asks may read: everything, or what is open to at least one of these readers. */
export type Access = 'unrestricted' | readonly AclEntry[];

/** What answers can be made to hide: sums of money and percentages; names of natural persons. */
export const redactions = ['amounts', 'names'] as const;
export type Redaction = (typeof redactions)[number];

/** Where a document came from, as its source tells it. */
export interface SourceFile {
  /** Stable in its source over renames where the source allows it; unique over all sources. */
  fileId: string;
  /** The source's own address, e.g. `folder:/contracts`. A removal is decided within one source. */
  source: string;
  fileName: string;
  /** The folder within the source, `/`-separated, without a leading slash; '' for the top. */
  folder: string;
  /** Bytes, as claimed by the source. */
  size: number;
  /** ISO 8601 with time. */
  modifiedAt: string;
  webUrl?: string;
  /** Equal change keys mean the bytes have not changed; a differing one means they may have. */
  changeKey: string;
  /** Everyone who may read it, in order and each once; none where nobody is known to. */
  aclEntries: readonly ListedAclEntry[];
}
