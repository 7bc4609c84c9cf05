import { IdRanges } from './id-ranges.ts';

/** A document with the ids of its passages: `first` and those that follow it. */
export interface DocIdRow {
  id: number;
  first: number;
  passages: number;
}

/** Up to this many ids are passed to a statement; larger sets are checked row by row instead. */
export const maxInlineIds = 1000;

/** The readable documents that match a filter, with the id ranges of their passages. */
export class DocIdSet {
  /** Row ids of the documents in order of their first passage; undefined if all match. */
  readonly ids: Uint32Array | undefined;
  readonly documents: number;
  readonly passages: number;
  readonly #firsts: Uint32Array;
  readonly #counts: Uint32Array;
  #documentIds: IdRanges | undefined;
  #passageIds: IdRanges | undefined;

  /** @param selected rows in order of their first passage, or the totals if all documents match */
  constructor(selected: DocIdRow[] | { documents: number; passages: number }) {
    const rows = Array.isArray(selected) ? selected : [];
    this.#firsts = Uint32Array.from(rows, (row) => row.first);
    this.#counts = Uint32Array.from(rows, (row) => row.passages);
    if (Array.isArray(selected)) {
      this.ids = Uint32Array.from(selected, (row) => row.id);
      this.documents = selected.length;
      this.passages = selected.reduce((sum, row) => sum + row.passages, 0);
    } else {
      this.documents = selected.documents;
      this.passages = selected.passages;
    }
  }

  /** Whether all documents match. */
  get matchesAll(): boolean {
    return this.ids === undefined;
  }

  /** Row ids of the documents; empty if all match. */
  get documentIds(): IdRanges {
    const sorted = () => (this.ids ?? new Uint32Array()).toSorted();
    this.#documentIds ??= new IdRanges(Array.from(sorted(), (first) => ({ first, count: 1 })));
    return this.#documentIds;
  }

  /** Ids of their passages; empty if all match. */
  get passageIds(): IdRanges {
    this.#passageIds ??= new IdRanges(this.#passageRanges());
    return this.#passageIds;
  }

  /** The passages of each document, in order; empty if all match. */
  *passageRanges(): Generator<{ first: number; last: number }> {
    for (const { first, count } of this.#passageRanges()) yield { first, last: first + count - 1 };
  }

  /** Row ids of the documents as a JSON array. */
  get json(): string {
    return `[${this.ids?.join(',') ?? ''}]`;
  }

  hasDocument(document: number): boolean {
    return this.matchesAll || this.documentIds.has(document);
  }

  hasPassage(passage: number): boolean {
    return this.matchesAll || this.passageIds.has(passage);
  }

  *#passageRanges() {
    for (const [index, first] of this.#firsts.entries()) {
      const count = this.#counts[index]!;
      if (count > 0) yield { first, count };
    }
  }
}
