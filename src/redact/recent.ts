/** What was asked for last, as much of it as there is room for. */
export class Recent<T> {
  readonly #kept = new Map<string, { value: T; size: number }>();
  readonly #room: number;
  #size = 0;

  /** @param room what all of it together may measure */
  constructor(room: number) {
    this.#room = room;
  }

  get(key: string): T | undefined {
    const found = this.#kept.get(key);
    if (!found) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, found);
    return found.value;
  }

  set(key: string, value: T, size: number): void {
    this.#size += size - (this.#kept.get(key)?.size ?? 0);
    this.#kept.delete(key);
    this.#kept.set(key, { value, size });
    for (const [oldest, { size: freed }] of this.#kept) {
      if (this.#size <= this.#room) break;
      this.#kept.delete(oldest);
      this.#size -= freed;
    }
  }
}
