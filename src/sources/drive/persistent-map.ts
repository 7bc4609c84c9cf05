/** Entries that are copied with every change, at most. */
const maxRecent = 1000;

const removed = Symbol('removed');

/** An immutable map. A change makes a new map, and copies only the entries that changed last. */
export class PersistentMap<Key, Value> {
  readonly #base: ReadonlyMap<Key, Value>;
  readonly #recent: ReadonlyMap<Key, Value | typeof removed>;

  private constructor(
    base: ReadonlyMap<Key, Value>,
    recent: ReadonlyMap<Key, Value | typeof removed>,
  ) {
    this.#base = base;
    this.#recent = recent;
  }

  static of<Key, Value>(entries: Iterable<readonly [Key, Value]> = []): PersistentMap<Key, Value> {
    return new PersistentMap<Key, Value>(new Map(entries), new Map());
  }

  get(key: Key): Value | undefined {
    const recent = this.#recent.get(key);
    if (recent === removed) return undefined;
    return recent !== undefined || this.#recent.has(key) ? recent : this.#base.get(key);
  }

  has(key: Key): boolean {
    return this.#recent.has(key) ? this.#recent.get(key) !== removed : this.#base.has(key);
  }

  /** The entries, in no particular order. */
  *entries(): IterableIterator<[Key, Value]> {
    for (const [key, value] of this.#base) if (!this.#recent.has(key)) yield [key, value];
    for (const [key, value] of this.#recent) if (value !== removed) yield [key, value];
  }

  with(entries: Iterable<readonly [Key, Value]>): PersistentMap<Key, Value> {
    return this.#changed(entries);
  }

  without(keys: Iterable<Key>): PersistentMap<Key, Value> {
    return this.#changed([...keys].map((key) => [key, removed] as const));
  }

  #changed(changes: Iterable<readonly [Key, Value | typeof removed]>): PersistentMap<Key, Value> {
    const recent = new Map([...this.#recent, ...changes]);
    const next = new PersistentMap(this.#base, recent);
    return recent.size > maxRecent ? PersistentMap.of(next.entries()) : next;
  }
}
