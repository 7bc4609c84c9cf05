import { LRUCache } from 'lru-cache';
import type { Access } from '../../domain/documents.ts';
import type { DocumentFilter, PartyKey } from '../records.ts';
import { lastAclExpiry } from './acl-predicate.ts';
import type { Connection } from './connection.ts';
import { DocIdSet, type DocIdRow } from './doc-id-set.ts';
import { parties } from './documents.ts';
import { filterPredicate } from './filters.ts';
import { currentSequenceNumber } from './state.ts';

/** Query results, valid until a document changes or an ACL entry expires. */
class VersionedCache<T extends object> {
  readonly #connection: Connection;
  readonly #entries: LRUCache<string, T>;
  #version = '';

  constructor(connection: Connection, maxEntries: number) {
    this.#connection = connection;
    this.#entries = new LRUCache({ max: maxEntries });
  }

  /** The cached value, or that of `read`; both in the transaction that is open. */
  get(key: string, read: () => T): T {
    const current = `${currentSequenceNumber(this.#connection)} ${lastAclExpiry(this.#connection)}`;
    if (current !== this.#version) this.#entries.clear();
    this.#version = current;
    const cached = this.#entries.get(key);
    if (cached) return cached;
    const value = read();
    this.#entries.set(key, value);
    return value;
  }
}

/** Caches the matching documents of recent filters for each set of ACL entries. */
export class FilterCache {
  readonly #connection: Connection;
  readonly #cache: VersionedCache<DocIdSet>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#cache = new VersionedCache(connection, 64);
  }

  /** The documents that match now; in the transaction that is open. */
  select(access: Access, filter: DocumentFilter): DocIdSet {
    // Filters by id are cheap, and would evict entries that are not.
    if (filter.documentIds) return this.#read(access, filter);
    return this.#cache.get(JSON.stringify([access, filter]), () => this.#read(access, filter));
  }

  #read(access: Access, filter: DocumentFilter): DocIdSet {
    const predicate = filterPredicate(filter, access);
    if (!predicate) {
      const totals = this.#connection.get<{ documents: number; passages: number }>(
        'SELECT count(*) AS documents, coalesce(sum(passages), 0) AS passages FROM documents',
      );
      return new DocIdSet(totals ?? []);
    }
    const files = /\bf\./.test(predicate.sql) ? 'JOIN files f ON f.id = d.id' : '';
    const rows = this.#connection.all<DocIdRow>(
      `SELECT d.id, coalesce(d.first_passage, 0) AS first, d.passages
       FROM documents d ${files} WHERE ${predicate.sql} ORDER BY d.first_passage`,
      ...predicate.values,
    );
    return new DocIdSet(rows);
  }
}

type PartyList = (PartyKey & { documents: number })[];

/** The positions in a list of the parties that have a word in their key or in a short name. */
type PartyWords = Map<string, number[]>;

function indexWords(list: PartyList): PartyWords {
  const words: PartyWords = new Map();
  list.forEach(({ key, aliases = [] }, at) => {
    for (const word of new Set([key, ...aliases].flatMap((text) => text.split(' ')))) {
      const positions = words.get(word);
      if (positions) positions.push(at);
      else words.set(word, [at]);
    }
  });
  return words;
}

/** Lists parties; caches the unfiltered list for each set of ACL entries. */
export class PartyCache {
  readonly #connection: Connection;
  readonly #unfiltered: VersionedCache<PartyList>;
  readonly #words = new WeakMap<PartyList, PartyWords>();

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#unfiltered = new VersionedCache(connection, 16);
  }

  /** See `ScopedIndex.parties`; in the transaction that is open. */
  list(access: Access, filter: DocumentFilter): PartyList {
    const read = () => parties(this.#connection, access, filter);
    // Without the ACL, to see whether the filter itself matches everything.
    if (filterPredicate(filter, 'unrestricted')) return read();
    return [...this.#unfiltered.get(JSON.stringify(access), read)];
  }

  /** See `ScopedIndex.partiesByWords`; in the transaction that is open. */
  withWords(access: Access, words: string[]): PartyKey[] {
    const all = this.#unfiltered.get(JSON.stringify(access), () =>
      parties(this.#connection, access, { today: '', minClauseConfidence: 0 }),
    );
    let index = this.#words.get(all);
    if (!index) this.#words.set(all, (index = indexWords(all)));
    const positions = new Set(words.flatMap((word) => index.get(word) ?? []));
    return [...positions]
      .sort((a, b) => a - b)
      .map((at) => {
        const { key, name, aliases } = all[at]!;
        return aliases ? { key, name, aliases } : { key, name };
      });
  }
}
