import type { Access } from '../../domain/documents.ts';
import { normalizeAccess, type ScopedIndex } from '../scoped-index.ts';
import type * as records from '../records.ts';
import type { CommitNotifier } from './commit-notifier.ts';
import type { Connection } from './connection.ts';
import * as documents from './documents.ts';
import { filesByName } from './files.ts';
import { countFiles, countUnread, versionOf } from './overview.ts';
import type { FullTextSearch } from './full-text-search.ts';
import type { FilterCache, PartyCache } from './query-cache.ts';
import { requireModel } from './state.ts';
import type { VectorSearch } from './vectors/vector-search.ts';

/** The state that all scoped indexes of a store share. */
export interface SharedState {
  commitNotifier: CommitNotifier;
  filterCache: FilterCache;
  partyCache: PartyCache;
  fullText: FullTextSearch;
  vectors: VectorSearch;
  /** Runs in one transaction; throws `storage_error`. */
  read<T>(work: (connection: Connection) => T): T;
}

/** A scoped index in one SQLite database; every query is restricted to its `access`. */
export class SqliteScopedIndex implements ScopedIndex {
  readonly access: Access;
  readonly redacted = [];
  readonly #shared: SharedState;

  constructor(shared: SharedState, access: Access) {
    this.#shared = shared;
    this.access = normalizeAccess(access);
  }

  async documents(
    filter: records.DocumentFilter,
    options: { sort: records.DocumentSort; limit: number; offset?: number },
  ) {
    return this.#read((connection) =>
      documents.documents(connection, this.#select(filter), filter, options),
    );
  }

  async documentNames(filter: records.DocumentFilter, limit: number) {
    return this.#read((connection) =>
      documents.documentNames(connection, this.#select(filter), filter.today, limit),
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
    return this.#read(() => this.#shared.partyCache.list(this.access, filter));
  }

  async partiesByWords(words: string[]) {
    return this.#read(() => this.#shared.partyCache.withWords(this.access, words));
  }

  async documentsByParty(partyKeys: string[]) {
    return this.#read((connection) =>
      documents.documentsByParty(connection, this.access, partyKeys),
    );
  }

  async documentIds(prefix: string, limit: number) {
    return this.#read((connection) =>
      documents.idsByPrefix(connection, this.access, prefix, limit),
    );
  }

  async searchDocuments(terms: string[], filter: records.DocumentFilter, limit: number) {
    return this.#read(() =>
      this.#shared.fullText.searchDocuments(terms, this.#select(filter), limit),
    );
  }

  async searchText(
    terms: string[],
    filter: records.DocumentFilter,
    limit: number,
    related?: string[],
  ) {
    return this.#read(() =>
      this.#shared.fullText.searchPassages(terms, this.#select(filter), limit, related),
    );
  }

  async countWords(terms: string[], filter: records.DocumentFilter) {
    return this.#read(() => this.#shared.fullText.countWords(terms, this.#select(filter)));
  }

  async searchVectors(
    vector: Float32Array,
    model: records.ModelIdentity,
    filter: records.DocumentFilter,
    limit: number,
  ) {
    return this.#read((connection) => {
      requireModel(connection, model);
      return this.#shared.vectors.search(vector, this.#select(filter), limit, this.access);
    });
  }

  async passages(spans: records.DocumentSpan[]) {
    return this.#read((connection) => documents.passages(connection, this.access, spans));
  }

  async size() {
    return this.#read(() => {
      const { documents: count, passages } = this.#select(unfiltered);
      return { documents: count, passages };
    });
  }

  async files() {
    return this.#read((connection) => {
      const inPart = this.#select({ ...unfiltered, readInPart: true });
      const unread =
        inPart.documents === 0
          ? { documents: 0, pages: 0, parts: 0 }
          : countUnread(connection, inPart.json);
      return { ...countFiles(connection, this.access), unread };
    });
  }

  async filesByName(names: string[]) {
    return this.#read((connection) => filesByName(connection, this.access, names));
  }

  async version() {
    return this.#read((connection) => versionOf(connection, this.access));
  }

  onChange(listener: () => void) {
    return this.#shared.commitNotifier.subscribe(() => listener());
  }

  #read<T>(work: (connection: Connection) => T): T {
    return this.#shared.read(work);
  }

  #select(filter: records.DocumentFilter) {
    return this.#shared.filterCache.select(this.access, filter);
  }
}

/** No condition depends on a day here. */
const unfiltered: records.DocumentFilter = { today: '', minClauseConfidence: 0 };
