import type { ListingSnapshots } from './caller.ts';

interface ListingSnapshot {
  ids: readonly string[];
  signature: string;
}

/**
 * The matches of a listing as they were at its first page; what is gone by a later page is left out
 * there, and what is new since is not in it. Google promises neither. Old ones are forgotten, as page
 * tokens are valid for some hours.
 */
export class InMemoryListingSnapshots implements ListingSnapshots {
  private readonly snapshots = new Map<string, ListingSnapshot>();
  private readonly maxSnapshots = 500;
  private count = 0;
  private readonly tokenNames = new Map<readonly string[], string>();

  save(ids: readonly string[], signature: string, from: number, previousToken?: string): string {
    let name = this.tokenNames.get(ids);
    if (name === undefined) {
      name = `~!!~${++this.count}`;
      this.tokenNames.set(ids, name);
      this.snapshots.set(name, { ids, signature });
      if (this.snapshots.size > this.maxSnapshots) this.evictOldest();
    }
    // After a page without files the token is another one, though the place is the same.
    const token = `${name}~${from}`;
    return token === previousToken ? `${name}~0${from}` : token;
  }

  find(token: string): (ListingSnapshot & { from: number }) | undefined {
    const [, name = '', from] = /^(.*)~(\d+)$/.exec(token) ?? [];
    const snapshot = this.snapshots.get(name);
    return snapshot && { ...snapshot, from: Number(from) };
  }

  private evictOldest(): void {
    const [oldest] = this.snapshots;
    if (!oldest) return;
    this.snapshots.delete(oldest[0]);
    this.tokenNames.delete(oldest[1].ids);
  }
}
