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
  readonly #ids: Uint32Array | undefined;
  readonly #firsts: Uint32Array;
  readonly #counts: Uint32Array;
  /** One bit for each document; set for those that match. */
  readonly #bitmap: Uint8Array;
  readonly documents: number;
  readonly passages: number;

  /** @param selected rows in order of their first passage, or the totals if all documents match */
  constructor(selected: DocIdRow[] | { documents: number; passages: number }) {
    const rows = Array.isArray(selected) ? selected : [];
    this.#firsts = Uint32Array.from(rows, (row) => row.first);
    this.#counts = Uint32Array.from(rows, (row) => row.passages);
    const largest = rows.reduce((max, row) => Math.max(max, row.id), 0);
    this.#bitmap = new Uint8Array((largest >> 3) + 1);
    for (const { id } of rows) this.#bitmap[id >> 3]! |= 1 << (id & 7);
    if (Array.isArray(selected)) {
      this.#ids = Uint32Array.from(rows, (row) => row.id);
      this.documents = rows.length;
      this.passages = rows.reduce((sum, row) => sum + row.passages, 0);
    } else {
      this.documents = selected.documents;
      this.passages = selected.passages;
    }
  }

  /** Whether all documents match. */
  get matchesAll(): boolean {
    return this.#ids === undefined;
  }

  /** The passages of each document, in order; empty if all match. */
  *passageRanges(): Generator<{ first: number; last: number }> {
    for (const [index, first] of this.#firsts.entries()) {
      if (this.#counts[index]! > 0) yield { first, last: first + this.#counts[index]! - 1 };
    }
  }

  /** Row ids of the documents, or undefined if all match. */
  get ids(): Uint32Array | undefined {
    return this.#ids;
  }

  /** Row ids of the documents as a JSON array. */
  get json(): string {
    return `[${this.#ids?.join(',') ?? ''}]`;
  }

  /** Whether it has at most so many documents and passages. */
  isWithin(documents: number, passages: number): boolean {
    return !this.matchesAll && this.documents <= documents && this.passages <= passages;
  }

  hasDocument(document: number): boolean {
    return this.matchesAll || ((this.#bitmap[document >> 3] ?? 0) & (1 << (document & 7))) !== 0;
  }

  hasPassage(passage: number): boolean {
    if (this.matchesAll) return true;
    let low = 0;
    let high = this.#firsts.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const first = this.#firsts[middle]!;
      if (passage < first) high = middle - 1;
      else if (passage >= first + this.#counts[middle]!) low = middle + 1;
      else return true;
    }
    return false;
  }
}
