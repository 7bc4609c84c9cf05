import type { DocumentFilter } from '../records.ts';
import type { Connection } from './connection.ts';
import { condition } from './filters.ts';
import { changeNumber } from './state.ts';

interface Row {
  id: number;
  first: number;
  passages: number;
}

/** The documents that pass a filter, with the ranges of their passages. */
export class Selection {
  readonly #rows: Row[] | undefined;
  readonly #documents: Set<number> | undefined;
  readonly passages: number;

  /** Rows in order of their first passage; without rows, everything is selected. */
  constructor(rows: Row[] | undefined, passages: number) {
    this.#rows = rows;
    this.#documents = rows && new Set(rows.map((row) => row.id));
    this.passages = passages;
  }

  /** Whether everything passes. */
  get all(): boolean {
    return this.#rows === undefined;
  }

  /** Row ids of the documents, or undefined where everything passes. */
  get documents(): number[] | undefined {
    return this.#rows?.map((row) => row.id);
  }

  /** Whether it has no more documents and passages than these. */
  isWithin(documents: number, passages: number): boolean {
    return this.#rows !== undefined && this.#rows.length <= documents && this.passages <= passages;
  }

  hasDocument(document: number): boolean {
    return this.#documents?.has(document) ?? true;
  }

  hasPassage(passage: number): boolean {
    if (!this.#rows) return true;
    let low = 0;
    let high = this.#rows.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const row = this.#rows[middle];
      if (!row) return false;
      if (passage < row.first) high = middle - 1;
      else if (passage >= row.first + row.passages) low = middle + 1;
      else return true;
    }
    return false;
  }
}

/** Selections of the last few filters, as long as no document has changed since. */
export class Selections {
  readonly #connection: Connection;
  readonly #kept = new Map<string, Selection>();
  #changeNumber = -1;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** What passes now, in the transaction that is open. */
  select(filter: DocumentFilter): Selection {
    const current = changeNumber(this.#connection);
    if (current !== this.#changeNumber) this.#kept.clear();
    this.#changeNumber = current;
    const key = JSON.stringify(filter);
    const selection = this.#kept.get(key) ?? this.#read(filter);
    this.#kept.delete(key);
    this.#kept.set(key, selection);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= 16) break;
      this.#kept.delete(oldest);
    }
    return selection;
  }

  #read(filter: DocumentFilter): Selection {
    const passing = condition(filter);
    if (!passing) {
      const total = this.#connection.get<{ n: number }>(
        'SELECT coalesce(sum(passages), 0) AS n FROM documents',
      );
      return new Selection(undefined, total?.n ?? 0);
    }
    const rows = this.#connection.all<Row>(
      `SELECT d.id, coalesce(d.first_passage, 0) AS first, d.passages
       FROM documents d JOIN files f ON f.id = d.id WHERE ${passing.sql} ORDER BY first`,
      ...passing.values,
    );
    return new Selection(
      rows,
      rows.reduce((sum, row) => sum + row.passages, 0),
    );
  }
}
