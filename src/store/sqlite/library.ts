import type { Access, Span } from '../../documents.ts';
import type { Library } from '../library.ts';
import type * as records from '../records.ts';
import type { Changes } from './changes.ts';
import type { Connection } from './connection.ts';
import { searchDocumentWords } from './document-words.ts';
import * as documents from './documents.ts';
import { filesCalled } from './files.ts';
import type { KnownParties } from './known-parties.ts';
import { filesOf, versionOf } from './overview.ts';
import type { PassageWords } from './passage-words.ts';
import type { Selections } from './selection.ts';
import { requireModel } from './state.ts';
import type { VectorSearch } from './vectors/vector-search.ts';

/** What a store keeps open for everyone who reads. */
export interface Shelves {
  changes: Changes;
  selections: Selections;
  parties: KnownParties;
  passageWords: PassageWords;
  vectors: VectorSearch;
  /** Runs in one transaction; throws `storage_error`. */
  read<T>(work: (connection: Connection) => T): T;
}

/** Library in one SQLite database. Everything it asks, it asks for its `access`. */
export class SqliteLibrary implements Library {
  readonly access: Access;
  readonly redacted = [];
  readonly #shelves: Shelves;

  constructor(shelves: Shelves, access: Access) {
    this.#shelves = shelves;
    // In one order, so that what is kept for the same readers is found again.
    this.access = access === 'everything' ? access : [...new Set(access)].sort();
  }

  async documents(
    filter: records.DocumentFilter,
    options: { sort: records.DocumentSort; limit: number; offset?: number },
  ) {
    return this.#read((connection) =>
      documents.documents(connection, this.#select(filter), filter, options),
    );
  }

  async text(documentId: string) {
    return this.#read((connection) => documents.text(connection, this.access, documentId));
  }

  async clauses(documentIds: string[], options: { types?: string[]; minConfidence: number }) {
    return this.#read((connection) =>
      documents.clauses(connection, this.access, documentIds, options),
    );
  }

  async parties(filter: records.DocumentFilter) {
    return this.#read(() => this.#shelves.parties.under(this.access, filter));
  }

  async contractsNaming(partyKeys: string[]) {
    return this.#read((connection) =>
      documents.contractsNaming(connection, this.access, partyKeys),
    );
  }

  async documentIds(prefix: string, limit: number) {
    return this.#read((connection) =>
      documents.idsBeginning(connection, this.access, prefix, limit),
    );
  }

  async searchDocuments(terms: string[], filter: records.DocumentFilter, limit: number) {
    return this.#read((connection) =>
      searchDocumentWords(connection, terms, this.#select(filter), limit),
    );
  }

  async searchText(terms: string[], filter: records.DocumentFilter, limit: number) {
    return this.#read(() => this.#shelves.passageWords.search(terms, this.#select(filter), limit));
  }

  async searchVectors(
    vector: Float32Array,
    model: records.ModelIdentity,
    filter: records.DocumentFilter,
    limit: number,
  ) {
    return this.#read((connection) => {
      requireModel(connection, model);
      return this.#shelves.vectors.search(vector, this.#select(filter), limit);
    });
  }

  async passages(documentId: string, span?: Span) {
    return this.#read((connection) =>
      documents.passages(connection, this.access, documentId, span),
    );
  }

  async size() {
    return this.#read(() => {
      const { documents: count, passages } = this.#select(anyDocument);
      return { documents: count, passages };
    });
  }

  async files() {
    return this.#read((connection) => filesOf(connection, this.access));
  }

  async filesCalled(names: string[]) {
    return this.#read((connection) => filesCalled(connection, this.access, names));
  }

  async version() {
    return this.#read((connection) => versionOf(connection, this.access));
  }

  onChange(listener: () => void) {
    return this.#shelves.changes.listen(() => listener());
  }

  #read<T>(work: (connection: Connection) => T): T {
    return this.#shelves.read(work);
  }

  #select(filter: records.DocumentFilter) {
    return this.#shelves.selections.select(this.access, filter);
  }
}

/** No condition depends on a day here. */
const anyDocument: records.DocumentFilter = { today: '', clauseConfidence: 0 };
