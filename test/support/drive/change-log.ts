/** Something that changed: a file, or a shared drive itself. */
export interface LogEntry {
  sequence: number;
  kind: 'file' | 'drive';
  id: string;
  time: string;
}

/**
 * What changed for one user or in one shared drive, oldest first. An entry says that something
 * changed, never what: a reader gets the present state. Of several entries for
 * one file only the last is returned, as in Drive.
 */
export class ChangeLog {
  private readonly entries: LogEntry[] = [];
  private readonly latest = new Map<string, number>();
  private readonly first: number;
  private oldest = 0;
  /** How a position that is no longer known is answered. */
  rejection: 400 | 404 | 410 = 400;

  constructor(first: number) {
    this.first = first;
  }

  /** The position after the last entry. */
  get end(): number {
    return this.first + this.entries.length;
  }

  /** Every position given out so far is no longer known. */
  expire(): void {
    this.add('file', 'expired', new Date(0).toISOString());
    this.oldest = this.end;
  }

  isKnown(sequence: number): boolean {
    return sequence >= this.oldest && sequence <= this.end;
  }

  add(kind: LogEntry['kind'], id: string, time: string): void {
    const sequence = this.end;
    this.entries.push({ sequence, kind, id, time });
    this.latest.set(id, sequence);
  }

  /** Up to `count` entries from a position on, and the position after them. */
  from(sequence: number, count: number): { entries: LogEntry[]; next: number } {
    const entries: LogEntry[] = [];
    let index = Math.max(0, sequence - this.first);
    for (; index < this.entries.length && entries.length < count; index++) {
      const entry = this.entries[index];
      if (entry && this.latest.get(entry.id) === entry.sequence) entries.push(entry);
    }
    while (index < this.entries.length && this.isSuperseded(index)) index++;
    return { entries, next: this.first + index };
  }

  private isSuperseded(index: number): boolean {
    const entry = this.entries[index];
    return entry !== undefined && this.latest.get(entry.id) !== entry.sequence;
  }
}
