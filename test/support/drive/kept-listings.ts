import type { Snapshots } from './caller.ts';

interface Listing {
  ids: readonly string[];
  signature: string;
}

/**
 * The matches of a listing as they were at its first page; what is gone by a later page is left out
 * there, and what is new since is not in it. Google promises neither. Old ones are forgotten, as page
 * tokens are valid for some hours.
 */
export class KeptListings implements Snapshots {
  private readonly kept = new Map<string, Listing>();
  private readonly most = 500;
  private count = 0;
  private readonly names = new Map<readonly string[], string>();

  keep(ids: readonly string[], signature: string, from: number, before?: string): string {
    let name = this.names.get(ids);
    if (name === undefined) {
      name = `~!!~${++this.count}`;
      this.names.set(ids, name);
      this.kept.set(name, { ids, signature });
      if (this.kept.size > this.most) this.forgetOldest();
    }
    // After a page without files the token is another one, though the place is the same.
    const place = `${name}~${from}`;
    return place === before ? `${name}~0${from}` : place;
  }

  find(token: string): (Listing & { from: number }) | undefined {
    const [, name = '', from] = /^(.*)~(\d+)$/.exec(token) ?? [];
    const listing = this.kept.get(name);
    return listing && { ...listing, from: Number(from) };
  }

  private forgetOldest(): void {
    const [oldest] = this.kept;
    if (!oldest) return;
    this.kept.delete(oldest[0]);
    this.names.delete(oldest[1].ids);
  }
}
